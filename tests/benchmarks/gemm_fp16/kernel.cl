// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OpenCL C has no tensor-core instructions: tiles of floats in local memory, 4 x 4 results each.
__attribute__((reqd_work_group_size(16, 16, 1))) __kernel void
gemm(int n, int k, __global const half* restrict a, __global const half* restrict b,
     __global float* restrict c) {
  __local float tileA[16][64], tileB[16][64];
  int tx = get_local_id(0), ty = get_local_id(1), t = ty * 16 + tx;
  int row0 = get_group_id(1) * 64, column0 = get_group_id(0) * 64;
  float sum[4][4] = {{0}};
  for (int k0 = 0; k0 < k; k0 += 16) {
    for (int i = t; i < 1024; i += 256) {
      tileA[i % 16][i / 16] = vload_half((row0 + i / 16) * k + k0 + i % 16, a);
      tileB[i % 16][i / 16] = vload_half((column0 + i / 16) * k + k0 + i % 16, b);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int l = 0; l < 16; ++l) {
      float x[4], y[4];
      for (int i = 0; i < 4; ++i)
        x[i] = tileA[l][ty + 16 * i], y[i] = tileB[l][tx + 16 * i];
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
