// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Virtual memory management (cuMemCreate, cuMemAddressReserve, cuMemMap): memory without an
// address, addresses without memory, and one mapped at the other. Memory is a part of a file; all
// devices and the host have one page table here, so that a mapping is as accessible as its most
// trusted user. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/location.h"
#include "support/memory_file.h"
#include "support/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace anywarp::core {

// CUmemAllocationProp.
struct PhysicalProperties {
  int type = 0;             // CUmemAllocationType; 1: pinned, all there is
  unsigned handleTypes = 0; // CUmemAllocationHandleType bits
  MemoryLocation location;
  unsigned char compression = 0, rdma = 0;
  unsigned short usage = 0; // CU_MEM_CREATE_USAGE_*
};
inline constexpr unsigned kUsageTilePool = 1, kUsageDecompress = 2;
// CUmemAllocationHandleType: the one that can be had, and those that Linux or a CPU has not.
inline constexpr unsigned kHandleFile = 1, kHandleOther = 2 | 4 | 8;
// What a handle type must be to share memory of these types. InvalidValue, NotSupported.
Result<void> checkShareable(unsigned allowed, int type);

struct AccessDescription { // CUmemAccessDesc
  MemoryLocation location;
  int flags = 0; // CU_MEM_ACCESS_FLAGS_PROT_*: 0 none, 1 read, 3 read and write
};

// What cuMemCreate makes; freed when neither a handle nor a mapping is left.
class AW_API PhysicalMemory {
public:
  PhysicalMemory(const PhysicalProperties& properties, std::shared_ptr<MemoryFile> file,
                 uint64_t offset, size_t bytes, Device* charged);
  ~PhysicalMemory();
  PhysicalMemory(const PhysicalMemory&) = delete;
  void* handle() { return this; }

  const PhysicalProperties properties;
  const std::shared_ptr<MemoryFile> file;
  const uint64_t offset; // in the file
  const size_t bytes;

private:
  friend class VirtualMemory;
  Device* const charged_; // whose memory it takes; null: the host's or another process's
  unsigned handles_ = 1;  // guarded by VirtualMemory's mutex
};

class AW_API VirtualMemory {
public:
  static constexpr size_t kGranularity = size_t(2) << 20; // as GPUs have it

  static Result<void*> reserve(size_t bytes, size_t alignment, void* hint);
  static Result<void> unreserve(void* address, size_t bytes);

  static Result<void> checkProperties(const PhysicalProperties& properties);
  static Result<PhysicalMemoryRef> create(size_t bytes, const PhysicalProperties& properties);
  static PhysicalMemoryRef fromHandle(const void* handle); // null: not live
  static Result<void> release(const void* handle);
  // The handle of what is mapped at an address, with one more reference to it.
  static Result<void*> retain(const void* address);
  static Result<MulticastRef> retainMulticast(const void* handle);
  struct Place {
    PhysicalMemoryRef memory;
    size_t offset; // in the memory
  };
  static Result<Place> mappedAt(const void* address); // memory, not a multicast object

  static Result<void> map(void* address, size_t bytes, size_t offset, PhysicalMemoryRef memory);
  static Result<void> map(void* address, size_t bytes, size_t offset, MulticastRef object);
  static Result<void> unmap(void* address, size_t bytes);
  static Result<void> setAccess(void* address, size_t bytes, std::span<const AccessDescription> to);
  static Result<int> access(MemoryLocation location, const void* address);

  // To and from a file descriptor, which is the caller's.
  static Result<int> exportFile(PhysicalMemory& memory, int handleType);
  static Result<PhysicalMemoryRef> importFile(int descriptor, int handleType);

  struct Range {
    char* base;
    size_t size;
  };
  // The reservation that holds an address, whether or not something is mapped there.
  static std::optional<Range> reserved(const void* address);
  // Addresses of CUDA's, whether or not there is memory: a reservation's or a device's.
  static bool ours(const void* address);
};

} // namespace anywarp::core
