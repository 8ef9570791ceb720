// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a surface access goes (PTX ISA 9.7.11), what queries answer, and what sust.p writes.
// Inlined into kernels: loads and stores themselves are the vectoriser's.
#include "texture.h"

using namespace devicelib;

namespace {

// Results of ptx_surface_* that are no address.
constexpr uint64_t kOutside = 0, kNoSurface = 1;

// Unlike find(), without reading address 0: the caller traps.
inline const AwSurface* findSurface(uint64_t handle) {
  uint64_t first = *reinterpret_cast<const uint64_t*>(handle);
  return reinterpret_cast<const AwSurface*>(first == AW_SURFACE_MAGIC ? handle : first);
}

// Address of `bytes` bytes at byte x of row y of slice, layer or face z. `clamp`: the nearest place
// inside, else kOutside when any of it is outside.
inline uint64_t place(uint64_t handle, int32_t x, int32_t y, int32_t z, uint32_t bytes,
                      bool clamp) {
  const AwSurface* s = findSurface(handle);
  const AwImage& image = s->image;
  const AwLevel& l = image.level[0];
  bool good = s->magic == AW_SURFACE_MAGIC;
  int64_t mostX = int64_t(l.width) * image.texel_bytes - bytes;
  int64_t mostY = int64_t(l.height) - 1;
  int64_t mostZ = int64_t(l.depth > image.layers ? l.depth : image.layers) - 1;
  bool inside = x >= 0 && x <= mostX && y >= 0 && y <= mostY && z >= 0 && z <= mostZ;
  inside = inside || (clamp && mostX >= 0);
  int64_t cx = x < 0 ? 0 : x > mostX ? mostX : x;
  int64_t cy = y < 0 ? 0 : y > mostY ? mostY : y;
  int64_t cz = z < 0 ? 0 : z > mostZ ? mostZ : z;
  cx &= -int64_t(bytes); // addresses are naturally aligned
  uint64_t at = reinterpret_cast<uint64_t>(l.base) + uint64_t(cz) * l.slice +
                uint64_t(cy) * l.pitch + uint64_t(cx);
  return !good ? kNoSurface : inside ? at : kOutside;
}

} // namespace

PTX uint64_t ptx_surface_address(uint64_t handle, int32_t x, int32_t y, int32_t z, uint32_t bytes,
                                 bool clamp) {
  return place(handle, x, y, z, bytes, clamp);
}

namespace {

inline uint64_t samplePlace(uint64_t handle, int32_t x, int32_t y, int32_t z, uint32_t bytes,
                            bool clamp) {
  int64_t wide = int64_t(x) * int32_t(bytes);
  int32_t at = devicelib::clamp(wide, -0x7fffffff, 0x7fffffff);
  return place(handle, at, y, z, bytes, clamp);
}

} // namespace

// x counts texels: sust.p.
PTX uint64_t ptx_surface_texel(uint64_t handle, int32_t x, int32_t y, int32_t z, bool clamp) {
  return samplePlace(handle, x, y, z, findSurface(handle)->image.texel_bytes, clamp);
}

// x counts values of the instruction's type: sured.p (9.7.11.3).
PTX uint64_t ptx_surface_sample(uint64_t handle, int32_t x, int32_t y, int32_t z, uint32_t bytes,
                                bool clamp) {
  return samplePlace(handle, x, y, z, bytes, clamp);
}

