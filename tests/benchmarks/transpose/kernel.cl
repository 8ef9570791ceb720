// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__attribute__((reqd_work_group_size(32, 8, 1))) __kernel void
transpose(int n, __global const float* restrict in, __global float* restrict out) {
  __local float tile[32][33];
  int lx = get_local_id(0), ly = get_local_id(1);
  int x = get_group_id(0) * 32 + lx, y = get_group_id(1) * 32 + ly;
  for (int j = 0; j < 32; j += 8)
    tile[ly + j][lx] = in[(y + j) * n + x];
  barrier(CLK_LOCAL_MEM_FENCE);
  x = get_group_id(1) * 32 + lx, y = get_group_id(0) * 32 + ly;
  for (int j = 0; j < 32; j += 8)
    out[(y + j) * n + x] = tile[lx][ly + j];
}
