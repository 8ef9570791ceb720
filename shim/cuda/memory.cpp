// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Allocation of device, pinned and managed memory, and questions about addresses.
#include "cuda/support.h"

#include <cstring>

namespace anywarp::cuda {

namespace {

// Freeing needs no current context: the memory knows its own. Programs rely on it (numba frees
// after it has popped its context). A current context that has failed still says so.
Result<void> checkIfCurrent() {
  core::Context* context = core::Context::currentRaw();
  return context ? context->check() : Result<void>();
}

} // namespace

Result<void> memGetInfo(size_t* free, size_t* total) {
  AW_LET(context, core::Context::require());
  auto info = core::Memory::info(context->device());
  if (free)
    *free = info.free;
  if (total)
    *total = info.total;
  return {};
}

Result<void> memAlloc(CUdeviceptr* pointer, size_t bytes) {
  AW_ARG(pointer, "dptr is null");
  AW_LET(context, core::Context::require());
  AW_LET(memory, core::Memory::allocate(*context, bytes));
  *pointer = devicePointer(memory);
  return {};
}

Result<void> memAllocPitch(CUdeviceptr* pointer, size_t* pitch, size_t width, size_t height,
                           unsigned int elementSize) {
  AW_ARG(pointer && pitch, "null pointer");
  AW_LET(context, core::Context::require());
  AW_LET(memory, core::Memory::allocatePitch(*context, width, height, elementSize));
  *pointer = devicePointer(memory.pointer);
  *pitch = memory.pitch;
  return {};
}

Result<void> memFree(CUdeviceptr pointer) {
  AW_TRY(checkIfCurrent());
  return core::Memory::free(address(pointer));
}

Result<void> memGetAddressRange(CUdeviceptr* base, size_t* size, CUdeviceptr pointer) {
  AW_LET(context, core::Context::require());
  (void)context;
  AW_LET(range, core::Memory::addressRange(address(pointer)));
  if (base)
    *base = devicePointer(range.base);
  if (size)
    *size = range.size;
  return {};
}

Result<void> memAllocHost(void** pointer, size_t bytes) {
  return memHostAlloc(pointer, bytes, 0);
}

Result<void> memFreeHost(void* pointer) {
  AW_TRY(checkIfCurrent());
  return core::Memory::freeHost(pointer);
}

Result<void> memHostAlloc(void** pointer, size_t bytes, unsigned int flags) {
  AW_ARG(pointer, "pp is null");
  AW_LET(context, core::Context::require());
  AW_LET(memory, core::Memory::allocateHost(*context, bytes, flags));
  *pointer = memory;
  return {};
}

Result<void> memHostGetDevicePointer(CUdeviceptr* pointer, void* host, unsigned int flags) {
  AW_ARG(pointer && host, "null pointer");
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(context, core::Context::require());
  (void)context;
  AW_LET(found, core::Memory::devicePointer(host));
  *pointer = devicePointer(found);
  return {};
}

Result<void> memHostGetFlags(unsigned int* flags, void* pointer) {
  AW_ARG(flags && pointer, "null pointer");
  AW_LET(found, core::Memory::hostFlags(pointer));
  *flags = found;
  return {};
}

Result<void> memHostRegister(void* pointer, size_t bytes, unsigned int flags) {
  AW_LET(context, core::Context::require());
  return core::Memory::registerHost(*context, pointer, bytes, flags);
}

Result<void> memHostUnregister(void* pointer) {
  AW_TRY(checkIfCurrent());
  return core::Memory::unregisterHost(pointer);
}

Result<void> memAllocManaged(CUdeviceptr* pointer, size_t bytes, unsigned int flags) {
  AW_ARG(pointer, "dptr is null");
  AW_LET(context, core::Context::require());
  AW_LET(memory, core::Memory::allocateManaged(*context, bytes, flags));
  *pointer = devicePointer(memory);
  return {};
}

Result<void> pointerGetAttribute(void* data, CUpointer_attribute attribute, CUdeviceptr pointer) {
  AW_ARG(data, "data is null");
  return core::Memory::pointerAttribute(data, attribute, address(pointer));
}

namespace {

// What cuPointerGetAttributes writes for an address that CUDA does not know (its manual: no error).
bool writeUnknown(void* data, CUpointer_attribute attribute) {
  switch (attribute) {
  case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
  case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
  case CU_POINTER_ATTRIBUTE_IS_MANAGED:
  case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
  case CU_POINTER_ATTRIBUTE_MAPPED:
  case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
  case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
  case CU_POINTER_ATTRIBUTE_IS_HW_DECOMPRESS_CAPABLE:
    std::memset(data, 0, sizeof(int));
    return true;
  case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
    *static_cast<int*>(data) = CU_DEVICE_INVALID;
    return true;
  case CU_POINTER_ATTRIBUTE_CONTEXT:
  case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
  case CU_POINTER_ATTRIBUTE_HOST_POINTER:
  case CU_POINTER_ATTRIBUTE_BUFFER_ID:
  case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
  case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
  case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
  case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
  case CU_POINTER_ATTRIBUTE_MAPPING_SIZE:
  case CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR:
  case CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID:
    std::memset(data, 0, sizeof(uint64_t));
    return true;
  case CU_POINTER_ATTRIBUTE_P2P_TOKENS:
    std::memset(data, 0, sizeof(CUDA_POINTER_ATTRIBUTE_P2P_TOKENS));
    return true;
  default:
    return false;
  }
}

} // namespace

Result<void> pointerGetAttributes(unsigned int count, CUpointer_attribute* attributes, void** data,
                                  CUdeviceptr pointer) {
  AW_ARG(count == 0 || (attributes && data), "null pointer");
  bool known = core::Memory::find(address(pointer)).has_value();
  for (unsigned i = 0; i < count; ++i) {
    AW_ARG(data[i], "an entry of data is null");
    if (known && core::Memory::pointerAttribute(data[i], attributes[i], address(pointer)))
      continue;
    AW_ARG(writeUnknown(data[i], attributes[i]), "unknown pointer attribute");
  }
  return {};
}

Result<void> pointerSetAttribute(const void* value, CUpointer_attribute attribute,
                                 CUdeviceptr pointer) {
  AW_ARG(value, "value is null");
  return core::Memory::setPointerAttribute(value, attribute, address(pointer));
}

namespace {

// Hints are for managed memory and for the host's own pages, which devices reach as well.
Result<void> checkHintRange(CUdeviceptr pointer, size_t bytes) {
  AW_LET(context, core::Context::require());
  (void)context;
  AW_ARG(pointer && bytes, "empty range");
  auto found = core::Memory::find(address(pointer));
  if (!found)
    return {};
  AW_ARG(found->kind == core::AllocationKind::Managed ||
             found->kind == core::AllocationKind::Variable || found->isHost(),
         "not managed memory");
  size_t offset = size_t(static_cast<char*>(address(pointer)) - found->base);
  AW_ARG(bytes <= found->size - offset, "the range leaves its allocation");
  return {};
}

Result<void> checkLocation(CUmemLocation location) {
  switch (location.type) {
  case CU_MEM_LOCATION_TYPE_DEVICE: {
    AW_LET(device, findDevice(location.id));
    (void)device;
    return {};
  }
  case CU_MEM_LOCATION_TYPE_HOST:
  case CU_MEM_LOCATION_TYPE_HOST_NUMA:
  case CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT:
    return {};
  default:
    return makeError(Status::InvalidValue, "unknown kind of location");
  }
}

CUmemLocation deviceLocation(CUdevice device) {
  return device == CU_DEVICE_CPU ? CUmemLocation{CU_MEM_LOCATION_TYPE_HOST, 0}
                                 : CUmemLocation{CU_MEM_LOCATION_TYPE_DEVICE, device};
}

} // namespace

Result<void> memAdvise(CUdeviceptr pointer, size_t bytes, CUmem_advise advice,
                       CUmemLocation location) {
  AW_TRY(checkHintRange(pointer, bytes));
  AW_ARG(advice >= CU_MEM_ADVISE_SET_READ_MOSTLY && advice <= CU_MEM_ADVISE_UNSET_ACCESSED_BY,
         "unknown advice");
  // These three ignore the location.
  if (advice == CU_MEM_ADVISE_SET_READ_MOSTLY || advice == CU_MEM_ADVISE_UNSET_READ_MOSTLY ||
      advice == CU_MEM_ADVISE_UNSET_PREFERRED_LOCATION)
    return {};
  return checkLocation(location);
}

Result<void> memAdvise_v1(CUdeviceptr pointer, size_t bytes, CUmem_advise advice, CUdevice device) {
  return memAdvise(pointer, bytes, advice, deviceLocation(device));
}

Result<void> memPrefetchAsync(CUdeviceptr pointer, size_t bytes, CUmemLocation location,
                              unsigned int flags, CUstream handle) {
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(stream, findStream(handle));
  (void)stream;
  AW_TRY(checkHintRange(pointer, bytes));
  return checkLocation(location);
}

Result<void> memPrefetchAsync_v1(CUdeviceptr pointer, size_t bytes, CUdevice device,
                                 CUstream handle) {
  return memPrefetchAsync(pointer, bytes, deviceLocation(device), 0, handle);
}

Result<void> memRangeGetAttribute(void* data, size_t size, CUmem_range_attribute attribute,
                                  CUdeviceptr pointer, size_t bytes) {
  AW_ARG(data && size >= sizeof(int) && size % sizeof(int) == 0, "no room for the attribute");
  AW_TRY(checkHintRange(pointer, bytes));
  int* out = static_cast<int*>(data);
  switch (attribute) {
  case CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY:
  case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_ID:
  case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_ID:
    *out = 0;
    return {};
  case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION:
  case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION:
    *out = CU_DEVICE_INVALID;
    return {};
  case CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY:
    for (size_t i = 0; i < size / sizeof(int); ++i)
      out[i] = CU_DEVICE_INVALID;
    return {};
  case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE:
  case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE:
    *out = CU_MEM_LOCATION_TYPE_INVALID;
    return {};
  default:
    return makeError(Status::InvalidValue, "unknown range attribute");
  }
}

Result<void> memRangeGetAttributes(void** data, size_t* sizes, CUmem_range_attribute* attributes,
                                   size_t count, CUdeviceptr pointer, size_t bytes) {
  AW_ARG(data && sizes && attributes && count, "null pointer");
  for (size_t i = 0; i < count; ++i)
    AW_TRY(memRangeGetAttribute(data[i], sizes[i], attributes[i], pointer, bytes));
  return {};
}

} // namespace anywarp::cuda
