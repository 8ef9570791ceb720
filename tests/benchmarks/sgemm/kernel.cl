// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__attribute__((reqd_work_group_size(16, 16, 1))) __kernel void
naive(int n, __global const float* restrict a, __global const float* restrict b,
      __global float* restrict c) {
  int row = get_global_id(1), column = get_global_id(0);
  float sum = 0;
  for (int k = 0; k < n; ++k)
    sum += a[row * n + k] * b[k * n + column];
  c[row * n + column] = sum;
}

__attribute__((reqd_work_group_size(16, 16, 1))) __kernel void
tiled(int n, __global const float* restrict a, __global const float* restrict b,
      __global float* restrict c) {
  __local float tileA[16][16], tileB[16][16];
  int tx = get_local_id(0), ty = get_local_id(1);
  int row = get_global_id(1), column = get_global_id(0);
  float sum = 0;
  for (int k0 = 0; k0 < n; k0 += 16) {
    tileA[ty][tx] = a[row * n + k0 + tx];
    tileB[ty][tx] = b[(k0 + ty) * n + column];
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (int k = 0; k < 16; ++k)
      sum += tileA[ty][k] * tileB[k][tx];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  c[row * n + column] = sum;
}

__attribute__((reqd_work_group_size(16, 16, 1))) __kernel void
registers(int n, __global const float* restrict a, __global const float* restrict b,
          __global float* restrict c) {
  __local float tileA[16][64], tileB[16][64];
  int tx = get_local_id(0), ty = get_local_id(1), t = ty * 16 + tx;
  int row0 = get_group_id(1) * 64, column0 = get_group_id(0) * 64;
  float sum[4][4] = {{0}};
  for (int k0 = 0; k0 < n; k0 += 16) {
    for (int i = t; i < 1024; i += 256) {
      tileA[i % 16][i / 16] = a[(row0 + i / 16) * n + k0 + i % 16];
      tileB[i / 64][i % 64] = b[(k0 + i / 64) * n + column0 + i % 64];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 0; k < 16; ++k) {
      float x[4], y[4];
      for (int i = 0; i < 4; ++i)
        x[i] = tileA[k][ty + 16 * i], y[i] = tileB[k][tx + 16 * i];
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j)
          sum[i][j] += x[i] * y[j];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      c[(row0 + ty + 16 * i) * n + column0 + tx + 16 * j] = sum[i][j];
}
