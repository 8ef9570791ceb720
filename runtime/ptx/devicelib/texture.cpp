// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.10 "Texture Instructions": tex and tld4 for a whole warp, one lane after the other.
// Lanes that do not take part have any handle and are not looked at.
#include "texture_fast.h"

using namespace devicelib;

namespace {

inline void put(unsigned lane, const Texel& t, uint32_t* r, uint32_t* g, uint32_t* b, uint32_t* a) {
  r[lane] = t.c[0];
  g[lane] = t.c[1];
  b[lane] = t.c[2];
  a[lane] = t.c[3];
}

template <typename Fn> inline void forLanes(uint32_t active, Fn fn) {
  for (; active; active &= active - 1)
    fn(unsigned(__builtin_ctz(active)));
}

// Integer coordinates: one texel of a level, without filter (PTX ISA 9.7.10.3). `reference` as
// Lookup has it, `flags` 4: compare.
template <unsigned Dims>
inline Texel fetch(const AwTexture& t, uint64_t sampler, uint32_t flags, uint32_t layer,
                   uint32_t sample, const int32_t* x, int32_t lod, float reference) {
  Sampling s = samplingOf(t, sampler);
  s.normalized = false;
  const AwImage& image = t.image;
  int32_t last = int32_t(image.levels) - 1;
  const AwLevel& level = image.level[lod < 0 ? 0 : lod > last ? last : lod];
  Lookup lookup;
  lookup.compares = flags & 4;
  lookup.reference = reference;
  Reader r{image, level, s, readsFloat(image.channel, s.readFloat), lookup};
  int32_t at[3] = {x[0], x[1], x[2]};
  if (image.geometry == AW_GEOMETRY_LINEAR) {
    if (uint32_t(x[0]) >= level.width)
      return {};
    at[1] = 0;
  }
  uint32_t z = lastLayer(layer, image.layers ? image.layers : 1);
  Texel v;
  if (Dims == 2 && image.samples > 1) { // the samples of a texel lie side by side
    for (unsigned d = 0; d < 2; d++)
      at[d] = texelIndex(at[d], sizeOf(level, d), AW_ADDRESS_CLAMP, false);
    at[0] = at[0] * int32_t(image.samples) + int32_t(lastLayer(sample, image.samples));
    v = r.read(at, z);
  } else {
    v = r.texel(at, Dims, z);
  }
  return lookup.compares ? toTexel(r.number(v)) : v;
}

inline int32_t plus(int32_t a, int32_t b) {
  return int32_t(uint32_t(a) + uint32_t(b));
}

} // namespace

#define TEX_FETCH(NAME, DIMS)                                                                      \
  PTX void ptx_gang_tex_fetch_##NAME(                                                              \
      uint32_t active, uint32_t* r, uint32_t* g, uint32_t* b, uint32_t* a, const uint64_t* handle, \
      const uint64_t* sampler, const uint32_t* flags, const uint32_t* layer,                       \
      const uint32_t* sample, const int32_t* x, const int32_t* y, const int32_t* z,                \
      const int32_t* lod, const int32_t* ox, const int32_t* oy, const int32_t* oz,                 \
      const float* reference) {                                                                    \
    forLanes(active, [=](unsigned l) {                                                             \
      int32_t at[3] = {plus(x[l], ox[l]), plus(y[l], oy[l]), plus(z[l], oz[l])};                   \
      put(l,                                                                                       \
          fetch<DIMS>(*findTexture(handle[l]), sampler[l], flags[l], layer[l], sample[l], at,      \
                      lod[l], reference[l]),                                                       \
          r, g, b, a);                                                                             \
    });                                                                                            \
  }
TEX_FETCH(1d, 1)
TEX_FETCH(2d, 2)
TEX_FETCH(3d, 3)

#define TEX_FULL(NAME, DIMS)                                                                       \
  PTX void ptx_gang_tex_full_##NAME(                                                               \
      uint32_t active, uint32_t* r, uint32_t* g, uint32_t* b, uint32_t* a, const uint64_t* handle, \
      const uint64_t* sampler, const uint32_t* flags, const uint32_t* layer, const float* x,       \
      const float* y, const float* z, const float* lod, const float* dx, const float* dy,          \
      const float* dz, const float* ex, const float* ey, const float* ez, const int32_t* ox,       \
      const int32_t* oy, const int32_t* oz, const float* reference) {                              \
    forLanes(active, [=](unsigned i) {                                                             \
      const AwTexture& t = *findTexture(handle[i]);                                                \
      Lookup l;                                                                                    \
      l.mip = Mip(flags[i] & 3);                                                                   \
      l.compares = flags[i] & 4;                                                                   \
      l.reference = reference[i];                                                                  \
      l.layer = layer[i];                                                                          \
      l.x[0] = x[i], l.x[1] = y[i], l.x[2] = z[i];                                                 \
      l.dx[0] = dx[i], l.dx[1] = dy[i], l.dx[2] = dz[i];                                           \
      l.dy[0] = ex[i], l.dy[1] = ey[i], l.dy[2] = ez[i];                                           \
      l.offset[0] = ox[i], l.offset[1] = oy[i], l.offset[2] = oz[i];                               \
      l.lod = lod[i];                                                                              \
      put(i, sample<DIMS>(t, samplingOf(t, sampler[i]), l), r, g, b, a);                           \
    });                                                                                            \
  }
