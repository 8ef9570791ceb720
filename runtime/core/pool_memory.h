// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a pool has its blocks from: the backend's memory, or, for a pool that other processes may
// know, one file that is mapped at one range of addresses. For Pool only. Safe from any thread.
#pragma once

#include "core/backend.h"
#include "core/pool.h"
#include "support/memory_file.h"

namespace anywarp::core {

class PoolMemory {
public:
  static Result<std::unique_ptr<PoolMemory>> create(Device& device, const PoolProperties& p);
  // Of another process; `properties` are what its pool has.
  static Result<std::unique_ptr<PoolMemory>> open(int descriptor, PoolProperties& properties);
  ~PoolMemory();

  size_t granularity() const;
  Result<void*> obtain(size_t bytes); // a multiple of the granularity
  void giveBack(void* block, size_t bytes);

  // Of shared pools.
  bool imported() const { return !device_; }
  const MemoryFile* file() const { return file_.get(); }
  uint64_t offsetOf(const void* block) const {
    return uint64_t(static_cast<const char*>(block) - base_);
  }
  // Of an imported pool: opens a block of the other process. InvalidValue.
  Result<void*> show(uint64_t offset, size_t bytes);
  void hide(void* block, size_t bytes);

private:
  PoolMemory() = default;
  Result<void> mapFile();
  Device* device_ = nullptr; // null: imported
  MemoryKind kind_ = MemoryKind::Device;
  std::unique_ptr<MemoryFile> file_; // null: the backend's memory
  char* base_ = nullptr;             // of the file's mapping; pages that are not in use are closed
};

} // namespace anywarp::core
