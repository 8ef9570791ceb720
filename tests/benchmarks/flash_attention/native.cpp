// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The same tiling with sums in registers: scores with vectors over keys (K transposed once),
// results with vectors over the depth.
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::flash_attention;

constexpr int kQueries = 32, kKeys = 128, kRows = 4, kVectors = kLanes == 16 ? 4 : 2;
constexpr int kWide = kVectors * kLanes;

// to[r][0 .. kWide) (+)= sum over n of x[r][n] * y[n][0 .. kWide), for kRows rows.
template <bool Add>
static inline void product(const float* x, int xRow, int n, const float* y, int yRow, float* to,
                           int toRow) {
  Floats sum[kRows][kVectors] = {};
  if (Add)
#pragma unroll
    for (int r = 0; r < kRows; ++r)
#pragma unroll
      for (int v = 0; v < kVectors; ++v)
        sum[r][v] = load<Floats>(to + r * toRow + v * kLanes);
  for (int i = 0; i < n; ++i) {
    Floats right[kVectors];
#pragma unroll
    for (int v = 0; v < kVectors; ++v)
      right[v] = load<Floats>(y + size_t(i) * yRow + v * kLanes);
#pragma unroll
    for (int r = 0; r < kRows; ++r)
#pragma unroll
      for (int v = 0; v < kVectors; ++v)
        sum[r][v] += x[r * xRow + i] * right[v];
  }
#pragma unroll
  for (int r = 0; r < kRows; ++r)
#pragma unroll
    for (int v = 0; v < kVectors; ++v)
      store(to + r * toRow + v * kLanes, sum[r][v]);
}

static void block(const float* q, const float* keys, const float* values, float* out) {
  alignas(64) float scaled[kQueries * kDepth], scores[kQueries * kKeys], largest[kQueries],
      sums[kQueries] = {};
  for (int i = 0; i < kQueries * kDepth; ++i)
    scaled[i] = q[i] / std::sqrt(float(kDepth)), out[i] = 0;
  std::fill_n(largest, kQueries, -1e30f);
  for (int key0 = 0; key0 < kLength; key0 += kKeys) {
    for (int j = 0; j < kKeys; j += kWide)
      for (int i = 0; i < kQueries; i += kRows)
        product<false>(scaled + i * kDepth, kDepth, kDepth, keys + key0 + j, kLength,
                       scores + i * kKeys + j, kKeys);
    for (int i = 0; i < kQueries; ++i) {
      float *row = scores + i * kKeys, *to = out + i * kDepth, top = largest[i], sum = 0;
      Floats tops = load<Floats>(row);
      for (int j = kLanes; j < kKeys; j += kLanes)
        tops = __builtin_elementwise_max(tops, load<Floats>(row + j));
      top = std::fmax(top, __builtin_reduce_max(tops));
#pragma omp simd reduction(+ : sum)
      for (int j = 0; j < kKeys; ++j) {
        float e = std::exp(row[j] - top);
        row[j] = e;
        sum += e;
      }
      float mend = std::exp(largest[i] - top);
      largest[i] = top, sums[i] = sums[i] * mend + sum;
#pragma omp simd
      for (int d = 0; d < kDepth; ++d)
        to[d] *= mend;
    }
    for (int d = 0; d < kDepth; d += kWide)
      for (int i = 0; i < kQueries; i += kRows)
        product<true>(scores + i * kKeys, kKeys, kKeys, values + size_t(key0) * kDepth + d, kDepth,
                      out + i * kDepth + d, kDepth);
  }
  for (int i = 0; i < kQueries; ++i)
    for (int d = 0; d < kDepth; ++d)
      out[i * kDepth + d] /= sums[i];
}

static int run(const char* name) {
  Problem p;
  Aligned<float> keys(p.k.size()), out(p.q.size()); // keys: depth x length of each head
  return measure(
      name,
      [&] {
#pragma omp parallel for schedule(static)
        for (int row = 0; row < kHeads * kDepth; ++row)
          for (int j = 0; j < kLength; ++j)
            keys[size_t(row) * kLength + j] =
                p.k[(size_t(row / kDepth) * kLength + j) * kDepth + row % kDepth];
#pragma omp parallel for schedule(dynamic)
        for (int b = 0; b < kHeads * kLength / kQueries; ++b) {
          size_t head = size_t(b * kQueries / kLength) * kLength * kDepth,
                 first = size_t(b) * kQueries * kDepth;
          block(&p.q[first], keys + head, &p.v[head], out + first);
        }
      },
      [&] { return p.check(out); });
}
BENCHMARK("flash_attention", run);
