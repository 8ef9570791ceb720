// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture and surface references, which CUDA 12 took out. The program's own variable holds how the
// texture is sampled; a binding reads it.
#include "cudart/types.h"

#if CUDART_VERSION < 12000
#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/array_limits.h"
#include "core/memory.h"
#include "cudart/array.h"
#include "cudart/channel.h"
#include "cudart/current.h"
#include "cudart/last_error.h"
#include "cudart/registry.h"
#include "cudart/texture.h"

#include <algorithm>

namespace anywarp::cudart {
namespace {

using Kind = core::TextureResource::Kind;
using State = core::TextureReference::State;

constexpr size_t kNotBound = SIZE_MAX;

Result<BoundTexture> find(const textureReference* reference) {
  AW_LET(context, currentContext());
  return Registry::get().texture(reference, *context);
}

core::TextureSampling samplingOf(const textureReference& t, bool normalizedFloat) {
  core::TextureSampling s;
  for (int i = 0; i < 3; ++i)
    s.address[i] = int(t.addressMode[i]);
  s.filter = int(t.filterMode);
  s.mipFilter = int(t.mipmapFilterMode);
  s.maxAnisotropy = t.maxAnisotropy;
  s.mipBias = t.mipmapLevelBias;
  s.mipMin = t.minMipmapLevelClamp;
  s.mipMax = t.maxMipmapLevelClamp;
  auto set = [&](bool on, unsigned flag) { s.flags |= on ? flag : 0; };
  set(!normalizedFloat, core::kReadAsInteger);
  set(t.normalized, core::kNormalizedCoordinates);
  set(t.sRGB, core::kSrgb);
  set(t.disableTrilinearOptimization, core::kNoTrilinear);
  return s;
}

// Checks and takes over a binding; `offset` is what kernels add to their fetches.
Result<void> bind(const textureReference* reference, core::TextureResource resource,
                  size_t offset) {
  AW_LET(texture, find(reference));
  core::TextureSampling sampling = samplingOf(*reference, texture.normalizedFloat);
  AW_TRY(checkReadMode(resource.format, texture.normalizedFloat, sampling,
                       resource.kind == Kind::Linear));
  AW_LET(context, currentContext());
  AW_TRY(core::checkTexture(context->device(), resource, sampling));
  AW_TRY(texture.reference->update([&](State& state) -> Result<void> {
    state.resource = resource;
    state.sampling = sampling;
    state.format = resource.format;
    state.channels = resource.channels;
    return {};
  }));
  texture.offset->store(offset, std::memory_order_relaxed);
  return {};
}

// Textures of memory begin at aligned addresses; the rest is the offset.
Result<size_t> alignDown(core::TextureResource& resource, size_t* offset) {
  AW_LET(context, currentContext());
  size_t rest = uintptr_t(resource.pointer) % core::textureLimits(context->device()).baseAlign;
  AW_ARG(rest == 0 || offset, "the address is not aligned and offset is null");
  resource.pointer = static_cast<char*>(resource.pointer) - rest;
  return rest;
}

} // namespace

Result<void> bindTexture(size_t* offset, const textureReference* texref, const void* devPtr,
                         const cudaChannelFormatDesc* desc, size_t size) {
  AW_ARG(texref && devPtr && desc, "null pointer");
  AW_LET(format, channelFormat(*desc));
  AW_LET(texel, core::texelFormat(format.format, format.channels));
  auto allocation = core::Memory::find(devPtr);
  AW_ARG(allocation && allocation->isDevice(), "devPtr is no device memory");
  core::TextureResource resource;
  resource.kind = Kind::Linear;
  resource.pointer = const_cast<void*>(devPtr);
  resource.format = format.format;
  resource.channels = format.channels;
  AW_LET(rest, alignDown(resource, offset));
  // The size is UINT_MAX unless given: as far as the memory goes.
  AW_LET(context, currentContext());
  size_t left = size_t(allocation->base + allocation->size - static_cast<const char*>(devPtr));
  size_t most = core::textureLimits(context->device()).linearWidth * texel.bytes;
  resource.bytes = std::min({size, left, most - rest}) + rest;
  AW_TRY(bind(texref, resource, rest));
  if (offset)
    *offset = rest;
  return {};
}

Result<void> bindTexture2D(size_t* offset, const textureReference* texref, const void* devPtr,
                           const cudaChannelFormatDesc* desc, size_t width, size_t height,
                           size_t pitch) {
  AW_ARG(texref && devPtr && desc, "null pointer");
  AW_LET(format, channelFormat(*desc));
  core::TextureResource resource;
  resource.kind = Kind::Pitch2D;
  resource.pointer = const_cast<void*>(devPtr);
  resource.format = format.format;
  resource.channels = format.channels;
  resource.height = height;
  resource.pitch = pitch;
  AW_LET(rest, alignDown(resource, offset));
  AW_LET(texel, core::texelFormat(format.format, format.channels));
  resource.width = width + rest / texel.bytes;
  AW_TRY(bind(texref, resource, rest));
  if (offset)
    *offset = rest;
  return {};
}

Result<void> bindTextureToArray(const textureReference* texref, cudaArray_const_t handle,
                                const cudaChannelFormatDesc* desc) {
  AW_ARG(texref && desc, "null pointer");
  AW_LET(array, findArray(handle));
  AW_LET(format, channelFormat(*desc));
  AW_ARG(format.format == array->descriptor().format &&
             format.channels == array->descriptor().channels,
         "desc is not the array's channel descriptor");
  core::TextureResource resource;
  resource.kind = Kind::Array;
  resource.handle = handle;
  resource.format = format.format;
  resource.channels = format.channels;
  return bind(texref, resource, 0);
}

Result<void> bindTextureToMipmappedArray(const textureReference* texref,
                                         cudaMipmappedArray_const_t handle,
                                         const cudaChannelFormatDesc* desc) {
  AW_ARG(texref && desc, "null pointer");
  AW_LET(mipmap, findMipmappedArray(handle));
  AW_LET(format, channelFormat(*desc));
  AW_ARG(format.format == mipmap->descriptor().format &&
             format.channels == mipmap->descriptor().channels,
         "desc is not the array's channel descriptor");
  core::TextureResource resource;
  resource.kind = Kind::Mipmapped;
  resource.handle = handle;
  resource.format = format.format;
  resource.channels = format.channels;
  return bind(texref, resource, 0);
}

Result<void> unbindTexture(const textureReference* texref) {
  AW_LET(texture, find(texref));
  texture.offset->store(kNotBound, std::memory_order_relaxed);
  return texture.reference->update([](State& state) -> Result<void> {
    state.resource.reset();
    return {};
  });
}

Result<void> getTextureAlignmentOffset(size_t* offset, const textureReference* texref) {
  AW_ARG(offset, "offset is null");
  AW_LET(texture, find(texref));
  size_t value = texture.offset->load(std::memory_order_relaxed);
  if (value == kNotBound)
    return makeError(RuntimeStatus::InvalidTextureBinding, "the texture reference is not bound");
  *offset = value;
  return {};
}

// A symbol is the variable, which is the reference.
Result<void> getTextureReference(const textureReference** texref, const void* symbol) {
  AW_ARG(texref, "texref is null");
  const auto* reference = static_cast<const textureReference*>(symbol);
  AW_TRY(find(reference));
  *texref = reference;
  return {};
}

Result<void> bindSurfaceToArray(const surfaceReference* surfref, cudaArray_const_t handle,
                                const cudaChannelFormatDesc* desc) {
  AW_ARG(surfref && desc, "null pointer");
  AW_LET(context, currentContext());
  AW_LET(surface, Registry::get().surface(surfref, *context));
  AW_LET(array, findArray(handle));
  return surface->bind(array);
}

Result<void> getSurfaceReference(const surfaceReference** surfref, const void* symbol) {
  AW_ARG(surfref, "surfref is null");
  AW_LET(context, currentContext());
  AW_TRY(Registry::get().surface(symbol, *context));
  *surfref = static_cast<const surfaceReference*>(symbol);
  return {};
}

} // namespace anywarp::cudart
#endif
