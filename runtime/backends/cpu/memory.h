// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The device's memory: ordinary memory out of one reserved range of addresses.
//
// Small blocks come from size classes inside 2 MiB chunks (cudaMalloc in a loop is common); large
// ones get pages of their own with an unmapped gap behind them, and are unmapped when freed, so
// that late accesses fault. Pages are committed when first touched. Safe from any thread.
#pragma once

#include "core/backend.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace anywarp::cpu {

// Free ranges of some address space, best fit, merged on release; keeps its books elsewhere, so the
// ranges may be unmapped. Not locked.
class RangeAllocator {
public:
  void add(uintptr_t begin, size_t bytes);
  uintptr_t take(size_t bytes, size_t align); // 0: none
  void give(uintptr_t begin, size_t bytes);
  bool empty() const { return byAddress_.empty(); }

private:
  void insert(uintptr_t begin, size_t bytes);
  void erase(std::map<uintptr_t, size_t>::iterator it);
  std::map<uintptr_t, size_t> byAddress_;
  std::set<std::pair<size_t, uintptr_t>> bySize_;
};

// 80 % of what the machine or this process's control group has.
uint64_t defaultMemoryLimit();

class Memory {
public:
  explicit Memory(uint64_t limit);
  ~Memory();
  Memory(const Memory&) = delete;

  Result<void*> allocate(size_t bytes, MemoryKind kind);
  void release(void* pointer, size_t bytes, MemoryKind kind);
  // For other processes: the pages of a block, or of its whole chunk, become those of a file.
  // Nobody may write to them meanwhile.
  Result<SharedBlock> share(void* pointer, size_t bytes);
  static Result<void*> openShared(const SharedBlock& block, size_t bytes);
  static void closeShared(void* pointer, size_t bytes);
  Result<void> charge(size_t bytes);
  void discharge(size_t bytes);
  // Where the bytes in use are kept for others to read; null: nowhere.
  void report(std::atomic<uint64_t>* used);
  uint64_t limit() const { return limit_; }
  uint64_t free() const;

private:
  struct SizeClass {
    std::vector<void*> free;
  };
  Result<void*> small(size_t bytes);
  Result<void*> large(size_t bytes);
  void use(uint64_t bytes);
  bool reserve();
  static unsigned classOf(size_t bytes);
  static size_t classBytes(unsigned index);

  const uint64_t limit_;
  mutable std::mutex mutex_; // guards all below
  std::atomic<uint64_t>* report_ = nullptr;
  uint64_t used_ = 0; // device and managed memory; pinned host memory is the host's
  char* base_ = nullptr;
  size_t reserved_ = 0;
  RangeAllocator space_;
  std::vector<SizeClass> classes_;
  std::map<uintptr_t, ForeignFile> shared_; // chunks and large blocks whose pages are a file's
};

} // namespace anywarp::cpu
