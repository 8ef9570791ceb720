// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__kernel void perThread(int rows, __global const int* restrict starts,
                        __global const int* restrict columns, __global const float* restrict values,
                        __global const float* restrict x, __global float* restrict y) {
  int row = get_global_id(0);
  if (row >= rows)
    return;
  float sum = 0;
  for (int i = starts[row]; i < starts[row + 1]; ++i)
    sum += values[i] * x[columns[i]];
  y[row] = sum;
}

// 32 work-items for each row; OpenCL 1.2 has no shuffles.
__attribute__((reqd_work_group_size(256, 1, 1))) __kernel void
perWarp(int rows, __global const int* restrict starts, __global const int* restrict columns,
        __global const float* restrict values, __global const float* restrict x,
        __global float* restrict y) {
  __local float sums[256];
  int row = get_global_id(0) / 32, l = get_local_id(0), lane = l % 32;
  float sum = 0;
  for (int i = starts[row] + lane; i < starts[row + 1]; i += 32)
    sum += values[i] * x[columns[i]];
  sums[l] = sum;
  for (int offset = 16; offset > 0; offset /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < offset)
      sums[l] += sums[l + offset];
  }
  if (lane == 0)
    y[row] = sums[l];
}
