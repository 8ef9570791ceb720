// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What arrays CUDA allows: the tables under cuArray3DCreate and cuMipmappedArrayCreate in the
// driver API manual, against the device's attributes. Pure functions, for core/array.cpp and
// textures.
#pragma once

#include "core/array.h"

namespace anywarp::core {

// InvalidValue: a length, flag or combination that the manual's tables do not have.
Result<void> checkArray(const Device& device, const ArrayDescriptor& descriptor, bool mipmapped);
struct PlanarFormat {
  int format; // CUarray_format of its planes
  uint8_t planes;
  uint8_t acrossChroma, downChroma; // texels of luma to one of chroma
};
const PlanarFormat* planarFormat(int format); // null: not planar

// CU_DEVICE_ATTRIBUTE_* that textures are checked against.
struct TextureLimits {
  size_t linearWidth, pitchWidth, pitchHeight, pitchBytes;
  size_t baseAlign, pitchAlign;
};
AW_API TextureLimits textureLimits(const Device& device);

} // namespace anywarp::core