namespace {

inline float unit(float x, float least) {
  x = x > least ? x : least; // also NaN
  return x < 1 ? x : 1;
}
// In double: in float the product of 16 bits would be rounded before it is.
inline int32_t nearest(float x, int32_t scale) {
  return int32_t(__builtin_rint(double(x) * scale));
}

// sust.p of one channel: `bits` is an unsigned (kind 0) or signed (1) integer, a float (2), or of
// the kind that the surface's format is (3).
inline void store(const AwImage& image, uint64_t at, uint32_t channel, uint32_t bits,
                  uint32_t kind) {
  float f = u2f(bits);
  int32_t i = int32_t(bits);
  auto* p8 = reinterpret_cast<uint8_t*>(at) + channel;
  auto* p16 = reinterpret_cast<uint16_t*>(at) + channel;
  auto* p32 = reinterpret_cast<uint32_t*>(at) + channel;
  bool isSigned =
      kind == 1 ||
      (kind == 3 && (image.channel == AW_CHANNEL_S8 || image.channel == AW_CHANNEL_S16));
  switch (image.channel) {
  case AW_CHANNEL_U8:
    *p8 = uint8_t(isSigned ? devicelib::clamp(i, 0, 255) : devicelib::clamp(bits, 0, 255));
    break;
  case AW_CHANNEL_S8:
    *p8 = uint8_t(isSigned ? devicelib::clamp(i, -128, 127) : devicelib::clamp(bits, 0, 127));
    break;
  case AW_CHANNEL_U16:
    *p16 = uint16_t(isSigned ? devicelib::clamp(i, 0, 65535) : devicelib::clamp(bits, 0, 65535));
    break;
  case AW_CHANNEL_S16:
    *p16 =
        uint16_t(isSigned ? devicelib::clamp(i, -32768, 32767) : devicelib::clamp(bits, 0, 32767));
    break;
  case AW_CHANNEL_F16:
    *p16 = f16Bits(f);
    break;
  case AW_CHANNEL_UNORM8:
    *p8 = uint8_t(nearest(unit(f, 0), 255));
    break;
  case AW_CHANNEL_SNORM8:
    *p8 = uint8_t(nearest(unit(f, -1), 127));
    break;
  case AW_CHANNEL_UNORM16:
    *p16 = uint16_t(nearest(unit(f, 0), 65535));
    break;
  case AW_CHANNEL_SNORM16:
    *p16 = uint16_t(nearest(unit(f, -1), 32767));
    break;
  case AW_CHANNEL_UNORM10_10_10_2: {
    auto* word = reinterpret_cast<uint32_t*>(at);
    uint32_t most = channel < 3 ? 1023 : 3;
    uint32_t v = uint32_t(nearest(unit(f, 0), int32_t(most)));
    *word = (*word & ~(most << (10 * channel))) | v << (10 * channel);
    break;
  }
  default:
    *p32 = bits;
  }
}

} // namespace

// sust.p for the warp, one lane after the other. ids: surface, address; n: kind, number of
// channels, four values. A function of the warp because the formats would be much code in a kernel.
PTX void ptx_gang_surface_store(uint32_t active, const uint64_t* ids, const uint32_t* n) {
  for (; active; active &= active - 1) {
    unsigned lane = unsigned(__builtin_ctz(active));
    const AwImage& image = findSurface(ids[lane])->image;
    uint32_t given = n[32 + lane];
    uint32_t count = given < image.channels ? given : image.channels;
    for (uint32_t i = 0; i < count; i++)
      store(image, ids[32 + lane], i, n[(2 + i) * 32 + lane], n[lane]);
  }
}

// Whether sured.p compares signed numbers.
PTX bool ptx_surface_signed(uint64_t handle) {
  return findSurface(handle)->image.channel == AW_CHANNEL_S32;
}

namespace {

// OpenCL's values, which PTX's queries answer with.
inline uint32_t channelType(uint8_t channel, bool normalized) {
  switch (channel) {
  case AW_CHANNEL_U8:
    return normalized ? 0x10d2 : 0x10da;
  case AW_CHANNEL_U16:
    return normalized ? 0x10d3 : 0x10db;
  case AW_CHANNEL_U32:
    return 0x10dc;
  case AW_CHANNEL_S8:
    return normalized ? 0x10d0 : 0x10d7;
  case AW_CHANNEL_S16:
    return normalized ? 0x10d1 : 0x10d8;
  case AW_CHANNEL_S32:
    return 0x10d9;
  case AW_CHANNEL_F16:
    return 0x10dd;
  case AW_CHANNEL_F32:
    return 0x10de;
  case AW_CHANNEL_UNORM8:
    return 0x10d2;
  case AW_CHANNEL_UNORM16:
    return 0x10d3;
  case AW_CHANNEL_SNORM8:
    return 0x10d0;
  case AW_CHANNEL_SNORM16:
    return 0x10d1;
  default:
    return 0x10d6; // UNORM_INT_101010
  }
}

inline uint32_t channelOrder(uint8_t channels) {
  return channels == 1 ? 0x10b0 : channels == 2 ? 0x10b2 : 0x10b5; // R, RG, RGBA
}

// PTX ISA 9.7.10.5 and 9.7.11.4: 0 of what is no array, has no mipmap or one sample.
inline uint32_t arraySize(const AwImage& image) {
  if (image.geometry == AW_GEOMETRY_CUBE_LAYERED)
    return image.layers / 6;
  bool array = image.geometry == AW_GEOMETRY_1D_LAYERED || image.geometry == AW_GEOMETRY_2D_LAYERED;
  return array ? image.layers : 0;
}
inline uint32_t countOf(uint32_t n) {
  return n > 1 ? n : 0;
}

inline const AwLevel& levelOf(const AwImage& image, uint32_t lod) {
  return image.level[lod < image.levels ? lod : image.levels - 1];
}

} // namespace

