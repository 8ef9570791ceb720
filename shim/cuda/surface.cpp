// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Surface objects and references.
#include "cuda/texture_resource.h"

namespace anywarp::cuda {

Result<void> surfObjectCreate(CUsurfObject* object, const CUDA_RESOURCE_DESC* resource) {
  AW_ARG(object && resource, "null pointer");
  AW_LET(context, core::Context::require());
  AW_LET(source, fromCuda(*resource));
  AW_LET(surface, core::Surface::create(*context, source));
  *object = surface->handle();
  return {};
}

Result<void> surfObjectDestroy(CUsurfObject object) {
  AW_TRY(core::Context::require());
  return core::Surface::destroy(object);
}

Result<void> surfObjectGetResourceDesc(CUDA_RESOURCE_DESC* resource, CUsurfObject object) {
  AW_ARG(resource, "pResDesc is null");
  AW_TRY(core::Context::require());
  core::SurfaceRef surface = core::Surface::fromHandle(object);
  AW_ARG(surface, "not a live surface object");
  *resource = toCuda(surface->resource());
  return {};
}

Result<void> surfRefSetArray(CUsurfref handle, CUarray arrayHandle, unsigned int flags) {
  AW_ARG(flags == 0, "the flags are not 0");
  AW_TRY(core::Context::require());
  AW_LET(reference, findSurfaceReference(handle));
  AW_LET(array, findArray(arrayHandle));
  return reference->bind(array);
}

Result<void> surfRefGetArray(CUarray* array, CUsurfref handle) {
  AW_ARG(array, "phArray is null");
  AW_TRY(core::Context::require());
  AW_LET(reference, findSurfaceReference(handle));
  const void* bound = reference->array();
  AW_ARG(bound, "no array is bound to the surface reference");
  *array = static_cast<CUarray>(const_cast<void*>(bound));
  return {};
}

} // namespace anywarp::cuda
