// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The native reference of all matrix products with float sums: packed panels and a micro-kernel
// whose sums fill the registers, as BLAS libraries have it. A is m x k, B k x n, C m x n, all
// row-major in the sense that a(i, k), b(k, j) give their elements as float; packing is where
// conversions happen.
#pragma once
#include "native.h"

namespace bench {

// C = A * B. n a multiple of 2 * kLanes, k of 256.
template <class A, class B> void packedGemm(int m, int n, int k, A a, B b, float* c) {
  constexpr int kRows = kLanes == 16 ? 12 : kLanes == 8 ? 6 : 4, kColumns = 2 * kLanes;
  constexpr int kDepth = 256, kBlock = 8 * kRows; // A's block 64 to 96 KiB, B's panel 32 at most
  Aligned<float> right(size_t(kDepth) * n);
#pragma omp parallel
  {
    Aligned<float> left(size_t(kDepth) * kBlock);
    for (int k0 = 0; k0 < k; k0 += kDepth) {
#pragma omp for schedule(static)
      for (int j0 = 0; j0 < n; j0 += kColumns) {
        float* to = right + size_t(j0) * kDepth;
        for (int l = 0; l < kDepth; ++l)
          for (int j = 0; j < kColumns; ++j)
            to[l * kColumns + j] = b(k0 + l, j0 + j);
      }
#pragma omp for schedule(dynamic)
      for (int i0 = 0; i0 < m; i0 += kBlock) {
        for (int i = 0; i < kBlock; ++i)
          for (int l = 0; l < kDepth; ++l)
            left[(i / kRows * kDepth + l) * kRows + i % kRows] = i0 + i < m ? a(i0 + i, k0 + l) : 0;
        for (int j0 = 0; j0 < n; j0 += kColumns)
          for (int i = i0; i < std::min(i0 + kBlock, m); i += kRows) {
            const float *x = left + size_t(i - i0) * kDepth, *y = right + size_t(j0) * kDepth;
            Floats sum[kRows][2] = {};
            for (int l = 0; l < kDepth; ++l) {
              Floats y0 = load<Floats>(y + l * kColumns),
                     y1 = load<Floats>(y + l * kColumns + kLanes);
#pragma unroll
              for (int r = 0; r < kRows; ++r)
                sum[r][0] += x[l * kRows + r] * y0, sum[r][1] += x[l * kRows + r] * y1;
            }
#pragma unroll
            for (int r = 0; r < kRows; ++r)
              if (i + r < m) {
                float* out = c + size_t(i + r) * n + j0;
                if (k0)
                  sum[r][0] += load<Floats>(out), sum[r][1] += load<Floats>(out + kLanes);
                store(out, sum[r][0]), store(out + kLanes, sum[r][1]);
              }
          }
      }
    }
  }
}

} // namespace bench
