// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// grid_group, binary_partition and tiles whose parent is forgotten, against loops on the host.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace cg = cooperative_groups;

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));                  \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

constexpr int kBlocks = 4, kThreads = 96, kSize = kBlocks * kThreads, kRounds = 5;

// Each round every thread adds what its mirror image in the grid had before: wrong without a
// barrier of the whole grid.
__global__ void mirror(long long* values) {
  cg::grid_group grid = cg::this_grid();
  auto rank = grid.thread_rank();
  for (int round = 0; round < kRounds; ++round) {
    long long other = values[grid.size() - 1 - rank];
    grid.sync();
    values[rank] += other + (long long)rank;
    grid.sync();
  }
}

__global__ void valid(int* out) {
  cg::grid_group grid = cg::this_grid();
  if (grid.thread_rank() == 0)
    out[0] = grid.is_valid(), out[1] = int(grid.num_blocks()), out[2] = int(grid.num_threads());
}

__device__ int sumOf(cg::thread_block_tile<16> tile, int value) {
  return cg::reduce(tile, value, cg::plus<int>());
}

__global__ void split(int* sums, int* tileSums, int* labelSums) {
  cg::thread_block_tile<16> tile = cg::tiled_partition<16>(cg::this_thread_block());
  int i = int(threadIdx.x);
  cg::coalesced_group half = cg::binary_partition(tile, i % 3 == 0);
  sums[i] = cg::reduce(half, i, cg::plus<int>());
  tileSums[i] = sumOf(tile, i);
  labelSums[i] = cg::reduce(cg::labeled_partition(tile, i % 5), i, cg::plus<int>());
}

int main() {
  long long* values;
  int* out;
  CHECK(cudaMallocManaged(&values, kSize * sizeof *values));
  CHECK(cudaMallocManaged(&out, 3 * 128 * sizeof *out));
  std::vector<long long> expected(kSize);
  for (int i = 0; i < kSize; ++i)
    values[i] = expected[i] = i * i % 17;
  void* arguments[] = {&values};
  CHECK(cudaLaunchCooperativeKernel((const void*)mirror, dim3(kBlocks), dim3(kThreads), arguments,
                                    0, nullptr));
  CHECK(cudaDeviceSynchronize());
  for (int round = 0; round < kRounds; ++round) {
    std::vector<long long> before = expected;
    for (int i = 0; i < kSize; ++i)
      expected[i] += before[kSize - 1 - i] + i;
  }
  int wrong = 0;
  for (int i = 0; i < kSize; ++i)
    wrong += values[i] != expected[i];
  std::printf("mirror: %d of %d wrong\n", wrong, kSize);

  valid<<<3, 32>>>(out);
  CHECK(cudaDeviceSynchronize());
  std::printf("ordinary launch: valid %d, %d blocks, %d threads\n", out[0], out[1], out[2]);

  split<<<1, 128>>>(out, out + 128, out + 256);
  CHECK(cudaDeviceSynchronize());
  wrong = 0;
  for (int i = 0; i < 128; ++i) {
    int sum = 0, tileSum = 0, labelSum = 0;
    for (int j = i / 16 * 16; j < i / 16 * 16 + 16; ++j) {
      tileSum += j;
      sum += (j % 3 == 0) == (i % 3 == 0) ? j : 0;
      labelSum += j % 5 == i % 5 ? j : 0;
    }
    wrong += out[i] != sum || out[128 + i] != tileSum || out[256 + i] != labelSum;
  }
  std::printf("split: %d of 128 wrong\n", wrong);
}
