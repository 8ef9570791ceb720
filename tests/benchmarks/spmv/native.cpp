// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gathers where the CPU has good ones (AVX-512); plain loads and several sums elsewhere.
#include "../common/native.h"

#include "problem.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

using namespace bench;
using namespace bench::spmv;

static inline float rowTimes(const int* columns, const float* values, int n, const float* x) {
#ifdef __AVX512F__
  __m512 sum = _mm512_setzero_ps();
  for (int i = 0; i < n; i += 16) {
    __mmask16 mask = n - i >= 16 ? 0xffff : __mmask16((1u << (n - i)) - 1);
    __m512i c = _mm512_maskz_loadu_epi32(mask, columns + i);
    __m512 v = _mm512_maskz_loadu_ps(mask, values + i);
    sum = _mm512_fmadd_ps(v, _mm512_mask_i32gather_ps(_mm512_setzero_ps(), mask, c, x, 4), sum);
  }
  return _mm512_reduce_add_ps(sum);
#else
  float sum[4] = {};
  int i = 0;
  for (; i + 4 <= n; i += 4)
    for (int k = 0; k < 4; ++k)
      sum[k] += values[i + k] * x[columns[i + k]];
  for (; i < n; ++i)
    sum[0] += values[i] * x[columns[i]];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
#endif
}

static int run(const char* name) {
  Problem p;
  std::vector<float> y(kRows);
  const int *starts = p.starts.data(), *columns = p.columns.data();
  const float *values = p.values.data(), *x = p.x.data();
  return measure(
      name,
      [&] {
#pragma omp parallel for schedule(static)
        for (int r = 0; r < kRows; ++r)
          y[r] = rowTimes(columns + starts[r], values + starts[r], starts[r + 1] - starts[r], x);
      },
      [&] { return p.check(y.data()); });
}
BENCHMARK("spmv_thread", run);
BENCHMARK("spmv_warp", run);
