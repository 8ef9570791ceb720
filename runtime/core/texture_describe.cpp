// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From CUDA's descriptors to those that kernels read (spmd/texture_abi.h), with the rules of the
// driver API manual's cuTexObjectCreate and cuSurfObjectCreate.
#include "core/array.h"
#include "core/array_limits.h"
#include "core/device.h"
#include "core/memory.h"
#include "core/texture.h"
#include "spmd/texture_abi.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

Error bad(std::string what) {
  return makeError(Status::InvalidValue, std::move(what));
}

uint8_t geometryOf(const ArrayDescriptor& d) {
  if (d.flags & kArrayCubemap)
    return d.flags & kArrayLayered ? AW_GEOMETRY_CUBE_LAYERED : AW_GEOMETRY_CUBE;
  if (d.flags & kArrayLayered)
    return d.height ? AW_GEOMETRY_2D_LAYERED : AW_GEOMETRY_1D_LAYERED;
  return d.depth ? AW_GEOMETRY_3D : d.height ? AW_GEOMETRY_2D : AW_GEOMETRY_1D;
}

bool isLayered(uint8_t geometry) {
  return geometry >= AW_GEOMETRY_1D_LAYERED;
}

void setFormat(AwImage& image, const TexelFormat& texel) {
  image.channel = texel.channel;
  image.channels = texel.channels;
  image.texel_bytes = texel.bytes;
}

AwLevel levelOf(const Array& array) {
  const ArrayDescriptor& d = array.descriptor();
  AwLevel level = {};
  level.base = array.layout().base;
  level.pitch = array.layout().pitch;
  level.slice = array.layout().slice;
  level.width = uint32_t(d.width);
  level.height = uint32_t(std::max<size_t>(d.height, 1));
  level.depth = isLayered(geometryOf(d)) ? 1 : uint32_t(array.slices());
  return level;
}

// The part of an image that all its levels share.
void setShape(AwImage& image, const ArrayDescriptor& d) {
  image.geometry = geometryOf(d);
  image.layers = isLayered(image.geometry) ? uint32_t(d.depth) : 1;
  image.samples = 1;
}

Result<ArrayRef> findArray(const TextureResource& resource) {
  ArrayRef array = Array::fromHandle(resource.handle);
  if (!array)
    return makeError(Status::InvalidHandle, "the resource is not a live array");
  if (array->planar())
    return bad("a planar array is sampled plane by plane (cuArrayGetPlane)");
  return array;
}

// Formats with SRGB in their names.
bool isSrgb(const TextureResource& resource) {
  if (resource.kind == TextureResource::Kind::Array) {
    ArrayRef array = Array::fromHandle(resource.handle);
    return array && array->texel().srgb;
  }
  if (resource.kind != TextureResource::Kind::Mipmapped)
    return false;
  MipmappedArrayRef mipmap = MipmappedArray::fromHandle(resource.handle);
  return mipmap && (*mipmap->level(0))->texel().srgb;
}

Result<void> describeArray(const TextureResource& resource, AwImage& image) {
  Result<ArrayRef> array = findArray(resource);
  if (!array)
    return array.error();
  setShape(image, (*array)->descriptor());
  setFormat(image, (*array)->texel());
  image.levels = 1;
  image.level[0] = levelOf(**array);
  return {};
}

Result<void> describeMipmap(const TextureResource& resource, AwImage& image) {
  MipmappedArrayRef mipmap = MipmappedArray::fromHandle(resource.handle);
  if (!mipmap)
    return makeError(Status::InvalidHandle, "the resource is not a live mipmapped array");
  setShape(image, mipmap->descriptor());
  image.levels = std::min(mipmap->levels(), AW_MAX_LEVELS);
  for (unsigned i = 0; i < image.levels; ++i)
    image.level[i] = levelOf(**mipmap->level(i));
  setFormat(image, (*mipmap->level(0))->texel());
  return {};
}

// Linear and pitch linear memory: plain integer and floating-point formats only.
Result<void> checkMemory(const TextureResource& r, size_t bytes, const TextureLimits& limits,
                         AwImage& image) {
  Result<TexelFormat> texel = texelFormat(r.format, r.channels);
  if (!texel)
    return texel.error();
  if (texel->channel > AW_CHANNEL_F32)
    return bad(fmt::format("format {:#x} is for arrays only", r.format));
  setFormat(image, *texel);
  if (!r.pointer)
    return bad("the address of the texture is null");
  if (uintptr_t(r.pointer) % limits.baseAlign)
    return bad(fmt::format("the address {} of a texture is not aligned to {} bytes "
                           "(CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT)",
                           r.pointer, limits.baseAlign));
  Result<bool> pageable = Memory::isPageable(r.pointer, bytes, /*device=*/true);
  if (!pageable)
    return pageable.error();
  return {};
}

