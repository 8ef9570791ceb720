// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A memory pool: stream-ordered allocation (cuMemAllocAsync). Memory is handed out at once and
// returns to the pool when the stream reaches the free; up to the release threshold it is kept for
// reuse. Owned by its device or the handle table; live allocations keep it. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/location.h"
#include "support/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace anywarp::core {

struct QueuePosition;

// CUmemPoolProps.
struct PoolProperties {
  int type = 1; // CUmemAllocationType: 1 pinned, 2 managed
  MemoryLocation location;
  unsigned handleTypes = 0; // CUmemAllocationHandleType bits
  size_t maxSize = 0;       // 0: no limit
  unsigned usage = 0;       // CU_MEM_POOL_CREATE_USAGE_*
};
inline constexpr int kPoolPinned = 1, kPoolManaged = 2;
inline constexpr size_t kPoolPointerBytes = 64; // CUmemPoolPtrExportData

class AW_API Pool : public std::enable_shared_from_this<Pool> {
public:
  // Use create(), importFile() or defaultAt(). `device`: whose backend has the memory.
  Pool(Device& device, const PoolProperties& properties, bool isDefault);
  ~Pool();

  static Result<PoolRef> create(const PoolProperties& properties);
  Result<void> destroy();                        // InvalidValue for a default pool
  static PoolRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }
  Device& device() const { return device_; }
  const PoolProperties& properties() const { return properties_; }
  bool imported() const;

  // The pools of a place (cuMemGetDefaultMemPool, cuMemGetMemPool, cuMemSetMemPool). InvalidValue:
  // no place of pools of this type; setting: the pool is not of this place and type, or imported.
  static Result<PoolRef> defaultAt(int type, MemoryLocation location);
  static Result<PoolRef> currentAt(int type, MemoryLocation location);
  static Result<void> setCurrentAt(int type, MemoryLocation location, PoolRef pool);

  // cuMemAllocFromPoolAsync: size 0 gives null. InvalidValue: imported.
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
  // CU_MEM_ACCESS_FLAGS_PROT_*: 0 none, 1 read, 3 read and write. What is kept and reported;
  // devices and host have one page table, so that nobody is kept out.
  Result<int> access(MemoryLocation location) const;
  Result<void> setAccess(MemoryLocation location, int flags);
  void releaseExcess(); // trims to the release threshold

  // Between processes: a pool by file descriptor, which is the caller's, its allocations by plain
  // data of kPoolPointerBytes.
  Result<int> exportFile(int handleType);
  static Result<PoolRef> importFile(int descriptor, int handleType);
  static Result<void> exportPointer(const void* pointer, void* data);
  Result<void*> importPointer(Stream& stream, const void* data);

private:
  struct Impl;
  friend struct PoolPlaces;
  static Result<PoolRef> make(const PoolProperties& properties, bool isDefault);
  Result<void*> grow(size_t bytes);
  void* takeFree(Stream& stream, size_t bytes, size_t& size);
  void* takeLeaving(Stream& stream, size_t bytes, size_t& size);
  // A block on its way out: freed in stream order, until the stream comes there.
  uint64_t startLeaving(void* base, uint64_t stream);
  void leavesAt(uint64_t ticket, const QueuePosition& position);
  void finishLeaving(uint64_t ticket);
  void enter(Stream& stream, void* base, size_t bytes);
  bool dropImport(void* base); // true: it was the last
  void closeImport(void* base, size_t bytes);

  Device& device_;
  const PoolProperties properties_;
  const bool isDefault_;
  const std::unique_ptr<Impl> impl_;
  PoolRef orphan_; // impl_'s lock: itself, while it is destroyed but in use
};

} // namespace anywarp::core
