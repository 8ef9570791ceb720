// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Allocation of device, pinned and managed memory, and questions about addresses.
#include "core/virtual_memory.h"
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
  AW_TRY(core::Context::require());
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
  AW_TRY(core::Context::require());
  AW_LET(found, core::Memory::devicePointer(host));
  *pointer = devicePointer(found);
  return {};
}

Result<void> memHostGetFlags(unsigned int* flags, void* pointer) {
  AW_ARG(flags && pointer, "null pointer");
  AW_TRY(core::Context::require());
  AW_LET(found, core::Memory::hostFlags(pointer));
  *flags = found;
  return {};
}

Result<void> memHostRegister(void* pointer, size_t bytes, unsigned int flags) {
  AW_LET(context, core::Context::require());
  return core::Memory::registerHost(*context, pointer, bytes, flags);
}

Result<void> memHostUnregister(void* pointer) {
  AW_ARG(pointer, "p is null");
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
  bool known = core::Memory::find(address(pointer)).has_value() ||
               core::VirtualMemory::reserved(address(pointer)).has_value();
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

Result<void> memGetHandleForAddressRange(void* handle, CUdeviceptr pointer, size_t size,
                                         CUmemRangeHandleType type, unsigned long long flags) {
  AW_ARG(handle && pointer && size, "the range is empty, or handle is null");
  AW_ARG(type == CU_MEM_RANGE_HANDLE_TYPE_DMA_BUF_FD, "unknown type of handle");
  AW_ARG((flags & ~static_cast<unsigned long long>(CU_MEM_RANGE_FLAG_DMA_BUF_MAPPING_TYPE_PCIE)) ==
             0,
         "unknown flags");
  auto found = core::Memory::find(address(pointer));
  AW_ARG(found && size <= size_t(found->base + found->size - static_cast<char*>(address(pointer))),
         "the range is not inside an allocation");
  return makeError(Status::NotSupported,
                   "memory of the host has no dma_buf, as the attributes DMA_BUF_SUPPORTED and "
                   "HOST_ALLOC_DMA_BUF_SUPPORTED say");
}

} // namespace anywarp::cuda
