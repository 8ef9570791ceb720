// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/array_limits.h"

#include "core/device.h"
#include "spmd/texture_abi.h"

#include <fmt/core.h>

namespace anywarp::core {
namespace {

// The largest lengths of one kind of array, as attribute numbers of CUdevice_attribute; 0: this
// dimension must not be there.
struct Limits {
  int width, height, depth;
};
struct Row {
  Limits texture, alternate, surface, gather, mipmapped;
};

enum Shape { k1D, k2D, k3D, k1DLayered, k2DLayered, kCube, kCubeLayered };

// Driver API manual, cuArray3DCreate and cuMipmappedArrayCreate, in the order of Shape. A cubemap
// has as many rows as columns. Where the mipmapped table names no attribute of its own, the one for
// plain arrays stands.
constexpr Row kRows[] = {
    {{21, 0, 0}, {}, {55, 0, 0}, {}, {77, 0, 0}},
    {{22, 23, 0}, {}, {56, 57, 0}, {45, 46, 0}, {73, 74, 0}},
    {{24, 25, 26}, {47, 48, 49}, {58, 59, 60}, {}, {24, 25, 26}},
    {{42, 0, 43}, {}, {61, 0, 62}, {}, {42, 0, 43}},
    {{27, 28, 29}, {}, {63, 64, 65}, {}, {27, 28, 29}},
    {{52, 52, 0}, {}, {66, 66, 0}, {}, {52, 52, 0}},
    {{53, 53, 54}, {}, {67, 67, 68}, {}, {53, 53, 54}},
};

constexpr const char* kNames[] = {
    "1D", "2D", "3D", "1D layered", "2D layered", "cubemap", "layered cubemap"};

bool fits(const Device& device, const Limits& limits, const ArrayDescriptor& d) {
  auto within = [&](size_t length, int attribute) {
    Result<int> most = device.attribute(attribute);
    return most && length <= size_t(*most);
  };
  return limits.width && within(d.width, limits.width) &&
         (!limits.height || within(d.height, limits.height)) &&
         (!limits.depth || within(d.depth, limits.depth));
}

Error badArray(const ArrayDescriptor& d, const char* what) {
  return makeError(Status::InvalidValue,
                   fmt::format("an array of {} x {} x {} with flags {:#x}: {}", d.width, d.height,
                               d.depth, d.flags, what));
}

Result<Shape> shapeOf(const ArrayDescriptor& d) {
  if (!d.width)
    return badArray(d, "the width is 0");
  if (d.flags & kArrayCubemap) {
    if (d.width != d.height)
      return badArray(d, "the faces of a cubemap are not square");
    bool layered = d.flags & kArrayLayered;
    if (layered ? !d.depth || d.depth % 6 : d.depth != 6)
      return badArray(d, "a cubemap has 6 faces, a layered one a multiple of 6");
    return layered ? kCubeLayered : kCube;
  }
  if (d.flags & kArrayLayered) {
    if (!d.depth)
      return badArray(d, "a layered array without layers");
    return d.height ? k2DLayered : k1DLayered;
  }
  if (d.depth)
    return d.height ? Result<Shape>(k3D) : badArray(d, "depth without height");
  return d.height ? k2D : k1D;
}

} // namespace

Result<void> checkArray(const Device& device, const ArrayDescriptor& d, bool mipmapped) {
  constexpr unsigned kKnown = 0x1ff;
  if (d.flags & ~kKnown)
    return badArray(d, "unknown flags");
  if ((d.flags & kArraySparse) && (d.flags & kArrayDeferred))
    return badArray(d, "sparse arrays are mapped by tiles, not as a whole");
  if (d.flags & kArrayVideo)
    return makeError(Status::NotSupported, "there is no video engine to share arrays with");
  Result<Shape> shape = shapeOf(d);
  if (!shape)
    return shape.error();
  if ((d.flags & kArraySparse) && (*shape == k1D || *shape == k1DLayered || planarFormat(d.format)))
    return badArray(d, "sparse arrays have 2 or 3 dimensions and one plane");
  if (d.format >= 0x91 && d.format <= 0x9e) { // block-compressed
    if (*shape == k1D || *shape == k1DLayered || *shape == k3D)
      return badArray(d, "blocks have 4 x 4 texels: such arrays have 2 dimensions and layers");
    if (d.flags & kArraySurface)
      return badArray(d, "a surface cannot be block-compressed");
  }
  if ((d.flags & kArrayGather) && *shape != k2D)
    return badArray(d, "only 2D arrays can be gathered from");
  if ((d.flags & kArrayDepth) && (mipmapped || d.channels != 1))
    return badArray(d, "a depth texture has one channel and one level");
  const Row& row = kRows[*shape];
  bool ok = mipmapped ? fits(device, row.mipmapped, d)
                      : fits(device, row.texture, d) || fits(device, row.alternate, d);
  if (d.flags & kArraySurface)
    ok = ok && fits(device, row.surface, d);
  if (d.flags & kArrayGather)
    ok = ok && fits(device, row.gather, d);
  if (!ok)
    return badArray(d, fmt::format("larger than a {} array may be (device attributes "
                                   "CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE* and _SURFACE*)",
                                   kNames[*shape])
                           .c_str());
  return {};
}

const PlanarFormat* planarFormat(int format) {
  constexpr int kUint8 = 0x01, kUint16 = 0x02;
  struct Row {
    int format;
    PlanarFormat planar;
  };
  static constexpr Row kRows[] = {
      {0xb0, {kUint8, 2, 2, 2}},  // NV12: 4:2:0
      {0x9f, {kUint16, 2, 2, 2}}, // P010
      {0xa1, {kUint16, 2, 2, 2}}, // P016
      {0xa2, {kUint8, 2, 2, 1}},  // NV16: 4:2:2
      {0xa3, {kUint16, 2, 2, 1}}, // P210
      {0xa4, {kUint16, 2, 2, 1}}, // P216
      {0xb2, {kUint8, 3, 1, 1}},  // Y444_PLANAR8: 4:4:4
      {0xb3, {kUint16, 3, 1, 1}}, // Y444_PLANAR10
      {0xb4, {kUint8, 2, 1, 1}},  // YUV444_8bit_SemiPlanar
      {0xb5, {kUint16, 2, 1, 1}}, // YUV444_16bit_SemiPlanar
  };
  for (const Row& row : kRows)
    if (row.format == format)
      return &row.planar;
  return nullptr;
}

namespace {

// CU_AD_FORMAT_BC1_UNORM to _BC7_UNORM_SRGB.
Result<TexelFormat> blockFormat(int format, unsigned channels) {
  struct Known {
    AwChannel channel;
    uint8_t channels, bytes;
    bool srgb;
  };
  static constexpr Known kFormats[] = {
      {AW_CHANNEL_BC1, 4, 8, false},   {AW_CHANNEL_BC1, 4, 8, true},
      {AW_CHANNEL_BC2, 4, 16, false},  {AW_CHANNEL_BC2, 4, 16, true},
      {AW_CHANNEL_BC3, 4, 16, false},  {AW_CHANNEL_BC3, 4, 16, true},
      {AW_CHANNEL_BC4, 1, 8, false},   {AW_CHANNEL_BC4_SIGNED, 1, 8, false},
      {AW_CHANNEL_BC5, 2, 16, false},  {AW_CHANNEL_BC5_SIGNED, 2, 16, false},
      {AW_CHANNEL_BC6H, 3, 16, false}, {AW_CHANNEL_BC6H_SIGNED, 3, 16, false},
      {AW_CHANNEL_BC7, 4, 16, false},  {AW_CHANNEL_BC7, 4, 16, true}};
  const Known& known = kFormats[format - 0x91];
  if (channels != known.channels)
    return makeError(Status::InvalidValue, fmt::format("format {:#x} with {} channels; it has {}",
                                                       format, channels, known.channels));
  TexelFormat texel{uint8_t(known.channel), known.channels, known.bytes};
  texel.block = 4;
  texel.srgb = known.srgb;
  return texel;
}

} // namespace

Result<TexelFormat> texelFormat(int format, unsigned channels) {
  struct Known {
    int format;
    AwChannel channel;
    unsigned bytes, channels; // channels 0: 1, 2 or 4
  };
  static constexpr Known kFormats[] = {
      {0x01, AW_CHANNEL_U8, 1, 0},
      {0x02, AW_CHANNEL_U16, 2, 0},
      {0x03, AW_CHANNEL_U32, 4, 0},
      {0x08, AW_CHANNEL_S8, 1, 0},
      {0x09, AW_CHANNEL_S16, 2, 0},
      {0x0a, AW_CHANNEL_S32, 4, 0},
      {0x10, AW_CHANNEL_F16, 2, 0},
      {0x20, AW_CHANNEL_F32, 4, 0},
      {0xc0, AW_CHANNEL_UNORM8, 1, 1},
      {0xc1, AW_CHANNEL_UNORM8, 1, 2},
      {0xc2, AW_CHANNEL_UNORM8, 1, 4},
      {0xc3, AW_CHANNEL_UNORM16, 2, 1},
      {0xc4, AW_CHANNEL_UNORM16, 2, 2},
      {0xc5, AW_CHANNEL_UNORM16, 2, 4},
      {0xc6, AW_CHANNEL_SNORM8, 1, 1},
      {0xc7, AW_CHANNEL_SNORM8, 1, 2},
      {0xc8, AW_CHANNEL_SNORM8, 1, 4},
      {0xc9, AW_CHANNEL_SNORM16, 2, 1},
      {0xca, AW_CHANNEL_SNORM16, 2, 2},
      {0xcb, AW_CHANNEL_SNORM16, 2, 4},
      {0x50, AW_CHANNEL_UNORM10_10_10_2, 1, 4},
      {0xa5, AW_CHANNEL_U8, 1, 2},  // YUY2: a luma and one of both chroma values
      {0xa6, AW_CHANNEL_U16, 2, 2}, // Y210
      {0xa7, AW_CHANNEL_U16, 2, 2}, // Y216
      {0xa8, AW_CHANNEL_U8, 1, 4},  // AYUV
      {0xb1, AW_CHANNEL_U16, 2, 4}, // Y416
  };
  for (const Known& known : kFormats) {
    if (known.format != format)
      continue;
    if (known.channels ? channels != known.channels
                       : channels != 1 && channels != 2 && channels != 4)
      return makeError(Status::InvalidValue,
                       fmt::format("format {:#x} with {} channels", format, channels));
    return TexelFormat{uint8_t(known.channel), uint8_t(channels), uint8_t(known.bytes * channels)};
  }
  if (format >= 0x91 && format <= 0x9e)
    return blockFormat(format, channels);
  if (format == 0xa9) // Y410
    return makeError(Status::NotSupported,
                     fmt::format("arrays of the video format {:#x} are not supported", format));
  return makeError(Status::InvalidValue, fmt::format("{:#x} is no array format", format));
}

TextureLimits textureLimits(const Device& device) {
  auto value = [&](int attribute) {
    Result<int> number = device.attribute(attribute);
    return number ? size_t(*number) : 0;
  };
  return {value(69), value(70), value(71), value(72), value(14), value(51)};
}

} // namespace anywarp::core
