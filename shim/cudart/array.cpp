// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays: making, asking and freeing. Copies are in memcpy_array.cpp.
#include "cudart/array.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/array_tiles.h"
#include "cudart/channel.h"
#include "cudart/current.h"

namespace anywarp::cudart {
namespace {

Result<core::ArrayDescriptor> describe(const cudaChannelFormatDesc& desc, const cudaExtent& extent,
                                       unsigned flags) {
  AW_LET(format, channelFormat(desc));
  return core::ArrayDescriptor{extent.width,  extent.height,   extent.depth,
                               format.format, format.channels, flags};
}

Result<void> make(cudaArray_t* array, const cudaChannelFormatDesc& desc, const cudaExtent& extent,
                  unsigned flags) {
  AW_LET(context, currentContext());
  AW_LET(descriptor, describe(desc, extent, flags));
  AW_LET(created, core::Array::create(*context, descriptor));
  *array = static_cast<cudaArray_t>(created->handle());
  return {};
}

} // namespace

Result<core::ArrayRef> findArray(const void* handle) {
  AW_TRY(currentContext());
  core::ArrayRef array = core::Array::fromHandle(handle);
  if (!array)
    return makeError(Status::InvalidHandle, "not a live array");
  return array;
}

Result<core::MipmappedArrayRef> findMipmappedArray(const void* handle) {
  AW_TRY(currentContext());
  core::MipmappedArrayRef mipmap = core::MipmappedArray::fromHandle(handle);
  if (!mipmap)
    return makeError(Status::InvalidHandle, "not a live mipmapped array");
  return mipmap;
}

Result<void> mallocArray(cudaArray_t* array, const cudaChannelFormatDesc* desc, size_t width,
                         size_t height, unsigned int flags) {
  AW_ARG(array && desc, "array or desc is null");
  AW_ARG(!(flags & (cudaArrayLayered | cudaArrayCubemap)),
         "layered arrays and cubemaps are made by cudaMalloc3DArray");
  return make(array, *desc, {width, height, 0}, flags);
}

Result<void> malloc3DArray(cudaArray_t* array, const cudaChannelFormatDesc* desc, cudaExtent extent,
                           unsigned int flags) {
  AW_ARG(array && desc, "array or desc is null");
  return make(array, *desc, extent, flags);
}

Result<void> mallocMipmappedArray(cudaMipmappedArray_t* mipmappedArray,
                                  const cudaChannelFormatDesc* desc, cudaExtent extent,
                                  unsigned int numLevels, unsigned int flags) {
  AW_ARG(mipmappedArray && desc, "mipmappedArray or desc is null");
  AW_LET(context, currentContext());
  AW_LET(descriptor, describe(*desc, extent, flags));
  AW_LET(created, core::MipmappedArray::create(*context, descriptor, numLevels));
  *mipmappedArray = static_cast<cudaMipmappedArray_t>(created->handle());
  return {};
}

Result<void> getMipmappedArrayLevel(cudaArray_t* levelArray,
                                    cudaMipmappedArray_const_t mipmappedArray, unsigned int level) {
  AW_ARG(levelArray, "levelArray is null");
  AW_LET(mipmap, findMipmappedArray(mipmappedArray));
  AW_LET(found, mipmap->level(level));
  *levelArray = static_cast<cudaArray_t>(found->handle());
  return {};
}

Result<void> freeArray(cudaArray_t handle) {
  AW_TRY(currentContext());
  if (!handle)
    return {};
  auto array = findArray(handle);
  AW_ARG(array, "not a live array"); // the manual names no other error
  return (*array)->destroy();
}

Result<void> freeMipmappedArray(cudaMipmappedArray_t handle) {
  AW_TRY(currentContext());
  if (!handle)
    return {};
  auto mipmap = findMipmappedArray(handle);
  AW_ARG(mipmap, "not a live mipmapped array"); // as above
  return (*mipmap)->destroy();
}

Result<void> arrayGetInfo(cudaChannelFormatDesc* desc, cudaExtent* extent, unsigned int* flags,
                          cudaArray_t handle) {
  auto array = findArray(handle);
  AW_ARG(array, "not a live array"); // as above
  const core::ArrayDescriptor& d = (*array)->descriptor();
  if (desc)
    *desc = channelDescriptor(d.format, d.channels);
  if (extent)
    *extent = {d.width, d.height, d.depth};
  if (flags)
    *flags = d.flags;
  return {};
}

Result<void> getChannelDesc(cudaChannelFormatDesc* desc, cudaArray_const_t handle) {
  AW_ARG(desc, "desc is null");
  return arrayGetInfo(desc, nullptr, nullptr, const_cast<cudaArray_t>(handle));
}

Result<void> arrayGetPlane(cudaArray_t* plane, cudaArray_t handle, unsigned int index) {
  AW_ARG(plane, "pPlaneArray is null");
  AW_LET(array, findArray(handle));
  AW_LET(found, array->plane(index));
  *plane = static_cast<cudaArray_t>(found->handle());
  return {};
}

static Result<void> describeTiles(const std::shared_ptr<core::ArrayTiles>& tiles,
                                  cudaArraySparseProperties& properties) {
  AW_ARG(tiles && tiles->sparse(), "the array was made without cudaArraySparse");
  const core::SparseLayout& s = tiles->layout();
  properties = {};
  properties.tileExtent = {unsigned(s.tileWidth), unsigned(s.tileHeight), 1};
  properties.miptailFirstLevel = s.tailFirst;
  properties.miptailSize = s.tailBytes;
  properties.flags = s.layered ? cudaArraySparsePropertiesSingleMipTail : 0;
  return {};
}

Result<void> arrayGetSparseProperties(cudaArraySparseProperties* properties, cudaArray_t handle) {
  AW_ARG(properties, "sparseProperties is null");
  AW_LET(array, findArray(handle));
  return describeTiles(array->tiles(), *properties);
}

Result<void> mipmappedArrayGetSparseProperties(cudaArraySparseProperties* properties,
                                               cudaMipmappedArray_t handle) {
  AW_ARG(properties, "sparseProperties is null");
  AW_LET(mipmap, findMipmappedArray(handle));
  return describeTiles(mipmap->tiles(), *properties);
}

static Result<void> require(const std::shared_ptr<core::ArrayTiles>& tiles,
                            cudaArrayMemoryRequirements& requirements) {
  AW_ARG(tiles && !tiles->sparse(), "the array was made without cudaArrayDeferredMapping");
  requirements = {};
  requirements.size = tiles->bytes();
  requirements.alignment = core::ArrayTiles::kAlignment;
  return {};
}

Result<void> arrayGetMemoryRequirements(cudaArrayMemoryRequirements* requirements,
                                        cudaArray_t handle, int device) {
  AW_ARG(requirements, "memoryRequirements is null");
  AW_TRY(deviceAt(device));
  AW_LET(array, findArray(handle));
  return require(array->tiles(), *requirements);
}

Result<void> mipmappedArrayGetMemoryRequirements(cudaArrayMemoryRequirements* requirements,
                                                 cudaMipmappedArray_t handle, int device) {
  AW_ARG(requirements, "memoryRequirements is null");
  AW_TRY(deviceAt(device));
  AW_LET(mipmap, findMipmappedArray(handle));
  return require(mipmap->tiles(), *requirements);
}

} // namespace anywarp::cudart
