// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Allocation of device, managed and host memory, and what is known about an address.
#include "core/memory.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/current.h"

namespace anywarp::cudart {

Result<void> malloc(void** devPtr, size_t size) {
  AW_ARG(devPtr, "devPtr is null");
  AW_LET(context, currentContext());
  if (size == 0) {
    *devPtr = nullptr;
    return {};
  }
  AW_LET(memory, core::Memory::allocate(*context, size));
  *devPtr = memory;
  return {};
}

Result<void> mallocPitch(void** devPtr, size_t* pitch, size_t width, size_t height) {
  AW_ARG(devPtr && pitch, "null argument");
  AW_LET(context, currentContext());
  if (width == 0 || height == 0) {
    *devPtr = nullptr;
    *pitch = 0;
    return {};
  }
  AW_LET(memory, core::Memory::allocatePitch(*context, width, height, 4));
  *devPtr = memory.pointer;
  *pitch = memory.pitch;
  return {};
}

Result<void> malloc3D(cudaPitchedPtr* pitchedDevPtr, cudaExtent extent) {
  AW_ARG(pitchedDevPtr, "pitchedDevPtr is null");
  size_t rows;
  AW_ARG(!__builtin_mul_overflow(extent.height, extent.depth, &rows), "the extent is too large");
  *pitchedDevPtr = {nullptr, 0, extent.width, extent.height};
  return mallocPitch(&pitchedDevPtr->ptr, &pitchedDevPtr->pitch, extent.width, rows);
}

Result<void> mallocManaged(void** devPtr, size_t size, unsigned int flags) {
  AW_ARG(devPtr && size != 0, "devPtr is null or size is 0");
  AW_ARG(flags == cudaMemAttachGlobal || flags == cudaMemAttachHost, "unknown flags");
  AW_LET(context, currentContext());
  AW_LET(memory, core::Memory::allocateManaged(*context, size, flags));
  *devPtr = memory;
  return {};
}

Result<void> free(void* devPtr) {
  AW_TRY(currentContext()); // cudaFree(0) is the common way to initialise
  if (!devPtr)
    return {};
  return core::Memory::free(devPtr);
}

Result<void> hostAlloc(void** pHost, size_t size, unsigned int flags) {
  AW_ARG(pHost, "pHost is null");
  AW_ARG((flags & ~7u) == 0, "unknown flags");
  AW_LET(context, currentContext());
  if (size == 0) {
    *pHost = nullptr;
    return {};
  }
  AW_LET(memory, core::Memory::allocateHost(*context, size, flags));
  *pHost = memory;
  return {};
}

Result<void> mallocHost(void** ptr, size_t size) {
  return hostAlloc(ptr, size, 0);
}

Result<void> freeHost(void* ptr) {
  AW_TRY(currentContext());
  if (!ptr)
    return {};
  return core::Memory::freeHost(ptr);
}

Result<void> hostRegister(void* ptr, size_t size, unsigned int flags) {
  AW_ARG(ptr && size != 0, "ptr is null or size is 0");
  AW_ARG((flags & ~15u) == 0, "unknown flags");
  AW_LET(context, currentContext());
  return core::Memory::registerHost(*context, ptr, size, flags);
}

Result<void> hostUnregister(void* ptr) {
  AW_ARG(ptr, "ptr is null");
  AW_TRY(currentContext());
  return core::Memory::unregisterHost(ptr);
}

Result<void> hostGetDevicePointer(void** pDevice, void* pHost, unsigned int flags) {
  AW_ARG(pDevice && pHost, "null argument");
  AW_ARG(flags == 0, "flags must be 0");
  AW_TRY(currentContext());
  AW_LET(memory, core::Memory::devicePointer(pHost));
  *pDevice = memory;
  return {};
}

Result<void> hostGetFlags(unsigned int* pFlags, void* pHost) {
  AW_ARG(pFlags && pHost, "null argument");
  AW_TRY(currentContext());
  AW_LET(flags, core::Memory::hostFlags(pHost));
  *pFlags = flags;
  return {};
}

Result<void> memGetInfo(size_t* free, size_t* total) {
  AW_LET(context, currentContext());
  auto info = core::Memory::info(context->device());
  if (free)
    *free = info.free;
  if (total)
    *total = info.total;
  return {};
}

Result<void> pointerGetAttributes(cudaPointerAttributes* attributes, const void* ptr) {
  AW_ARG(attributes, "attributes is null");
  AW_TRY(currentContext());
  *attributes = {};
  auto allocation = core::Memory::find(ptr);
  void* address = const_cast<void*>(ptr);
  if (!allocation) {
    // Since CUDA 11 memory that CUDA does not know is an answer, not an error.
    attributes->type = cudaMemoryTypeUnregistered;
    attributes->device = cudaInvalidDeviceId;
    attributes->hostPointer = address;
    return {};
  }
  attributes->device = allocation->device ? allocation->device->ordinal() : 0;
  attributes->devicePointer = address;
  if (allocation->isHost()) {
    attributes->type = cudaMemoryTypeHost;
    attributes->hostPointer = address;
  } else if (allocation->managed) {
    attributes->type = cudaMemoryTypeManaged;
    attributes->hostPointer = address;
  } else {
    attributes->type = cudaMemoryTypeDevice;
  }
  return {};
}

} // namespace anywarp::cudart
