// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels with barriers, written by hand, run both ways: as gangs that return and resume, and on
// stacks of their own. Expected values follow from the PTX ISA's rules for bar.
#include "engine_fixture.h"

#include <numeric>

namespace anywarp::cpu {
namespace {

// One thread program, as a sequence of steps between barriers. A step gets (block, gang, number)
// and says which stop comes next; kEnd: all threads exit.
struct Stop {
  bool end = false, yield = false;
  uint32_t barrier = 0, count = 0, lanes = 0, live = 0, red = AW_RED_NONE, value = 0;
};
using Step = Stop (*)(AwBlock*, uint32_t gang, uint32_t step, uint32_t answer);

Stop all(AwBlock* block, uint32_t gang, uint32_t barrier = 0, uint32_t count = 0) {
  uint32_t lanes = lanesOf(block, gang);
  return {false, false, barrier, count, lanes, lanes, AW_RED_NONE, 0};
}
constexpr Stop kEnd = {true};

void store(AwSuspend* out, const Stop& stop) {
  *out = {};
  out->kind = stop.yield ? AW_STOP_YIELD : AW_STOP_BARRIER;
  out->barrier = stop.barrier;
  out->count = stop.count;
  out->lanes = stop.lanes;
  out->live = stop.live;
  out->red = stop.red;
  out->value = stop.value;
}

// Parameters start with the step function, so one gang function serves all tests.
struct Params {
  Step step;
  void* data;
};

uint32_t resumable(AwBlock* block, uint32_t gang, uint32_t resume) {
  AwSuspend* stop = frame(block, gang);
  Stop next = param<Params>(block).step(block, gang, resume, resume ? stop->value : 0);
  if (next.end)
    return 0;
  store(stop, next);
  return resume + 1;
}

// The result says what it can, and nothing that makes sense is in the frame then.
uint32_t resumableByResult(AwBlock* block, uint32_t gang, uint32_t resume) {
  uint32_t next = resumable(block, gang, resume);
  AwSuspend* stop = frame(block, gang);
  if (!next || stop->kind != AW_STOP_BARRIER || stop->barrier || stop->count ||
      stop->lanes != AW_GANG_WIDTH || stop->live != AW_GANG_WIDTH || stop->red != AW_RED_NONE)
    return next;
  *stop = {AW_STOP_YIELD, 7, 3, 1, 2, AW_RED_OR, 5, {}};
  return next | AW_STOP_WHOLE;
}

uint32_t onStack(AwBlock* block, uint32_t gang, uint32_t) {
  AwSuspend stop = {};
  for (uint32_t step = 0;; step++) {
    Stop next = param<Params>(block).step(block, gang, step, stop.value);
    if (next.end)
      return 0;
    store(&stop, next);
    block->launch->runtime->barrier(block, gang, &stop);
  }
}

enum class Mode { Resume, ByResult, Fiber };

class BarrierTest : public EngineTest, public ::testing::WithParamInterface<Mode> {
protected:
  Result<void> run(Step step, void* data, uint32_t blocks, uint32_t threads) {
    AwKernelInfo info = gangKernel(resumable, AW_KERNEL_BARRIER);
    if (GetParam() == Mode::ByResult)
      info.gang = resumableByResult;
    else if (GetParam() == Mode::Fiber)
      info = gangKernel(onStack, AW_KERNEL_BARRIER | AW_KERNEL_FIBER);
    Params params{step, data};
    return launch(info, blocks, threads, &params, sizeof params);
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, BarrierTest,
                         ::testing::Values(Mode::Resume, Mode::ByResult, Mode::Fiber),
                         [](const auto& info) {
                           return info.param == Mode::Resume     ? "resume"
                                  : info.param == Mode::ByResult ? "by_result"
                                                                 : "fiber";
                         });

// Each gang writes its slot, then reads its neighbour's: right only if the barrier holds.
TEST_P(BarrierTest, all_threads_meet) {
  struct Data {
    std::vector<int> slots, seen;
    uint32_t gangs;
  };
  for (uint32_t threads : {1u, 31u, 32u, 33u, 64u, 1000u, 1024u}) {
    uint32_t gangs = (threads + 31) / 32, blocks = 5;
    Data data{std::vector<int>(blocks * gangs), std::vector<int>(blocks * gangs), gangs};
    auto ok = run(
        [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
          auto& d = *static_cast<Data*>(param<Params>(block).data);
          size_t base = block->ctaid[0] * d.gangs;
          if (step == 0) {
            d.slots[base + gang] = int(gang) + 1;
            return all(block, gang);
          }
          d.seen[base + gang] = d.slots[base + (gang + 1) % d.gangs];
          return kEnd;
        },
        &data, blocks, threads);
    ASSERT_TRUE(ok) << ok.error().message;
    for (uint32_t b = 0; b < blocks; b++)
      for (uint32_t g = 0; g < gangs; g++)
        EXPECT_EQ(data.seen[b * gangs + g], int((g + 1) % gangs) + 1);
  }
}

TEST_P(BarrierTest, exited_threads_do_not_count) {
  // Odd gangs leave at once; the others meet five times.
  std::atomic<int> ends{0};
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
        if (gang % 2 || step == 5) {
          static_cast<std::atomic<int>*>(param<Params>(block).data)->fetch_add(1);
          return kEnd;
        }
        return all(block, gang);
      },
      &ends, 1, 256);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(ends, 8);
}

TEST_P(BarrierTest, exited_lanes_of_a_gang_do_not_count) {
  // In each gang 5 threads have exited; what is left meets.
  std::atomic<int> ends{0};
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
        if (step == 3) {
          static_cast<std::atomic<int>*>(param<Params>(block).data)->fetch_add(1);
          return kEnd;
        }
        Stop stop = all(block, gang);
        stop.lanes = stop.live = 27;
        return stop;
      },
      &ends, 1, 128);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(ends, 4);
}

