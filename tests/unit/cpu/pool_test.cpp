// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "backends/cpu/pool.h"

#include <atomic>
#include <gtest/gtest.h>
#include <latch>
#include <thread>

namespace anywarp::cpu {
namespace {

class Body final : public GridBody {
public:
  Body(uint64_t units, std::function<bool(uint64_t)> fn) : hits(units), fn_(std::move(fn)) {}
  bool run(uint64_t first, uint64_t count) override {
    for (uint64_t i = first; i < first + count; i++) {
      hits[i]++;
      if (fn_ && !fn_(i))
        return false;
    }
    return true;
  }
  std::vector<std::atomic<int>> hits;

private:
  std::function<bool(uint64_t)> fn_;
};

void expectAllOnce(const Body& body) {
  for (size_t i = 0; i < body.hits.size(); i++)
    ASSERT_EQ(body.hits[i].load(), 1) << "unit " << i;
}

TEST(Pool, every_unit_runs_once) {
  Pool pool(3);
  for (uint64_t units : {1, 2, 63, 64, 65, 1000, 100'000}) {
    for (uint32_t estimate : {0u, 1u, 1'000'000u}) {
      Body body(units, nullptr);
      std::atomic<uint32_t> nanos{estimate};
      pool.run(body, units, nanos);
      expectAllOnce(body);
      EXPECT_GT(nanos.load(), 0u);
    }
  }
}

TEST(Pool, no_units_is_nothing) {
  Pool pool(2);
  Body body(1, nullptr);
  std::atomic<uint32_t> nanos{0};
  pool.run(body, 0, nanos);
  EXPECT_EQ(body.hits[0], 0);
}

TEST(Pool, every_thread_meets_units_in_ascending_order) {
  Pool pool(4);
  // Together with "all once" this is what blocks that wait for earlier blocks need: a unit is taken
  // only after all before it have been taken.
  std::atomic<bool> ordered{true};
  std::atomic<int> launch{0};
  for (int i = 0; i < 20; i++) {
    launch++;
    Body body(10'000, [&](uint64_t unit) {
      thread_local int seenLaunch = -1;
      thread_local uint64_t last = 0;
      if (seenLaunch == launch && unit <= last)
        ordered = false;
      seenLaunch = launch;
      last = unit;
      return true;
    });
    std::atomic<uint32_t> nanos{1'000'000};
    pool.run(body, 10'000, nanos);
    expectAllOnce(body);
  }
  EXPECT_TRUE(ordered);
}

TEST(Pool, several_threads_take_part_in_long_grids) {
  Pool pool(2);
  std::latch both(2);
  // Ends only if two threads are inside at once.
  Body body(2, [&](uint64_t) {
    both.arrive_and_wait();
    return true;
  });
  std::atomic<uint32_t> nanos{0};
  pool.run(body, 2, nanos);
  expectAllOnce(body);
}

TEST(Pool, a_failure_stops_the_grid) {
  Pool pool(2);
  Body body(100'000, [](uint64_t i) { return i != 100; });
  std::atomic<uint32_t> nanos{1'000'000};
  pool.run(body, 100'000, nanos);
  int ran = 0;
  for (auto& hit : body.hits)
    ran += hit.load();
  EXPECT_LT(ran, 100'000);
}

TEST(Pool, tasks_run_and_may_run_grids) {
  std::atomic<int> done{0};
  {
    Pool pool(2);
    for (int i = 0; i < 50; i++)
      pool.post([&] {
        Body body(1000, nullptr);
        std::atomic<uint32_t> nanos{100'000};
        pool.run(body, 1000, nanos);
        expectAllOnce(body);
        done++;
      });
  } // the destructor waits
  EXPECT_EQ(done, 50);
}

TEST(Pool, tasks_start_while_workers_help_with_a_grid) {
  Pool pool(2);
  std::atomic<bool> task{false};
  Body body(1'000'000, [&](uint64_t i) {
    if (i == 0)
      pool.post([&] { task = true; });
    // Long enough that the task must find a worker in the middle of the grid.
    return !task;
  });
  std::atomic<uint32_t> nanos{1'000'000};
  while (!task)
    pool.run(body, 1'000'000, nanos);
  EXPECT_TRUE(task);
}

TEST(Pool, threads_of_the_application_run_grids_at_once) {
  Pool pool(2);
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; i++) {
        Body body(5000, nullptr);
        std::atomic<uint32_t> nanos{i % 2 ? 100'000u : 1u};
        pool.run(body, 5000, nanos);
        bool all = true;
        for (auto& hit : body.hits)
          all = all && hit == 1;
        right += all;
      }
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(right, 80);
}

TEST(Pool, workers_know_their_number) {
  EXPECT_EQ(Pool::currentWorker(), -1);
  std::atomic<int> number{-2};
  {
    Pool pool(1);
    pool.post([&] { number = Pool::currentWorker(); });
  }
  EXPECT_EQ(number, 0);
}

} // namespace
} // namespace anywarp::cpu
