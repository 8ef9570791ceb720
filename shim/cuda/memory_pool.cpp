// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream-ordered allocation and its pools.
#include "common/location.h"
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
  AW_LET(created, core::Pool::create({int(props->allocType), shim::locationOf(props->location),
                                      unsigned(props->handleTypes), props->maxSize, props->usage}));
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
  for (size_t i = 0; i < count; ++i)
    AW_TRY(found->setAccess(shim::locationOf(map[i].location), map[i].flags));
  return {};
}

Result<void> memPoolGetAccess(CUmemAccess_flags* flags, CUmemoryPool pool,
                              CUmemLocation* location) {
  AW_ARG(flags && location, "null pointer");
  AW_LET(found, findPool(pool));
  AW_LET(answer, found->access(shim::locationOf(*location)));
  *flags = CUmemAccess_flags(answer);
  return {};
}

Result<void> memGetDefaultMemPool(CUmemoryPool* pool, CUmemLocation* location,
                                  CUmemAllocationType type) {
  AW_ARG(pool && location, "null pointer");
  AW_LET(found, core::Pool::defaultAt(type, shim::locationOf(*location)));
  *pool = asHandle<CUmemoryPool>(found);
  return {};
}

Result<void> memGetMemPool(CUmemoryPool* pool, CUmemLocation* location, CUmemAllocationType type) {
  AW_ARG(pool && location, "null pointer");
  AW_LET(found, core::Pool::currentAt(type, shim::locationOf(*location)));
  *pool = asHandle<CUmemoryPool>(found);
  return {};
}

Result<void> memSetMemPool(CUmemLocation* location, CUmemAllocationType type, CUmemoryPool pool) {
  AW_ARG(location, "location is null");
  AW_LET(found, findPool(pool));
  return core::Pool::setCurrentAt(type, shim::locationOf(*location), found);
}

Result<void> memPoolExportToShareableHandle(void* handle, CUmemoryPool pool,
                                            CUmemAllocationHandleType type,
                                            unsigned long long flags) {
  AW_ARG(handle, "handle_out is null");
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(found, findPool(pool));
  AW_LET(file, found->exportFile(type));
  *static_cast<int*>(handle) = file;
  return {};
}

Result<void> memPoolImportFromShareableHandle(CUmemoryPool* pool, void* handle,
                                              CUmemAllocationHandleType type,
                                              unsigned long long flags) {
  AW_ARG(pool, "pool_out is null");
  AW_ARG(flags == 0, "flags must be 0");
  // The descriptor itself in place of a pointer to it.
  AW_LET(imported, core::Pool::importFile(int(reinterpret_cast<intptr_t>(handle)), type));
  *pool = asHandle<CUmemoryPool>(imported);
  return {};
}

static_assert(sizeof(CUmemPoolPtrExportData) == core::kPoolPointerBytes);

Result<void> memPoolExportPointer(CUmemPoolPtrExportData* data, CUdeviceptr pointer) {
  AW_ARG(data, "shareData_out is null");
  return core::Pool::exportPointer(address(pointer), data);
}

Result<void> memPoolImportPointer(CUdeviceptr* pointer, CUmemoryPool pool,
                                  CUmemPoolPtrExportData* data) {
  AW_ARG(pointer && data, "null pointer");
  AW_LET(found, findPool(pool));
  AW_LET(stream, findStream(nullptr));
  AW_LET(memory, found->importPointer(*stream, data));
  *pointer = devicePointer(memory);
  return {};
}

} // namespace anywarp::cuda
