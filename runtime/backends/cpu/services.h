// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The services that compiled kernels call (spmd/runtime_functions.def), and the state of devices
// and contexts behind them. Safe from any thread.
#pragma once

#include "core/backend.h"
#include "heap.h"
#include "printf.h"
#include "spmd/kernel_abi.h"

#include <atomic>

namespace anywarp::cpu {

class CpuContext final : public BackendContext {
public:
  ~CpuContext() override { flushPrintf(); }
  Result<void> setLimit(int cuLimit, size_t value) override;
  Result<size_t> limit(int cuLimit) override;
  void flushPrintf() override { print_.flush(); }
  PrintBuffer& print() { return print_; }
  DeviceHeap& heap() { return heap_; }

private:
  PrintBuffer print_;
  DeviceHeap heap_;
  std::atomic<size_t> stackLimit_{1024}, syncDepth_{2}, pendingLaunches_{2048},
      fetchGranularity_{128};
};

class Services {
public:
  const AwRuntime* table() const;
  // Of launches that name no context.
  CpuContext& ownContext() { return ownContext_; }
  // What clock() ticks at; DeviceInfo reports the same.
  uint64_t clockKHz = 1'000'000;
  // Where multimem instructions go (DeviceRole).
  const AwReplicas* (*replicas)(const void* address) = nullptr;

private:
  CpuContext ownContext_;
};

} // namespace anywarp::cpu
