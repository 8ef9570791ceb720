// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory and semaphores of other APIs.
#include "common/semaphores.h"
#include "core/external_memory.h"
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

Result<core::ExternalMemoryRef> findExternal(CUexternalMemory handle) {
  core::ExternalMemoryRef memory = core::ExternalMemory::fromHandle(handle);
  if (!memory)
    return makeError(Status::InvalidHandle, "not live external memory");
  return memory;
}

} // namespace

Result<void> importExternalMemory(CUexternalMemory* memory,
                                  const CUDA_EXTERNAL_MEMORY_HANDLE_DESC* desc) {
  AW_ARG(memory && desc, "null pointer");
  AW_TRY(core::Context::require());
  AW_LET(imported,
         core::ExternalMemory::import(desc->type, desc->handle.fd, desc->size, desc->flags));
  *memory = asHandle<CUexternalMemory>(imported);
  return {};
}

Result<void> externalMemoryGetMappedBuffer(CUdeviceptr* pointer, CUexternalMemory handle,
                                           const CUDA_EXTERNAL_MEMORY_BUFFER_DESC* desc) {
  AW_ARG(pointer && desc, "null pointer");
  AW_LET(context, core::Context::require());
  AW_LET(memory, findExternal(handle));
  AW_LET(buffer, memory->mapBuffer(*context, desc->offset, desc->size, desc->flags));
  *pointer = devicePointer(buffer);
  return {};
}

Result<void>
externalMemoryGetMappedMipmappedArray(CUmipmappedArray* mipmap, CUexternalMemory handle,
                                      const CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC* desc) {
  AW_ARG(mipmap && desc, "null pointer");
  AW_LET(context, core::Context::require());
  AW_LET(memory, findExternal(handle));
  const CUDA_ARRAY3D_DESCRIPTOR& d = desc->arrayDesc;
  AW_LET(array,
         memory->mapArray(*context, desc->offset,
                          {d.Width, d.Height, d.Depth, int(d.Format), d.NumChannels, d.Flags},
                          desc->numLevels));
  *mipmap = asHandle<CUmipmappedArray>(array);
  return {};
}

Result<void> destroyExternalMemory(CUexternalMemory handle) {
  AW_LET(memory, findExternal(handle));
  return memory->destroy();
}

Result<void> importExternalSemaphore(CUexternalSemaphore* semaphore,
                                     const CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC* desc) {
  AW_ARG(semaphore && desc, "null pointer");
  AW_TRY(core::Context::require());
  AW_LET(imported, core::ExternalSemaphore::import(desc->type, desc->handle.fd, desc->flags));
  *semaphore = asHandle<CUexternalSemaphore>(imported);
  return {};
}

Result<void> signalExternalSemaphoresAsync(const CUexternalSemaphore* semaphores,
                                           const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS* params,
                                           unsigned int count, CUstream handle) {
  AW_LET(stream, findStream(handle));
  AW_LET(operations, shim::semaphoreOperations(semaphores, params, count));
  return core::ExternalSemaphore::signal(*stream, std::move(operations));
}

Result<void> waitExternalSemaphoresAsync(const CUexternalSemaphore* semaphores,
                                         const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS* params,
                                         unsigned int count, CUstream handle) {
  AW_LET(stream, findStream(handle));
  AW_LET(operations, shim::semaphoreOperations(semaphores, params, count));
  return core::ExternalSemaphore::wait(*stream, std::move(operations));
}

Result<void> destroyExternalSemaphore(CUexternalSemaphore handle) {
  AW_LET(semaphore, shim::findSemaphore(handle));
  return semaphore->destroy();
}

} // namespace anywarp::cuda