Result<void> describeLinear(const TextureResource& r, const TextureLimits& limits, AwImage& image) {
  if (r.bytes == 0)
    return bad("a texture of 0 bytes");
  AW_TRY(checkMemory(r, r.bytes, limits, image));
  size_t texels = r.bytes / image.texel_bytes;
  if (texels == 0 || texels > limits.linearWidth)
    return bad(fmt::format("a linear texture of {} texels; 1 to {} are allowed", texels,
                           limits.linearWidth));
  image.geometry = AW_GEOMETRY_LINEAR;
  image.layers = image.levels = image.samples = 1;
  image.level[0].base = r.pointer;
  image.level[0].pitch = image.level[0].slice = r.bytes;
  image.level[0].width = uint32_t(texels);
  image.level[0].height = image.level[0].depth = 1;
  return {};
}

Result<void> describePitch2D(const TextureResource& r, const TextureLimits& limits,
                             AwImage& image) {
  if (r.width == 0 || r.height == 0 || r.width > limits.pitchWidth ||
      r.height > limits.pitchHeight || r.pitch > limits.pitchBytes)
    return bad(fmt::format("a pitch linear texture of {} x {} texels with a pitch of {} bytes; at "
                           "most {} x {} and {} are allowed",
                           r.width, r.height, r.pitch, limits.pitchWidth, limits.pitchHeight,
                           limits.pitchBytes));
  if (r.pitch % limits.pitchAlign)
    return bad(fmt::format("the pitch {} of a texture is not a multiple of {} bytes "
                           "(CU_DEVICE_ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT)",
                           r.pitch, limits.pitchAlign));
  Result<TexelFormat> texel = texelFormat(r.format, r.channels);
  if (!texel)
    return texel.error();
  size_t rowBytes = r.width * texel->bytes;
  if (r.pitch < rowBytes)
    return bad(fmt::format("rows of {} bytes do not fit a pitch of {}", rowBytes, r.pitch));
  AW_TRY(checkMemory(r, r.pitch * (r.height - 1) + rowBytes, limits, image));
  image.geometry = AW_GEOMETRY_2D;
  image.layers = image.levels = image.samples = 1;
  image.level[0].base = r.pointer;
  image.level[0].pitch = r.pitch;
  image.level[0].slice = r.pitch * r.height;
  image.level[0].width = uint32_t(r.width);
  image.level[0].height = uint32_t(r.height);
  image.level[0].depth = 1;
  return {};
}

Result<void> checkSampling(const TextureSampling& s, const AwImage& image) {
  constexpr unsigned kKnown =
      kReadAsInteger | kNormalizedCoordinates | kSrgb | kNoTrilinear | kSeamlessCubemap;
  if (s.flags & ~kKnown)
    return bad(fmt::format("{:#x} are no flags of a texture", s.flags));
  for (int mode : s.address)
    if (mode < AW_ADDRESS_WRAP || mode > AW_ADDRESS_BORDER)
      return bad(fmt::format("{} is no address mode", mode));
  for (int filter : {s.filter, s.mipFilter})
    if (filter != AW_FILTER_POINT && filter != AW_FILTER_LINEAR)
      return bad(fmt::format("{} is no filter mode", filter));
  bool integer = image.channel <= AW_CHANNEL_S32;
  bool wide = image.channel == AW_CHANNEL_U32 || image.channel == AW_CHANNEL_S32;
  bool asInteger = integer && (wide || (s.flags & kReadAsInteger));
  // Linear memory is only ever fetched; its filter is ignored.
  if (image.geometry != AW_GEOMETRY_LINEAR && s.filter == AW_FILTER_LINEAR && asInteger)
    return bad("linear filtering of a texture that is read as integers");
  if (image.levels > 1 && s.mipFilter == AW_FILTER_LINEAR && asInteger)
    return bad("linear filtering between levels of a texture that is read as integers");
  return {};
}

