// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Clusters and distributed shared memory (PTX ISA, "Cluster of Cooperative Thread Arrays").
#include "gang_fixture.h"

#include <vector>

namespace anywarp::ptxtest {
namespace {

using Words = std::vector<uint32_t>;

class ClusterTest : public GangTest {
protected:
  void SetUp() override { load("cluster.ptx"); }
};

TEST_F(ClusterTest, special_registers) {
  Words out(12 * 8, ~0u);
  auto ok = launchClusters("places", 12, 4, 64, out.data());
  ASSERT_TRUE(ok) << ok.error().message;
  for (uint32_t block = 0; block < 12; block++) {
    uint32_t rank = block % 4;
    Words expected = {block / 4, 3, rank, 4, rank, 4, 1, 0};
    EXPECT_EQ(Words(&out[block * 8], &out[block * 8] + 8), expected) << block;
  }
}

TEST_F(ClusterTest, without_clusters_every_block_is_one) {
  Words out(3 * 8, ~0u);
  auto ok = launch("places", 3, 32, out.data());
  ASSERT_TRUE(ok) << ok.error().message;
  for (uint32_t block = 0; block < 3; block++) {
    Words expected = {block, 3, 0, 1, 0, 1, 0, 0};
    EXPECT_EQ(Words(&out[block * 8], &out[block * 8] + 8), expected) << block;
  }
}

TEST_F(ClusterTest, distributed_shared_memory) {
  constexpr uint32_t kThreads = 64;
  for (uint32_t cluster : {0u, 1u, 2u, 3u, 8u, 16u}) {
    uint32_t size = std::max(cluster, 1u), blocks = 3 * size;
    Words out(blocks * kThreads * 8, ~0u);
    auto ok = launchClusters("neighbours", blocks, cluster, kThreads, out.data());
    ASSERT_TRUE(ok) << ok.error().message;
    for (uint32_t block = 0; block < blocks; block++)
      for (uint32_t t = 0; t < kThreads; t++) {
        uint32_t rank = block % size, next = (rank + 1) % size, before = (rank + size - 1) % size;
        uint32_t received = before * 1000 + t;
        uint32_t spaces = size == 1 ? 3 : 2; // of the address in the next block
        Words expected = {next, next, rank, received, received + 500000, spaces, 0, 0};
        const uint32_t* at = &out[(block * kThreads + t) * 8];
        ASSERT_EQ(Words(at, at + 8), expected) << cluster << " " << block << " " << t;
      }
  }
}

TEST_F(ClusterTest, barrier_counts_all_threads) {
  for (uint32_t cluster : {1u, 2u, 5u, 8u}) {
    constexpr uint32_t kThreads = 96, kRounds = 7;
    uint32_t blocks = 4 * cluster;
    Words out(blocks * kThreads, 0);
    auto ok = launchClusters("counting", blocks, cluster, kThreads, out.data(), kRounds);
    ASSERT_TRUE(ok) << ok.error().message;
    EXPECT_EQ(out, Words(blocks * kThreads, kRounds * cluster * kThreads)) << cluster;
  }
}

TEST_F(ClusterTest, exited_threads_do_not_count) {
  Words out(8, 0);
  auto ok = launchClusters("leavers", 8, 4, 100, out.data());
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(out, Words(8, 77));
}

TEST_F(ClusterTest, blocks_wait_for_each_other) {
  Words out(16, 0);
  auto ok = launchClusters("relay", 16, 8, 64, out.data());
  ASSERT_TRUE(ok) << ok.error().message;
  for (uint32_t block = 0; block < 16; block++)
    EXPECT_EQ(out[block], 8 - block % 8) << block;
}

} // namespace
} // namespace anywarp::ptxtest
