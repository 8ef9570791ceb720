// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
__attribute__((reqd_work_group_size(256, 1, 1))) __kernel void
nbody(int n, __global const float4* restrict positions, __global float4* restrict accelerations) {
  __local float4 tile[256];
  int i = get_global_id(0), l = get_local_id(0);
  float4 me = positions[i];
  float ax = 0, ay = 0, az = 0;
  for (int first = 0; first < n; first += 256) {
    tile[l] = positions[first + l];
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll 8
    for (int j = 0; j < 256; ++j) {
      float dx = tile[j].x - me.x, dy = tile[j].y - me.y, dz = tile[j].z - me.z;
      float inverse = rsqrt(dx * dx + dy * dy + dz * dz + SOFTENING);
      float pull = tile[j].w * inverse * inverse * inverse;
      ax += dx * pull, ay += dy * pull, az += dz * pull;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  accelerations[i] = (float4)(ax, ay, az, 0);
}
