// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checkpoints of the calling process. None of these waits for the lock that it takes.
#include "core/checkpoint.h"

#include "cuda/support.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <unistd.h>

namespace anywarp::cuda {
namespace {

// Entry points let these through, so that they answer while all other calls wait.
Result<void> checkStarted() {
  if (core::Runtime::get().devices().empty())
    return makeError(Status::NotInitialized, "cuInit was not called");
  return {};
}

Result<void> checkProcess(int pid) {
  if (pid == getpid())
    return {};
  AW_ARG(pid > 0 && kill(pid, 0) == 0, "no such process");
  return makeError(Status::NotSupported,
                   "only the calling process can be locked: no thread of another one listens");
}

template <typename T> bool zero(const T& bytes) {
  auto* first = reinterpret_cast<const char*>(&bytes);
  return std::all_of(first, first + sizeof bytes, [](char c) { return c == 0; });
}

} // namespace

Result<void> checkpointProcessGetRestoreThreadId(int pid, int* tid) {
  AW_TRY(checkStarted());
  AW_ARG(tid, "tid is null");
  AW_TRY(checkProcess(pid));
  *tid = pid; // nothing is left to a thread of its own: the main thread is as good as any
  return {};
}

Result<void> checkpointProcessGetState(int pid, CUprocessState* state) {
  AW_TRY(checkStarted());
  AW_ARG(state, "state is null");
  AW_TRY(checkProcess(pid));
  *state = CUprocessState(core::Checkpoint::state());
  return {};
}

Result<void> checkpointProcessLock(int pid, CUcheckpointLockArgs* args) {
  AW_TRY(checkStarted());
  AW_ARG(!args || (!args->reserved0 && zero(args->reserved1)), "reserved fields are not zero");
  AW_TRY(checkProcess(pid));
  return core::Checkpoint::lock(args ? args->timeoutMs : 0);
}

Result<void> checkpointProcessCheckpoint(int pid, CUcheckpointCheckpointArgs* args) {
  AW_TRY(checkStarted());
  AW_ARG(!args || zero(*args), "reserved fields are not zero");
  AW_TRY(checkProcess(pid));
  return core::Checkpoint::checkpoint();
}

Result<void> checkpointProcessRestore(int pid, CUcheckpointRestoreArgs* args) {
  AW_TRY(checkStarted());
  if (args) {
    AW_ARG(zero(args->reserved) && !args->reserved1, "reserved fields are not zero");
    AW_ARG(args->gpuPairs || !args->gpuPairsCount, "gpuPairs is null");
    auto devices = core::Runtime::get().devices();
    // "If an array of GPU UUID pairs is specified, it must contain every checkpointed GPU."
    AW_ARG(!args->gpuPairsCount || args->gpuPairsCount == devices.size(), "not all devices");
    for (unsigned i = 0; i < args->gpuPairsCount; ++i) {
      const CUcheckpointGpuPair& pair = args->gpuPairs[i];
      auto known = [&](const CUuuid& id) {
        return std::any_of(devices.begin(), devices.end(), [&](core::Device* device) {
          return !std::memcmp(device->info().uuid, id.bytes, sizeof id.bytes);
        });
      };
      AW_ARG(known(pair.oldUuid) && known(pair.newUuid), "a UUID of no device");
      if (std::memcmp(pair.oldUuid.bytes, pair.newUuid.bytes, sizeof pair.oldUuid.bytes) != 0)
        return makeError(Status::NotSupported, "memory cannot move from one device to another");
    }
  }
  AW_TRY(checkProcess(pid));
  return core::Checkpoint::restore();
}

Result<void> checkpointProcessUnlock(int pid, CUcheckpointUnlockArgs* args) {
  AW_TRY(checkStarted());
  AW_ARG(!args || zero(*args), "reserved fields are not zero");
  AW_TRY(checkProcess(pid));
  return core::Checkpoint::unlock();
}

} // namespace anywarp::cuda