TEST_P(BarrierTest, gang_that_exits_late_releases_the_others) {
  // Gang 0 waits; gang 1 goes through a barrier of its own first, then exits.
  std::vector<int> order;
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
        auto& o = *static_cast<std::vector<int>*>(param<Params>(block).data);
        if (gang == 0 && step == 0)
          return all(block, gang);
        if (gang == 1 && step == 0)
          return all(block, gang, 3, 32);
        o.push_back(int(gang));
        return kEnd;
      },
      &order, 1, 64);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(order, (std::vector<int>{1, 0}));
}

TEST_P(BarrierTest, reductions_see_every_thread) {
  struct Data {
    uint32_t popc[4], all1[4], all0[4], any1[4], any0[4];
  } data = {};
  // 100 threads; gang g votes 1 in g of its threads in turn: 0 + 1 + 2 + 3.
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t answer) -> Stop {
        auto& d = *static_cast<Data*>(param<Params>(block).data);
        Stop stop = all(block, gang);
        switch (step) {
        case 0:
          stop.red = AW_RED_POPC;
          stop.value = gang;
          return stop;
        case 1:
          d.popc[gang] = answer;
          stop.red = AW_RED_AND;
          stop.value = stop.lanes;
          return stop;
        case 2:
          d.all1[gang] = answer;
          stop.red = AW_RED_AND;
          stop.value = gang == 2 ? stop.lanes - 1 : stop.lanes;
          return stop;
        case 3:
          d.all0[gang] = answer;
          stop.red = AW_RED_OR;
          stop.value = gang == 3;
          return stop;
        case 4:
          d.any1[gang] = answer;
          stop.red = AW_RED_OR;
          return stop;
        default:
          d.any0[gang] = answer;
          return kEnd;
        }
      },
      &data, 1, 100);
  ASSERT_TRUE(ok) << ok.error().message;
  for (int g = 0; g < 4; g++) {
    EXPECT_EQ(data.popc[g], 6u);
    EXPECT_EQ(data.all1[g], 1u);
    EXPECT_EQ(data.all0[g], 0u);
    EXPECT_EQ(data.any1[g], 1u);
    EXPECT_EQ(data.any0[g], 0u);
  }
}

TEST_P(BarrierTest, named_barriers_join_parts_of_a_block) {
  // Gangs 0, 1 meet at barrier 1, gangs 2, 3 at barrier 2, each with 64 threads; then all at 0.
  std::vector<int> log;
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
        auto& l = *static_cast<std::vector<int>*>(param<Params>(block).data);
        if (step < 3)
          return all(block, gang, 1 + gang / 2, 64);
        if (step == 3)
          return all(block, gang);
        l.push_back(int(gang));
        return kEnd;
      },
      &log, 1, 128);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(log.size(), 4u);
}

