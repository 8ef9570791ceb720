// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Resources of graphics APIs. None can be registered here, so no handle is one.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/current.h"

namespace anywarp::cudart {
namespace {

Result<void> noResource() {
  AW_TRY(currentContext());
  return makeError(Status::InvalidHandle, "not a registered graphics resource");
}

Result<void> noResources(int count, const cudaGraphicsResource_t* resources, cudaStream_t stream) {
  AW_TRY(resolveStream(stream));
  AW_ARG(count >= 0 && (count == 0 || resources), "resources is null");
  return count ? noResource() : Result<void>();
}

} // namespace

Result<void> graphicsMapResources(int count, cudaGraphicsResource_t* resources,
                                  cudaStream_t stream) {
  return noResources(count, resources, stream);
}

Result<void> graphicsUnmapResources(int count, cudaGraphicsResource_t* resources,
                                    cudaStream_t stream) {
  return noResources(count, resources, stream);
}

Result<void> graphicsResourceGetMappedMipmappedArray(cudaMipmappedArray_t* array,
                                                     cudaGraphicsResource_t) {
  AW_ARG(array, "mipmappedArray is null");
  return noResource();
}

Result<void> graphicsResourceGetMappedPointer(void** pointer, size_t* size,
                                              cudaGraphicsResource_t) {
  AW_ARG(pointer && size, "devPtr or size is null");
  return noResource();
}

Result<void> graphicsResourceSetMapFlags(cudaGraphicsResource_t, unsigned int flags) {
  AW_ARG(flags <= 2, "unknown map flags");
  return noResource();
}

Result<void> graphicsSubResourceGetMappedArray(cudaArray_t* array, cudaGraphicsResource_t,
                                               unsigned int, unsigned int) {
  AW_ARG(array, "array is null");
  return noResource();
}

Result<void> graphicsUnregisterResource(cudaGraphicsResource_t) {
  return noResource();
}

} // namespace anywarp::cudart
