// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One lookup by one lane, for every shape, filter and mipmap mode; straightforward rather than
// fast. CUDA C++ Programming Guide, "Texture Fetching"; what it leaves open is as in Direct3D.
#pragma once

#include "texture.h"

extern "C" float ptx_lg2_approx_f32(float);

namespace devicelib {

enum class Mip : uint32_t { Base = 0, Level = 1, Grad = 2 };

struct Lookup {
  uint32_t layer = 0;
  float x[3] = {};
  float lod = 0;
  float dx[3] = {}, dy[3] = {}; // derivatives of x along the screen's axes
  int32_t offset[3] = {};       // in texels
  bool compares = false;        // depth: 1 where reference <= texel
  float reference = 0;
  Mip mip = Mip::Base;
};

inline uint32_t sizeOf(const AwLevel& l, unsigned dimension) {
  return dimension == 0 ? l.width : dimension == 1 ? l.height : l.depth;
}

inline uint32_t lastLayer(uint32_t layer, uint32_t layers) {
  return layer < layers ? layer : layers - 1;
}

inline const uint8_t* texelAt(const AwImage& image, const AwLevel& l, const int32_t* at,
                              uint32_t z) {
  return static_cast<const uint8_t*>(l.base) + z * l.slice + uint32_t(at[1]) * l.pitch +
         uint64_t(uint32_t(at[0])) * image.texel_bytes;
}

struct Reader {
  const AwImage& image;
  const AwLevel& level;
  const Sampling& sampling;
  bool asFloat;
  const Lookup& lookup;

