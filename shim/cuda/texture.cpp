// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture objects.
#include "cuda/texture_resource.h"

#include <algorithm>

namespace anywarp::cuda {
namespace {

core::TextureSampling fromCuda(const CUDA_TEXTURE_DESC& d) {
  core::TextureSampling s;
  for (int i = 0; i < 3; ++i)
    s.address[i] = int(d.addressMode[i]);
  s.filter = int(d.filterMode);
  s.flags = d.flags;
  s.maxAnisotropy = d.maxAnisotropy;
  s.mipFilter = int(d.mipmapFilterMode);
  s.mipBias = d.mipmapLevelBias;
  s.mipMin = d.minMipmapLevelClamp;
  s.mipMax = d.maxMipmapLevelClamp;
  std::copy(d.borderColor, d.borderColor + 4, s.border);
  return s;
}

Result<core::TextureRef> findTexture(CUtexObject handle) {
  AW_TRY(core::Context::require());
  core::TextureRef texture = core::Texture::fromHandle(handle);
  AW_ARG(texture, "not a live texture object");
  return texture;
}

} // namespace

Result<core::TextureResource> fromCuda(const CUDA_RESOURCE_DESC& d) {
  core::TextureResource r;
  r.kind = core::TextureResource::Kind(int(d.resType));
  r.flags = d.flags;
  switch (d.resType) {
  case CU_RESOURCE_TYPE_ARRAY:
    r.handle = d.res.array.hArray;
    break;
  case CU_RESOURCE_TYPE_MIPMAPPED_ARRAY:
    r.handle = d.res.mipmap.hMipmappedArray;
    break;
  case CU_RESOURCE_TYPE_LINEAR:
    r.pointer = address(d.res.linear.devPtr);
    r.format = int(d.res.linear.format);
    r.channels = d.res.linear.numChannels;
    r.bytes = d.res.linear.sizeInBytes;
    break;
  case CU_RESOURCE_TYPE_PITCH2D:
    r.pointer = address(d.res.pitch2D.devPtr);
    r.format = int(d.res.pitch2D.format);
    r.channels = d.res.pitch2D.numChannels;
    r.width = d.res.pitch2D.width;
    r.height = d.res.pitch2D.height;
    r.pitch = d.res.pitch2D.pitchInBytes;
    break;
  default:
    return makeError(Status::InvalidValue, "unknown type of resource");
  }
  return r;
}

CUDA_RESOURCE_DESC toCuda(const core::TextureResource& r) {
  CUDA_RESOURCE_DESC d = {};
  d.resType = CUresourcetype(int(r.kind));
  d.flags = r.flags;
  switch (r.kind) {
  case core::TextureResource::Kind::Array:
    d.res.array.hArray = static_cast<CUarray>(const_cast<void*>(r.handle));
    break;
  case core::TextureResource::Kind::Mipmapped:
    d.res.mipmap.hMipmappedArray = static_cast<CUmipmappedArray>(const_cast<void*>(r.handle));
    break;
  case core::TextureResource::Kind::Linear:
    d.res.linear.devPtr = devicePointer(r.pointer);
    d.res.linear.format = CUarray_format(r.format);
    d.res.linear.numChannels = r.channels;
    d.res.linear.sizeInBytes = r.bytes;
    break;
  case core::TextureResource::Kind::Pitch2D:
    d.res.pitch2D.devPtr = devicePointer(r.pointer);
    d.res.pitch2D.format = CUarray_format(r.format);
    d.res.pitch2D.numChannels = r.channels;
    d.res.pitch2D.width = r.width;
    d.res.pitch2D.height = r.height;
    d.res.pitch2D.pitchInBytes = r.pitch;
    break;
  }
  return d;
}

Result<void> texObjectCreate(CUtexObject* object, const CUDA_RESOURCE_DESC* resource,
                             const CUDA_TEXTURE_DESC* sampling,
                             const CUDA_RESOURCE_VIEW_DESC* viewDescriptor) {
  AW_ARG(object && resource && sampling, "null pointer");
  AW_LET(context, core::Context::require());
  AW_LET(source, fromCuda(*resource));
  core::TextureView view;
  if (viewDescriptor)
    view = {int(viewDescriptor->format),      viewDescriptor->width,
            viewDescriptor->height,           viewDescriptor->depth,
            viewDescriptor->firstMipmapLevel, viewDescriptor->lastMipmapLevel,
            viewDescriptor->firstLayer,       viewDescriptor->lastLayer};
  AW_LET(texture, core::Texture::create(*context, source, fromCuda(*sampling),
                                        viewDescriptor ? &view : nullptr));
  *object = texture->handle();
  return {};
}

Result<void> texObjectDestroy(CUtexObject object) {
  AW_TRY(core::Context::require());
  return core::Texture::destroy(object);
}

Result<void> texObjectGetResourceDesc(CUDA_RESOURCE_DESC* resource, CUtexObject object) {
  AW_ARG(resource, "pResDesc is null");
  AW_LET(texture, findTexture(object));
  *resource = toCuda(texture->resource());
  return {};
}

Result<void> texObjectGetTextureDesc(CUDA_TEXTURE_DESC* descriptor, CUtexObject object) {
  AW_ARG(descriptor, "pTexDesc is null");
  AW_LET(texture, findTexture(object));
  const core::TextureSampling& s = texture->sampling();
  CUDA_TEXTURE_DESC d = {};
  for (int i = 0; i < 3; ++i)
    d.addressMode[i] = CUaddress_mode(s.address[i]);
  d.filterMode = CUfilter_mode(s.filter);
  d.flags = s.flags;
  d.maxAnisotropy = s.maxAnisotropy;
  d.mipmapFilterMode = CUfilter_mode(s.mipFilter);
  d.mipmapLevelBias = s.mipBias;
  d.minMipmapLevelClamp = s.mipMin;
  d.maxMipmapLevelClamp = s.mipMax;
  std::copy(s.border, s.border + 4, d.borderColor);
  *descriptor = d;
  return {};
}

Result<void> texObjectGetResourceViewDesc(CUDA_RESOURCE_VIEW_DESC* descriptor, CUtexObject object) {
  AW_ARG(descriptor, "pResViewDesc is null");
  AW_LET(texture, findTexture(object));
  AW_ARG(texture->view(), "the texture object was made without a resource view");
  const core::TextureView& v = *texture->view();
  CUDA_RESOURCE_VIEW_DESC d = {};
  d.format = CUresourceViewFormat(v.format);
  d.width = v.width;
  d.height = v.height;
  d.depth = v.depth;
  d.firstMipmapLevel = v.firstLevel;
  d.lastMipmapLevel = v.lastLevel;
  d.firstLayer = v.firstLayer;
  d.lastLayer = v.lastLayer;
  *descriptor = d;
  return {};
}

} // namespace anywarp::cuda
