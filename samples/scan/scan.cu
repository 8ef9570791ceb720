// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Inclusive prefix sum in three launches: scan each block, scan the block totals, add them back.
// Inside a block warps scan by shuffles and hand their totals over in shared memory.
#include "../common.h"

#include <cmath>
#include <vector>

constexpr int kBlock = 512;

// Inclusive scan of `value` over the block; every thread must call it.
__device__ unsigned int blockScan(unsigned int value) {
  __shared__ unsigned int totals[kBlock / 32];
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  for (int offset = 1; offset < 32; offset *= 2) {
    unsigned int before = __shfl_up_sync(0xffffffffu, value, offset);
    if (lane >= offset)
      value += before;
  }
  if (lane == 31)
    totals[warp] = value;
  __syncthreads();
  for (int i = 0; i < warp; ++i)
    value += totals[i];
  __syncthreads(); // totals may be used again
  return value;
}

__global__ void scanBlocks(const unsigned int* in, unsigned int* out, int n, unsigned int* totals) {
  int i = blockIdx.x * kBlock + threadIdx.x;
  unsigned int value = blockScan(i < n ? in[i] : 0);
  if (i < n)
    out[i] = value;
  if (totals && threadIdx.x == kBlock - 1)
    totals[blockIdx.x] = value;
}

__global__ void addTotals(unsigned int* out, int n, const unsigned int* totals) {
  int i = blockIdx.x * kBlock + threadIdx.x;
  if (i < n && blockIdx.x > 0)
    out[i] += totals[blockIdx.x - 1];
}

int main() {
  const int n = 200000, blocks = (n + kBlock - 1) / kBlock;
  static_assert(blocks <= kBlock, "one block scans the totals");
  std::vector<unsigned int> values(n), result(n);
  for (int i = 0; i < n; ++i)
    values[i] = (unsigned int)(i * 2654435761u >> 24);

  unsigned int *in, *out, *totals;
  CHECK(cudaMalloc(&in, n * sizeof(unsigned int)));
  CHECK(cudaMalloc(&out, n * sizeof(unsigned int)));
  CHECK(cudaMalloc(&totals, blocks * sizeof(unsigned int)));
  CHECK(cudaMemcpy(in, values.data(), n * sizeof(unsigned int), cudaMemcpyHostToDevice));
  scanBlocks<<<blocks, kBlock>>>(in, out, n, totals);
  scanBlocks<<<1, kBlock>>>(totals, totals, blocks, nullptr);
  addTotals<<<blocks, kBlock>>>(out, n, totals);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(result.data(), out, n * sizeof(unsigned int), cudaMemcpyDeviceToHost));

  double largest = 0;
  unsigned int sum = 0;
  for (int i = 0; i < n; ++i) {
    sum += values[i];
    largest = std::fmax(largest, std::fabs(double(result[i]) - double(sum)));
  }
  std::printf("scan: %d values, last prefix %u\n", n, result[n - 1]);
  CHECK(cudaFree(in));
  CHECK(cudaFree(out));
  CHECK(cudaFree(totals));
  return verdict(largest, 0);
}
