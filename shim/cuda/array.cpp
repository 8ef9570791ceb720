// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays and mipmapped arrays.
#include "core/array_tiles.h"
#include "cuda/support.h"

namespace anywarp::cuda {
namespace {

core::ArrayDescriptor fromCuda(const CUDA_ARRAY3D_DESCRIPTOR& d) {
  return {d.Width, d.Height, d.Depth, int(d.Format), d.NumChannels, d.Flags};
}

void toCuda(const core::ArrayDescriptor& from, CUDA_ARRAY3D_DESCRIPTOR& to) {
  to.Width = from.width;
  to.Height = from.height;
  to.Depth = from.depth;
  to.Format = CUarray_format(from.format);
  to.NumChannels = from.channels;
  to.Flags = from.flags;
}

Result<void> describe(const std::shared_ptr<core::ArrayTiles>& tiles,
                      CUDA_ARRAY_SPARSE_PROPERTIES& properties) {
  AW_ARG(tiles && tiles->sparse(), "the array was made without CUDA_ARRAY3D_SPARSE");
  const core::SparseLayout& s = tiles->layout();
  properties = {};
  properties.tileExtent = {unsigned(s.tileWidth), unsigned(s.tileHeight), 1};
  properties.miptailFirstLevel = s.tailFirst;
  properties.miptailSize = s.tailBytes;
  properties.flags = s.layered ? CU_ARRAY_SPARSE_PROPERTIES_SINGLE_MIPTAIL : 0;
  return {};
}

Result<void> require(const std::shared_ptr<core::ArrayTiles>& tiles,
                     CUDA_ARRAY_MEMORY_REQUIREMENTS& requirements) {
  AW_ARG(tiles && !tiles->sparse(), "the array was made without CUDA_ARRAY3D_DEFERRED_MAPPING");
  requirements = {};
  requirements.size = tiles->bytes();
  requirements.alignment = core::ArrayTiles::kAlignment;
  return {};
}

} // namespace

Result<void> arrayCreate(CUarray* handle, const CUDA_ARRAY_DESCRIPTOR* descriptor) {
  AW_ARG(handle && descriptor, "null pointer");
  AW_LET(context, core::Context::require());
  core::ArrayDescriptor d{descriptor->Width,       descriptor->Height,      0,
                          int(descriptor->Format), descriptor->NumChannels, 0};
  AW_LET(array, core::Array::create(*context, d));
  *handle = asHandle<CUarray>(array);
  return {};
}

Result<void> array3DCreate(CUarray* handle, const CUDA_ARRAY3D_DESCRIPTOR* descriptor) {
  AW_ARG(handle && descriptor, "null pointer");
  AW_LET(context, core::Context::require());
  AW_LET(array, core::Array::create(*context, fromCuda(*descriptor)));
  *handle = asHandle<CUarray>(array);
  return {};
}

Result<void> arrayGetDescriptor(CUDA_ARRAY_DESCRIPTOR* descriptor, CUarray handle) {
  AW_ARG(descriptor, "pArrayDescriptor is null");
  AW_TRY(core::Context::require());
  AW_LET(array, findArray(handle));
  const core::ArrayDescriptor& d = array->descriptor();
  descriptor->Width = d.width;
  descriptor->Height = d.height;
  descriptor->Format = CUarray_format(d.format);
  descriptor->NumChannels = d.channels;
  return {};
}

Result<void> array3DGetDescriptor(CUDA_ARRAY3D_DESCRIPTOR* descriptor, CUarray handle) {
  AW_ARG(descriptor, "pArrayDescriptor is null");
  AW_TRY(core::Context::require());
  AW_LET(array, findArray(handle));
  toCuda(array->descriptor(), *descriptor);
  return {};
}

Result<void> arrayDestroy(CUarray handle) {
  AW_TRY(core::Context::require());
  AW_LET(array, findArray(handle));
  return array->destroy();
}

Result<void> arrayGetPlane(CUarray* plane, CUarray handle, unsigned int index) {
  AW_ARG(plane, "pPlaneArray is null");
  AW_TRY(core::Context::require());
  AW_LET(array, findArray(handle));
  AW_LET(found, array->plane(index));
  *plane = asHandle<CUarray>(found);
  return {};
}

Result<void> arrayGetSparseProperties(CUDA_ARRAY_SPARSE_PROPERTIES* properties, CUarray handle) {
  AW_ARG(properties, "sparseProperties is null");
  AW_LET(array, findArray(handle));
  return describe(array->tiles(), *properties);
}

Result<void> mipmappedArrayGetSparseProperties(CUDA_ARRAY_SPARSE_PROPERTIES* properties,
                                               CUmipmappedArray handle) {
  AW_ARG(properties, "sparseProperties is null");
  AW_LET(mipmap, findMipmappedArray(handle));
  return describe(mipmap->tiles(), *properties);
}

Result<void> arrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS* requirements,
                                        CUarray handle, CUdevice device) {
  AW_ARG(requirements, "memoryRequirements is null");
  AW_TRY(findDevice(device));
  AW_LET(array, findArray(handle));
  return require(array->tiles(), *requirements);
}

Result<void> mipmappedArrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS* requirements,
                                                 CUmipmappedArray handle, CUdevice device) {
  AW_ARG(requirements, "memoryRequirements is null");
  AW_TRY(findDevice(device));
  AW_LET(mipmap, findMipmappedArray(handle));
  return require(mipmap->tiles(), *requirements);
}

Result<void> mipmappedArrayCreate(CUmipmappedArray* handle,
                                  const CUDA_ARRAY3D_DESCRIPTOR* descriptor, unsigned int levels) {
  AW_ARG(handle && descriptor, "null pointer");
  AW_LET(context, core::Context::require());
  AW_LET(mipmap, core::MipmappedArray::create(*context, fromCuda(*descriptor), levels));
  *handle = asHandle<CUmipmappedArray>(mipmap);
  return {};
}

Result<void> mipmappedArrayGetLevel(CUarray* level, CUmipmappedArray handle, unsigned int index) {
  AW_ARG(level, "pLevelArray is null");
  AW_TRY(core::Context::require());
  AW_LET(mipmap, findMipmappedArray(handle));
  AW_LET(found, mipmap->level(index));
  *level = asHandle<CUarray>(found);
  return {};
}

Result<void> mipmappedArrayDestroy(CUmipmappedArray handle) {
  AW_TRY(core::Context::require());
  AW_LET(mipmap, findMipmappedArray(handle));
  return mipmap->destroy();
}

} // namespace anywarp::cuda
