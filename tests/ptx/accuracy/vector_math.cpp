// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "vector_math.h"

#include <bit>
#include <cmath>
#include <string>

#if defined(__x86_64__)
#include <dlfcn.h>
#include <immintrin.h>
#endif

#if defined(__x86_64__)
#define FOR_ALL_PROCESSORS                                                                         \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_ALL_PROCESSORS
#endif

namespace anywarp::ptxaccuracy {

FOR_ALL_PROCESSORS void floatInputs(uint32_t first, uint32_t step, bool ftz, double reach,
                                    uint32_t* bits, double* x, size_t count) {
  double least = ftz ? 0x1p-126 : 0;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t u = first + i * step;
    bits[i] = u;
    double v = double(std::bit_cast<float>(u)), size = std::fabs(v);
    v = size < least ? std::copysign(0.0, v) : v;
    x[i] = size > reach ? 0 : v;
  }
}

FOR_ALL_PROCESSORS void reciprocals(const double* x, double* y, size_t count) {
  for (size_t i = 0; i < count; ++i)
    y[i] = 1 / x[i];
}

FOR_ALL_PROCESSORS void roots(const double* x, double* y, size_t count) {
  for (size_t i = 0; i < count; ++i)
    y[i] = __builtin_sqrt(x[i]);
}

FOR_ALL_PROCESSORS void reciprocalRoots(const double* x, double* y, size_t count) {
  for (size_t i = 0; i < count; ++i)
    y[i] = 1 / __builtin_sqrt(x[i]);
}

FOR_ALL_PROCESSORS size_t pick(const float* in, const float* out, const double* x,
                               const double* exact, const Thresholds& beyond, double reach,
                               uint8_t* look, size_t count) {
  double ulp = beyond.ulp * 0x1p-23, relative = beyond.relative, absolute = beyond.absolute;
  uint64_t found = 0;
  for (size_t i = 0; i < count; ++i) {
    double d = double(out[i]), e = exact[i], size = std::fabs(e), error = std::fabs(d - e);
    // 2^(exponent of e): the mantissa's bits are cleared.
    double power = std::bit_cast<double>(std::bit_cast<uint64_t>(size) & 0xfff0000000000000);
    bool outside = std::fabs(double(in[i])) > reach;
    bool ordinary = (size >= 0x1p-126) & (size < 0x1p128) & (std::fabs(d) < 0x1p128) & (x[i] != 0);
    bool large = (error > ulp * power) | (error > relative * size) | (error > absolute);
    bool same = ((d != d) & (e != e)) | ((d == 0) & (size < 0x1p-151) & (x[i] != 0)) |
                ((size >= 0x1p128) & (d == std::copysign(HUGE_VAL, e)) & (x[i] != 0));
    bool quiet = outside ? std::fabs(d) <= 1 : same | (ordinary & !large);
    look[i] = !quiet;
    found += !quiet;
  }
  return found;
}

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
