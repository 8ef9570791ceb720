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
  return x == 16 ? BlockShape::Tile16 : x == 8 ? BlockShape::Tile8 : BlockShape::Generic;
}

} // namespace anywarp::spmd
