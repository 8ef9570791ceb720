// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The services that compiled kernels call (spmd/runtime_functions.def), and the device state behind
// them. One per device; safe from any thread.
#pragma once

#include "heap.h"
#include "printf.h"
#include "spmd/kernel_abi.h"

namespace anywarp::cpu {

class Services {
public:
  const AwRuntime* table() const;
  PrintBuffer& print() { return print_; }
  DeviceHeap& heap() { return heap_; }
  // What clock() ticks at; DeviceInfo reports the same.
  uint64_t clockKHz = 1'000'000;
  // Where multimem instructions go (DeviceRole).
  const AwReplicas* (*replicas)(const void* address) = nullptr;

private:
  PrintBuffer print_;
  DeviceHeap heap_;
};

} // namespace anywarp::cpu
