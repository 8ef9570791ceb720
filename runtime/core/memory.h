// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All memory that CUDA knows of: one table over all devices and threads, and the operations on it.
// Addresses are unified: a device pointer is an ordinary host address. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "support/result.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace anywarp::core {

enum class AllocationKind {
  Device,     // cuMemAlloc
  Pool,       // cuMemAllocAsync; `pool` is set
  HostPinned, // cuMemAllocHost, cuMemHostAlloc
  Registered, // cuMemHostRegister; the memory is the application's
  Managed,    // cuMemAllocManaged and managed variables
  Variable,   // a module's global; freed with the module
  Imported,   // another process's, cuIpcOpenMemHandle
  Mapped,     // cuMemMap; virtual_memory.h
  External,   // cuExternalMemoryGetMappedBuffer
};

struct Allocation {
  char* base = nullptr;
  size_t size = 0;
  AllocationKind kind = AllocationKind::Device;
  Device* device = nullptr;
  uint64_t contextId = 0;        // Context::id() of the owner
  const void* context = nullptr; // owner's handle; may be stale, compare only
  unsigned flags = 0;            // CU_MEMHOSTALLOC_* or CU_MEMHOSTREGISTER_* or CU_MEM_ATTACH_*
  uint64_t bufferId = 0;         // unique in the process
  Pool* pool = nullptr;          // owner for kind Pool
  bool syncMemops = false;
  bool graph = false;   // of an allocation node: freeing it only says that it is not used
  bool managed = false; // kind Managed, a managed variable, or of a managed pool
  bool host = false;    // kinds Pool and Mapped: memory of the host's
  int access = 3;       // for anybody: CU_MEM_ACCESS_FLAGS_PROT_*
  // Of the addresses that it is mapped into; null: itself.
  char* rangeBase = nullptr;
  size_t rangeSize = 0;
  unsigned handleTypes = 0;    // CUmemAllocationHandleType bits that it may be exported as
  bool decompress = false;     // made for cuMemBatchDecompressAsync
  std::shared_ptr<void> owner; // kind External: keeps the memory
  bool isHost() const {
    return host || kind == AllocationKind::HostPinned || kind == AllocationKind::Registered;
  }
  bool isDevice() const { return !isHost(); } // managed memory counts as device memory here
};

// The direction a caller promised; Default = infer (unified addressing).
enum class CopyKind {
  HostToHost = 0,
  HostToDevice = 1,
  DeviceToHost = 2,
  DeviceToDevice = 3,
  Default = 4
};

// A box of bytes for the 2-D and 3-D copies: in linear memory, or in an array, which knows its own
// pitch and height.
struct CopyBox {
  void* base = nullptr;
  size_t pitch = 0;           // bytes from row to row
  size_t height = 0;          // rows from slice to slice
  size_t x = 0, y = 0, z = 0; // x in bytes
  ArrayRef array;             // null: linear memory
};

class AW_API Memory {
public:
  // Table look-up: the live allocation that holds `address`.
  static std::optional<Allocation> find(const void* address);
  static void setSyncMemops(const void* address, bool value);
  static void setGraph(const void* address, bool value);
  static void setAccess(const void* address, int access);

  // cuMemAlloc & co. size 0 is InvalidValue.
  static Result<void*> allocate(Context& context, size_t bytes);
  static Result<void*> allocateManaged(Context& context, size_t bytes, unsigned flags);
  static Result<void*> allocateHost(Context& context, size_t bytes, unsigned flags);
  struct Pitched {
    void* pointer;
    size_t pitch;
  };
  // elementSize 4, 8 or 16 (InvalidValue else); pitch is a multiple of 512.
  static Result<Pitched> allocatePitch(Context& context, size_t widthBytes, size_t height,
                                       unsigned elementSize);
  // cuMemFree: waits for the context's work first. Null is fine. InvalidValue when `pointer` is not
  // the start of a device or managed allocation.
  static Result<void> free(void* pointer);
  static Result<void> freeHost(void* pointer);
  static Result<void> registerHost(Context& context, void* pointer, size_t bytes, unsigned flags);
  static Result<void> unregisterHost(void* pointer);
  // cuMemHostGetDevicePointer: pinned or registered memory only.
  static Result<void*> devicePointer(void* hostPointer);
  static Result<unsigned> hostFlags(void* hostPointer);
  static Result<Allocation> addressRange(const void* pointer); // NotFound
  struct Info {
    size_t free, total;
  };
  static Info info(Device& device);

  // Copies in stream order. `async` false waits for the end; true returns when CUDA may: at once,
  // or after the copy when a side is pageable host memory.
  static Result<void> copy(Stream& stream, void* dst, const void* src, size_t bytes, CopyKind kind,
                           bool async);
  static Result<void> copyBox(Stream& stream, const CopyBox& dst, const CopyBox& src,
                              size_t widthBytes, size_t height, size_t depth, CopyKind kind,
                              bool async);
  // `bytes` bytes between an array, from byte `x` of row `y` on and over the ends of its rows, and
  // linear memory or another array.
  struct ArrayPlace {
    ArrayRef array; // null: linear memory at `pointer`
    void* pointer = nullptr;
    size_t x = 0, y = 0;
  };
  static Result<void> copyArray(Stream& stream, const ArrayPlace& dst, const ArrayPlace& src,
                                size_t bytes, CopyKind kind, bool async);
  // Writes `width` x `height` elements of 1, 2 or 4 bytes; pitch ignored when height is 1.
  static Result<void> fill(Stream& stream, void* dst, uint32_t value, unsigned elementSize,
                           size_t width, bool async);
  static Result<void> fill2d(Stream& stream, void* dst, size_t pitch, uint32_t value,
                             unsigned elementSize, size_t width, size_t height, bool async);

  // cuPointerGetAttribute: writes the attribute's own type to `data`. InvalidValue for unknown
  // codes or addresses.
  static Result<void> pointerAttribute(void* data, int code, const void* pointer);
  static Result<void> setPointerAttribute(const void* value, int code, const void* pointer);

  // For core: one side of a copy. InvalidValue where it cannot be one; true for pageable memory.
  static Result<bool> isPageable(const void* pointer, size_t bytes, bool device);
  // For core: enters and takes out allocations that somebody else made.
  static void insert(const Allocation& allocation);
  static std::optional<Allocation> remove(const void* base);
  // Frees what a context that goes away still owns.
  static void releaseContext(Context& context);
};

} // namespace anywarp::core