TEST_P(BarrierTest, producer_arrives_without_waiting) {
  // Producer/consumer as the PTX ISA shows it: gang 0 produces and arrives, gang 1 waits.
  struct Data {
    int value = 0, seen = -1;
  } data;
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
        auto& d = *static_cast<Data*>(param<Params>(block).data);
        if (gang == 1) {
          if (step == 0)
            return all(block, gang, 4, 64);
          d.seen = d.value;
          return kEnd;
        }
        // The consumer must wait first, so that the arrival is what releases it.
        if (step == 0) {
          Stop stop = all(block, gang);
          stop.yield = true;
          return stop;
        }
        d.value = 42;
        block->launch->runtime->arrive(block, gang, 4, 64, 32);
        return kEnd;
      },
      &data, 1, 64);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(data.seen, 42);
}

TEST_P(BarrierTest, arrival_before_the_wait_counts) {
  struct Data {
    std::atomic<int> seen{-1};
  } data;
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
        if (gang == 0) {
          block->launch->runtime->arrive(block, gang, 1, 64, 32);
          return kEnd;
        }
        if (step == 0)
          return all(block, gang, 1, 64);
        static_cast<Data*>(param<Params>(block).data)->seen = 7;
        return kEnd;
      },
      &data, 3, 64);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(data.seen, 7);
}

TEST_P(BarrierTest, spinning_gangs_give_way) {
  // Gang 0 spins on a flag that gang 3 sets at the end.
  std::atomic<int> flag{0};
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
        auto& f = *static_cast<std::atomic<int>*>(param<Params>(block).data);
        if (gang == 0 && !f) {
          Stop stop = all(block, gang);
          stop.yield = true;
          return stop;
        }
        if (gang == 3) {
          if (step < 10)
            return all(block, gang, 2, 32);
          f = 1;
        }
        return kEnd;
      },
      &flag, 1, 128);
  ASSERT_TRUE(ok) << ok.error().message;
}

TEST_P(BarrierTest, blocks_may_wait_for_earlier_blocks) {
  // A chain: block b waits for b - 1 (look-back scans do this).
  std::atomic<uint32_t> next{0};
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t, uint32_t) -> Stop {
        auto& n = *static_cast<std::atomic<uint32_t>*>(param<Params>(block).data);
        if (n != block->ctaid[0]) {
          Stop stop = all(block, gang);
          stop.yield = true;
          return stop;
        }
        n = block->ctaid[0] + 1;
        return kEnd;
      },
      &next, 2000, 32);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(next, 2000u);
}

TEST_P(BarrierTest, deadlock_is_an_error) {
  // Gang 0 waits for 64 threads at barrier 5; gang 1 exits.
  auto ok =
      run([](AwBlock* block, uint32_t gang, uint32_t step,
             uint32_t) -> Stop { return gang == 0 && step == 0 ? all(block, gang, 5, 64) : kEnd; },
          nullptr, 1, 64);
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error().status, Status::LaunchTimeout);
  EXPECT_NE(ok.error().message.find("barrier 5"), std::string::npos);
  EXPECT_NE(ok.error().message.find("test_kernel"), std::string::npos);
  // The workers are usable afterwards.
  EXPECT_TRUE(run([](AwBlock* block, uint32_t gang, uint32_t step,
                     uint32_t) -> Stop { return step < 2 ? all(block, gang) : kEnd; },
                  nullptr, 10, 64));
}

TEST_P(BarrierTest, half_a_warp_at_the_barrier_counts_as_the_warp) {
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
        Stop stop = all(block, gang);
        if (gang == 0)
          stop.lanes = 16; // the other half never comes
        return step == 0 ? stop : kEnd;
      },
      nullptr, 1, 64);
  EXPECT_TRUE(ok) << ok.error().message;
}

TEST_P(BarrierTest, a_fault_between_barriers_is_an_error) {
  auto ok = run(
      [](AwBlock* block, uint32_t gang, uint32_t step, uint32_t) -> Stop {
        if (step == 1 && gang == 1)
          *reinterpret_cast<volatile int*>(16) = 1;
        return step < 2 ? all(block, gang) : kEnd;
      },
      nullptr, 4, 96);
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error().status, Status::IllegalAddress);
  EXPECT_TRUE(run([](AwBlock* block, uint32_t gang, uint32_t step,
                     uint32_t) -> Stop { return step < 2 ? all(block, gang) : kEnd; },
                  nullptr, 10, 1024));
}

} // namespace
} // namespace anywarp::cpu