#define TXQ(NAME, VALUE)                                                                           \
  PTX uint32_t ptx_txq_##NAME(uint64_t handle, uint32_t lod) {                                     \
    const AwTexture& t = *findTexture(handle);                                                     \
    const AwImage& image = t.image;                                                                \
    (void)image;                                                                                   \
    (void)lod;                                                                                     \
    return VALUE;                                                                                  \
  }
TXQ(width, levelOf(image, lod).width)
TXQ(height, levelOf(image, lod).height)
TXQ(depth, levelOf(image, lod).depth)
TXQ(channel_data_type, channelType(image.channel, t.sampler.flags& AW_SAMPLER_READ_FLOAT))
TXQ(channel_order, channelOrder(image.channels))
TXQ(normalized_coords, t.sampler.flags& AW_SAMPLER_NORMALIZED ? 1 : 0)
TXQ(array_size, arraySize(image))
TXQ(num_mipmap_levels, countOf(image.levels))
TXQ(num_samples, countOf(image.samples))

// enum { wrap, mirror, clamp_ogl, clamp_to_edge, clamp_to_border } (PTX ISA 9.7.10.5).
inline uint32_t addressMode(uint64_t mode) {
  return mode == AW_ADDRESS_CLAMP_OGL ? 2
         : mode == AW_ADDRESS_WRAP    ? 0
         : mode == AW_ADDRESS_MIRROR  ? 1
         : mode == AW_ADDRESS_CLAMP   ? 3
                                      : 4;
}

// The sampler of a texture (unified mode) or a .samplerref.
#define TXQ_SAMPLER(NAME, OWN, PACKED)                                                             \
  PTX uint32_t ptx_txq_##NAME(uint64_t handle) {                                                   \
    uint64_t packed = *reinterpret_cast<const uint64_t*>(handle);                                  \
    if (packed >> 48 == AW_SAMPLER_TAG)                                                            \
      return uint32_t(PACKED);                                                                     \
    const AwSampler& s = findTexture(handle)->sampler;                                             \
    return OWN;                                                                                    \
  }
TXQ_SAMPLER(force_unnormalized_coords, s.flags & 0, packed >> 16 & 1)
TXQ_SAMPLER(filter_mode, s.filter, packed >> 12 & 15)
TXQ_SAMPLER(addr_mode_0, addressMode(s.address[0]), addressMode(packed & 15))
TXQ_SAMPLER(addr_mode_1, addressMode(s.address[1]), addressMode(packed >> 4 & 15))
TXQ_SAMPLER(addr_mode_2, addressMode(s.address[2]), addressMode(packed >> 8 & 15))

#define SUQ(NAME, VALUE)                                                                           \
  PTX uint32_t ptx_suq_##NAME(uint64_t handle) {                                                   \
    const AwImage& image = find<AwSurface>(handle, AW_SURFACE_MAGIC)->image;                       \
    return VALUE;                                                                                  \
  }
SUQ(width, image.level[0].width)
SUQ(height, image.level[0].height)
SUQ(depth, image.level[0].depth)
SUQ(channel_data_type, channelType(image.channel, false))
SUQ(channel_order, channelOrder(image.channels))
SUQ(array_size, arraySize(image))
SUQ(memory_layout, image.geometry == AW_GEOMETRY_LINEAR ? 1 : 0)

namespace {

// istypep: whether this is a descriptor, or a variable with the handle of one. Other variables may
// hold anything: what is no aligned address is not followed.
inline bool leadsTo(uint64_t handle, uint64_t magic, uint64_t other) {
  uint64_t first = *reinterpret_cast<const uint64_t*>(handle);
  if (first == magic)
    return true;
  if (first == other || first >> 48 || !first || first % AW_TEXTURE_ALIGN)
    return false;
  return *reinterpret_cast<const uint64_t*>(first) == magic;
}

} // namespace

PTX bool ptx_istypep_texref(uint64_t handle) {
  return leadsTo(handle, AW_TEXTURE_MAGIC, AW_SURFACE_MAGIC);
}
PTX bool ptx_istypep_surfref(uint64_t handle) {
  return leadsTo(handle, AW_SURFACE_MAGIC, AW_TEXTURE_MAGIC);
}
PTX bool ptx_istypep_samplerref(uint64_t handle) {
  return *reinterpret_cast<const uint64_t*>(handle) >> 48 == AW_SAMPLER_TAG;
}
