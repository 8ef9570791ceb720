// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuPointerGetAttribute, by the numbers of CUpointer_attribute (CUDA driver API manual, "Unified
// Addressing"). Booleans are written as 32-bit integers, as the manual's own examples read them.
#include "core/context.h"
#include "core/device.h"
#include "core/memory.h"
#include "core/pool.h"
#include "core/virtual_memory.h"

#include <cstring>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

template <typename T> Result<void> put(void* data, T value) {
  std::memcpy(data, &value, sizeof value);
  return {};
}

// Of addresses that cuMemAddressReserve gave and to which nothing is mapped.
Result<void> reservedAttribute(void* data, int code, const void* pointer) {
  std::optional<VirtualMemory::Range> range = VirtualMemory::reserved(pointer);
  if (!range)
    return makeError(Status::InvalidValue,
                     fmt::format("{} was not allocated by or registered with CUDA", pointer));
  switch (code) {
  case 1: // CONTEXT
    return put(data, static_cast<const void*>(nullptr));
  case 3: // DEVICE_POINTER
    return put(data, uint64_t(uintptr_t(pointer)));
  case 11: // RANGE_START_ADDR
    return put(data, uint64_t(uintptr_t(range->base)));
  case 12: // RANGE_SIZE
    return put(data, uint64_t(range->size));
  case 8:  // IS_MANAGED
  case 13: // MAPPED
  case 16: // ACCESS_FLAGS
    return put(data, uint32_t(0));
  default:
    return makeError(
        Status::InvalidValue,
        fmt::format("no memory is mapped at {}; pointer attribute {} asks for it", pointer, code));
  }
}

} // namespace

Result<void> Memory::pointerAttribute(void* data, int code, const void* pointer) {
  if (!data)
    return makeError(Status::InvalidValue, "the place for a pointer attribute is null");
  std::optional<Allocation> found = find(pointer);
  if (!found)
    return reservedAttribute(data, code, pointer);
  const Allocation& a = *found;
  switch (code) {
  case 1: // CONTEXT; pool and mapped memory belongs to none
    return put(data, a.kind == AllocationKind::Pool || a.kind == AllocationKind::Mapped
                         ? nullptr
                         : a.context);
  case 2: // MEMORY_TYPE: CU_MEMORYTYPE_HOST or _DEVICE
    return put(data, uint32_t(a.isHost() ? 1 : 2));
  case 3: // DEVICE_POINTER
    return put(data, uint64_t(uintptr_t(pointer)));
  case 4: // HOST_POINTER
    if (!a.isHost() && !a.managed)
      return makeError(Status::InvalidValue,
                       fmt::format("{} is device memory and has no host pointer", pointer));
    return put(data, pointer);
  case 5: // P2P_TOKENS
    return makeError(Status::NotSupported, "there are no P2P tokens");
  case 6: // SYNC_MEMOPS
    return put(data, uint32_t(a.syncMemops));
  case 7:  // BUFFER_ID
  case 20: // MEMORY_BLOCK_ID
    return put(data, a.bufferId);
  case 8: // IS_MANAGED
    return put(data, uint32_t(a.managed));
  case 9: // DEVICE_ORDINAL
    return put(data, int32_t(a.device->ordinal()));
  case 10: // IS_LEGACY_CUDA_IPC_CAPABLE
    return put(data, uint32_t(a.kind == AllocationKind::Device));
  case 15: // IS_GPU_DIRECT_RDMA_CAPABLE
    return put(data, uint32_t(0));
  case 21: // IS_HW_DECOMPRESS_CAPABLE
    return put(data, uint32_t(a.decompress || a.kind == AllocationKind::Device));
  case 11: // RANGE_START_ADDR
    return put(data, uint64_t(uintptr_t(a.rangeBase ? a.rangeBase : a.base)));
  case 19: // MAPPING_BASE_ADDR
    return put(data, uint64_t(uintptr_t(a.base)));
  case 12: // RANGE_SIZE
    return put(data, uint64_t(a.rangeBase ? a.rangeSize : a.size));
  case 18: // MAPPING_SIZE
    return put(data, uint64_t(a.size));
  case 13: // MAPPED
    return put(data, uint32_t(1));
  case 14: // ALLOWED_HANDLE_TYPES
    return put(data, uint64_t(a.handleTypes));
  case 16: // ACCESS_FLAGS
    return put(data, uint32_t(a.access));
  case 17: // MEMPOOL_HANDLE
    return put(data, a.pool ? a.pool->handle() : nullptr);
  default:
    return makeError(Status::InvalidValue, fmt::format("{} is no pointer attribute", code));
  }
}

Result<void> Memory::setPointerAttribute(const void* value, int code, const void* pointer) {
  if (!value || code != 6)
    return makeError(Status::InvalidValue, "only CU_POINTER_ATTRIBUTE_SYNC_MEMOPS can be set");
  std::optional<Allocation> found = find(pointer);
  if (!found || !found->isDevice())
    return makeError(Status::InvalidValue, fmt::format("{} is no device memory", pointer));
  uint32_t flag;
  std::memcpy(&flag, value, sizeof flag);
  setSyncMemops(pointer, flag != 0);
  return {};
}

} // namespace anywarp::core
