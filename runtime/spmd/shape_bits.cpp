// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bits of values that count lanes: threadIdx.x & 7, (threadIdx.x >> 3) & 124, threadIdx.x ^ 16.
#include "spmd/shape.h"

#include <array>
#include <bit>
#include <llvm/Support/MathExtras.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

// The shape whose lanes are this far from lane 0's value.
Shape shapeOfOffsets(const std::array<int64_t, 32>& offsets, uint8_t align) {
  for (uint8_t group : {32, 16, 8}) {
    Shape s = group == 32 ? Shape::affine(32, offsets[1], align)
                          : Shape::tiles(group, offsets[1], offsets[group], align);
    bool fits = true;
    for (unsigned lane = 0; lane < 32; ++lane)
      fits &= s.offsetOf(lane) == offsets[lane];
    if (fits)
      return s;
  }
  return Shape::varying();
}

} // namespace

// If lane 0's value has zeros where the lanes' distances from it have bits, each lane's value is
// the two joined, and bitwise operations act on both apart.
Shape bitwiseShape(unsigned opcode, const Shape& a, uint64_t constant, unsigned bits) {
  unsigned clear = bits < 3 ? 0 : std::min<unsigned>(a.align, bits - 2);
  if (!a.isScalar() || a.lowestOffset() < 0 || a.highestOffset() >= int64_t(1) << clear)
    return Shape::varying();
  std::array<int64_t, 32> offsets;
  uint64_t low = constant & maskTrailingOnes<uint64_t>(clear);
  unsigned zeros = constant ? unsigned(std::countr_zero(constant)) : 32;
  unsigned align = 0;
  for (unsigned lane = 0; lane < 32; ++lane) {
    uint64_t own = uint64_t(a.offsetOf(lane));
    switch (opcode) {
    case Instruction::And:
      offsets[lane] = int64_t(own & low);
      align = std::max<unsigned>(a.align, zeros);
      break;
    case Instruction::Or:
      offsets[lane] = int64_t(own | low) - int64_t(low);
      align = std::min<unsigned>(a.align, zeros);
      break;
    case Instruction::Xor:
      offsets[lane] = int64_t(own ^ low) - int64_t(low);
      align = std::min<unsigned>(a.align, zeros);
      break;
    case Instruction::LShr:
    case Instruction::AShr:
      if (constant >= bits)
        return Shape::varying();
      offsets[lane] = int64_t(own >> constant);
      align = a.align > constant ? unsigned(a.align - constant) : 0;
      break;
    default:
      return Shape::varying();
    }
  }
  return shapeOfOffsets(offsets, uint8_t(std::min<unsigned>(align, 32)));
}

} // namespace anywarp::spmd
