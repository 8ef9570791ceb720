// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__kernel void clear(__global uint* counts) { counts[get_global_id(0)] = 0; }

__attribute__((reqd_work_group_size(256, 1, 1))) __kernel void
histogram(__global const uint* restrict words, int n, __global uint* counts) {
  __local uint mine[256];
  int l = get_local_id(0);
  mine[l] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int i = get_global_id(0); i < n; i += get_global_size(0)) {
    uint w = words[i];
    atomic_inc(&mine[w & 255]);
    atomic_inc(&mine[w >> 8 & 255]);
    atomic_inc(&mine[w >> 16 & 255]);
    atomic_inc(&mine[w >> 24]);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  atomic_add(&counts[l], mine[l]);
}
