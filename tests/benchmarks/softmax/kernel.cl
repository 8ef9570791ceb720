// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__attribute__((reqd_work_group_size(256, 1, 1))) __kernel void
softmax(int columns, __global const float* restrict in, __global float* restrict out) {
  __local float shared[256];
  int l = get_local_id(0);
  __global const float* row = in + (size_t)get_group_id(0) * columns;
  __global float* to = out + (size_t)get_group_id(0) * columns;
  float largest = -INFINITY;
  for (int c = l; c < columns; c += 256)
    largest = fmax(largest, row[c]);
  shared[l] = largest;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int offset = 128; offset > 0; offset /= 2) {
    if (l < offset)
      shared[l] = fmax(shared[l], shared[l + offset]);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  largest = shared[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  float sum = 0;
  for (int c = l; c < columns; c += 256)
    sum += exp(row[c] - largest);
  shared[l] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int offset = 128; offset > 0; offset /= 2) {
    if (l < offset)
      shared[l] += shared[l + offset];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  sum = shared[0];
  for (int c = l; c < columns; c += 256)
    to[c] = exp(row[c] - largest) / sum;
}