TEX_FULL(1d, 1)
TEX_FULL(2d, 2)
TEX_FULL(3d, 3)
TEX_FULL(cube, 0)

// The plain lookup in the base level: what most programs use.
namespace {

template <unsigned Dims> inline Texel plain(uint64_t handle, uint32_t layer, const float* x) {
  const AwTexture& t = *findTexture(handle);
  Sampling s = samplingOf(t, 0);
  Lookup l;
  l.layer = layer;
  Reader r{t.image, t.image.level[0], s, readsFloat(t.image.channel, s.readFloat), l};
  return sampleIn<Dims>(r, x);
}

} // namespace

#define TEX_PLAIN(NAME, DIMS)                                                                      \
  PTX void ptx_gang_tex_##NAME(uint32_t active, uint32_t* r, uint32_t* g, uint32_t* b,             \
                               uint32_t* a, const uint64_t* handle, const uint32_t* layer,         \
                               const float* x, const float* y, const float* z) {                   \
    if constexpr (DIMS != 0)                                                                       \
      if (lookupFast<DIMS ? DIMS : 1>(active, handle, layer, x, y, z, r, g, b, a))                 \
        return;                                                                                    \
    forLanes(active, [=](unsigned i) {                                                             \
      float at[3] = {x[i], y[i], z[i]};                                                            \
      put(i, plain<DIMS>(handle[i], layer[i], at), r, g, b, a);                                    \
    });                                                                                            \
  }
TEX_PLAIN(1d, 1)
TEX_PLAIN(2d, 2)
TEX_PLAIN(3d, 3)
TEX_PLAIN(cube, 0)

// tld4: one channel of the four texels that a bilinear filter would use, counter-clockwise from the
// lower left (the one with the greater t).
namespace {

template <unsigned Dims>
inline Texel gather(uint64_t handle, uint64_t sampler, uint32_t flags, uint32_t layer,
                    const float* x, const int32_t* offset, float reference) {
  const AwTexture& t = *findTexture(handle);
  Sampling s = samplingOf(t, sampler);
  Lookup l;
  l.compares = flags & 4;
  l.reference = reference;
  Reader r{t.image, t.image.level[0], s, readsFloat(t.image.channel, s.readFloat), l};
  uint32_t z = lastLayer(layer, t.image.layers ? t.image.layers : 1);
  float place[2] = {x[0], x[1]};
  uint32_t face = 0;
  bool seamless = false;
  if (Dims == 0) {
    Face f = faceOf(x);
    uint32_t cubes = t.image.layers / 6;
    z = 6 * lastLayer(layer, cubes ? cubes : 1);
    face = f.face;
    place[0] = f.s, place[1] = f.t;
    s.normalized = true;
    seamless = s.seamless;
  }
  int32_t low[2];
  for (unsigned d = 0; d < 2; d++) {
    float at = inTexels(place[d], sizeOf(r.level, d), s.address[d], s.normalized);
    low[d] = split(at).index + offset[d];
  }
  Texel out = {};
  unsigned channel = flags >> 3 & 3;
  for (unsigned k = 0; k < 4; k++) {
    // (0, 1) (1, 1) (1, 0) (0, 0)
    int32_t at[3] = {low[0] + int32_t(k == 1 || k == 2), low[1] + int32_t(k < 2), 0};
    uint32_t on = face;
    bool found = seamless && acrossEdge(on, at, int32_t(r.level.width));
    Texel v = found ? r.read(at, z + on) : r.texel(at, 2, z + face);
    if (l.compares)
      v.c[channel] = f2u(l.reference <= u2f(v.c[channel]) ? 1.0f : 0.0f);
    out.c[k] = channel == 0 ? v.c[0] : channel == 1 ? v.c[1] : channel == 2 ? v.c[2] : v.c[3];
  }
  return out;
}

} // namespace

#define TLD4(NAME, DIMS)                                                                           \
  PTX void ptx_gang_tld4_##NAME(uint32_t active, uint32_t* r, uint32_t* g, uint32_t* b,            \
                                uint32_t* a, const uint64_t* handle, const uint64_t* sampler,      \
                                const uint32_t* flags, const uint32_t* layer, const float* x,      \
                                const float* y, const float* z, const int32_t* ox,                 \
                                const int32_t* oy, const float* reference) {                       \
    forLanes(active, [=](unsigned i) {                                                             \
      float at[3] = {x[i], y[i], z[i]};                                                            \
      int32_t offset[2] = {ox[i], oy[i]};                                                          \
      put(i, gather<DIMS>(handle[i], sampler[i], flags[i], layer[i], at, offset, reference[i]), r, \
          g, b, a);                                                                                \
    });                                                                                            \
  }
TLD4(2d, 2)
TLD4(cube, 0)
