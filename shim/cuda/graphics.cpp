// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Resources of graphics APIs. None can be registered here, so no handle is one.
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

Result<void> noResource() {
  AW_TRY(core::Context::require());
  return makeError(Status::InvalidHandle, "not a registered graphics resource");
}

Result<void> noResources(unsigned count, const CUgraphicsResource* resources, CUstream stream) {
  AW_TRY(findStream(stream));
  AW_ARG(count == 0 || resources, "resources is null");
  return count ? noResource() : Result<void>();
}

} // namespace

Result<void> graphicsUnregisterResource(CUgraphicsResource) {
  return noResource();
}

Result<void> graphicsSubResourceGetMappedArray(CUarray* array, CUgraphicsResource, unsigned int,
                                               unsigned int) {
  AW_ARG(array, "pArray is null");
  return noResource();
}

Result<void> graphicsResourceGetMappedMipmappedArray(CUmipmappedArray* array, CUgraphicsResource) {
  AW_ARG(array, "pMipmappedArray is null");
  return noResource();
}

Result<void> graphicsResourceGetMappedPointer(CUdeviceptr* pointer, size_t* size,
                                              CUgraphicsResource) {
  AW_ARG(pointer && size, "pDevPtr or pSize is null");
  return noResource();
}

Result<void> graphicsResourceSetMapFlags(CUgraphicsResource, unsigned int flags) {
  AW_ARG(flags <= 2, "unknown map flags");
  return noResource();
}

Result<void> graphicsMapResources(unsigned int count, CUgraphicsResource* resources,
                                  CUstream stream) {
  return noResources(count, resources, stream);
}

Result<void> graphicsUnmapResources(unsigned int count, CUgraphicsResource* resources,
                                    CUstream stream) {
  return noResources(count, resources, stream);
}

} // namespace anywarp::cuda
