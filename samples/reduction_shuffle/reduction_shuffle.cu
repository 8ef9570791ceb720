// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sum of an array: a grid-stride loop per thread, shuffles inside the warp, shared memory between
// the warps of a block, one atomicAdd per block.
#include "../common.h"

#include <cmath>
#include <vector>

__device__ long long warpSum(long long value) {
  for (int offset = warpSize / 2; offset > 0; offset /= 2)
    value += __shfl_down_sync(0xffffffffu, value, offset);
  return value; // in lane 0
}

__global__ void sum(const int* values, int n, unsigned long long* result) {
  __shared__ long long warpSums[32];
  long long local = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    local += values[i];

  int lane = threadIdx.x % warpSize, warp = threadIdx.x / warpSize;
  local = warpSum(local);
  if (lane == 0)
    warpSums[warp] = local;
  __syncthreads();

  if (warp == 0) {
    local = lane < (blockDim.x + warpSize - 1) / warpSize ? warpSums[lane] : 0;
    local = warpSum(local);
    if (lane == 0)
      atomicAdd(result, (unsigned long long)local);
  }
}

int main() {
  const int n = 3000001;
  std::vector<int> values(n);
  long long expected = 0;
  unsigned state = 1;
  for (int& value : values) {
    state = state * 1664525u +
            1013904223u; // a linear congruential generator: the same numbers everywhere
    value = int(state >> 8) - (1 << 23);
    expected += value;
  }

  int* deviceValues;
  unsigned long long *deviceResult, result;
  CHECK(cudaMalloc(&deviceValues, n * sizeof(int)));
  CHECK(cudaMalloc(&deviceResult, sizeof(result)));
  CHECK(cudaMemcpy(deviceValues, values.data(), n * sizeof(int), cudaMemcpyHostToDevice));
  CHECK(cudaMemset(deviceResult, 0, sizeof(result)));
  sum<<<64, 256>>>(deviceValues, n, deviceResult);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(&result, deviceResult, sizeof(result), cudaMemcpyDeviceToHost));

  std::printf("reduction_shuffle: %d values, sum %lld\n", n, (long long)result);
  CHECK(cudaFree(deviceValues));
  CHECK(cudaFree(deviceResult));
  return verdict(std::fabs(double((long long)result - expected)), 0);
}
