// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels that go wrong give CUDA's error and leave the process and its own handlers alone. Codes
// are those of the CUDA driver API manual (CUresult).
#include "engine_fixture.h"

#include <csetjmp>
#include <csignal>
#include <sys/mman.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

class FaultTest : public EngineTest {
protected:
  Status statusOf(AwRangeFn fn, uint32_t blocks = 1) {
    auto result = launch(rangeKernel(fn), blocks, 32);
    // Whatever happened, the next kernel runs.
    EXPECT_TRUE(launch(rangeKernel([](AwBlock*, uint64_t, uint64_t) {}), 100, 32));
    return result.status();
  }
};

TEST_F(FaultTest, wild_pointers) {
  EXPECT_EQ(statusOf([](AwBlock*, uint64_t, uint64_t) { *reinterpret_cast<volatile int*>(8) = 1; }),
            Status::IllegalAddress);
  EXPECT_EQ(statusOf([](AwBlock*, uint64_t, uint64_t) {
              *reinterpret_cast<volatile int*>(0x7fff'ffff'0000'1234) = 1; // not canonical
            }),
            Status::IllegalAddress);
}

TEST_F(FaultTest, shared_memory_ends_in_an_unmapped_page) {
  EXPECT_EQ(statusOf([](AwBlock* block, uint64_t, uint64_t) {
              static_cast<volatile char*>(block->shared)[8192] = 1;
            }),
            Status::IllegalAddress);
}

TEST_F(FaultTest, faults_in_all_workers_at_once) {
  for (int i = 0; i < 20; i++)
    EXPECT_EQ(
        statusOf([](AwBlock*, uint64_t, uint64_t) { *reinterpret_cast<volatile int*>(8) = 1; },
                 100'000),
        Status::IllegalAddress);
}

TEST_F(FaultTest, services_that_end_the_kernel) {
  EXPECT_EQ(statusOf([](AwBlock* b, uint64_t, uint64_t) { b->launch->runtime->trap(b); }),
            Status::LaunchFailed);
  EXPECT_EQ(statusOf([](AwBlock* b, uint64_t, uint64_t) { b->launch->runtime->misaligned(b); }),
            Status::MisalignedAddress);
  EXPECT_EQ(
      statusOf([](AwBlock* b, uint64_t, uint64_t) { b->launch->runtime->illegal_instruction(b); }),
      Status::IllegalInstruction);
  EXPECT_EQ(statusOf([](AwBlock*, uint64_t, uint64_t) { __builtin_trap(); }),
            Status::IllegalInstruction);
}

TEST_F(FaultTest, index_wrap_says_what_to_do) {
  auto result =
      launch(rangeKernel([](AwBlock* b, uint64_t, uint64_t) { b->launch->runtime->index_wrap(b); }),
             1, 32);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().status, Status::LaunchFailed);
  EXPECT_NE(result.error().message.find("ANYWARP_EXACT_INDEX=1"), std::string::npos);
}

TEST_F(FaultTest, failed_assertion_prints_cudas_text) {
  LaunchConfig config;
  config.grid[0] = 1;
  config.block[0] = 8;
  config.block[1] = 4;
  auto info = rangeKernel([](AwBlock* b, uint64_t, uint64_t) {
    b->ctaid[0] = 7;
    b->ctaid[1] = b->ctaid[2] = 0;
    b->current_thread = 19; // 19 = 3 + 8 * 2
    b->launch->runtime->assertfail(b, "i < n", "file.cu", 42, "void k(int)", 1);
  });
  ::testing::internal::CaptureStderr();
  auto result = launch(info, config);
  std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(result.status(), Status::Assert);
  EXPECT_NE(
      text.find(
          "file.cu:42: void k(int): block: [7,0,0], thread: [3,2,0] Assertion `i < n` failed.\n"),
      std::string::npos)
      << text;
}

#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer) &&                         \
    !__has_feature(thread_sanitizer)
#pragma clang diagnostic ignored "-Winfinite-recursion"
__attribute__((noinline, optnone)) uint64_t recurse(uint64_t n) {
  volatile char frame[4096];
  frame[n % 4096] = char(n);
  return recurse(n + 1) + uint64_t(frame[(n + 1) % 4096]);
}

TEST_F(FaultTest, endless_recursion) {
  // One block runs on this thread, many also on the workers.
  EXPECT_EQ(statusOf([](AwBlock*, uint64_t, uint64_t) { recurse(0); }), Status::HardwareStackError);
  EXPECT_EQ(statusOf([](AwBlock*, uint64_t, uint64_t) { recurse(0); }, 1000),
            Status::HardwareStackError);
}
#endif

TEST_F(FaultTest, threads_that_block_all_signals) {
  std::thread thread([this] {
    sigset_t all, after;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    EXPECT_EQ(
        statusOf([](AwBlock*, uint64_t, uint64_t) { *reinterpret_cast<volatile int*>(8) = 1; }),
        Status::IllegalAddress);
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    EXPECT_TRUE(sigismember(&after, SIGSEGV));
  });
  thread.join();
}

TEST_F(FaultTest, guards_nest) {
  installFaultHandlers();
  bool inner = true, outer = true;
  Fault fault;
  auto body = [&] {
    auto bad = [] { *reinterpret_cast<volatile int*>(8) = 1; };
    Fault second;
    inner = runGuarded(bad, second);
    EXPECT_EQ(second.signal, SIGSEGV);
    EXPECT_EQ(second.address, 8u);
  };
  outer = runGuarded(body, fault);
  EXPECT_FALSE(inner);
  EXPECT_TRUE(outer);
}

// The application's handler, set before or after ours, gets the application's faults.
sigjmp_buf appPoint;
volatile sig_atomic_t appSignals = 0;
void appHandler(int) {
  appSignals = appSignals + 1;
  siglongjmp(appPoint, 1);
}

void faultOfTheApplication() {
  if (sigsetjmp(appPoint, 1) == 0)
    *reinterpret_cast<volatile int*>(24) = 1;
}

TEST_F(FaultTest, handlers_of_the_application_keep_working) {
  struct sigaction action = {}, old;
  action.sa_handler = appHandler;
  sigaction(SIGSEGV, &action, &old);
  appSignals = 0;
  for (int i = 0; i < 3; i++) {
    faultOfTheApplication();
    EXPECT_EQ(appSignals, i + 1);
    EXPECT_EQ(
        statusOf([](AwBlock*, uint64_t, uint64_t) { *reinterpret_cast<volatile int*>(8) = 1; }),
        Status::IllegalAddress);
    EXPECT_EQ(appSignals, i + 1);
  }
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  EXPECT_FALSE(sigismember(&mask, SIGSEGV));
  sigaction(SIGSEGV, &old, nullptr);
}

TEST_F(FaultTest, foreign_faults_without_a_handler_end_the_process_as_ever) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        signal(SIGSEGV, SIG_DFL);
        installFaultHandlers();
        *reinterpret_cast<volatile int*>(24) = 1;
      },
      ::testing::KilledBySignal(SIGSEGV), "");
  EXPECT_EXIT(
      {
        signal(SIGSEGV, SIG_DFL);
        installFaultHandlers();
        kill(getpid(), SIGSEGV);
        pause();
      },
      ::testing::KilledBySignal(SIGSEGV), "");
}

} // namespace
} // namespace anywarp::cpu
