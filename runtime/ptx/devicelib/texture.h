// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the texture and surface files of the device library share: handles, samplers, texels and
// address modes. Descriptors are those of spmd/texture_abi.h. Functions of the whole warp
// (ptx_gang_*) may loop; everything here is inlined into them, so it loops rather than repeats.
#pragma once

#include "../../spmd/texture_abi.h"
#include "devicelib.h"

namespace devicelib {

using F4 = float __attribute__((ext_vector_type(4)));

// The descriptor that a handle, or the address of a .texref variable, leads to. A handle that is
// neither reads address 0: cudaErrorIllegalAddress.
template <typename Descriptor> inline const Descriptor* find(uint64_t handle, uint64_t magic) {
  uint64_t first = *reinterpret_cast<const uint64_t*>(handle);
  uint64_t at = first == magic ? handle : first;
  uint64_t found = *reinterpret_cast<const volatile uint64_t*>(at);
  if (found != magic)
    at = *reinterpret_cast<const volatile uint64_t*>(0);
  return reinterpret_cast<const Descriptor*>(at);
}
inline const AwTexture* findTexture(uint64_t handle) {
  return find<AwTexture>(handle, AW_TEXTURE_MAGIC);
}

// What of a sampler the lookups use. Its own for each lane in .texmode_independent.
struct Sampling {
  uint8_t address[3];
  bool linear, mipLinear, normalized, readFloat, srgb, seamless;
  uint8_t anisotropy;
  float bias, least, most;
  const float* border;
};

// A sampler that replaces the texture's: its packed value or the address of the variable; 0: none.
inline Sampling samplingOf(const AwTexture& t, uint64_t sampler) {
  const AwSampler& s = t.sampler;
  Sampling r;
  for (unsigned i = 0; i < 3; i++)
    r.address[i] = s.address[i];
  r.linear = s.filter == AW_FILTER_LINEAR;
  r.mipLinear = s.mip_filter == AW_FILTER_LINEAR;
  r.normalized = s.flags & AW_SAMPLER_NORMALIZED;
  r.readFloat = s.flags & AW_SAMPLER_READ_FLOAT;
  r.srgb = s.flags & AW_SAMPLER_SRGB;
  r.seamless = s.flags & AW_SAMPLER_SEAMLESS;
  r.anisotropy = s.max_anisotropy;
  r.bias = s.mip_bias;
  r.least = s.mip_min;
  r.most = s.mip_max;
  r.border = s.border;
  if (sampler) {
    if (sampler >> 48 != AW_SAMPLER_TAG)
      sampler = *reinterpret_cast<const uint64_t*>(sampler);
    for (unsigned i = 0; i < 3; i++)
      r.address[i] = sampler >> (4 * i) & 3;
    r.linear = sampler >> 12 & 1;
    if (sampler >> 16 & 1)
      r.normalized = false;
  }
  return r;
}

// Whether a texel is a number: only then it can be filtered.
inline bool readsFloat(uint8_t channel, bool normalize) {
  bool small = channel == AW_CHANNEL_U8 || channel == AW_CHANNEL_U16 || channel == AW_CHANNEL_S8 ||
               channel == AW_CHANNEL_S16;
  return channel >= AW_CHANNEL_F16 || (small && normalize);
}

inline float fromSnorm(int32_t v, float most) {
  float f = float(v) / most;
  return f < -1 ? -1 : f; // both -128 and -127 are -1
}

// x^2.4 for sRGB: x^2 times the fifth root of x^2, by Newton's method.
inline float fromSrgb(float c) {
  if (c <= 0.04045f)
    return c / 12.92f;
  double x = (double(c) + 0.055) / 1.055, square = x * x, root = 0.3 + 0.7 * x;
  for (int i = 0; i < 6; i++)
    root -= (root * root * root * root * root - square) / (5 * root * root * root * root);
  return float(square * root);
}

struct Texel {
  uint32_t c[4]; // bits: of floats where readsFloat(), else of sign- or zero-extended integers
};

// The channels of the texel at p; those that the format lacks are 0, 0 and 1.
inline Texel readTexel(const AwImage& image, const uint8_t* p, bool asFloat, bool srgb) {
  Texel t;
  uint32_t one = asFloat ? 0x3f800000u : 1;
  uint8_t channel = image.channel;
  for (unsigned i = 0; i < 4; i++) {
    t.c[i] = i == 3 ? one : 0;
    if (i >= image.channels)
      continue;
    switch (channel) {
    case AW_CHANNEL_U8:
    case AW_CHANNEL_UNORM8: {
      uint32_t v = p[i];
      float f = float(v) / 255.0f;
      if (srgb && asFloat && i < 3)
        f = fromSrgb(f);
      t.c[i] = asFloat ? f2u(f) : v;
      break;
    }
    case AW_CHANNEL_S8:
    case AW_CHANNEL_SNORM8: {
      int32_t v = int8_t(p[i]);
      t.c[i] = asFloat ? f2u(fromSnorm(v, 127.0f)) : uint32_t(v);
      break;
    }
    case AW_CHANNEL_U16:
    case AW_CHANNEL_UNORM16: {
      uint32_t v = reinterpret_cast<const uint16_t*>(p)[i];
      t.c[i] = asFloat ? f2u(float(v) / 65535.0f) : v;
      break;
    }
    case AW_CHANNEL_S16:
    case AW_CHANNEL_SNORM16: {
      int32_t v = reinterpret_cast<const int16_t*>(p)[i];
      t.c[i] = asFloat ? f2u(fromSnorm(v, 32767.0f)) : uint32_t(v);
      break;
    }
    case AW_CHANNEL_F16:
      t.c[i] = f2u(f16Value(reinterpret_cast<const uint16_t*>(p)[i]));
      break;
    case AW_CHANNEL_UNORM10_10_10_2: {
      uint32_t v = *reinterpret_cast<const uint32_t*>(p) >> (10 * i);
      t.c[i] = f2u(i < 3 ? float(v & 1023) / 1023.0f : float(v & 3) / 3.0f);
      break;
    }
    default:
      t.c[i] = reinterpret_cast<const uint32_t*>(p)[i];
    }
  }
  return t;
}

// Texel i of a block of a block-compressed image.
inline Texel readBlockTexel(const AwImage& image, const uint8_t* block, uint32_t i, bool srgb) {
  float rgba[4];
  image.block_texel(image.channel, block, i, rgba);
  // The formats of 8 bits may be sRGB.
  srgb &= image.channel <= AW_CHANNEL_BC3 || image.channel == AW_CHANNEL_BC7;
  Texel t;
  for (unsigned k = 0; k < 4; k++)
    t.c[k] = f2u(srgb && k < 3 ? fromSrgb(rgba[k]) : rgba[k]);
  return t;
}

// A coordinate in texels of a row of n: whole periods are taken away for wrap and mirror, which
// only normalised coordinates have; what is far outside, infinite or NaN comes near.
inline float inTexels(float x, uint32_t n, uint8_t mode, bool normalized) {
  float size = float(n);
  if (normalized) {
    if (mode == AW_ADDRESS_WRAP)
      x -= __builtin_floorf(x);
    if (mode == AW_ADDRESS_MIRROR)
      x -= 2 * __builtin_floorf(x * 0.5f);
    x *= size;
  }
  x = x > -16 ? x : -16;
  return x < 2 * size + 16 ? x : 2 * size + 16;
}

// The texel that index i of a row of n stands for; -1: the border.
inline int32_t texelIndex(int32_t i, uint32_t count, uint8_t mode, bool normalized) {
  int32_t n = int32_t(count);
  if (uint32_t(i) < count)
    return i;
  if (mode == AW_ADDRESS_BORDER)
    return -1;
  if (normalized && mode == AW_ADDRESS_WRAP) {
    i %= n;
    return i < 0 ? i + n : i;
  }
  if (normalized && mode == AW_ADDRESS_MIRROR) {
    i %= 2 * n;
    i = i < 0 ? i + 2 * n : i;
    return i < n ? i : 2 * n - 1 - i;
  }
  return i < 0 ? 0 : n - 1;
}

// The lower texel of two and the weight of the upper in 256ths: "9-bit fixed point format with 8
// bits of fractional value" (CUDA C++ Programming Guide, linear filtering).
struct Split {
  int32_t index, weight;
};
inline Split split(float x) {
  int32_t fixed = int32_t(__builtin_floorf((x - 0.5f) * 256.0f + 0.5f));
  return {fixed >> 8, fixed & 255};
}

} // namespace devicelib
