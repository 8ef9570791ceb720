// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::reduction;

__global__ void reduceKernel(const float* __restrict__ values, int n, float* __restrict__ sums) {
  __shared__ float warpSums[8];
  float sum = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    sum += values[i];
  for (int offset = 16; offset > 0; offset /= 2)
    sum += __shfl_down_sync(0xffffffffu, sum, offset);
  if (threadIdx.x % 32 == 0)
    warpSums[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x < 32) {
    sum = threadIdx.x < blockDim.x / 32 ? warpSums[threadIdx.x] : 0;
    for (int offset = 4; offset > 0; offset /= 2)
      sum += __shfl_down_sync(0xffffffffu, sum, offset);
    if (threadIdx.x == 0)
      sums[blockIdx.x] = sum;
  }
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> values(p.values), sums(kBlocks), total(1);
  return measureLaunch(
      name,
      [&] {
        reduceKernel<<<kBlocks, 256>>>(values, kN, sums);
        reduceKernel<<<1, 256>>>(sums, kBlocks, total);
      },
      [&] { return p.check(total.host()[0]); });
}
BENCHMARK("reduction", run);
