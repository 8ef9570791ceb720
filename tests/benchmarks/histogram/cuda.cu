// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::histogram;

__global__ void histogramKernel(const uint32_t* __restrict__ words, int n, uint32_t* counts) {
  __shared__ uint32_t mine[kBins];
  for (int i = threadIdx.x; i < kBins; i += blockDim.x)
    mine[i] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    uint32_t w = words[i];
    atomicAdd(&mine[w & 255], 1u);
    atomicAdd(&mine[w >> 8 & 255], 1u);
    atomicAdd(&mine[w >> 16 & 255], 1u);
    atomicAdd(&mine[w >> 24], 1u);
  }
  __syncthreads();
  for (int i = threadIdx.x; i < kBins; i += blockDim.x)
    atomicAdd(&counts[i], mine[i]);
}

static int run(const char* name) {
  Problem p;
  DeviceArray<uint32_t> words(p.words), counts(kBins);
  return measureLaunch(
      name,
      [&] {
        CHECK(cudaMemsetAsync(counts, 0, kBins * 4));
        histogramKernel<<<256, 256>>>(words, kN / 4, counts);
      },
      [&] { return p.check(counts.host().data()); });
}
BENCHMARK("histogram", run);
