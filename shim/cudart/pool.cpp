// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream-ordered allocation and memory pools.
#include "core/pool.h"

#include "api/cudart/impl.h"
#include "common/call.h"
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

Result<core::Device*> deviceOf(const cudaMemLocation& location) {
  if (location.type != cudaMemLocationTypeDevice)
    return makeError(Status::NotSupported, "pools live on devices only");
  return deviceAt(location.id);
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
  AW_LET(chosen, deviceAt(device));
  AW_LET(pool, find(memPool));
  AW_ARG(&pool->device() == chosen, "the pool belongs to another device");
  chosen->setCurrentPool(pool);
  return {};
}

#if CUDART_VERSION >= 13000
Result<void> memGetDefaultMemPool(cudaMemPool_t* memPool, cudaMemLocation* location,
                                  cudaMemAllocationType type) {
  AW_ARG(memPool && location && type == cudaMemAllocationTypePinned,
         "null argument, or not the type of pool that devices have");
  AW_LET(device, deviceOf(*location));
  return give(device->defaultPool(), memPool);
}

Result<void> memGetMemPool(cudaMemPool_t* memPool, cudaMemLocation* location,
                           cudaMemAllocationType type) {
  AW_ARG(memPool && location && type == cudaMemAllocationTypePinned,
         "null argument, or not the type of pool that devices have");
  AW_LET(device, deviceOf(*location));
  return give(device->currentPool(), memPool);
}

Result<void> memSetMemPool(cudaMemLocation* location, cudaMemAllocationType type,
                           cudaMemPool_t memPool) {
  AW_ARG(location && type == cudaMemAllocationTypePinned,
         "null argument, or not the type of pool that devices have");
  AW_LET(device, deviceOf(*location));
  return deviceSetMemPool(device->ordinal(), memPool);
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
  AW_ARG(poolProps->allocType == cudaMemAllocationTypePinned, "unknown type of allocation");
  if (poolProps->handleTypes != cudaMemHandleTypeNone)
    return makeError(Status::NotSupported, "pools cannot be shared between processes yet");
  AW_LET(device, deviceOf(poolProps->location));
  size_t maxSize = 0;
#if CUDART_VERSION >= 12000
  maxSize = poolProps->maxSize;
#endif
  AW_LET(pool, core::Pool::create(*device, maxSize));
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
  AW_LET(device, deviceOf(*location));
  AW_LET(access, pool->access(*device));
  *flags = cudaMemAccessFlags(access);
  return {};
}

Result<void> memPoolSetAccess(cudaMemPool_t memPool, const cudaMemAccessDesc* descList,
                              size_t count) {
  AW_ARG(count == 0 || descList, "descList is null");
  AW_LET(pool, find(memPool));
  for (size_t i = 0; i < count; ++i) {
    AW_LET(device, deviceOf(descList[i].location));
    AW_TRY(pool->setAccess(*device, int(descList[i].flags)));
  }
  return {};
}

} // namespace anywarp::cudart
