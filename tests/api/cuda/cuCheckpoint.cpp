// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checkpoints of the calling process.
#include "fixture.h"

#include <atomic>
#include <thread>
#include <unistd.h>

namespace {

using cuCheckpoint = WithContext;

TEST_F(cuCheckpoint, locks_and_unlocks_the_process) {
  const int self = getpid();
  CUprocessState state = CU_PROCESS_STATE_FAILED;
  auto is = [&](CUprocessState wanted) {
    EXPECT_CU(cuCheckpointProcessGetState(self, &state));
    return state == wanted;
  };
  EXPECT_TRUE(is(CU_PROCESS_STATE_RUNNING));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_STATE, cuCheckpointProcessUnlock(self, nullptr));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_STATE, cuCheckpointProcessCheckpoint(self, nullptr));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_STATE, cuCheckpointProcessRestore(self, nullptr));
  CUdeviceptr data = upload<int>({1, 2, 3});
  ASSERT_CU(cuCheckpointProcessLock(self, nullptr));
  EXPECT_TRUE(is(CU_PROCESS_STATE_LOCKED));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_STATE, cuCheckpointProcessLock(self, nullptr));
  // Calls wait, of whatever thread.
  std::atomic<bool> returned{false};
  std::thread caller([&] {
    cuCtxSetCurrent(context);
    int first = 0;
    EXPECT_CU(cuMemcpyDtoH(&first, data, 4));
    EXPECT_EQ(1, first);
    returned = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_FALSE(returned);
  int version = 0;
  EXPECT_CU(cuDriverGetVersion(&version)); // touches no device
  EXPECT_CU(cuCheckpointProcessCheckpoint(self, nullptr));
  EXPECT_TRUE(is(CU_PROCESS_STATE_CHECKPOINTED));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_STATE, cuCheckpointProcessUnlock(self, nullptr));
  EXPECT_CU(cuCheckpointProcessRestore(self, nullptr));
  EXPECT_TRUE(is(CU_PROCESS_STATE_LOCKED));
  int thread = 0;
  EXPECT_CU(cuCheckpointProcessGetRestoreThreadId(self, &thread));
  EXPECT_NE(0, thread);
  EXPECT_CU(cuCheckpointProcessUnlock(self, nullptr));
  caller.join();
  EXPECT_TRUE(returned);
  EXPECT_TRUE(is(CU_PROCESS_STATE_RUNNING));
  EXPECT_CU(cuMemFree(data));
}

TEST_F(cuCheckpoint, a_lock_that_takes_too_long) {
  Gate gate(nullptr);
  CUcheckpointLockArgs args = {};
  args.timeoutMs = 20;
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuCheckpointProcessLock(getpid(), &args));
  CUprocessState state = CU_PROCESS_STATE_FAILED;
  EXPECT_CU(cuCheckpointProcessGetState(getpid(), &state));
  EXPECT_EQ(CU_PROCESS_STATE_RUNNING, state);
  gate.open();
  EXPECT_CU(cuCtxSynchronize());
  args.reserved0 = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCheckpointProcessLock(getpid(), &args));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCheckpointProcessGetState(getpid(), nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuCheckpointProcessGetState(0x7ffffff0, &state));
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED, cuCheckpointProcessLock(getppid(), nullptr));
}

} // namespace
