// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What tex and tld4 give (PTX ISA 9.7.10, CUDA guide "Texture Fetching"), in double on the host,
// and tables of lookups that kernels read their operands from. All coordinates and weights are
// multiples of small powers of two, so that what rounds is rounded the same everywhere. Tables live
// for ever and are constant; safe from any thread.
#pragma once

#include "texture_gallery.h"

#include <array>
#include <string>

namespace anywarp::ptxsweep {

// A row of a table, as kernels read it.
struct TextureLookup {
  uint64_t handle; // of a texture object, or the address of a variable with it
  float x[3], lod, dx[3], dy[3], reference;
  int32_t i[3], level, layer, sample, offset[3];
  uint32_t texture; // in the gallery
};
inline constexpr unsigned kLookups = 256; // rows of a table

// A .samplerref variable of an independent module.
struct TextureSampler {
  const char* text; // its initialiser
  ptxtest::Address address[3];
  bool linear, unnormalized;
};
const TextureSampler& textureSampler(unsigned number); // 0 ... 3; 3 clamps, 2 is in texels

// What the lookups of one scene have in common.
struct TextureQuestion {
  const std::vector<GalleryTexture>* gallery = nullptr;
  std::string mip; // as in PTX
  bool integer = false, offset = false, depth = false;
  bool variables = false;                  // half of the handles are addresses of variables
  const TextureSampler* sampler = nullptr; // instead of the textures' own
  int only = -1;                           // texture; -1: any

  bool explicitLevel() const { return mip == "level" || mip == "grad"; }
};

const TextureLookup* textureTable(const TextureQuestion& q);
ptxtest::Color textureColor(const TextureQuestion& q, const TextureLookup& l);
// tld4: counter-clockwise from the lower left, where t points down.
ptxtest::Color textureGather(const TextureQuestion& q, const TextureLookup& l, unsigned component);

} // namespace anywarp::ptxsweep
