// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__attribute__((reqd_work_group_size(512, 1, 1))) __kernel void
bitonicShared(__global const uint* in, __global uint* out, int first, int last) {
  __local uint keys[1024];
  int t = get_local_id(0), base = get_group_id(0) * 1024;
  keys[t] = in[base + t];
  keys[t + 512] = in[base + t + 512];
  for (int run = first; run <= last; run *= 2) {
    for (int distance = min(run, 1024) / 2; distance > 0; distance /= 2) {
      barrier(CLK_LOCAL_MEM_FENCE);
      int i = 2 * t - (t & (distance - 1));
      uint a = keys[i], b = keys[i + distance];
      if ((a > b) == (((base + i) & run) == 0)) {
        keys[i] = b;
        keys[i + distance] = a;
      }
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  out[base + t] = keys[t];
  out[base + t + 512] = keys[t + 512];
}

__kernel void bitonicGlobal(__global uint* restrict keys, int run, int distance) {
  int t = get_global_id(0);
  int i = 2 * t - (t & (distance - 1));
  uint a = keys[i], b = keys[i + distance];
  bool swap = (a > b) == ((i & run) == 0);
  keys[i] = swap ? b : a;
  keys[i + distance] = swap ? a : b;
}
