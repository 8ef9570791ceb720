// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture and surface objects.
#include "cudart/texture.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/array.h"
#include "cudart/channel.h"
#include "cudart/current.h"
#include "cudart/last_error.h"

#include <algorithm>

namespace anywarp::cudart {
namespace {

using Kind = core::TextureResource::Kind;

Result<core::TextureResource> fromCuda(const cudaResourceDesc& d) {
  core::TextureResource r;
  r.kind = Kind(int(d.resType));
#if CUDART_VERSION >= 13000
  r.flags = d.flags;
#endif
  switch (d.resType) {
  case cudaResourceTypeArray:
    r.handle = d.res.array.array;
    break;
  case cudaResourceTypeMipmappedArray:
    r.handle = d.res.mipmap.mipmap;
    break;
  case cudaResourceTypeLinear: {
    AW_LET(format, channelFormat(d.res.linear.desc));
    r.pointer = d.res.linear.devPtr;
    r.format = format.format;
    r.channels = format.channels;
    r.bytes = d.res.linear.sizeInBytes;
    break;
  }
  case cudaResourceTypePitch2D: {
    AW_LET(format, channelFormat(d.res.pitch2D.desc));
    r.pointer = d.res.pitch2D.devPtr;
    r.format = format.format;
    r.channels = format.channels;
    r.width = d.res.pitch2D.width;
    r.height = d.res.pitch2D.height;
    r.pitch = d.res.pitch2D.pitchInBytes;
    break;
  }
  default:
    return makeError(Status::InvalidValue, "unknown type of resource");
  }
  return r;
}

cudaResourceDesc toCuda(const core::TextureResource& r) {
  cudaResourceDesc d = {};
  d.resType = cudaResourceType(int(r.kind));
  switch (r.kind) {
  case Kind::Array:
    d.res.array.array = static_cast<cudaArray_t>(const_cast<void*>(r.handle));
    break;
  case Kind::Mipmapped:
    d.res.mipmap.mipmap = static_cast<cudaMipmappedArray_t>(const_cast<void*>(r.handle));
    break;
  case Kind::Linear:
    d.res.linear.devPtr = r.pointer;
    d.res.linear.desc = channelDescriptor(r.format, r.channels);
    d.res.linear.sizeInBytes = r.bytes;
    break;
  case Kind::Pitch2D:
    d.res.pitch2D.devPtr = r.pointer;
    d.res.pitch2D.desc = channelDescriptor(r.format, r.channels);
    d.res.pitch2D.width = r.width;
    d.res.pitch2D.height = r.height;
    d.res.pitch2D.pitchInBytes = r.pitch;
    break;
  }
  return d;
}

// cudaTextureDesc, or CUDA 11's two forms of it.
template <typename Desc> Result<core::TextureSampling> sampling(const Desc& d) {
  AW_ARG(d.readMode == cudaReadModeElementType || d.readMode == cudaReadModeNormalizedFloat,
         "unknown read mode");
  core::TextureSampling s;
  for (int i = 0; i < 3; ++i)
    s.address[i] = int(d.addressMode[i]);
  s.filter = int(d.filterMode);
  s.mipFilter = int(d.mipmapFilterMode);
  s.maxAnisotropy = d.maxAnisotropy;
  s.mipBias = d.mipmapLevelBias;
  s.mipMin = d.minMipmapLevelClamp;
  s.mipMax = d.maxMipmapLevelClamp;
  std::copy(d.borderColor, d.borderColor + 4, s.border);
  auto set = [&](bool on, unsigned flag) { s.flags |= on ? flag : 0; };
  set(d.readMode == cudaReadModeElementType, core::kReadAsInteger);
  set(d.normalizedCoords, core::kNormalizedCoordinates);
  set(d.sRGB, core::kSrgb);
  set(d.disableTrilinearOptimization, core::kNoTrilinear);
  if constexpr (requires { d.seamlessCubemap; })
    set(d.seamlessCubemap, core::kSeamlessCubemap);
  return s;
}

template <typename Desc> Desc toCuda(const core::TextureSampling& s) {
  Desc d = {};
  for (int i = 0; i < 3; ++i)
    d.addressMode[i] = cudaTextureAddressMode(s.address[i]);
  d.filterMode = cudaTextureFilterMode(s.filter);
  d.mipmapFilterMode = cudaTextureFilterMode(s.mipFilter);
  d.maxAnisotropy = s.maxAnisotropy;
  d.mipmapLevelBias = s.mipBias;
  d.minMipmapLevelClamp = s.mipMin;
  d.maxMipmapLevelClamp = s.mipMax;
  std::copy(s.border, s.border + 4, d.borderColor);
  d.readMode =
      s.flags & core::kReadAsInteger ? cudaReadModeElementType : cudaReadModeNormalizedFloat;
  d.normalizedCoords = bool(s.flags & core::kNormalizedCoordinates);
  d.sRGB = bool(s.flags & core::kSrgb);
  d.disableTrilinearOptimization = bool(s.flags & core::kNoTrilinear);
  if constexpr (requires { d.seamlessCubemap; })
    d.seamlessCubemap = bool(s.flags & core::kSeamlessCubemap);
  return d;
}

// The CUarray_format of the texels as the texture sees them.
Result<int> formatOf(const core::TextureResource& r, const cudaResourceViewDesc* view) {
  if (view && view->format != cudaResViewFormatNone) {
    // CUresourceViewFormat counts in groups of 1, 2 and 4 channels.
    constexpr int kFormats[] = {0x01, 0x08, 0x02, 0x09, 0x03, 0x0a, 0x10, 0x20};
    int number = int(view->format);
    return number >= 1 && number <= 24 ? kFormats[(number - 1) / 3] : 0x20;
  }
  if (r.kind == Kind::Array) {
    AW_LET(array, findArray(r.handle));
    return array->descriptor().format;
  }
  if (r.kind == Kind::Mipmapped) {
    AW_LET(mipmap, findMipmappedArray(r.handle));
    return mipmap->descriptor().format;
  }
  return r.format;
}

template <typename Desc>
Result<void> createTexture(cudaTextureObject_t* object, const cudaResourceDesc* resource,
                           const Desc* descriptor, const cudaResourceViewDesc* view) {
  AW_ARG(object && resource && descriptor, "null pointer");
  AW_LET(context, currentContext());
  AW_LET(source, fromCuda(*resource));
  AW_LET(how, sampling(*descriptor));
  AW_LET(format, formatOf(source, view));
  AW_TRY(checkReadMode(format, descriptor->readMode == cudaReadModeNormalizedFloat, how,
                       source.kind == Kind::Linear));
  core::TextureView part;
  if (view)
    part = {int(view->format),      view->width,           view->height,     view->depth,
            view->firstMipmapLevel, view->lastMipmapLevel, view->firstLayer, view->lastLayer};
  AW_LET(texture, core::Texture::create(*context, source, how, view ? &part : nullptr));
  *object = texture->handle();
  return {};
}

Result<core::TextureRef> findTexture(cudaTextureObject_t object) {
  AW_TRY(currentContext());
  core::TextureRef texture = core::Texture::fromHandle(object);
  AW_ARG(texture, "not a live texture object");
  return texture;
}

template <typename Desc> Result<void> readSampling(Desc* descriptor, cudaTextureObject_t object) {
  AW_ARG(descriptor, "pTexDesc is null");
  AW_LET(texture, findTexture(object));
  *descriptor = toCuda<Desc>(texture->sampling());
  return {};
}

} // namespace

Result<void> checkReadMode(int format, bool normalizedFloat, const core::TextureSampling& s,
                           bool fetchedOnly) {
  bool wide = format == 0x03 || format == 0x0a; // 32-bit integers
  bool narrow = format == 0x01 || format == 0x02 || format == 0x08 || format == 0x09;
  if (wide && normalizedFloat)
    return makeError(RuntimeStatus::InvalidNormSetting,
                     "32-bit integers cannot be read as normalized numbers");
  bool integers = wide || (narrow && !normalizedFloat);
  if (integers && !fetchedOnly && (s.filter == int(cudaFilterModeLinear)))
    return makeError(RuntimeStatus::InvalidFilterSetting,
                     "integers that are not read as normalized numbers cannot be filtered");
  return {};
}

// CUDA 11 has a second form, whose descriptor CUDA 12 made the only one.
Result<void> createTextureObject_v1(cudaTextureObject_t* object, const cudaResourceDesc* resource,
                                    const cudaTextureDesc* descriptor,
                                    const cudaResourceViewDesc* view) {
  return createTexture(object, resource, descriptor, view);
}
Result<void> getTextureObjectTextureDesc_v1(cudaTextureDesc* descriptor,
                                            cudaTextureObject_t object) {
  return readSampling(descriptor, object);
}
#if CUDART_VERSION < 12000
Result<void> createTextureObject(cudaTextureObject_t* object, const cudaResourceDesc* resource,
                                 const cudaTextureDesc_v2* descriptor,
                                 const cudaResourceViewDesc* view) {
  return createTexture(object, resource, descriptor, view);
}
Result<void> getTextureObjectTextureDesc(cudaTextureDesc_v2* descriptor,
                                         cudaTextureObject_t object) {
  return readSampling(descriptor, object);
}
#endif

Result<void> destroyTextureObject(cudaTextureObject_t object) {
  AW_TRY(currentContext());
  return core::Texture::destroy(object);
}

Result<void> getTextureObjectResourceDesc(cudaResourceDesc* resource, cudaTextureObject_t object) {
  AW_ARG(resource, "pResDesc is null");
  AW_LET(texture, findTexture(object));
  *resource = toCuda(texture->resource());
  return {};
}

Result<void> getTextureObjectResourceViewDesc(cudaResourceViewDesc* descriptor,
                                              cudaTextureObject_t object) {
  AW_ARG(descriptor, "pResViewDesc is null");
  AW_LET(texture, findTexture(object));
  AW_ARG(texture->view(), "the texture object was made without a resource view");
  const core::TextureView& v = *texture->view();
  cudaResourceViewDesc d = {};
  d.format = cudaResourceViewFormat(v.format);
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

Result<void> createSurfaceObject(cudaSurfaceObject_t* object, const cudaResourceDesc* resource) {
  AW_ARG(object && resource, "null pointer");
  AW_LET(context, currentContext());
  AW_LET(source, fromCuda(*resource));
  AW_LET(surface, core::Surface::create(*context, source));
  *object = surface->handle();
  return {};
}

Result<void> destroySurfaceObject(cudaSurfaceObject_t object) {
  AW_TRY(currentContext());
  return core::Surface::destroy(object);
}

Result<void> getSurfaceObjectResourceDesc(cudaResourceDesc* resource, cudaSurfaceObject_t object) {
  AW_ARG(resource, "pResDesc is null");
  AW_TRY(currentContext());
  core::SurfaceRef surface = core::Surface::fromHandle(object);
  AW_ARG(surface, "not a live surface object");
  *resource = toCuda(surface->resource());
  return {};
}

} // namespace anywarp::cudart