void setSampler(AwSampler& out, const TextureSampling& s, const AwImage& image, bool srgb) {
  out = {};
  for (int i = 0; i < 3; ++i) {
    out.address[i] = uint8_t(s.address[i]);
    // Runtime API manual, cudaTextureDesc: both need normalized coordinates and become clamp.
    if (!(s.flags & kNormalizedCoordinates) &&
        (s.address[i] == AW_ADDRESS_WRAP || s.address[i] == AW_ADDRESS_MIRROR))
      out.address[i] = AW_ADDRESS_CLAMP;
    out.border[i] = s.border[i];
  }
  out.border[3] = s.border[3];
  out.filter = uint8_t(s.filter);
  out.mip_filter = uint8_t(s.mipFilter);
  out.max_anisotropy = uint8_t(std::min(s.maxAnisotropy, 16u));
  auto set = [&](bool on, unsigned flag) { out.flags = uint16_t(out.flags | (on ? flag : 0)); };
  set(s.flags & kNormalizedCoordinates, AW_SAMPLER_NORMALIZED);
  // Only 8- and 16-bit integers become numbers in [0, 1] or [-1, 1].
  bool narrow = image.channel == AW_CHANNEL_U8 || image.channel == AW_CHANNEL_U16 ||
                image.channel == AW_CHANNEL_S8 || image.channel == AW_CHANNEL_S16;
  set(narrow && !(s.flags & kReadAsInteger), AW_SAMPLER_READ_FLOAT);
  set((s.flags & kSrgb) || srgb, AW_SAMPLER_SRGB);
  set(s.flags & kNoTrilinear, AW_SAMPLER_NO_TRILINEAR);
  set(s.flags & kSeamlessCubemap, AW_SAMPLER_SEAMLESS);
  out.mip_bias = s.mipBias;
  out.mip_min = s.mipMin;
  out.mip_max = s.mipMax;
}

// CUresourceViewFormat: what it makes of the texels.
Result<TexelFormat> viewFormat(int format) {
  static constexpr struct {
    AwChannel channel;
    uint8_t bytes;
  } kGroups[] = {{AW_CHANNEL_U8, 1},  {AW_CHANNEL_S8, 1},  {AW_CHANNEL_U16, 2},
                 {AW_CHANNEL_S16, 2}, {AW_CHANNEL_U32, 4}, {AW_CHANNEL_S32, 4},
                 {AW_CHANNEL_F16, 2}, {AW_CHANNEL_F32, 4}};
  // From UINT_1X8 = 1 to FLOAT_4X32 = 24 in groups of 1, 2 and 4 channels.
  if (format >= 1 && format <= 24) {
    const auto& group = kGroups[(format - 1) / 3];
    auto channels = uint8_t(1u << ((format - 1) % 3));
    return TexelFormat{uint8_t(group.channel), channels, uint8_t(group.bytes * channels)};
  }
  if (format >= 25 && format <= 34) { // BC1 to BC7, signed ones behind the others
    auto channel = uint8_t(AW_CHANNEL_BC1 + format - 25);
    bool one = channel == AW_CHANNEL_BC4 || channel == AW_CHANNEL_BC4_SIGNED;
    bool two = channel == AW_CHANNEL_BC5 || channel == AW_CHANNEL_BC5_SIGNED;
    bool three = channel == AW_CHANNEL_BC6H || channel == AW_CHANNEL_BC6H_SIGNED;
    bool small = one || channel == AW_CHANNEL_BC1;
    TexelFormat texel{channel, uint8_t(one ? 1 : two ? 2 : three ? 3 : 4), uint8_t(small ? 8 : 16)};
    texel.block = 4;
    return texel;
  }
  return bad(fmt::format("{} is no resource view format", format));
}

// Driver API manual, cuTexObjectCreate: blocks are elements of 32-bit unsigned integers; such a
// view has four times the width and height.
Result<void> seeBlocks(AwImage& image) {
  if (image.channel != AW_CHANNEL_U32 || image.channels == 1)
    return bad("a block-compressed view of a resource of another format than 2 or 4 channels of "
               "CU_AD_FORMAT_UNSIGNED_INT32");
  if (image.geometry == AW_GEOMETRY_1D || image.geometry == AW_GEOMETRY_1D_LAYERED ||
      image.geometry == AW_GEOMETRY_3D)
    return bad("a block-compressed view of a resource of other than 2 dimensions");
  uint32_t width = 4 * image.level[0].width, height = 4 * image.level[0].height;
  for (unsigned i = 0; i < image.levels; ++i) {
    AwLevel& l = image.level[i]; // an odd level before it leaves half a block out
    l.width = std::min(4 * l.width, std::max(width >> i, 1u));
    l.height = std::min(4 * l.height, std::max(height >> i, 1u));
  }
  return {};
}

