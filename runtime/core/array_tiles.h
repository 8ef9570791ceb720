// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The memory of an array with deferred mapping: addresses from the start, memory of a tile pool
// when a stream comes to cuMemMapArrayAsync. What touches the array before that faults. Shared by
// the array and the operations under way. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/virtual_memory.h"

#include <mutex>
#include <span>

namespace anywarp::core {

class AW_API ArrayTiles {
public:
  static constexpr size_t kAlignment = size_t(64) << 10; // of size and offset in the tile pool
  static Result<std::shared_ptr<ArrayTiles>> create(Device& device, size_t bytes);
  ~ArrayTiles();
  ArrayTiles(const ArrayTiles&) = delete;

  char* base() const { return base_; }
  size_t bytes() const { return bytes_; } // a multiple of kAlignment
  Device& device() const { return device_; }

  struct Operation {
    std::shared_ptr<ArrayTiles> tiles;
    PhysicalMemoryRef memory; // null: unmap
    uint64_t offset = 0;
  };
  // cuMemMapArrayAsync, all in one operation. InvalidValue: the memory is no tile pool, of another
  // device or too small.
  static Result<void> enqueue(Stream& stream, std::span<const Operation> operations);

private:
  ArrayTiles(Device& device, char* base, size_t bytes)
      : device_(device), base_(base), bytes_(bytes) {}
  Result<void> apply(const PhysicalMemoryRef& memory, uint64_t offset);
  Device& device_;
  char* const base_;
  const size_t bytes_;
  std::mutex mutex_;         // guards memory_ and the mapping
  PhysicalMemoryRef memory_; // that is mapped
};

} // namespace anywarp::core
