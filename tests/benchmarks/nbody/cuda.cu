// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::nbody;

__global__ void nbodyKernel(int n, const float4* __restrict__ positions,
                            float4* __restrict__ accelerations) {
  __shared__ float4 tile[256];
  int i = blockIdx.x * 256 + threadIdx.x;
  float4 me = positions[i];
  float ax = 0, ay = 0, az = 0;
  for (int first = 0; first < n; first += 256) {
    tile[threadIdx.x] = positions[first + threadIdx.x];
    __syncthreads();
#pragma unroll 8
    for (int j = 0; j < 256; ++j) {
      float dx = tile[j].x - me.x, dy = tile[j].y - me.y, dz = tile[j].z - me.z;
      float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + kSoftening);
      float pull = tile[j].w * inverse * inverse * inverse;
      ax += dx * pull, ay += dy * pull, az += dz * pull;
    }
    __syncthreads();
  }
  accelerations[i] = make_float4(ax, ay, az, 0);
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> positions(p.bodies), accelerations(4 * kBodies);
  return measureLaunch(
      name,
      [&] {
        nbodyKernel<<<kBodies / 256, 256>>>(kBodies, (const float4*)positions.data,
                                            (float4*)accelerations.data);
      },
      [&] { return p.check(accelerations.host().data()); });
}
BENCHMARK("nbody", run);
