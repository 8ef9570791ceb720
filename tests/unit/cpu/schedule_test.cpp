// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How grids are cut for many threads, and the machine's nodes out of files of our own.
#include "backends/cpu/pool.h"
#include "backends/cpu/schedule.h"
#include "backends/cpu/topology.h"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace anywarp::cpu {
namespace {

TEST(Schedule, chunks_cover_everything_once_in_ascending_order) {
  for (uint64_t first : {0, 7})
    for (uint64_t units : {1, 2, 3, 63, 64, 65, 191, 192, 193, 1000, 100'000, 5'000'000})
      for (uint64_t nanos : {0, 1, 50, 1000, 60'000, 10'000'000})
        for (unsigned threads : {1, 2, 3, 64, 96, 192}) {
          Schedule schedule(first, units, nanos, threads);
          uint64_t next = first;
          for (uint64_t ticket = 0; ticket < schedule.chunks(); ticket++) {
            ASSERT_EQ(schedule.unitsFrom(ticket), first + units - next);
            Schedule::Range range = schedule.chunk(ticket);
            ASSERT_EQ(range.first, next) << units << " " << nanos << " " << threads;
            ASSERT_GT(range.count, 0u);
            next += range.count;
          }
          ASSERT_EQ(next, first + units);
          EXPECT_EQ(schedule.chunk(schedule.chunks()).count, 0u);
          EXPECT_EQ(schedule.chunk(UINT64_MAX).count, 0u);
          EXPECT_EQ(schedule.unitsFrom(schedule.chunks()), 0u);
        }
}

TEST(Schedule, every_thread_finds_work_where_there_is_enough) {
  for (unsigned threads : {2, 64, 192})
    for (uint64_t nanos : {0, 10, 1000, 1'000'000})
      for (uint64_t units : {uint64_t(threads), uint64_t(3 * threads), uint64_t(100 * threads)})
        EXPECT_GE(Schedule(0, units, nanos, threads).chunks(), threads);
}

// The line with the counter goes from thread to thread, 0.1 us each: no more tickets than that.
TEST(Schedule, threads_do_not_fight_for_the_counter) {
  constexpr unsigned kThreads = 192;
  constexpr uint64_t kUnits = 10'000'000, kNanos = 100;
  Schedule schedule(0, kUnits, kNanos, kThreads);
  EXPECT_LE(schedule.chunks() * 100, kUnits * kNanos / kThreads);
  // The last round is what threads wait for each other at most.
  EXPECT_LE(schedule.chunk(schedule.chunks() - 1).count * kNanos, 20'000u);
}

TEST(Schedule, chunks_get_smaller_and_none_is_long) {
  Schedule schedule(0, 100'000, 1000, 8);
  uint64_t last = UINT64_MAX;
  for (uint64_t ticket = 0; ticket < schedule.chunks(); ticket++) {
    uint64_t count = schedule.chunk(ticket).count;
    EXPECT_LE(count, last);
    EXPECT_LE(count * 1000, 200'000u);
    last = count;
  }
  EXPECT_LE(last * 1000, 5'000u);
}

TEST(Schedule, units_that_wait_for_each_other_come_one_by_one) {
  Schedule schedule(3, 50, 10, 8, /*oneByOne=*/true);
  ASSERT_EQ(schedule.chunks(), 50u);
  for (uint64_t i = 0; i < 50; i++)
    EXPECT_EQ(schedule.chunk(i).first, 3 + i);
}

class TopologyTest : public ::testing::Test {
protected:
  TopologyTest() {
    char path[] = "/tmp/anywarp-topology-XXXXXX";
    root_ = mkdtemp(path);
  }
  ~TopologyTest() override { std::filesystem::remove_all(root_); }
  void node(int number, const char* list) {
    std::string folder = root_ + "/node" + std::to_string(number);
    std::filesystem::create_directory(folder);
    std::ofstream(folder + "/cpulist") << list << "\n";
  }
  std::string root_;
};

TEST_F(TopologyTest, lists) {
  using V = std::vector<int>;
  EXPECT_EQ(Topology::parseList("0-3,8,10-11"), (V{0, 1, 2, 3, 8, 10, 11}));
  EXPECT_EQ(Topology::parseList("5"), V{5});
  EXPECT_EQ(Topology::parseList(""), V{});
  EXPECT_EQ(Topology::parseList("3-1"), V{});
  EXPECT_EQ(Topology::parseList("2,x"), V{2});
  EXPECT_EQ(Topology::parseList("0-99999999999"), V{});
}

TEST_F(TopologyTest, two_nodes_with_their_siblings_behind) {
  node(0, "0-3,8-11");
  node(1, "4-7,12-15");
  node(2, ""); // memory only
  std::ofstream(root_ + "/online") << "0-2\n";
  Topology t = Topology::read(root_, {});
  ASSERT_EQ(t.nodes.size(), 2u);
  EXPECT_EQ(t.processors(), 16u);
  EXPECT_EQ(t.nodeOfThread(0), 0u);
  EXPECT_EQ(t.nodeOfThread(7), 0u);
  EXPECT_EQ(t.nodeOfThread(8), 1u);
  EXPECT_EQ(t.nodeOfThread(15), 1u);
  EXPECT_EQ(t.nodeOfThread(16), 0u);
  EXPECT_EQ(t.nodeOfProcessor(9), 0u);
  EXPECT_EQ(t.nodeOfProcessor(12), 1u);
  EXPECT_EQ(t.nodeOfProcessor(99), 0u);
}

TEST_F(TopologyTest, only_what_the_process_may_use) {
  node(0, "0-3");
  node(1, "4-7");
  node(10, "8-9");
  Topology t = Topology::read(root_, {2, 3, 9});
  ASSERT_EQ(t.nodes.size(), 2u);
  EXPECT_EQ(t.nodes[0], (std::vector<int>{2, 3}));
  EXPECT_EQ(t.nodes[1], (std::vector<int>{9}));
}

TEST_F(TopologyTest, unknown_machines_are_one_node) {
  Topology t = Topology::read(root_ + "/nowhere", {0, 1});
  ASSERT_EQ(t.nodes.size(), 1u);
  EXPECT_EQ(t.processors(), 2u);
  EXPECT_EQ(Topology().nodeOfThread(3), 0u);
}

class Owners final : public GridBody {
public:
  explicit Owners(uint64_t units) : hits(units), worker(units) {}
  bool run(uint64_t first, uint64_t count) override {
    for (uint64_t i = first; i < first + count; i++) {
      hits[i]++;
      worker[i] = Pool::currentWorker();
    }
    timespec nap{0, 50'000};
    nanosleep(&nap, nullptr); // so that everybody gets something
    return true;
  }
  std::vector<std::atomic<int>> hits;
  std::vector<int> worker;
};

// Processors that this machine need not have: threads that cannot stay there run anywhere.
TEST(PoolNodes, each_node_begins_with_its_own_part) {
  Topology two{{{0, 1}, {2, 3}}};
  Pool pool(4, two);
  constexpr uint64_t kUnits = 4000;
  int own = 0, foreign = 0;
  for (int round = 0; round < 5; round++) {
    Owners body(kUnits);
    std::atomic<uint32_t> nanos{100'000};
    pool.run(body, kUnits, nanos);
    for (uint64_t i = 0; i < kUnits; i++) {
      ASSERT_EQ(body.hits[i], 1) << i;
      if (int w = body.worker[i]; w >= 0)
        (two.nodeOfThread(unsigned(w)) == (i < kUnits / 2 ? 0u : 1u) ? own : foreign)++;
    }
  }
  EXPECT_GT(own, 3 * foreign);
}

TEST(PoolNodes, a_fault_ends_all_parts) {
  class Failing final : public GridBody {
  public:
    bool run(uint64_t, uint64_t) override { return runs.fetch_add(1) < 3; }
    std::atomic<int> runs{0};
  } body;
  Pool pool(4, Topology{{{0, 1}, {2, 3}}});
  std::atomic<uint32_t> nanos{1'000'000};
  pool.run(body, 100'000, nanos); // comes back
  EXPECT_LT(body.runs, 20);
}

TEST(PoolNodes, units_that_wait_for_each_other_know_no_nodes) {
  Pool pool(4, Topology{{{0, 1}, {2, 3}}});
  std::atomic<uint64_t> highest{0};
  std::atomic<bool> early{false};
  class InOrder final : public GridBody {
  public:
    InOrder(std::atomic<uint64_t>& h, std::atomic<bool>& e) : highest(h), early(e) {}
    bool run(uint64_t first, uint64_t count) override {
      // At most as many are under way as there are threads.
      if (count != 1 || first > highest.fetch_add(1) + 5)
        early = true;
      return true;
    }
    std::atomic<uint64_t>& highest;
    std::atomic<bool>& early;
  } body(highest, early);
  std::atomic<uint32_t> nanos{10'000};
  pool.run(body, 5000, nanos, /*together=*/true);
  EXPECT_EQ(highest, 5000u);
  EXPECT_FALSE(early);
}

} // namespace
} // namespace anywarp::cpu
