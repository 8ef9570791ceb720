// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The part of spmd/ that a launch needs: no LLVM in here.
#include "spmd/kernel_abi.h"
#include "spmd/vectorize.h"

namespace anywarp::spmd {

BlockShape blockShapeOf(uint32_t x, uint32_t y, uint32_t z) {
  bool row = y == 1 && z == 1;
  if (x % AW_GANG_WIDTH == 0)
    return row ? BlockShape::Row : BlockShape::Linear;
  if (row)
    return BlockShape::RaggedRow;
  // A gang's rows must not run into the next z.
  if (x == 16 && (z == 1 || y % 2 == 0))
    return BlockShape::Tile16;
  if (x == 8 && (z == 1 || y % 4 == 0))
    return BlockShape::Tile8;
  return BlockShape::Generic;
}

} // namespace anywarp::spmd
