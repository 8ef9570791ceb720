// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// 256 work-items with four numbers each; the scan of their sums in local memory, as OpenCL 1.2 has no
// shuffles.
__attribute__((reqd_work_group_size(256, 1, 1))) __kernel void
scanBlocks(__global const uint4* restrict in, __global uint4* restrict out,
           __global uint* restrict sums, int n) {
  __local uint buffer[2][256];
  int i = get_global_id(0), l = get_local_id(0), current = 0;
  uint4 v = 4 * i < n ? in[i] : (uint4)(0);
  v.y += v.x, v.z += v.y, v.w += v.z;
  buffer[0][l] = v.w;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int offset = 1; offset < 256; offset *= 2) {
    buffer[!current][l] = buffer[current][l] + (l >= offset ? buffer[current][l - offset] : 0);
    current = !current;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  uint before = buffer[current][l] - v.w;
  if (4 * i < n)
    out[i] = v + before;
  if (l == 255)
    sums[get_group_id(0)] = buffer[current][l];
}

__attribute__((reqd_work_group_size(256, 1, 1))) __kernel void
addOffsets(__global uint4* restrict out, __global const uint* restrict sums, int n) {
  int i = get_global_id(0) + 256;
  if (4 * i < n)
    out[i] += sums[get_group_id(0)];
}
