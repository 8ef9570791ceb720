// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs kernels written by hand against spmd/kernel_abi.h, with no compiler around.
#pragma once

#include "backends/cpu/execute.h"
#include "backends/cpu/services.h"

#include <gtest/gtest.h>
#include <vector>

namespace anywarp::cpu {

class EngineTest : public ::testing::Test {
protected:
  Result<void> launch(const AwKernelInfo& info, uint32_t blocks, uint32_t threads,
                      const void* params = nullptr, size_t paramBytes = 0,
                      uint32_t dynamicShared = 0) {
    LaunchConfig config;
    config.grid[0] = blocks;
    config.block[0] = threads;
    config.dynamicShared = dynamicShared;
    config.params = {static_cast<const std::byte*>(params), paramBytes};
    return launch(info, config);
  }
  Result<void> launch(const AwKernelInfo& info, const LaunchConfig& config) {
    nanos_ = 0;
    Grid grid(info, name_, config, nullptr, workers_, services_);
    return grid.run(pool_, nanos_);
  }

  static AwKernelInfo rangeKernel(AwRangeFn fn) {
    AwKernelInfo info = {};
    info.abi = AW_KERNEL_ABI;
    info.range = fn;
    return info;
  }
  static AwKernelInfo gangKernel(AwGangFn fn, uint32_t flags, uint32_t frame = 256) {
    AwKernelInfo info = {};
    info.abi = AW_KERNEL_ABI;
    info.gang = fn;
    info.flags = flags;
    info.frame_size = frame;
    return info;
  }

  std::string name_ = "test_kernel";
  Services services_;
  WorkerSet workers_{4};
  std::atomic<uint32_t> nanos_{0};
  Pool pool_{4};
};

template <typename T> T& param(const AwBlock* block) {
  return *static_cast<T*>(const_cast<void*>(block->launch->params));
}
inline AwSuspend* frame(AwBlock* block, uint32_t gang, size_t size = 256) {
  return reinterpret_cast<AwSuspend*>(block->frames + gang * size);
}
// Threads that exist in this gang.
inline uint32_t lanesOf(const AwBlock* block, uint32_t gang) {
  uint32_t left = block->launch->threads - gang * AW_GANG_WIDTH;
  return left < AW_GANG_WIDTH ? left : AW_GANG_WIDTH;
}

} // namespace anywarp::cpu
