// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// 32 work-items a row; OpenCL 1.2 has no shuffles.
inline float rowSum(float value, __local float* sums, int lane) {
  sums[lane] = value;
  for (int offset = 16; offset > 0; offset /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < offset)
      sums[lane] += sums[lane + offset];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  float sum = sums[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return sum;
}

__attribute__((reqd_work_group_size(32, 8, 1))) __kernel void
layernorm(int columns, __global const float* restrict in, __global const float* restrict scale,
          __global const float* restrict shift, __global float* restrict out) {
  __local float sums[8][32];
  int r = get_global_id(1), lane = get_local_id(0);
  __local float* mine = sums[get_local_id(1)];
  __global const float* row = in + (size_t)r * columns;
  __global float* to = out + (size_t)r * columns;
  float sum = 0;
  for (int c = lane; c < columns; c += 32)
    sum += row[c];
  float mean = rowSum(sum, mine, lane) / columns, squares = 0;
  for (int c = lane; c < columns; c += 32) {
    float d = row[c] - mean;
    squares += d * d;
  }
  float factor = rsqrt(rowSum(squares, mine, lane) / columns + EPSILON);
  for (int c = lane; c < columns; c += 32)
    to[c] = (row[c] - mean) * factor * scale[c] + shift[c];
}
