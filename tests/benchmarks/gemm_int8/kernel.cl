// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OpenCL C has no tensor-core instructions: four bytes at a time out of local memory, 4 x 4 results each.
__attribute__((reqd_work_group_size(16, 16, 1))) __kernel void
gemm(int n, int k, __global const char4* restrict a, __global const char4* restrict b,
     __global int* restrict c) {
  __local char4 tileA[16][64], tileB[16][64];
  int tx = get_local_id(0), ty = get_local_id(1), t = ty * 16 + tx;
  int row0 = get_group_id(1) * 64, column0 = get_group_id(0) * 64;
  int sum[4][4] = {{0}};
  for (int k0 = 0; k0 < k / 4; k0 += 16) {
    for (int i = t; i < 1024; i += 256) {
      tileA[i % 16][i / 16] = a[(row0 + i / 16) * (k / 4) + k0 + i % 16];
      tileB[i % 16][i / 16] = b[(column0 + i / 16) * (k / 4) + k0 + i % 16];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int l = 0; l < 16; ++l) {
      int4 x[4], y[4];
      for (int i = 0; i < 4; ++i)
        x[i] = convert_int4(tileA[l][ty + 16 * i]), y[i] = convert_int4(tileB[l][tx + 16 * i]);
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j) {
          int4 p = x[i] * y[j];
          sum[i][j] += p.x + p.y + p.z + p.w;
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      c[(row0 + ty + 16 * i) * n + column0 + tx + 16 * j] = sum[i][j];
}
