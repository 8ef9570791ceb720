// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__attribute__((reqd_work_group_size(64, 4, 1))) __kernel void
rows(int width, __constant float* taps, __global const float* restrict in,
     __global float* restrict out) {
  __local float tile[4][64 + 2 * RADIUS];
  int lx = get_local_id(0), ly = get_local_id(1);
  int y = get_global_id(1), first = get_group_id(0) * 64 - RADIUS;
  for (int i = lx; i < 64 + 2 * RADIUS; i += 64) {
    int x = first + i;
    tile[ly][i] = x >= 0 && x < width ? in[y * width + x] : 0.0f;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  float sum = 0;
#pragma unroll
  for (int k = 0; k < 2 * RADIUS + 1; ++k)
    sum += taps[k] * tile[ly][lx + k];
  out[y * width + get_global_id(0)] = sum;
}

__attribute__((reqd_work_group_size(32, 8, 1))) __kernel void
columns(int width, int height, __constant float* taps, __global const float* restrict in,
        __global float* restrict out) {
  __local float tile[32 + 2 * RADIUS][32];
  int lx = get_local_id(0), ly = get_local_id(1);
  int x = get_global_id(0), first = get_group_id(1) * 32 - RADIUS;
  for (int i = ly; i < 32 + 2 * RADIUS; i += 8) {
    int y = first + i;
    tile[i][lx] = y >= 0 && y < height ? in[y * width + x] : 0.0f;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int i = ly; i < 32; i += 8) {
    float sum = 0;
#pragma unroll
    for (int k = 0; k < 2 * RADIUS + 1; ++k)
      sum += taps[k] * tile[i + k][lx];
    out[(get_group_id(1) * 32 + i) * width + x] = sum;
  }
}
