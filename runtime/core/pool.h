// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A memory pool: stream-ordered allocation (cuMemAllocAsync). Memory is handed out at once and
// returns to the pool when the stream reaches the free; up to the release threshold it is kept for
// reuse. Owned by its device or the handle table; live allocations keep it. Safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstdint>
#include <memory>

namespace anywarp::core {

class AW_API Pool : public std::enable_shared_from_this<Pool> {
public:
  Pool(Device& device, bool isDefault); // use create() or Device::defaultPool()
  ~Pool();

  static Result<PoolRef> create(Device& device, size_t maxSize);
  Result<void> destroy();                        // InvalidValue for a default pool
  static PoolRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }
  Device& device() const { return device_; }

  // cuMemAllocFromPoolAsync: size 0 gives null.
  Result<void*> allocate(Stream& stream, size_t bytes);
  // cuMemFreeAsync, for any device allocation. InvalidValue when it is none.
  static Result<void> freeAsync(Stream& stream, void* pointer);
  // Memory of a graph that is gone: at once, with nothing that could still use it.
  static void freeGraph(void* pointer);
  // cuMemFree of a pool allocation: at once.
  static Result<void> freeNow(void* pointer);

  // CU_MEMPOOL_ATTR_*; booleans as 0 and 1.
  Result<uint64_t> attribute(int code) const;
  Result<void> setAttribute(int code, uint64_t value);
  Result<void> trimTo(size_t minBytesToKeep);
  // CU_MEM_ACCESS_FLAGS_PROT_*: 0 none, 1 read, 3 read and write.
  Result<int> access(const Device& device) const;
  Result<void> setAccess(const Device& device, int flags);
  void releaseExcess(); // trims to the release threshold

private:
  struct Impl;
  // A block on its way out: freed in stream order, until the stream comes there.
  uint64_t startLeaving(void* base, uint64_t stream);
  void finishLeaving(uint64_t ticket);

  Device& device_;
  const bool isDefault_;
  const std::unique_ptr<Impl> impl_;
  PoolRef orphan_; // impl_'s lock: itself, while it is destroyed but in use
};

} // namespace anywarp::core
