// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "texture_gallery.h"

#include "softfloat.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <span>

namespace anywarp::ptxsweep {
namespace {

constexpr TextureShape kShapes[] = {
    {"1d", AW_GEOMETRY_1D, false, false, false, 1, {16, 1, 1}, 1, 1},
    {"2d", AW_GEOMETRY_2D, false, false, false, 2, {16, 8, 1}, 1, 2},
    {"3d", AW_GEOMETRY_3D, false, false, false, 3, {16, 8, 4}, 1, 3},
    {"a1d", AW_GEOMETRY_1D_LAYERED, false, true, false, 1, {16, 1, 1}, 3, 1},
    {"a2d", AW_GEOMETRY_2D_LAYERED, false, true, false, 2, {16, 8, 1}, 3, 2},
    {"cube", AW_GEOMETRY_CUBE, false, false, true, 2, {8, 8, 1}, 6, 3},
    {"acube", AW_GEOMETRY_CUBE_LAYERED, false, true, true, 2, {8, 8, 1}, 12, 3},
    {"2dms", AW_GEOMETRY_2D, true, false, false, 2, {8, 4, 1}, 1, 2},
    {"a2dms", AW_GEOMETRY_2D_LAYERED, true, true, false, 2, {8, 4, 1}, 3, 2},
};

// A channel: how a number from 0 to 250 is stored, and what reads of it give.
struct Channel {
  AwChannel id;
  unsigned bytes;
  uint32_t (*stored)(unsigned v);
  double (*read)(unsigned v);
};

double normalized(int v, float most) {
  return std::max(float(v) / most, -1.0f); // CUDA guide: cudaReadModeNormalizedFloat
}
uint32_t halfBits(unsigned v) {
  return uint32_t(encode(fromInteger(int(v)), kF16, Rnd::Nearest));
}
uint32_t floatBits(unsigned v) {
  return uint32_t(encode(fromInteger(int(v)), kF32, Rnd::Nearest));
}
int around(unsigned v, int step) {
  return (int(v) - 125) * step;
}
double plain(unsigned v) {
  return v;
}
constexpr Channel kF32Channel{AW_CHANNEL_F32, 4, floatBits, plain};
constexpr Channel kF16Channel{AW_CHANNEL_F16, 2, halfBits, plain};
constexpr Channel kU8AsFloat{AW_CHANNEL_U8, 1, [](unsigned v) { return v; },
                             [](unsigned v) { return normalized(int(v), 255); }};
constexpr Channel kS16AsFloat{AW_CHANNEL_S16, 2,
                              [](unsigned v) { return uint32_t(around(v, 262)); },
                              [](unsigned v) { return normalized(around(v, 262), 32767); }};
constexpr Channel kUnorm16{AW_CHANNEL_UNORM16, 2, [](unsigned v) { return v * 257; },
                           [](unsigned v) { return normalized(int(v * 257), 65535); }};
constexpr Channel kSnorm8{AW_CHANNEL_SNORM8, 1, [](unsigned v) { return uint32_t(around(v, 1)); },
                          [](unsigned v) { return normalized(around(v, 1), 127); }};
constexpr Channel kU8{AW_CHANNEL_U8, 1, [](unsigned v) { return v; }, plain};
constexpr Channel kU16{AW_CHANNEL_U16, 2, [](unsigned v) { return v * 261; },
                       [](unsigned v) { return v * 261.0; }};
constexpr Channel kU32{AW_CHANNEL_U32, 4, [](unsigned v) { return v * 17000001; },
                       [](unsigned v) { return v * 17000001.0; }};
constexpr Channel kS8{AW_CHANNEL_S8, 1, [](unsigned v) { return uint32_t(around(v, 1)); },
                      [](unsigned v) { return double(around(v, 1)); }};
constexpr Channel kS16{AW_CHANNEL_S16, 2, [](unsigned v) { return uint32_t(around(v, 262)); },
                       [](unsigned v) { return double(around(v, 262)); }};
constexpr Channel kS32{AW_CHANNEL_S32, 4, [](unsigned v) { return uint32_t(around(v, 17000001)); },
                       [](unsigned v) { return double(around(v, 17000001)); }};

struct Format4 {
  const Channel* channel;
  unsigned channels;
  bool exact, linear;
};
constexpr Format4 kFloats[] = {
    {&kF32Channel, 4, true, true},   {&kF32Channel, 1, true, true}, {&kF16Channel, 4, true, true},
    {&kF32Channel, 2, true, false},  {&kF16Channel, 1, true, true}, {&kU8AsFloat, 4, false, false},
    {&kS16AsFloat, 2, false, false}, {&kUnorm16, 1, false, false},  {&kSnorm8, 4, false, false},
};
constexpr Format4 kDepths[] = {
    {&kF32Channel, 1, true, true}, {&kF32Channel, 1, true, false}, {&kF16Channel, 1, true, true}};
// Integers are never filtered, whatever the sampler says.
constexpr Format4 kUnsigneds[] = {{&kU8, 4, true, false},  {&kU16, 2, true, true},
                                  {&kU32, 1, true, false}, {&kU32, 4, true, true},
                                  {&kU8, 1, true, false},  {&kU16, 4, true, false}};
constexpr Format4 kSigneds[] = {{&kS8, 4, true, false},  {&kS16, 2, true, true},
                                {&kS32, 1, true, false}, {&kS32, 4, true, true},
                                {&kS8, 1, true, false},  {&kS16, 4, true, false}};

std::span<const Format4> formatsOf(Texels texels) {
  switch (texels) {
  case Texels::Float:
    return kFloats;
  case Texels::Depth:
    return kDepths;
  case Texels::Unsigned:
    return kUnsigneds;
  default:
    return kSigneds;
  }
}

const Channel& channelOf(const AwTexture& t) {
  for (auto formats : {std::span<const Format4>(kFloats), std::span<const Format4>(kUnsigneds),
                       std::span<const Format4>(kSigneds)})
    for (const Format4& f : formats)
      if (f.channel->id == t.image.channel &&
          bool(t.sampler.flags & AW_SAMPLER_READ_FLOAT) ==
              (f.channel == &kU8AsFloat || f.channel == &kS16AsFloat))
        return *f.channel;
  return kU8;
}

unsigned valueAt(unsigned level, int64_t x, int64_t y, int64_t z, unsigned sample,
                 unsigned channel) {
  return unsigned(x * 37 + y * 101 + z * 53 + level * 29 + sample * 7 + channel * 17) % 251;
}

void setSampler(AwTexture& t, const Format4& f, const TextureShape& shape, unsigned index,
                bool mipmap) {
  AwSampler& s = t.sampler;
  for (unsigned d = 0; d < 3; ++d)
    s.address[d] = uint8_t((index + d * (1 + index / 4)) % 4);
  s.filter = f.linear ? AW_FILTER_LINEAR : AW_FILTER_POINT;
  if (mipmap || shape.cube || index % 2 == 0)
    s.flags |= AW_SAMPLER_NORMALIZED;
  if (f.channel == &kU8AsFloat || f.channel == &kS16AsFloat)
    s.flags |= AW_SAMPLER_READ_FLOAT;
  if (shape.cube) // what lies beyond a face's edge: its last texel
    std::fill(std::begin(s.address), std::end(s.address), uint8_t(AW_ADDRESS_CLAMP));
  if (mipmap) {
    s.mip_filter = f.linear && f.exact ? AW_FILTER_LINEAR : AW_FILTER_POINT;
    s.mip_bias = index % 3 == 1 ? 0.25f : index % 3 == 2 ? -1 : 0;
    s.mip_min = index % 4 == 3 ? 0.75f : 0;
    s.mip_max = index % 4 == 3 ? 1.25f : 9;
  }
  bool integers = f.channel->id < AW_CHANNEL_F16 && !(s.flags & AW_SAMPLER_READ_FLOAT);
  for (unsigned c = 0; c < 4; ++c) {
    uint32_t bits = 3 + c;
    if (!integers)
      bits = floatBits(bits);
    memcpy(&s.border[c], &bits, 4);
  }
}

void paintLevel(AwImage& image, unsigned l, const TextureShape& shape, const Channel& channel) {
  AwLevel& level = image.level[l];
  level.width = std::max(1u, shape.size[0] >> l);
  level.height = std::max(1u, shape.size[1] >> l);
  level.depth = std::max(1u, shape.size[2] >> l);
  // Rows and slices that do not lie side by side.
  level.pitch = (level.width * image.samples * image.texel_bytes + 63) / 32 * 32;
  level.slice = level.pitch * (level.height + 1);
  unsigned slices = std::max(level.depth, image.layers);
  auto* base = static_cast<uint8_t*>(::operator new(level.slice * slices, std::align_val_t(64)));
  memset(base, 0xcd, level.slice * slices);
  level.base = base;
  for (unsigned z = 0; z < slices; ++z)
    for (unsigned y = 0; y < level.height; ++y)
      for (unsigned x = 0; x < level.width; ++x)
        for (unsigned s = 0; s < image.samples; ++s)
          for (unsigned c = 0; c < image.channels; ++c) {
            uint32_t bits = channel.stored(valueAt(l, x, y, z, s, c));
            memcpy(base + z * level.slice + y * level.pitch +
                       (x * image.samples + s) * image.texel_bytes + c * channel.bytes,
                   &bits, channel.bytes);
          }
}

GalleryTexture paint(const TextureShape& shape, Texels texels, unsigned index, bool mipmap) {
  const Format4& f = formatsOf(texels)[index];
  auto* t = new (std::align_val_t(AW_TEXTURE_ALIGN)) AwTexture{};
  t->magic = AW_TEXTURE_MAGIC;
  AwImage& image = t->image;
  image.geometry = uint8_t(shape.geometry);
  image.channel = uint8_t(f.channel->id);
  image.channels = uint8_t(f.channels);
  image.texel_bytes = uint8_t(f.channels * f.channel->bytes);
  image.layers = shape.layers;
  image.levels = mipmap ? 3 : 1;
  image.samples = shape.sample ? 4 : 1;
  setSampler(*t, f, shape, index, mipmap);
  for (unsigned l = 0; l < image.levels; ++l)
    paintLevel(image, l, shape, *f.channel);
  return {&shape, texels, f.exact, t, new uint64_t(reinterpret_cast<uint64_t>(t))};
}

} // namespace

const TextureShape& textureShape(std::string_view geometry) {
  for (const TextureShape& s : kShapes)
    if (s.name == geometry)
      return s;
  return kShapes[0];
}

bool hasMipmaps(const TextureShape& shape) {
  return !shape.sample;
}

unsigned GalleryTexture::sizeAt(unsigned level, unsigned dimension) const {
  return std::max(1u, shape->size[dimension] >> level);
}

ptxtest::Color GalleryTexture::color(unsigned level, int64_t x, int64_t y, int64_t z,
                                     unsigned sample) const {
  const Channel& channel = channelOf(*descriptor);
  ptxtest::Color c = {0, 0, 0, 1}; // where the format has no such channel
  for (unsigned i = 0; i < descriptor->image.channels; ++i)
    c[i] = channel.read(valueAt(level, x, y, z, sample, i));
  return c;
}

const std::vector<GalleryTexture>& textureGallery(std::string_view geometry, Texels texels,
                                                  bool mipmap) {
  static std::mutex mutex;
  static std::map<std::tuple<std::string_view, Texels, bool>, std::vector<GalleryTexture>> all;
  const TextureShape& shape = textureShape(geometry);
  std::lock_guard lock(mutex);
  std::vector<GalleryTexture>& list = all[{shape.name, texels, mipmap}];
  if (list.empty())
    for (unsigned i = 0; i < formatsOf(texels).size(); ++i)
      list.push_back(paint(shape, texels, i, mipmap));
  return list;
}

} // namespace anywarp::ptxsweep
