// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "vector_math.h"

#include <string>

#if defined(__x86_64__)
#include <dlfcn.h>
#include <immintrin.h>
#endif

namespace anywarp::ptxaccuracy {
namespace {

#if defined(__x86_64__)
using Four = __m256d (*)(__m256d);

Four find(const char* name) {
  static void* const library =
      __builtin_cpu_supports("avx2") ? dlopen("libmvec.so.1", RTLD_NOW) : nullptr;
  return library ? reinterpret_cast<Four>(dlsym(library, ("_ZGVdN4v_" + std::string(name)).c_str()))
                 : nullptr;
}

__attribute__((target("avx2"))) void fours(Four fn, const double* x, double* y, size_t count) {
  for (size_t i = 0; i < count; i += 4)
    _mm256_storeu_pd(y + i, fn(_mm256_loadu_pd(x + i)));
}
#endif

} // namespace

void mapDoubles(const char* vector, double (*scalar)(double), const double* x, double* y,
                size_t count) {
#if defined(__x86_64__)
  if (vector && count % 4 == 0)
    if (Four fn = find(vector))
      return fours(fn, x, y, count);
#endif
  for (size_t i = 0; i < count; ++i)
    y[i] = scalar(x[i]);
}

} // namespace anywarp::ptxaccuracy
