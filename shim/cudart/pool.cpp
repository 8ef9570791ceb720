// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream-ordered allocation and memory pools.
#include "core/pool.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "common/location.h"
#include "cudart/current.h"

#include <cstring>

namespace anywarp::cudart {
namespace {

Result<core::PoolRef> find(cudaMemPool_t handle) {
  AW_TRY(initialize());
  auto pool = core::Pool::fromHandle(handle);
  if (!pool)
    return makeError(Status::InvalidValue, "memPool is no pool");
  return pool;
}

Result<void> give(core::PoolRef pool, cudaMemPool_t* out) {
  *out = static_cast<cudaMemPool_t>(pool->handle());
  return {};
}

// Attributes 1 to 3 are ints, the others 64-bit counts (cudaMemPoolAttr).
bool isFlag(cudaMemPoolAttr attribute) {
  return attribute <= cudaMemPoolReuseAllowInternalDependencies;
}

} // namespace

Result<void> deviceGetDefaultMemPool(cudaMemPool_t* memPool, int device) {
  AW_ARG(memPool, "memPool is null");
  AW_LET(chosen, deviceAt(device));
  return give(chosen->defaultPool(), memPool);
}

Result<void> deviceGetMemPool(cudaMemPool_t* memPool, int device) {
  AW_ARG(memPool, "memPool is null");
  AW_LET(chosen, deviceAt(device));
  return give(chosen->currentPool(), memPool);
}

Result<void> deviceSetMemPool(int device, cudaMemPool_t memPool) {
  AW_TRY(deviceAt(device));
  AW_LET(pool, find(memPool));
  return core::Pool::setCurrentAt(core::kPoolPinned, {core::kLocationDevice, device}, pool);
}

#if CUDART_VERSION >= 13000
Result<void> memGetDefaultMemPool(cudaMemPool_t* memPool, cudaMemLocation* location,
                                  cudaMemAllocationType type) {
  AW_ARG(memPool && location, "null argument");
  AW_TRY(initialize());
  AW_LET(pool, core::Pool::defaultAt(int(type), shim::locationOf(*location)));
  return give(pool, memPool);
}

Result<void> memGetMemPool(cudaMemPool_t* memPool, cudaMemLocation* location,
                           cudaMemAllocationType type) {
  AW_ARG(memPool && location, "null argument");
  AW_TRY(initialize());
  AW_LET(pool, core::Pool::currentAt(int(type), shim::locationOf(*location)));
  return give(pool, memPool);
}

Result<void> memSetMemPool(cudaMemLocation* location, cudaMemAllocationType type,
                           cudaMemPool_t memPool) {
  AW_ARG(location, "location is null");
  AW_LET(pool, find(memPool));
  return core::Pool::setCurrentAt(int(type), shim::locationOf(*location), pool);
}
#endif

Result<void> mallocAsync(void** devPtr, size_t size, cudaStream_t hStream) {
  AW_ARG(devPtr, "devPtr is null");
  AW_LET(stream, resolveStream(hStream));
  AW_LET(memory, stream->device().currentPool()->allocate(*stream, size));
  *devPtr = memory;
  return {};
}

Result<void> mallocFromPoolAsync(void** ptr, size_t size, cudaMemPool_t memPool,
                                 cudaStream_t stream) {
  AW_ARG(ptr, "ptr is null");
  AW_LET(place, resolveStream(stream));
  AW_LET(pool, find(memPool));
  AW_LET(memory, pool->allocate(*place, size));
  *ptr = memory;
  return {};
}

Result<void> freeAsync(void* devPtr, cudaStream_t hStream) {
  AW_LET(stream, resolveStream(hStream));
  if (!devPtr)
    return {};
  return core::Pool::freeAsync(*stream, devPtr);
}

Result<void> memPoolCreate(cudaMemPool_t* memPool, const cudaMemPoolProps* poolProps) {
  AW_ARG(memPool && poolProps, "null argument");
  AW_TRY(initialize());
  core::PoolProperties properties;
  properties.type = int(poolProps->allocType);
  properties.location = shim::locationOf(poolProps->location);
  properties.handleTypes = unsigned(poolProps->handleTypes);
#if CUDART_VERSION >= 12000
  properties.maxSize = poolProps->maxSize;
  properties.usage = poolProps->usage;
#endif
  AW_LET(pool, core::Pool::create(properties));
  return give(pool, memPool);
}

Result<void> memPoolDestroy(cudaMemPool_t memPool) {
  AW_LET(pool, find(memPool));
  return pool->destroy();
}

Result<void> memPoolGetAttribute(cudaMemPool_t memPool, cudaMemPoolAttr attr, void* value) {
  AW_ARG(value, "value is null");
  AW_LET(pool, find(memPool));
  AW_LET(number, pool->attribute(int(attr)));
  if (isFlag(attr)) {
    int flag = number != 0;
    ::memcpy(value, &flag, sizeof flag);
  } else {
    ::memcpy(value, &number, sizeof(uint64_t));
  }
  return {};
}

Result<void> memPoolSetAttribute(cudaMemPool_t memPool, cudaMemPoolAttr attr, void* value) {
  AW_ARG(value, "value is null");
  AW_LET(pool, find(memPool));
  uint64_t number = 0;
  if (isFlag(attr)) {
    int flag;
    ::memcpy(&flag, value, sizeof flag);
    number = flag != 0;
  } else {
    ::memcpy(&number, value, sizeof number);
  }
  return pool->setAttribute(int(attr), number);
}

Result<void> memPoolTrimTo(cudaMemPool_t memPool, size_t minBytesToKeep) {
  AW_LET(pool, find(memPool));
  return pool->trimTo(minBytesToKeep);
}

Result<void> memPoolGetAccess(cudaMemAccessFlags* flags, cudaMemPool_t memPool,
                              cudaMemLocation* location) {
  AW_ARG(flags && location, "null argument");
  AW_LET(pool, find(memPool));
  AW_LET(access, pool->access(shim::locationOf(*location)));
  *flags = cudaMemAccessFlags(access);
  return {};
}

Result<void> memPoolSetAccess(cudaMemPool_t memPool, const cudaMemAccessDesc* descList,
                              size_t count) {
  AW_ARG(count == 0 || descList, "descList is null");
  AW_LET(pool, find(memPool));
  for (size_t i = 0; i < count; ++i)
    AW_TRY(pool->setAccess(shim::locationOf(descList[i].location), int(descList[i].flags)));
  return {};
}

Result<void> memPoolExportToShareableHandle(void* shareableHandle, cudaMemPool_t memPool,
                                            cudaMemAllocationHandleType handleType,
                                            unsigned int flags) {
  AW_ARG(shareableHandle, "shareableHandle is null");
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(pool, find(memPool));
  AW_LET(file, pool->exportFile(int(handleType)));
  *static_cast<int*>(shareableHandle) = file;
  return {};
}

Result<void> memPoolImportFromShareableHandle(cudaMemPool_t* memPool, void* shareableHandle,
                                              cudaMemAllocationHandleType handleType,
                                              unsigned int flags) {
  AW_ARG(memPool, "memPool is null");
  AW_ARG(flags == 0, "flags must be 0");
  AW_TRY(initialize());
  // The descriptor itself in place of a pointer to it.
  int file = int(reinterpret_cast<intptr_t>(shareableHandle));
  AW_LET(pool, core::Pool::importFile(file, int(handleType)));
  return give(pool, memPool);
}

static_assert(sizeof(cudaMemPoolPtrExportData) == core::kPoolPointerBytes);

Result<void> memPoolExportPointer(cudaMemPoolPtrExportData* exportData, void* ptr) {
  AW_ARG(exportData && ptr, "null argument");
  AW_TRY(initialize());
  return core::Pool::exportPointer(ptr, exportData);
}

Result<void> memPoolImportPointer(void** ptr, cudaMemPool_t memPool,
                                  cudaMemPoolPtrExportData* exportData) {
  AW_ARG(ptr && exportData, "null argument");
  AW_LET(pool, find(memPool));
  AW_LET(stream, resolveStream(nullptr));
  AW_LET(memory, pool->importPointer(*stream, exportData));
  *ptr = memory;
  return {};
}

} // namespace anywarp::cudart
