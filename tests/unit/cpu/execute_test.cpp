// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Blocks, coordinates, shared windows and parameters as kernels see them.
#include "engine_fixture.h"

#include <cstring>
#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace anywarp::cpu {
namespace {

class ExecuteTest : public EngineTest {};

TEST_F(ExecuteTest, range_kernels_get_every_block_once) {
  std::vector<std::atomic<int>> hits(100'000);
  auto* data = &hits;
  auto info = rangeKernel([](AwBlock* block, uint64_t first, uint64_t count) {
    auto& h = **static_cast<std::vector<std::atomic<int>>* const*>(block->launch->params);
    for (uint64_t i = first; i < first + count; i++)
      h[i]++;
  });
  ASSERT_TRUE(launch(info, 100'000, 32, &data, sizeof data));
  for (auto& hit : hits)
    ASSERT_EQ(hit, 1);
}

TEST_F(ExecuteTest, gang_kernels_get_coordinates_x_fastest) {
  struct Data {
    std::atomic<int> hits[2 * 3 * 5];
  };
  auto data = std::make_unique<Data>();
  auto* pointer = data.get();
  auto info = gangKernel(
      [](AwBlock* block, uint32_t gang, uint32_t) -> uint32_t {
        auto* d = *static_cast<Data* const*>(block->launch->params);
        const uint32_t* g = block->launch->grid;
        d->hits[block->ctaid[0] + g[0] * (block->ctaid[1] + g[1] * block->ctaid[2])] +=
            int(gang) + 1;
        return 0;
      },
      0, 0);
  LaunchConfig config;
  config.grid[0] = 2;
  config.grid[1] = 3;
  config.grid[2] = 5;
  config.block[0] = 8;
  config.block[1] = 4;
  config.block[2] = 2; // two gangs
  config.params = {reinterpret_cast<const std::byte*>(&pointer), sizeof pointer};
  ASSERT_TRUE(launch(info, config));
  for (auto& hit : data->hits)
    EXPECT_EQ(hit, 1 + 2);
}

TEST_F(ExecuteTest, launch_says_what_it_was_asked) {
  AwLaunch seen = {};
  auto* pointer = &seen;
  auto info = rangeKernel([](AwBlock* block, uint64_t, uint64_t) {
    memcpy(*static_cast<AwLaunch* const*>(block->launch->params), block->launch, sizeof(AwLaunch));
    memset(block->shared, 1, block->launch->total_shared);
    EXPECT_EQ(uintptr_t(block->shared) % 128, 0u);
    EXPECT_LT(block->sm, 4u);
  });
  info.static_shared = 100;
  ASSERT_TRUE(launch(info, 1, 100, &pointer, sizeof pointer, 5000));
  EXPECT_EQ(seen.threads, 100u);
  EXPECT_EQ(seen.gangs, 4u);
  EXPECT_EQ(seen.dynamic_shared, 5000u);
  EXPECT_EQ(seen.total_shared, 112u + 5000u);
  uint64_t id = seen.grid_id;
  ASSERT_TRUE(launch(info, 1, 100, &pointer, sizeof pointer, 5000));
  EXPECT_NE(seen.grid_id, id);
}

TEST_F(ExecuteTest, parameters_are_aligned_to_16) {
  alignas(16) char buffer[64] = {};
  int value = 1234;
  memcpy(buffer + 4, &value, sizeof value);
  auto info = rangeKernel([](AwBlock* block, uint64_t, uint64_t) {
    if (uintptr_t(block->launch->params) % 16 ||
        *static_cast<const int*>(block->launch->params) != 1234)
      block->launch->runtime->trap(block);
  });
  EXPECT_TRUE(launch(info, 1, 1, buffer + 4, sizeof value));
}

TEST_F(ExecuteTest, frames_and_local_memory_belong_to_a_gang) {
  auto info = gangKernel(
      [](AwBlock* block, uint32_t gang, uint32_t resume) -> uint32_t {
        char* mine = block->frames + gang * 256;
        char* local = block->local + gang * 128;
        if (uintptr_t(mine) % 64 || uintptr_t(local) % 64)
          block->launch->runtime->trap(block);
        if (!resume) {
          memset(mine, int(gang), 256);
          memset(local, int(gang), 128);
          auto* stop = reinterpret_cast<AwSuspend*>(mine);
          *stop = {AW_STOP_BARRIER, 0, 0, 32, 32, AW_RED_NONE, 0, {}};
          return 1;
        }
        for (size_t i = sizeof(AwSuspend); i < 256; i++)
          if (mine[i] != char(gang) || local[i % 128] != char(gang))
            block->launch->runtime->trap(block);
        return 0;
      },
      AW_KERNEL_BARRIER);
  info.local_size = 128;
  EXPECT_TRUE(launch(info, 50, 1024));
}

// Ten gangs, the last one not full, that pass three barriers; gang 5 ends behind the first one.
TEST_F(ExecuteTest, full_gangs_at_one_resume_point_run_side_by_side) {
  struct Calls {
    std::vector<std::pair<uint32_t, uint32_t>> alone, together; // gang, resume point
  };
  Calls calls;
  auto* pointer = &calls;
  static constexpr auto kStep = [](AwBlock* block, uint32_t gang, uint32_t resume) -> uint32_t {
    uint32_t lanes = lanesOf(block, gang);
    *frame(block, gang) = {AW_STOP_BARRIER, 0, 0, lanes, lanes, AW_RED_NONE, 0, {}};
    return resume == 3 || (resume == 1 && gang == 5) ? 0 : resume + 1;
  };
  auto info = gangKernel(
      [](AwBlock* block, uint32_t gang, uint32_t resume) {
        param<Calls*>(block)->alone.push_back({gang, resume});
        return kStep(block, gang, resume);
      },
      AW_KERNEL_BARRIER);
  info.fused_gangs = 2;
  info.fused = [](AwBlock* block, uint32_t gang, uint32_t* resume) {
    EXPECT_EQ(resume[0], resume[1]);
    param<Calls*>(block)->together.push_back({gang, resume[0]});
    for (uint32_t k = 0; k < 2; k++)
      resume[k] = kStep(block, gang + k, resume[k]);
  };
  ASSERT_TRUE(launch(info, 1, 9 * 32 + 7, &pointer, sizeof pointer));
  using Pairs = std::vector<std::pair<uint32_t, uint32_t>>;
  Pairs together, alone;
  for (uint32_t resume = 0; resume < 4; resume++)
    for (uint32_t gang = 0; gang < 10; gang += 2) {
      bool whole = gang < 8 && (gang != 4 || resume < 2);
      if (whole)
        together.push_back({gang, resume});
      else
        alone.push_back({gang, resume});
      if (!whole && gang != 4)
        alone.push_back({gang + 1, resume});
    }
  EXPECT_EQ(calls.together, together);
  EXPECT_EQ(calls.alone, alone);
}

#ifdef __x86_64__
TEST_F(ExecuteTest, float_state_of_the_application_does_not_reach_kernels) {
  unsigned old = _mm_getcsr();
  _mm_setcsr(old | 0x8040); // flush denormals, as -ffast-math programs do
  auto info = rangeKernel([](AwBlock* block, uint64_t, uint64_t) {
    volatile float tiny = 1e-40f; // denormal
    if (tiny * 0.5f == 0)
      block->launch->runtime->trap(block);
  });
  EXPECT_TRUE(launch(info, 1000, 32));
  EXPECT_EQ(_mm_getcsr() & 0x8040, 0x8040u);
  // Also after a fault.
  EXPECT_FALSE(launch(
      rangeKernel([](AwBlock* block, uint64_t, uint64_t) { block->launch->runtime->trap(block); }),
      1, 32));
  EXPECT_EQ(_mm_getcsr() & 0x8040, 0x8040u);
  _mm_setcsr(old);
}
#endif

TEST_F(ExecuteTest, co_resident_blocks_may_wait_for_each_other) {
  // A grid-wide barrier by spinning, more blocks than workers or processors.
  std::atomic<uint32_t> arrived{0};
  auto* pointer = &arrived;
  auto info = rangeKernel([](AwBlock* block, uint64_t first, uint64_t count) {
    auto& a = **static_cast<std::atomic<uint32_t>* const*>(block->launch->params);
    EXPECT_EQ(count, 1u);
    a++;
    while (a < block->launch->grid[0])
      std::this_thread::yield();
  });
  LaunchConfig config;
  config.grid[0] = 20;
  config.params = {reinterpret_cast<const std::byte*>(&pointer), sizeof pointer};
  Grid grid(info, name_, config, nullptr, workers_, services_);
  ASSERT_TRUE(grid.runCoResident());
  EXPECT_EQ(arrived, 20u);
}

TEST_F(ExecuteTest, a_waiting_block_lets_later_ones_start) {
  // Block b waits for block b + 1, gang 0 for gang 1: the last of all goes first.
  struct Data {
    std::atomic<uint32_t> done[2 * 40];
  };
  auto data = std::make_unique<Data>();
  auto* pointer = data.get();
  auto info = gangKernel(
      [](AwBlock* block, uint32_t gang, uint32_t) -> uint32_t {
        auto* done = (*static_cast<Data* const*>(block->launch->params))->done;
        uint32_t at = block->ctaid[0] * 2 + gang, last = block->launch->grid[0] * 2 - 1;
        while (at < last && !done[at + 1])
          block->launch->runtime->yield(block, gang);
        done[at] = at == last ? 1 : done[at + 1] + 1;
        return 0;
      },
      AW_KERNEL_BARRIER | AW_KERNEL_FIBER);
  ASSERT_TRUE(launch(info, 40, 64, &pointer, sizeof pointer));
  for (uint32_t i = 0; i < 80; i++)
    EXPECT_EQ(data->done[i], 80 - i);
}

TEST_F(ExecuteTest, a_fault_ends_blocks_that_wait) {
  // The last block traps; the others wait for something that never comes.
  auto info = gangKernel(
      [](AwBlock* block, uint32_t gang, uint32_t) -> uint32_t {
        if (block->ctaid[0] == block->launch->grid[0] - 1)
          block->launch->runtime->trap(block);
        for (;;)
          block->launch->runtime->yield(block, gang);
      },
      AW_KERNEL_BARRIER | AW_KERNEL_FIBER);
  for (int i = 0; i < 3; i++)
    EXPECT_EQ(launch(info, 10, 64).status(), Status::LaunchFailed);
}

TEST_F(ExecuteTest, many_threads_launch_at_once) {
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  auto info = rangeKernel([](AwBlock* block, uint64_t, uint64_t count) {
    (*static_cast<std::atomic<uint64_t>* const*>(block->launch->params))->fetch_add(count);
  });
  for (int t = 0; t < 6; t++)
    threads.emplace_back([&] {
      for (int i = 0; i < 30; i++) {
        std::atomic<uint64_t> blocks{0};
        auto* pointer = &blocks;
        LaunchConfig config;
        config.grid[0] = 3000;
        config.params = {reinterpret_cast<const std::byte*>(&pointer), sizeof pointer};
        std::atomic<uint32_t> nanos{i % 2 ? 0u : 1u};
        Grid grid(info, name_, config, nullptr, workers_, services_);
        right += grid.run(pool_, nanos) && blocks == 3000;
      }
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(right, 180);
}

} // namespace
} // namespace anywarp::cpu
