// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls before cuInit, in forked children and while the process ends. Each runs in a process of its
// own, which ends with 0 when all was as it should be.
#include "fixture.h"
#include "kernels.h"

#include <atomic>
#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

class Lifetime : public ::testing::Test {
protected:
  // Starts the program again for each statement, with nothing initialised.
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

#define REQUIRE(number, condition)                                                                 \
  if (!(condition))                                                                                \
  _exit(number)

CUcontext begin() {
  CUcontext context = nullptr;
  REQUIRE(90, cuInit(0) == CUDA_SUCCESS);
  REQUIRE(91, cuCtxCreate(&context, nullptr, 0, 0) == CUDA_SUCCESS);
  return context;
}

[[noreturn]] void beforeInit() {
  int number = 0;
  CUdevice device = 0;
  CUcontext context = nullptr;
  CUdeviceptr pointer = 0;
  CUstream stream = nullptr;
  CUevent event = nullptr;
  CUmodule module = nullptr;
  CUlibrary library = nullptr;
  size_t size = 0;
  unsigned flags = 0;
  constexpr CUresult kNot = CUDA_ERROR_NOT_INITIALIZED;
  REQUIRE(1, cuDeviceGetCount(&number) == kNot);
  REQUIRE(2, cuDeviceGet(&device, 0) == kNot);
  REQUIRE(3, cuCtxCreate(&context, nullptr, 0, 0) == kNot);
  REQUIRE(4, cuCtxGetCurrent(&context) == kNot);
  REQUIRE(5, cuCtxSynchronize() == kNot);
  REQUIRE(6, cuMemAlloc(&pointer, 4) == kNot);
  REQUIRE(7, cuMemGetInfo(&size, &size) == kNot);
  REQUIRE(8, cuStreamCreate(&stream, 0) == kNot);
  REQUIRE(9, cuEventCreate(&event, 0) == kNot);
  REQUIRE(10, cuModuleLoadData(&module, kPtx) == kNot);
  REQUIRE(11, cuLibraryLoadData(&library, kPtx, nullptr, nullptr, 0, nullptr, nullptr, 0) == kNot);
  REQUIRE(12, cuDevicePrimaryCtxRetain(&context, 0) == kNot);
  REQUIRE(13, cuDevicePrimaryCtxGetState(0, &flags, &number) == kNot);
  REQUIRE(14, cuMemAlloc(nullptr, 0) == kNot); // comes before all other errors
  // What needs no initialisation.
  const char* text = nullptr;
  void* function = nullptr;
  REQUIRE(20, cuDriverGetVersion(&number) == CUDA_SUCCESS && number >= 13000);
  REQUIRE(21, cuGetErrorName(CUDA_ERROR_NOT_INITIALIZED, &text) == CUDA_SUCCESS);
  REQUIRE(22, std::string("CUDA_ERROR_NOT_INITIALIZED") == text);
  REQUIRE(23, cuGetProcAddress("cuInit", &function, 12000, 0, nullptr) == CUDA_SUCCESS);
  REQUIRE(24, cuInit(1) == CUDA_ERROR_INVALID_VALUE); // "Currently, the Flags parameter must be 0"
  REQUIRE(25, cuDeviceGetCount(&number) == kNot);
  REQUIRE(26, cuInit(0) == CUDA_SUCCESS);
  REQUIRE(27, cuInit(0) == CUDA_SUCCESS);
  REQUIRE(28, cuDeviceGetCount(&number) == CUDA_SUCCESS && number > 0);
  _exit(0);
}

TEST_F(Lifetime, before_cuInit) {
  EXPECT_EXIT(beforeInit(), ::testing::ExitedWithCode(0), "");
}

[[noreturn]] void forkedChild() {
  begin();
  CUdeviceptr pointer = 0;
  CUstream stream = nullptr;
  CUevent event = nullptr;
  REQUIRE(1, cuMemAlloc(&pointer, 1 << 20) == CUDA_SUCCESS);
  REQUIRE(2, cuStreamCreate(&stream, 0) == CUDA_SUCCESS);
  REQUIRE(3, cuEventCreate(&event, 0) == CUDA_SUCCESS);
  // Work is on its way, and other threads hold whatever they hold.
  std::atomic<bool> stop{false};
  std::vector<std::thread> busy;
  for (int i = 0; i < 3; ++i)
    busy.emplace_back([&] {
      cuCtxSetCurrent(nullptr);
      CUcontext primary = nullptr;
      cuDevicePrimaryCtxRetain(&primary, 0);
      cuCtxSetCurrent(primary);
      while (!stop) {
        CUdeviceptr mine = 0;
        cuMemAlloc(&mine, 4096);
        cuMemsetD8(mine, 1, 4096);
        cuMemFree(mine);
      }
    });
  for (int round = 0; round < 20; ++round) {
    REQUIRE(4, cuMemsetD8Async(pointer, 1, 1 << 20, stream) == CUDA_SUCCESS);
    pid_t child = fork();
    if (child == 0) {
      alarm(20); // a hang is a failure
      constexpr CUresult kNot = CUDA_ERROR_NOT_INITIALIZED;
      CUdeviceptr other = 0;
      int count = 0;
      REQUIRE(11, cuMemAlloc(&other, 4) == kNot);
      REQUIRE(12, cuStreamSynchronize(stream) == kNot);
      REQUIRE(13, cuCtxSynchronize() == kNot);
      REQUIRE(14, cuEventRecord(event, stream) == kNot);
      REQUIRE(15, cuMemFree(pointer) == kNot);
      REQUIRE(16, cuInit(0) != CUDA_SUCCESS);
      REQUIRE(17, cuDeviceGetCount(&count) == kNot);
      REQUIRE(18, cuStreamDestroy(stream) == kNot);
      exit(0); // static destructors and atexit handlers included
    }
    int status = 0;
    REQUIRE(5, waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status) ? 30 + WEXITSTATUS(status) : 6,
            WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  stop = true;
  for (std::thread& thread : busy)
    thread.join();
  REQUIRE(7, cuStreamSynchronize(stream) == CUDA_SUCCESS); // the parent goes on
  _exit(0);
}

TEST_F(Lifetime, a_forked_child_gets_errors) {
  EXPECT_EXIT(forkedChild(), ::testing::ExitedWithCode(0), "");
}

// "CUDA_ERROR_DEINITIALIZED: this indicates that the CUDA driver is in the process of shutting
// down."
struct CallsLate {
  CUstream stream = nullptr;
  CUdeviceptr pointer = 0;
  ~CallsLate() {
    int count = 0;
    CUcontext context = nullptr;
    constexpr CUresult kDown = CUDA_ERROR_DEINITIALIZED;
    REQUIRE(40, cuStreamSynchronize(stream) == kDown);
    REQUIRE(41, cuMemFree(pointer) == kDown);
    REQUIRE(42, cuDeviceGetCount(&count) == kDown);
    REQUIRE(43, cuCtxGetCurrent(&context) == kDown);
    REQUIRE(44, cuStreamDestroy(stream) == kDown);
    REQUIRE(45, cuInit(0) == kDown);
  }
};

[[noreturn]] void staticDestructors() {
  static CallsLate late; // made before the driver: destroyed after it
  begin();
  REQUIRE(1, cuStreamCreate(&late.stream, 0) == CUDA_SUCCESS);
  REQUIRE(2, cuMemAlloc(&late.pointer, 64) == CUDA_SUCCESS);
  // Registered after cuInit, so run before the driver goes.
  atexit([] {
    REQUIRE(3, cuMemFree(late.pointer) == CUDA_SUCCESS);
    REQUIRE(4, cuStreamSynchronize(late.stream) == CUDA_SUCCESS);
  });
  exit(0);
}

TEST_F(Lifetime, static_destructors_get_errors) {
  EXPECT_EXIT(staticDestructors(), ::testing::ExitedWithCode(0), "");
}

struct CallsAtThreadEnd {
  CUstream stream = nullptr;
  ~CallsAtThreadEnd() {
    if (stream) {
      cuStreamSynchronize(stream);
      cuStreamDestroy(stream);
    }
  }
};

[[noreturn]] void threadsThatGoOn() {
  CUcontext context = begin();
  static std::atomic<int>* count = new std::atomic<int>;
  for (int i = 0; i < 4; ++i)
    std::thread([context] {
      thread_local CallsAtThreadEnd last;
      cuCtxSetCurrent(context);
      cuStreamCreate(&last.stream, 0);
      ++*count;
      for (;;) { // until the process is gone
        CUdeviceptr pointer = 0;
        if (cuMemAlloc(&pointer, 1000) == CUDA_SUCCESS) {
          cuMemsetD8Async(pointer, 1, 1000, last.stream);
          cuMemFree(pointer);
        }
        CUevent event = nullptr;
        if (cuEventCreate(&event, 0) == CUDA_SUCCESS) {
          cuEventRecord(event, last.stream);
          cuEventDestroy(event);
        }
      }
    }).detach();
  for (int i = 0; i < 4; ++i)
    std::thread([context] { // ends, with work on its way
      thread_local CallsAtThreadEnd last;
      cuCtxSetCurrent(context);
      cuStreamCreate(&last.stream, 0);
      cuLaunchHostFunc(last.stream, [](void*) {}, nullptr);
    })
        .join();
  while (*count < 4)
    std::this_thread::yield();
  thread_local CallsAtThreadEnd mine; // of the main thread: before static destructors
  cuStreamCreate(&mine.stream, 0);
  exit(0);
}

TEST_F(Lifetime, threads_may_call_until_the_end) {
  for (int i = 0; i < 3; ++i)
    EXPECT_EXIT(threadsThatGoOn(), ::testing::ExitedWithCode(0), "");
}

[[noreturn]] void workAtExit() {
  begin();
  CUstream stream = nullptr;
  CUdeviceptr word = 0;
  REQUIRE(1, cuStreamCreate(&stream, 0) == CUDA_SUCCESS);
  REQUIRE(2, cuMemAlloc(&word, 8) == CUDA_SUCCESS);
  REQUIRE(3, cuMemsetD32(word, 0, 2) == CUDA_SUCCESS);
  // A value that never comes keeps nobody.
  REQUIRE(4, cuStreamWaitValue32(stream, word, 1, CU_STREAM_WAIT_VALUE_EQ) == CUDA_SUCCESS);
  REQUIRE(5, cuMemsetD32Async(word, 3, 1, stream) == CUDA_SUCCESS);
  alarm(20);
  exit(0);
}

TEST_F(Lifetime, the_process_ends_while_a_stream_waits) {
  EXPECT_EXIT(workAtExit(), ::testing::ExitedWithCode(0), "");
}

} // namespace
