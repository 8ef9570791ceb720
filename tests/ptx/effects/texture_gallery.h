// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Textures that the scenes look up: every geometry in several formats, filters and address modes,
// small and with texels of few bits, so that float arithmetic filters them without rounding and
// results compare bit by bit. Built at first use, alive for ever (kernel texts hold addresses),
// constant.
#pragma once

#include "../gang/texture_reference.h"
#include "spmd/texture_abi.h"

#include <string_view>
#include <vector>

namespace anywarp::ptxsweep {

// What texels are: numbers, numbers of one channel to compare with, or integers.
enum class Texels { Float, Depth, Unsigned, Signed };

// How the coordinates of a geometry of PTX stand in their vector.
struct TextureShape {
  std::string_view name;
  AwGeometry geometry;
  bool sample, layer, cube;
  unsigned dims;        // of an image or face
  unsigned size[3];     // of the base level: powers of two
  unsigned layers;      // or faces
  unsigned coordinates; // numbers behind sample and layer
};
const TextureShape& textureShape(std::string_view geometry);

struct GalleryTexture {
  const TextureShape* shape;
  Texels texels;
  bool exact;            // no number needs rounding: may be filtered
  AwTexture* descriptor; // its address is the handle
  uint64_t* variable;    // holds the handle, as a .texref variable does

  uint64_t handle() const { return reinterpret_cast<uint64_t>(descriptor); }
  unsigned sizeAt(unsigned level, unsigned dimension) const;
  // What a lookup makes of one texel; z: slice, layer or face.
  ptxtest::Color color(unsigned level, int64_t x, int64_t y, int64_t z, unsigned sample) const;
};

// All of one kind, filterable ones first. With `mipmap`: three levels, normalised coordinates.
const std::vector<GalleryTexture>& textureGallery(std::string_view geometry, Texels texels,
                                                  bool mipmap);
bool hasMipmaps(const TextureShape& shape);

} // namespace anywarp::ptxsweep
