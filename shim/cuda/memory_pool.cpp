// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream-ordered allocation and its pools.
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

// Attributes up to this one are int, the later ones cuuint64_t.
bool isIntAttribute(CUmemPool_attribute attribute) {
  return attribute <= CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES;
}

} // namespace

Result<void> memAllocAsync(CUdeviceptr* pointer, size_t bytes, CUstream handle) {
  AW_ARG(pointer, "dptr is null");
  AW_LET(stream, findStream(handle));
  AW_LET(memory, stream->device().currentPool()->allocate(*stream, bytes));
  *pointer = devicePointer(memory);
  return {};
}

Result<void> memAllocFromPoolAsync(CUdeviceptr* pointer, size_t bytes, CUmemoryPool pool,
                                   CUstream handle) {
  AW_ARG(pointer, "dptr is null");
  AW_LET(found, findPool(pool));
  AW_LET(stream, findStream(handle));
  AW_LET(memory, found->allocate(*stream, bytes));
  *pointer = devicePointer(memory);
  return {};
}

Result<void> memFreeAsync(CUdeviceptr pointer, CUstream handle) {
  AW_LET(stream, findStream(handle));
  if (!pointer)
    return {};
  return core::Pool::freeAsync(*stream, address(pointer));
}

Result<void> memPoolCreate(CUmemoryPool* pool, const CUmemPoolProps* props) {
  AW_ARG(pool && props, "null pointer");
  AW_ARG(props->allocType == CU_MEM_ALLOCATION_TYPE_PINNED, "allocType must be pinned");
  if (props->location.type != CU_MEM_LOCATION_TYPE_DEVICE)
    return makeError(Status::NotSupported, "pools of host memory are not implemented yet");
  if (props->handleTypes != CU_MEM_HANDLE_TYPE_NONE)
    return makeError(
        Status::NotSupported,
        "pools cannot be shared with other processes yet; use CU_MEM_HANDLE_TYPE_NONE");
  AW_LET(device, findDevice(props->location.id));
  AW_LET(created, core::Pool::create(*device, props->maxSize));
  *pool = asHandle<CUmemoryPool>(created);
  return {};
}

Result<void> memPoolDestroy(CUmemoryPool pool) {
  AW_LET(found, findPool(pool));
  return found->destroy();
}

Result<void> memPoolTrimTo(CUmemoryPool pool, size_t keep) {
  AW_LET(found, findPool(pool));
  return found->trimTo(keep);
}

Result<void> memPoolSetAttribute(CUmemoryPool pool, CUmemPool_attribute attribute, void* value) {
  AW_ARG(value, "value is null");
  AW_LET(found, findPool(pool));
  uint64_t number = isIntAttribute(attribute) ? uint64_t(*static_cast<int*>(value))
                                              : *static_cast<cuuint64_t*>(value);
  return found->setAttribute(attribute, number);
}

Result<void> memPoolGetAttribute(CUmemoryPool pool, CUmemPool_attribute attribute, void* value) {
  AW_ARG(value, "value is null");
  AW_LET(found, findPool(pool));
  AW_LET(number, found->attribute(attribute));
  if (isIntAttribute(attribute))
    *static_cast<int*>(value) = int(number);
  else
    *static_cast<cuuint64_t*>(value) = number;
  return {};
}

Result<void> memPoolSetAccess(CUmemoryPool pool, const CUmemAccessDesc* map, size_t count) {
  AW_ARG(count == 0 || map, "map is null");
  AW_LET(found, findPool(pool));
  for (size_t i = 0; i < count; ++i) {
    AW_ARG(map[i].location.type == CU_MEM_LOCATION_TYPE_DEVICE, "not a device");
    AW_LET(device, findDevice(map[i].location.id));
    AW_TRY(found->setAccess(*device, map[i].flags));
  }
  return {};
}

Result<void> memPoolGetAccess(CUmemAccess_flags* flags, CUmemoryPool pool,
                              CUmemLocation* location) {
  AW_ARG(flags && location, "null pointer");
  AW_ARG(location->type == CU_MEM_LOCATION_TYPE_DEVICE, "not a device");
  AW_LET(found, findPool(pool));
  AW_LET(device, findDevice(location->id));
  AW_LET(answer, found->access(*device));
  *flags = CUmemAccess_flags(answer);
  return {};
}

} // namespace anywarp::cuda
