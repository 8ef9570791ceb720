// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory and semaphores of other APIs.
#include "api/cudart/impl.h"
#include "common/semaphores.h"
#include "core/external_memory.h"
#include "cudart/channel.h"
#include "cudart/current.h"

namespace anywarp::cudart {
namespace {

Result<core::ExternalMemoryRef> findMemory(cudaExternalMemory_t handle) {
  AW_TRY(initialize());
  core::ExternalMemoryRef memory = core::ExternalMemory::fromHandle(handle);
  if (!memory)
    return makeError(Status::InvalidHandle, "not live external memory");
  return memory;
}

using Enqueue = Result<void>(core::Stream&, core::ExternalSemaphore::Operations);

template <typename Params>
Result<void> enqueue(Enqueue& operation, const cudaExternalSemaphore_t* semaphores,
                     const Params* params, unsigned count, cudaStream_t handle) {
  AW_LET(stream, resolveStream(handle));
  AW_LET(operations, shim::semaphoreOperations(semaphores, params, count));
  return operation(*stream, std::move(operations));
}

} // namespace

Result<void> importExternalMemory(cudaExternalMemory_t* extMem_out,
                                  const cudaExternalMemoryHandleDesc* memHandleDesc) {
  AW_ARG(extMem_out && memHandleDesc, "null argument");
  AW_TRY(currentContext());
  AW_LET(memory, core::ExternalMemory::import(int(memHandleDesc->type), memHandleDesc->handle.fd,
                                              memHandleDesc->size, memHandleDesc->flags));
  *extMem_out = static_cast<cudaExternalMemory_t>(memory->handle());
  return {};
}

Result<void> externalMemoryGetMappedBuffer(void** devPtr, cudaExternalMemory_t extMem,
                                           const cudaExternalMemoryBufferDesc* bufferDesc) {
  AW_ARG(devPtr && bufferDesc, "null argument");
  AW_LET(context, currentContext());
  AW_LET(memory, findMemory(extMem));
  AW_LET(buffer,
         memory->mapBuffer(*context, bufferDesc->offset, bufferDesc->size, bufferDesc->flags));
  *devPtr = buffer;
  return {};
}

Result<void>
externalMemoryGetMappedMipmappedArray(cudaMipmappedArray_t* mipmap, cudaExternalMemory_t extMem,
                                      const cudaExternalMemoryMipmappedArrayDesc* mipmapDesc) {
  AW_ARG(mipmap && mipmapDesc, "null argument");
  AW_LET(context, currentContext());
  AW_LET(memory, findMemory(extMem));
  AW_LET(format, channelFormat(mipmapDesc->formatDesc));
  const cudaExtent& extent = mipmapDesc->extent;
  AW_LET(array, memory->mapArray(*context, mipmapDesc->offset,
                                 {extent.width, extent.height, extent.depth, format.format,
                                  format.channels, mipmapDesc->flags},
                                 mipmapDesc->numLevels));
  *mipmap = static_cast<cudaMipmappedArray_t>(array->handle());
  return {};
}

Result<void> destroyExternalMemory(cudaExternalMemory_t extMem) {
  AW_LET(memory, findMemory(extMem));
  return memory->destroy();
}

Result<void> importExternalSemaphore(cudaExternalSemaphore_t* extSem_out,
                                     const cudaExternalSemaphoreHandleDesc* semHandleDesc) {
  AW_ARG(extSem_out && semHandleDesc, "null argument");
  AW_TRY(currentContext());
  AW_LET(semaphore, core::ExternalSemaphore::import(
                        int(semHandleDesc->type), semHandleDesc->handle.fd, semHandleDesc->flags));
  *extSem_out = static_cast<cudaExternalSemaphore_t>(semaphore->handle());
  return {};
}

Result<void> destroyExternalSemaphore(cudaExternalSemaphore_t extSem) {
  AW_TRY(initialize());
  AW_LET(semaphore, shim::findSemaphore(extSem));
  return semaphore->destroy();
}

#if CUDART_VERSION < 13000
Result<void>
signalExternalSemaphoresAsync_v1(const cudaExternalSemaphore_t* extSemArray,
                                 const cudaExternalSemaphoreSignalParams_v1* paramsArray,
                                 unsigned int numExtSems, cudaStream_t stream) {
  return enqueue(core::ExternalSemaphore::signal, extSemArray, paramsArray, numExtSems, stream);
}

Result<void> waitExternalSemaphoresAsync_v1(const cudaExternalSemaphore_t* extSemArray,
                                            const cudaExternalSemaphoreWaitParams_v1* paramsArray,
                                            unsigned int numExtSems, cudaStream_t stream) {
  return enqueue(core::ExternalSemaphore::wait, extSemArray, paramsArray, numExtSems, stream);
}
#endif

Result<void> signalExternalSemaphoresAsync(const cudaExternalSemaphore_t* extSemArray,
                                           const cudaExternalSemaphoreSignalParams* paramsArray,
                                           unsigned int numExtSems, cudaStream_t stream) {
  return enqueue(core::ExternalSemaphore::signal, extSemArray, paramsArray, numExtSems, stream);
}

Result<void> waitExternalSemaphoresAsync(const cudaExternalSemaphore_t* extSemArray,
                                         const cudaExternalSemaphoreWaitParams* paramsArray,
                                         unsigned int numExtSems, cudaStream_t stream) {
  return enqueue(core::ExternalSemaphore::wait, extSemArray, paramsArray, numExtSems, stream);
}

} // namespace anywarp::cudart
