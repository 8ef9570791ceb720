// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture references: their bindings and sampling, which take effect at the next launch.
#include "core/array_limits.h"
#include "cuda/support.h"

#include <algorithm>

namespace anywarp::cuda {
namespace {

using core::TextureReference;
using Kind = core::TextureResource::Kind;
using State = TextureReference::State;

Result<core::TextureReferenceRef> find(CUtexref handle) {
  AW_TRY(core::Context::require());
  return findTextureReference(handle);
}

template <typename Change> Result<void> change(CUtexref handle, Change how) {
  AW_LET(reference, find(handle));
  return reference->update([&](State& state) -> Result<void> { return how(state); });
}

// What is bound, when it is of this kind.
Result<core::TextureResource> bound(CUtexref handle, Kind kind, Kind other) {
  AW_LET(reference, find(handle));
  State state = reference->state();
  if (!state.resource || (state.resource->kind != kind && state.resource->kind != other))
    return makeError(Status::InvalidValue, "nothing of this kind is bound to the reference");
  return *state.resource;
}

Result<State> stateOf(CUtexref handle) {
  AW_LET(reference, find(handle));
  return reference->state();
}

} // namespace

Result<void> texRefCreate(CUtexref* handle) {
  AW_ARG(handle, "pTexRef is null");
  AW_LET(context, core::Context::require());
  core::TextureReferenceRef reference = TextureReference::create(*context);
  *handle = asHandle<CUtexref>(reference);
  return {};
}

Result<void> texRefDestroy(CUtexref handle) {
  AW_LET(reference, find(handle));
  return reference->destroy();
}

Result<void> texRefSetArray(CUtexref handle, CUarray arrayHandle, unsigned int flags) {
  AW_ARG(flags == CU_TRSA_OVERRIDE_FORMAT, "the flags are not CU_TRSA_OVERRIDE_FORMAT");
  AW_TRY(core::Context::require());
  AW_LET(array, findArray(arrayHandle));
  AW_ARG(!array->planar(), "a planar array is bound plane by plane");
  return change(handle, [&](State& state) -> Result<void> {
    core::TextureResource resource;
    resource.kind = Kind::Array;
    resource.handle = arrayHandle;
    state.resource = resource;
    state.format = array->descriptor().format;
    state.channels = array->descriptor().channels;
    return {};
  });
}

Result<void> texRefSetMipmappedArray(CUtexref handle, CUmipmappedArray arrayHandle,
                                     unsigned int flags) {
  AW_ARG(flags == CU_TRSA_OVERRIDE_FORMAT, "the flags are not CU_TRSA_OVERRIDE_FORMAT");
  AW_TRY(core::Context::require());
  AW_LET(mipmap, findMipmappedArray(arrayHandle));
  return change(handle, [&](State& state) -> Result<void> {
    core::TextureResource resource;
    resource.kind = Kind::Mipmapped;
    resource.handle = arrayHandle;
    state.resource = resource;
    state.format = mipmap->descriptor().format;
    state.channels = mipmap->descriptor().channels;
    return {};
  });
}

Result<void> texRefSetAddress(size_t* byteOffset, CUtexref handle, CUdeviceptr pointer,
                              size_t bytes) {
  AW_LET(context, core::Context::require());
  core::TextureLimits limits = core::textureLimits(context->device());
  // Kernels add the offset to their fetches.
  size_t offset = pointer % limits.baseAlign;
  AW_ARG(offset == 0 || byteOffset, "the address is not aligned and ByteOffset is null");
  AW_TRY(change(handle, [&](State& state) -> Result<void> {
    if (!pointer) { // nothing is bound any more
      state.resource.reset();
      return {};
    }
    AW_LET(texel, core::texelFormat(state.format, state.channels));
    AW_ARG(bytes && (bytes + offset) / texel.bytes <= limits.linearWidth,
           "0 texels, or more than CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_LINEAR_WIDTH");
    AW_LET(pageable, core::Memory::isPageable(address(pointer), bytes, true));
    AW_ARG(!pageable, "the address is no device memory");
    core::TextureResource resource;
    resource.kind = Kind::Linear;
    resource.pointer = address(pointer - offset);
    resource.bytes = bytes + offset;
    resource.format = state.format;
    resource.channels = state.channels;
    state.resource = resource;
    return {};
  }));
  if (byteOffset)
    *byteOffset = offset;
  return {};
}

Result<void> texRefSetAddress2D(CUtexref handle, const CUDA_ARRAY_DESCRIPTOR* descriptor,
                                CUdeviceptr pointer, size_t pitch) {
  AW_ARG(descriptor, "desc is null");
  AW_LET(context, core::Context::require());
  core::TextureLimits limits = core::textureLimits(context->device());
  AW_LET(texel, core::texelFormat(int(descriptor->Format), descriptor->NumChannels));
  AW_ARG(pointer && pointer % limits.baseAlign == 0,
         "the address is null or not aligned to CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT");
  AW_ARG(pitch % limits.pitchAlign == 0 && pitch <= limits.pitchBytes &&
             pitch >= descriptor->Width * texel.bytes,
         "the pitch is too small, too large or not aligned to "
         "CU_DEVICE_ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT");
  AW_ARG(descriptor->Width && descriptor->Height && descriptor->Width <= limits.pitchWidth &&
             descriptor->Height <= limits.pitchHeight,
         "a length is 0 or beyond CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_LINEAR_*");
  return change(handle, [&](State& state) -> Result<void> {
    core::TextureResource resource;
    resource.kind = Kind::Pitch2D;
    resource.pointer = address(pointer);
    resource.width = descriptor->Width;
    resource.height = descriptor->Height;
    resource.pitch = pitch;
    resource.format = state.format = int(descriptor->Format);
    resource.channels = state.channels = descriptor->NumChannels;
    state.resource = resource;
    return {};
  });
}

Result<void> texRefSetFormat(CUtexref handle, CUarray_format format, int channels) {
  AW_TRY(core::texelFormat(int(format), unsigned(channels)));
  return change(handle, [&](State& state) -> Result<void> {
    state.format = int(format);
    state.channels = unsigned(channels);
    if (state.resource && state.resource->kind == Kind::Linear) {
      state.resource->format = state.format;
      state.resource->channels = state.channels;
    }
    return {};
  });
}

Result<void> texRefSetAddressMode(CUtexref handle, int dim, CUaddress_mode mode) {
  AW_ARG(dim >= 0 && dim < 3 && unsigned(mode) <= CU_TR_ADDRESS_MODE_BORDER,
         "no such dimension or address mode");
  return change(handle, [&](State& state) -> Result<void> {
    state.sampling.address[dim] = int(mode);
    return {};
  });
}

Result<void> texRefSetFilterMode(CUtexref handle, CUfilter_mode mode) {
  AW_ARG(unsigned(mode) <= CU_TR_FILTER_MODE_LINEAR, "unknown filter mode");
  return change(handle, [&](State& state) -> Result<void> {
    state.sampling.filter = int(mode);
    return {};
  });
}

Result<void> texRefSetMipmapFilterMode(CUtexref handle, CUfilter_mode mode) {
  AW_ARG(unsigned(mode) <= CU_TR_FILTER_MODE_LINEAR, "unknown filter mode");
  return change(handle, [&](State& state) -> Result<void> {
    state.sampling.mipFilter = int(mode);
    return {};
  });
}

Result<void> texRefSetMipmapLevelBias(CUtexref handle, float bias) {
  return change(handle, [&](State& state) -> Result<void> {
    state.sampling.mipBias = bias;
    return {};
  });
}

Result<void> texRefSetMipmapLevelClamp(CUtexref handle, float least, float most) {
  return change(handle, [&](State& state) -> Result<void> {
    state.sampling.mipMin = least;
    state.sampling.mipMax = most;
    return {};
  });
}

Result<void> texRefSetMaxAnisotropy(CUtexref handle, unsigned int anisotropy) {
  return change(handle, [&](State& state) -> Result<void> {
    state.sampling.maxAnisotropy = anisotropy;
    return {};
  });
}

Result<void> texRefSetBorderColor(CUtexref handle, float* color) {
  AW_ARG(color, "pBorderColor is null");
  return change(handle, [&](State& state) -> Result<void> {
    std::copy(color, color + 4, state.sampling.border);
    return {};
  });
}

Result<void> texRefSetFlags(CUtexref handle, unsigned int flags) {
  constexpr unsigned kKnown = CU_TRSF_READ_AS_INTEGER | CU_TRSF_NORMALIZED_COORDINATES |
                              CU_TRSF_SRGB | CU_TRSF_DISABLE_TRILINEAR_OPTIMIZATION |
                              CU_TRSF_SEAMLESS_CUBEMAP;
  AW_ARG((flags & ~kKnown) == 0, "unknown flags");
  return change(handle, [&](State& state) -> Result<void> {
    state.sampling.flags = flags;
    return {};
  });
}

Result<void> texRefGetAddress(CUdeviceptr* pointer, CUtexref handle) {
  AW_ARG(pointer, "pdptr is null");
  AW_LET(resource, bound(handle, Kind::Linear, Kind::Pitch2D));
  *pointer = devicePointer(resource.pointer);
  return {};
}

Result<void> texRefGetArray(CUarray* array, CUtexref handle) {
  AW_ARG(array, "phArray is null");
  AW_LET(resource, bound(handle, Kind::Array, Kind::Array));
  *array = static_cast<CUarray>(const_cast<void*>(resource.handle));
  return {};
}

Result<void> texRefGetMipmappedArray(CUmipmappedArray* array, CUtexref handle) {
  AW_ARG(array, "phMipmappedArray is null");
  AW_LET(resource, bound(handle, Kind::Mipmapped, Kind::Mipmapped));
  *array = static_cast<CUmipmappedArray>(const_cast<void*>(resource.handle));
  return {};
}

Result<void> texRefGetAddressMode(CUaddress_mode* mode, CUtexref handle, int dim) {
  AW_ARG(mode && dim >= 0 && dim < 3, "pam is null or there is no such dimension");
  AW_LET(state, stateOf(handle));
  *mode = CUaddress_mode(state.sampling.address[dim]);
  return {};
}

Result<void> texRefGetFilterMode(CUfilter_mode* mode, CUtexref handle) {
  AW_ARG(mode, "pfm is null");
  AW_LET(state, stateOf(handle));
  *mode = CUfilter_mode(state.sampling.filter);
  return {};
}

Result<void> texRefGetFormat(CUarray_format* format, int* channels, CUtexref handle) {
  AW_LET(state, stateOf(handle));
  if (format)
    *format = CUarray_format(state.format);
  if (channels)
    *channels = int(state.channels);
  return {};
}

Result<void> texRefGetMipmapFilterMode(CUfilter_mode* mode, CUtexref handle) {
  AW_ARG(mode, "pfm is null");
  AW_LET(state, stateOf(handle));
  *mode = CUfilter_mode(state.sampling.mipFilter);
  return {};
}

Result<void> texRefGetMipmapLevelBias(float* bias, CUtexref handle) {
  AW_ARG(bias, "pbias is null");
  AW_LET(state, stateOf(handle));
  *bias = state.sampling.mipBias;
  return {};
}

Result<void> texRefGetMipmapLevelClamp(float* least, float* most, CUtexref handle) {
  AW_ARG(least && most, "null pointer");
  AW_LET(state, stateOf(handle));
  *least = state.sampling.mipMin;
  *most = state.sampling.mipMax;
  return {};
}

Result<void> texRefGetMaxAnisotropy(int* anisotropy, CUtexref handle) {
  AW_ARG(anisotropy, "pmaxAniso is null");
  AW_LET(state, stateOf(handle));
  *anisotropy = int(state.sampling.maxAnisotropy);
  return {};
}

Result<void> texRefGetBorderColor(float* color, CUtexref handle) {
  AW_ARG(color, "pBorderColor is null");
  AW_LET(state, stateOf(handle));
  std::copy(state.sampling.border, state.sampling.border + 4, color);
  return {};
}

Result<void> texRefGetFlags(unsigned int* flags, CUtexref handle) {
  AW_ARG(flags, "pFlags is null");
  AW_LET(state, stateOf(handle));
  *flags = state.sampling.flags;
  return {};
}

} // namespace anywarp::cuda
