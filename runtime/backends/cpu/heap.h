// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The heap of malloc() and free() in kernels: a range of its own, limited by
// cudaLimitMallocHeapSize, that lives as long as the context. Safe from any thread.
#pragma once

#include "memory.h"

#include <mutex>
#include <unordered_map>

namespace anywarp::cpu {

class DeviceHeap {
public:
  DeviceHeap() = default;
  DeviceHeap(const DeviceHeap&) = delete;
  ~DeviceHeap();

  void* allocate(uint64_t bytes); // null: exhausted; aligned to 16
  // False: no block of this heap begins there.
  bool release(void* pointer);
  // InvalidValue once the heap is in use, as CUDA documents.
  Result<void> setLimit(size_t bytes);
  size_t limit() const;

private:
  mutable std::mutex mutex_; // guards all below
  size_t limit_ = size_t(8) << 20;
  char* base_ = nullptr;
  RangeAllocator ranges_;
  std::unordered_map<uintptr_t, size_t> blocks_;
};

} // namespace anywarp::cpu
