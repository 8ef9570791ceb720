// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Warp intrinsics and cooperative groups, in full and partial warps: each thread's value is
// compared with a loop over the group on the host.
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

enum {
  Tile8Sum,
  Tile32Max,
  ShflDouble,
  Coalesced,
  CoalescedRank,
  Ballot,
  MatchAny,
  AllAny,
  SyncCount,
  kResults
};

__global__ void groups(const int* values, int* results) {
  cg::thread_block block = cg::this_thread_block();
  int rank = int(block.thread_rank()), value = values[rank];
  int* out = results + rank * kResults;

  auto tile8 = cg::tiled_partition<8>(block);
  out[Tile8Sum] = cg::reduce(tile8, value, cg::plus<int>());
  auto tile32 = cg::tiled_partition<32>(block);
  out[Tile32Max] = cg::reduce(tile32, value, cg::greater<int>());
  out[ShflDouble] = int(tile8.shfl(value + 0.5, 3) * 2);
  out[Coalesced] = out[CoalescedRank] = -1;
  if (value % 3 == 0) {
    auto active = cg::coalesced_threads();
    out[Coalesced] = cg::reduce(active, value, cg::plus<int>());
    out[CoalescedRank] = int(active.thread_rank());
  }
  unsigned mask = __activemask();
  out[Ballot] = int(__ballot_sync(mask, value & 1));
  out[MatchAny] = int(__match_any_sync(mask, value & 3));
  out[AllAny] = __all_sync(mask, value >= 0) * 2 + __any_sync(mask, value == 17);
  out[SyncCount] = __syncthreads_count(value & 1) * 4 + __syncthreads_and(value < 1000) * 2 +
                   __syncthreads_or(value == 5);
}

int main() {
  int failures = 0, compared = 0;
  for (int threads : {32, 64, 96, 256, 1024}) {
    std::vector<int> values(threads), results(threads * kResults);
    for (int i = 0; i < threads; ++i)
      values[i] = (i * 37 + 11) % 101;
    int *deviceValues, *deviceResults;
    CHECK(cudaMalloc(&deviceValues, threads * sizeof(int)));
    CHECK(cudaMalloc(&deviceResults, results.size() * sizeof(int)));
    CHECK(cudaMemcpy(deviceValues, values.data(), threads * sizeof(int), cudaMemcpyHostToDevice));
    groups<<<1, threads>>>(deviceValues, deviceResults);
    CHECK(cudaMemcpy(results.data(), deviceResults, results.size() * sizeof(int),
                     cudaMemcpyDeviceToHost));

    int odd = 0, small = 1, five = 0;
    for (int v : values)
      odd += v & 1, small &= v < 1000, five |= v == 5;
    for (int i = 0; i < threads; ++i) {
      int expected[kResults] = {}, warp = i & ~31, tile = i & ~7;
      for (int j = tile; j < tile + 8; ++j)
        expected[Tile8Sum] += values[j];
      expected[ShflDouble] = 2 * values[tile + 3] + 1;
      expected[Coalesced] = expected[CoalescedRank] = -1;
      int all = 1, any = 0, sum = 0, rank = 0;
      for (int j = warp; j < warp + 32; ++j) {
        expected[Tile32Max] = values[j] > expected[Tile32Max] ? values[j] : expected[Tile32Max];
        sum += values[j] % 3 == 0 ? values[j] : 0;
        rank += j < i && values[j] % 3 == 0;
        expected[Ballot] |= int((values[j] & 1u) << (j & 31));
        expected[MatchAny] |= int(unsigned((values[j] & 3) == (values[i] & 3)) << (j & 31));
        all &= values[j] >= 0, any |= values[j] == 17;
      }
      if (values[i] % 3 == 0)
        expected[Coalesced] = sum, expected[CoalescedRank] = rank;
      expected[AllAny] = all * 2 + any;
      expected[SyncCount] = odd * 4 + small * 2 + five;
      for (int k = 0; k < kResults; ++k, ++compared)
        if (results[i * kResults + k] != expected[k] && ++failures <= 10)
          std::printf("FAIL: %d threads, thread %d, result %d: %d, expected %d\n", threads, i, k,
                      results[i * kResults + k], expected[k]);
    }
    CHECK(cudaFree(deviceValues));
    CHECK(cudaFree(deviceResults));
  }
  std::printf("groups: %d values\n", compared);
  if (!failures)
    std::printf("PASS\n");
  return failures != 0;
}
