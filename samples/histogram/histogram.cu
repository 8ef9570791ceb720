// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Byte histogram: each block counts in shared memory with atomics, then adds its counts to the
// global ones.
#include "../common.h"

#include <cmath>
#include <vector>

constexpr int kBins = 256;

__global__ void histogram(const unsigned char* bytes, int n, unsigned int* bins) {
  __shared__ unsigned int local[kBins];
  for (int bin = threadIdx.x; bin < kBins; bin += blockDim.x)
    local[bin] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    atomicAdd(&local[bytes[i]], 1u);
  __syncthreads();
  for (int bin = threadIdx.x; bin < kBins; bin += blockDim.x)
    atomicAdd(&bins[bin], local[bin]);
}

int main() {
  const int n = 2000000;
  std::vector<unsigned char> bytes(n);
  unsigned int expected[kBins] = {}, bins[kBins];
  unsigned state = 7;
  for (unsigned char& byte : bytes) {
    state = state * 1664525u + 1013904223u;
    // The sum of two dice of 128 sides: many threads meet in the middle bins.
    byte = (unsigned char)((state >> 25) + (state >> 11 & 127));
    ++expected[byte];
  }

  unsigned char* deviceBytes;
  unsigned int* deviceBins;
  CHECK(cudaMalloc(&deviceBytes, n));
  CHECK(cudaMalloc(&deviceBins, sizeof(bins)));
  CHECK(cudaMemcpy(deviceBytes, bytes.data(), n, cudaMemcpyHostToDevice));
  CHECK(cudaMemset(deviceBins, 0, sizeof(bins)));
  histogram<<<32, 192>>>(deviceBytes, n, deviceBins);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(bins, deviceBins, sizeof(bins), cudaMemcpyDeviceToHost));

  double largest = 0;
  for (int bin = 0; bin < kBins; ++bin)
    largest = std::fmax(largest, std::fabs(double(bins[bin]) - double(expected[bin])));
  std::printf("histogram: %d bytes\n", n);
  for (int first = 0; first < kBins; first += 16) {
    unsigned int count = 0;
    for (int bin = first; bin < first + 16; ++bin)
      count += bins[bin];
    std::printf("%3d-%3d %7u ", first, first + 15, count);
    for (unsigned int star = 0; star < count / 5000; ++star)
      std::printf("*");
    std::printf("\n");
  }
  CHECK(cudaFree(deviceBytes));
  CHECK(cudaFree(deviceBins));
  return verdict(largest, 0);
}
