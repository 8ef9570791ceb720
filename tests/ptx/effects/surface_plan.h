// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Surfaces of the scenes: 64 places of one access each in the region of a block, one for each lane,
// with rows and slices that do not lie side by side; and tables of coordinates in and outside of
// them. Tables live for ever and are constant; safe from any thread.
#pragma once

#include "spmd/texture_abi.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace anywarp::ptxsweep {

struct SurfacePlan {
  std::string_view name; // of the geometry
  unsigned size[3] = {}; // places along x, y and z; z: slices or layers
  unsigned dims = 1;
  bool layered = false;
  unsigned bytes = 4;   // of a place
  unsigned perUnit = 4; // bytes that x counts
  AwChannel channel = AW_CHANNEL_U32;
  unsigned channels = 1, texelBytes = 4;

  unsigned pitch() const { return size[0] * bytes + (dims > 1 ? 16 : 0); }
  unsigned slice() const { return pitch() * size[1] + (size[2] > 1 ? 16 : 0); }
  AwSurface descriptor(uint64_t base) const;
};
// In texels of `texelBytes`, accessed by `bytes`.
SurfacePlan surfacePlan(std::string_view geometry, unsigned bytes);

inline constexpr unsigned kSurfaceAt = 1536;  // of a region: the descriptor, behind all texels
inline constexpr unsigned kVariableAt = 1664; // what a .surfref variable holds

enum class Outside { None, Some, All };
// A row of a table: coordinates as the instruction has them, and the byte that they lead to; -1:
// outside, where nothing happens.
struct SurfaceRow {
  int32_t x, y, z, at;
};
inline constexpr unsigned kRowsOfSlot = 4;
// Rows for each slot of a block. `own`: each lane accesses the place of its slot or nothing.
const SurfaceRow* surfaceTable(const SurfacePlan& plan, bool clamps, bool own, Outside outside);

// For suq: surfaces without texels.
struct QuerySurface {
  AwSurface* surface;
  uint64_t* variable;
};
const std::vector<QuerySurface>& querySurfaces();

} // namespace anywarp::ptxsweep
