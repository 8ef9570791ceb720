// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OpenCL 1.2 has no shuffles: local memory all the way.
__attribute__((reqd_work_group_size(256, 1, 1))) __kernel void
reduce(__global const float* restrict values, int n, __global float* restrict sums) {
  __local float shared[256];
  int l = get_local_id(0);
  float sum = 0;
  for (int i = get_global_id(0); i < n; i += get_global_size(0))
    sum += values[i];
  shared[l] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int offset = 128; offset > 0; offset /= 2) {
    if (l < offset)
      shared[l] += shared[l + offset];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (l == 0)
    sums[get_group_id(0)] = shared[0];
}
