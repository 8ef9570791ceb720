// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One call of the device runtime by one device thread: who calls, its arguments, the codes that go
// back. Lives on the stack of callDeviceRuntime().
#pragma once

#include "execute.h"
#include "launch_tree.h"

#include <cstring>

namespace anywarp::cpu {

// cudaError_t (CUDA runtime API manual, "Data types"); names are the manual's.
namespace cuda_error {
constexpr uint32_t kSuccess = 0, kInvalidValue = 1, kMemoryAllocation = 2,
                   kInvalidConfiguration = 9, kInvalidDevicePointer = 17,
                   kInvalidMemcpyDirection = 21, kLaunchMaxDepthExceeded = 65,
                   kInvalidDeviceFunction = 98, kInvalidDevice = 101, kUnsupportedLimit = 215,
                   kInvalidResourceHandle = 400, kNotSupported = 801, kUnknown = 999;
}

struct DeviceCall {
  AwBlock& block;
  GridScope& scope;
  const uint64_t* args;
  bool perThreadStream; // the _ptsz form
  bool cdp2;            // the __cudaCDP2 form: CUDA 12 and later

  template <typename T = void> T* pointer(int i) const { return reinterpret_cast<T*>(args[i]); }
  uint32_t word(int i) const { return uint32_t(args[i]); }
  // Writes through a pointer of the program, which need not be aligned.
  template <typename T> uint32_t put(int i, T value) const {
    if (!args[i])
      return cuda_error::kInvalidValue;
    memcpy(pointer(i), &value, sizeof value);
    return cuda_error::kSuccess;
  }
  template <typename T> T get(uint64_t address) const {
    T value;
    memcpy(&value, reinterpret_cast<const void*>(address), sizeof value);
    return value;
  }

  uint64_t blockNumber() const {
    const uint32_t *at = block.ctaid, *size = block.launch->grid;
    return at[0] + uint64_t(size[0]) * (at[1] + uint64_t(size[1]) * at[2]);
  }
  uint64_t threadNumber() const { return blockNumber() * 1024 + block.current_thread; }

  StreamKey stream(uint64_t handle) const {
    switch (handle) {
    case 0: // the block's own, implicit stream
      return perThreadStream ? StreamKey{StreamKey::Thread, threadNumber()}
                             : StreamKey{StreamKey::Block, blockNumber()};
    case 1: // cudaStreamLegacy
      return {StreamKey::Block, blockNumber()};
    case 2: // cudaStreamPerThread
      return {StreamKey::Thread, threadNumber()};
    case 3: // cudaStreamTailLaunch
      return {StreamKey::Tail, 0};
    case 4: // cudaStreamFireAndForget
      return {StreamKey::Alone, 0};
    default:
      return {StreamKey::Named, handle};
    }
  }
  uint32_t enqueue(uint64_t stream_, std::function<Result<void>()> work) const {
    bool ok = scope.tree().enqueue(scope, stream(stream_), blockNumber(), std::move(work));
    return ok ? cuda_error::kSuccess : cuda_error::kInvalidResourceHandle;
  }
};

} // namespace anywarp::cpu