Result<void> applyView(const TextureView& view, AwImage& image) {
  if (view.format != 0) { // CU_RES_VIEW_FORMAT_NONE
    Result<TexelFormat> texel = viewFormat(view.format);
    if (!texel)
      return texel.error();
    if (texel->block > 1)
      AW_TRY(seeBlocks(image));
    if (texel->bytes != image.texel_bytes)
      return bad(fmt::format("a view with texels of {} bytes of a resource with texels of {}",
                             texel->bytes, image.texel_bytes));
    setFormat(image, *texel);
  }
  const AwLevel& whole = image.level[0];
  bool layered = isLayered(image.geometry);
  size_t depth = layered ? image.layers : whole.depth;
  // Lengths that the resource does not have are given as 0 or 1.
  auto same = [](size_t given, size_t real) { return given == real || (given == 0 && real == 1); };
  if (view.width != whole.width || !same(view.height, whole.height) || !same(view.depth, depth))
    return bad(fmt::format("a view of {} x {} x {} of a resource of {} x {} x {}", view.width,
                           view.height, view.depth, whole.width, whole.height, depth));
  if (view.firstLevel > view.lastLevel || view.lastLevel >= image.levels)
    return bad(fmt::format("a view of levels {} to {} of {}", view.firstLevel, view.lastLevel,
                           image.levels));
  if (view.firstLayer > view.lastLayer || view.lastLayer >= image.layers)
    return bad(fmt::format("a view of layers {} to {} of {}", view.firstLayer, view.lastLayer,
                           image.layers));
  uint32_t layers =
      image.geometry == AW_GEOMETRY_CUBE ? image.layers : view.lastLayer - view.firstLayer + 1;
  bool cube = image.geometry == AW_GEOMETRY_CUBE || image.geometry == AW_GEOMETRY_CUBE_LAYERED;
  if (cube && (layers % 6 || view.firstLayer % 6))
    return bad("a view of a layered cubemap that does not begin and end with a cube");
  image.levels = view.lastLevel - view.firstLevel + 1;
  for (unsigned i = 0; i < image.levels; ++i) {
    image.level[i] = image.level[i + view.firstLevel];
    image.level[i].base =
        static_cast<char*>(image.level[i].base) + view.firstLayer * image.level[i].slice;
  }
  if (layered)
    image.layers = layers;
  return {};
}

} // namespace

Result<void> describeTexture(Device& device, const TextureResource& resource,
                             const TextureSampling& sampling, const TextureView* view,
                             AwTexture& out) {
  std::memset(&out, 0, sizeof out);
  if (resource.flags)
    return bad("the flags of a resource are not 0");
  TextureLimits limits = textureLimits(device);
  switch (resource.kind) {
  case TextureResource::Kind::Array:
    AW_TRY(describeArray(resource, out.image));
    break;
  case TextureResource::Kind::Mipmapped:
    AW_TRY(describeMipmap(resource, out.image));
    break;
  case TextureResource::Kind::Linear:
    AW_TRY(describeLinear(resource, limits, out.image));
    break;
  case TextureResource::Kind::Pitch2D:
    AW_TRY(describePitch2D(resource, limits, out.image));
    break;
  default:
    return bad(fmt::format("{} is no type of resource", int(resource.kind)));
  }
  if (view) {
    if (resource.kind != TextureResource::Kind::Array &&
        resource.kind != TextureResource::Kind::Mipmapped)
      return bad("a resource view of linear memory");
    AW_TRY(applyView(*view, out.image));
  }
  AW_TRY(checkSampling(sampling, out.image));
  if (resource.kind == TextureResource::Kind::Mipmapped &&
      !(sampling.flags & kNormalizedCoordinates))
    return bad("a texture of a mipmapped array without normalized coordinates");
  setSampler(out.sampler, sampling, out.image, isSrgb(resource) && !(view && view->format));
  out.magic = AW_TEXTURE_MAGIC;
  return {};
}

Result<void> checkTexture(Device& device, const TextureResource& resource,
                          const TextureSampling& sampling) {
  AwTexture ignored;
  return describeTexture(device, resource, sampling, nullptr, ignored);
}

Result<void> describeSurface(const TextureResource& resource, AwSurface& out) {
  std::memset(&out, 0, sizeof out);
  if (resource.flags)
    return bad("the flags of a resource are not 0");
  if (resource.kind != TextureResource::Kind::Array)
    return bad("a surface of something else than an array");
  AW_TRY(describeArray(resource, out.image));
  if (out.image.channel >= AW_CHANNEL_BC1)
    return bad("a surface of a block-compressed array");
  out.magic = AW_SURFACE_MAGIC;
  return {};
}

} // namespace anywarp::core