  F4 number(const Texel& t) const {
    F4 f = {u2f(t.c[0]), u2f(t.c[1]), u2f(t.c[2]), u2f(t.c[3])};
    if (lookup.compares)
      f = lookup.reference <= f.x ? 1.0f : 0.0f;
    return f;
  }
  Texel read(const int32_t* at, uint32_t z) const {
    if (image.channel >= AW_CHANNEL_BC1) {
      int32_t block[2] = {at[0] >> 2, at[1] >> 2};
      return readBlockTexel(image, texelAt(image, level, block, z),
                            uint32_t(at[1] & 3) * 4 + uint32_t(at[0] & 3), sampling.srgb);
    }
    return readTexel(image, texelAt(image, level, at, z), asFloat, sampling.srgb);
  }
  // A texel after address modes; z as texelAt has it when there are fewer than three dimensions.
  Texel texel(int32_t* at, unsigned dims, uint32_t z) const {
    bool inside = true;
    for (unsigned d = 0; d < dims; d++) {
      at[d] = texelIndex(at[d], sizeOf(level, d), sampling.address[d], sampling.normalized);
      inside &= at[d] >= 0;
    }
    if (!inside) {
      Texel t;
      for (unsigned i = 0; i < 4; i++)
        t.c[i] = f2u(sampling.border[i]);
      return t;
    }
    return read(at, dims == 3 ? uint32_t(at[2]) : z);
  }
};

inline Texel toTexel(F4 f) {
  return {{f2u(f.x), f2u(f.y), f2u(f.z), f2u(f.w)}};
}

// 1, 2 or 3 dimensions in one level.
template <unsigned Dims> inline Texel sampleLevel(const Reader& r, const float* x, uint32_t layer) {
  const Sampling& s = r.sampling;
  int32_t at[3] = {0, 0, 0}, low[3] = {0, 0, 0};
  if (r.image.geometry == AW_GEOMETRY_LINEAR) { // outside: 0
    float f = __builtin_floorf(inTexels(x[0], r.level.width, AW_ADDRESS_BORDER, s.normalized));
    at[0] = int32_t(f) + r.lookup.offset[0];
    if (uint32_t(at[0]) < r.level.width)
      return r.lookup.compares ? toTexel(r.number(r.read(at, 0))) : r.read(at, 0);
    return {};
  }
  if (!s.linear || !r.asFloat) {
    for (unsigned d = 0; d < Dims; d++) {
      uint32_t n = sizeOf(r.level, d);
      float f = __builtin_floorf(inTexels(x[d], n, s.address[d], s.normalized));
      // A coordinate just below a multiple of 1 may round to the row's end.
      if (s.normalized && s.address[d] == AW_ADDRESS_WRAP && f >= float(n))
        f = float(n - 1);
      at[d] = int32_t(f) + r.lookup.offset[d];
    }
    Texel t = r.texel(at, Dims, layer);
    return r.lookup.compares ? toTexel(r.number(t)) : t;
  }
  float weight[3][2];
  for (unsigned d = 0; d < Dims; d++) {
    Split p = split(inTexels(x[d], sizeOf(r.level, d), s.address[d], s.normalized));
    low[d] = p.index + r.lookup.offset[d];
    weight[d][1] = float(p.weight) * (1.0f / 256);
    weight[d][0] = float(256 - p.weight) * (1.0f / 256);
  }
  F4 sum = 0.0f;
  for (unsigned k = 0; k < 1u << Dims; k++) {
    float w = 1;
    for (unsigned d = 0; d < Dims; d++) {
      at[d] = low[d] + int32_t(k >> d & 1);
      w *= weight[d][k >> d & 1];
    }
    if (w != 0) // not even an infinite texel counts
      sum += w * r.number(r.texel(at, Dims, layer));
  }
  return toTexel(sum);
}

// A direction as a face and the place on it, from 0 to 1 (the Guide's table). Ties as in Direct3D:
// z before y before x. `axis` says which coordinate is s, t and m of the face.
struct Face {
  uint32_t face;
  float s, t;
};
struct FaceAxes {
  unsigned s, t, m;
  int ss, ts, ms; // signs
};
inline FaceAxes axesOf(uint32_t face) {
  switch (face) {
  case 0:
    return {2, 1, 0, -1, -1, 1};
  case 1:
    return {2, 1, 0, 1, -1, -1};
  case 2:
    return {0, 2, 1, 1, 1, 1};
  case 3:
    return {0, 2, 1, 1, -1, -1};
  case 4:
    return {0, 1, 2, 1, -1, 1};
  default:
    return {0, 1, 2, -1, -1, -1};
  }
}
inline Face faceOf(const float* v) {
  float x = __builtin_fabsf(v[0]), y = __builtin_fabsf(v[1]), z = __builtin_fabsf(v[2]);
  unsigned m = z >= x && z >= y ? 2 : y >= x ? 1 : 0;
  uint32_t face = 2 * m + (v[m] < 0);
  FaceAxes a = axesOf(face);
  float major = m == 2 ? z : m == 1 ? y : x;
  float scale = 0.5f / major;
  return {face, v[a.s] * float(a.ss) * scale + 0.5f, v[a.t] * float(a.ts) * scale + 0.5f};
}

// The texel beyond the edge of a face, on the face that is there. False at a corner, where none is.
inline bool acrossEdge(uint32_t& face, int32_t* at, int32_t n) {
  bool outS = uint32_t(at[0]) >= uint32_t(n), outT = uint32_t(at[1]) >= uint32_t(n);
  if (outS && outT)
    return false;
  if (!outS && !outT)
    return true;
  // Twice the distance from the centre, so that texel centres are integers; folded over the edge.
  int32_t s = 2 * at[0] + 1 - n, t = 2 * at[1] + 1 - n, m = n;
  if (outS) {
    m = n - 1;
    s = s < 0 ? -n : n;
  } else {
    m = n - 1;
    t = t < 0 ? -n : n;
  }
  FaceAxes a = axesOf(face);
  int32_t v[3];
  v[a.s] = s * a.ss;
  v[a.t] = t * a.ts;
  v[a.m] = m * a.ms;
  unsigned major = outS ? a.s : a.t;
  face = 2 * major + (v[major] < 0);
  FaceAxes to = axesOf(face);
  at[0] = (v[to.s] * to.ss + n - 1) / 2;
  at[1] = (v[to.t] * to.ts + n - 1) / 2;
  return true;
}

inline Texel sampleSeamless(const Reader& r, const Face& f, uint32_t cube) {
  int32_t n = int32_t(r.level.width), at[3] = {0, 0, 0};
  Split s = split(inTexels(f.s, r.level.width, AW_ADDRESS_CLAMP, true));
  Split t = split(inTexels(f.t, r.level.width, AW_ADDRESS_CLAMP, true));
  F4 sum = 0.0f, others = 0.0f;
  float missing = 0;
  for (unsigned k = 0; k < 4; k++) {
    float w = float(k & 1 ? s.weight : 256 - s.weight) * (1.0f / 256) *
              float(k & 2 ? t.weight : 256 - t.weight) * (1.0f / 256);
    uint32_t face = f.face;
    at[0] = s.index + int32_t(k & 1);
    at[1] = t.index + int32_t(k >> 1);
    if (!acrossEdge(face, at, n)) {
      missing = w;
      continue;
    }
    at[0] = at[0] < 0 ? 0 : at[0] >= n ? n - 1 : at[0];
    at[1] = at[1] < 0 ? 0 : at[1] >= n ? n - 1 : at[1];
    F4 texel = r.number(r.read(at, cube + face));
    others += texel;
    if (w != 0)
      sum += w * texel;
  }
  // Three faces meet in a corner: the fourth texel is the mean of the three.
  if (missing != 0)
    sum += missing * (others * (1.0f / 3));
  return toTexel(sum);
}

inline Texel sampleCube(const Reader& r, const float* x, uint32_t layer) {
  Face f = faceOf(x);
  uint32_t cubes = r.image.layers / 6;
  uint32_t cube = 6 * lastLayer(layer, cubes ? cubes : 1);
  if (r.sampling.seamless && r.sampling.linear && r.asFloat)
    return sampleSeamless(r, f, cube);
  Sampling s = r.sampling;
  s.normalized = true;
  if (s.seamless)
    s.address[0] = s.address[1] = AW_ADDRESS_CLAMP;
  float at[2] = {f.s, f.t};
  return sampleLevel<2>(Reader{r.image, r.level, s, r.asFloat, r.lookup}, at, cube + f.face);
}

// Dims 0: cubemaps.
template <unsigned Dims> inline Texel sampleIn(const Reader& r, const float* x) {
  if constexpr (Dims == 0)
    return sampleCube(r, x, r.lookup.layer);
  else
    return sampleLevel<Dims>(
        r, x, Dims == 3 ? 0 : lastLayer(r.lookup.layer, r.image.layers ? r.image.layers : 1));
}

inline float length(const float* v, unsigned dims) {
  float sum = 0;
  for (unsigned d = 0; d < dims; d++)
    sum += v[d] * v[d];
  return __builtin_sqrtf(sum);
}

// The derivatives in texels of the base level.
template <unsigned Dims>
inline void derivatives(const AwLevel& base, const Sampling& s, const float* x, const float* d,
                        float* out) {
  if constexpr (Dims == 0) {
    Face f = faceOf(x);
    FaceAxes a = axesOf(f.face);
    float m = __builtin_fabsf(x[a.m]), dm = d[a.m] * float(a.ms);
    float half = 0.5f * float(base.width) / (m * m);
    out[0] = (d[a.s] * m - x[a.s] * dm) * half;
    out[1] = (d[a.t] * m - x[a.t] * dm) * half;
  } else {
    for (unsigned i = 0; i < Dims; i++)
      out[i] = d[i] * (s.normalized ? float(sizeOf(base, i)) : 1.0f);
  }
}

template <unsigned Dims>
inline Texel sample(const AwTexture& texture, const Sampling& s, const Lookup& lookup) {
  const AwImage& image = texture.image;
  constexpr unsigned kPlane = Dims == 0 ? 2 : Dims;
  bool asFloat = readsFloat(image.channel, s.readFloat);
  float lod = lookup.lod;
  unsigned probes = 1;
  const float* along = lookup.dx; // anisotropy: the longer axis of the footprint
  if (lookup.mip == Mip::Grad) {
    float dx[3], dy[3];
    derivatives<Dims>(image.level[0], s, lookup.x, lookup.dx, dx);
    derivatives<Dims>(image.level[0], s, lookup.x, lookup.dy, dy);
    float a = length(dx, kPlane), b = length(dy, kPlane);
    float major = a > b ? a : b, minor = a > b ? b : a;
    if (b > a)
      along = lookup.dy;
    if (s.anisotropy > 1 && s.linear && asFloat) {
      float most = float(s.anisotropy < 16 ? s.anisotropy : 16);
      float ratio = minor * most > major ? major / minor : most;
      ratio = ratio >= 1 ? ratio : 1; // also where both are 0
      probes = unsigned(__builtin_ceilf(ratio));
      major /= ratio;
    }
    lod = ptx_lg2_approx_f32(major);
  }
  if (lookup.mip != Mip::Base) {
    lod += s.bias;
    lod = lod > s.least ? lod : s.least; // also NaN
    lod = lod < s.most ? lod : s.most;
  }
  float last = float(image.levels - 1);
  lod = lod > 0 ? lod : 0;
  lod = lod < last ? lod : last;
  bool blend = s.mipLinear && asFloat;
  int32_t fixed =
      int32_t(blend ? __builtin_floorf(lod * 256 + 0.5f) : __builtin_floorf(lod + 0.5f) * 256);
  unsigned low = unsigned(fixed >> 8);
  float upper = float(fixed & 255) * (1.0f / 256);
  F4 sum = 0.0f;
  for (unsigned i = 0; i < 2 * probes; i++) {
    float w = i & 1 ? upper : 1 - upper;
    if (w == 0)
      continue;
    float x[3] = {lookup.x[0], lookup.x[1], lookup.x[2]};
    if (probes > 1)
      for (unsigned d = 0; d < (Dims == 0 ? 3 : Dims); d++)
        x[d] += along[d] * ((float(i >> 1) + 0.5f) / float(probes) - 0.5f);
    Reader r{image, image.level[low + (i & 1)], s, asFloat, lookup};
    Texel t = sampleIn<Dims>(r, x);
    if (upper == 0 && probes == 1)
      return t; // bits as they are: it may be an integer
    sum += w * F4{u2f(t.c[0]), u2f(t.c[1]), u2f(t.c[2]), u2f(t.c[3])};
  }
  return toTexel(sum * (1.0f / float(probes)));
}

} // namespace devicelib
