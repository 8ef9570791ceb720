// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensor-core instructions for the CUDA variants, as inline PTX.
#pragma once
#include "cuda.h"

namespace bench {

// Four 8 x 8 matrices of 16-bit elements: lane l gives the address of row l % 8 of matrix l / 8.
__device__ inline void loadMatrices(uint32_t (&r)[4], const void* row) {
  uint32_t address = (uint32_t)__cvta_generic_to_shared(row);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(address)
               : "memory");
}

__device__ inline void multiplyHalf(float (&c)[4], const uint32_t (&a)[4], uint32_t b0,
                                    uint32_t b1) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, "
               "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

__device__ inline void multiplyBytes(int (&c)[4], const uint32_t (&a)[4], uint32_t b0,
                                     uint32_t b1) {
  asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, "
               "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// C (64 x 64 of each block) = A (rows) * B (given by columns), by 128 threads: 2 x 2 warps of 32
// x 32. Tiles of 64 bytes along the inner dimension, both operands contiguous in it; rows of shared
// memory are 16 bytes longer, so that ldmatrix meets all banks. `In` has 64 / sizeof(In) elements a
// tile.
template <class In, class Sum, class Multiply>
__device__ inline void tensorGemm(int n, int k, const In* __restrict__ a, const In* __restrict__ b,
                                  Sum* __restrict__ c, Multiply multiply) {
  constexpr int kRow = 64 + 16, kBytes = sizeof(In);
  __shared__ __align__(16) unsigned char tileA[64 * kRow], tileB[64 * kRow];
  int t = threadIdx.x, lane = t % 32, warp = t / 32;
  int row0 = blockIdx.y * 64, column0 = blockIdx.x * 64;
  int warpRow = warp / 2 * 32, warpColumn = warp % 2 * 32;
  Sum sum[2][4][4] = {};
  for (int k0 = 0; k0 < k * kBytes; k0 += 64) {
    for (int i = t; i < 256; i += 128) { // 64 rows of four times 16 bytes
      int row = i / 4, part = i % 4 * 16;
      *(uint4*)&tileA[row * kRow + part] =
          *(const uint4*)((const char*)a + (size_t)(row0 + row) * k * kBytes + k0 + part);
      *(uint4*)&tileB[row * kRow + part] =
          *(const uint4*)((const char*)b + (size_t)(column0 + row) * k * kBytes + k0 + part);
    }
    __syncthreads();
#pragma unroll
    for (int step = 0; step < 64; step += 32) {
      uint32_t left[2][4], right[2][4];
      for (int i = 0; i < 2; ++i) {
        // A: rows 0-7 and 8-15, then the same 16 bytes further. B: 16 bytes further first.
        loadMatrices(left[i],
                     &tileA[(warpRow + 16 * i + lane % 16) * kRow + step + lane / 16 * 16]);
        loadMatrices(right[i], &tileB[(warpColumn + 16 * i + lane / 16 * 8 + lane % 8) * kRow +
                                      step + lane / 8 % 2 * 16]);
      }
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 4; ++j)
          multiply(sum[i][j], left[i], right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]);
    }
    __syncthreads();
  }
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 4; ++j)
      for (int r = 0; r < 4; ++r) {
        int row = row0 + warpRow + 16 * i + lane / 4 + r / 2 * 8;
        int column = column0 + warpColumn + 8 * j + lane % 4 * 2 + r % 2;
        c[(size_t)row * n + column] = sum[i][j][r];
      }
}

} // namespace bench
