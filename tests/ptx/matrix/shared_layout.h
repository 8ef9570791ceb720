// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where matrices lie in shared memory for wgmma: the canonical layouts and their descriptors (PTX
// ISA 9.7.15.5.1), by the tests' own account of them. Stateless.
#pragma once

#include <cstdint>

namespace anywarp::ptxtest {

// Where an operand lies: swizzle in bytes of a row of the pattern (0 none), K or M/N contiguous.
struct Layout {
  unsigned swizzle = 0;
  bool across = false; // M or N contiguous: "transposed"
  unsigned start = 0, leading = 0, stride = 0;
  uint64_t descriptor() const {
    uint64_t mode = swizzle == 128 ? 1 : swizzle == 64 ? 2 : swizzle == 32 ? 3 : 0;
    return (start >> 4) | uint64_t(leading >> 4) << 16 | uint64_t(stride >> 4) << 32 | mode << 62;
  }
  // Byte address of 16 consecutive bytes: `line` is a row of A or column of B, `byte` its K offset;
  // for `across` line counts 16-byte pieces of M or N and `byte` is k.
  unsigned address(unsigned line, unsigned byte) const {
    unsigned linear;
    if (!across) {
      unsigned piece = byte / 16;
      if (swizzle == 0) // core matrices of 8 rows and 16 bytes
        linear = line / 8 * stride + piece * leading + line % 8 * 16;
      else
        linear = line / 8 * stride + line % 8 * swizzle + byte % swizzle / 16 * 16 +
                 byte / swizzle * leading;
    } else {
      unsigned k = byte;
      if (swizzle == 0)
        linear = line * stride + k / 8 * leading + k % 8 * 16;
      else
        linear = line / (swizzle / 16) * leading + line % (swizzle / 16) * 16 + k / 8 * stride +
                 k % 8 * swizzle;
    }
    unsigned address = start + linear;
    // Bits 4... of the address change with bits 7...: three, two or one of them.
    unsigned mask = swizzle == 128 ? 0x70 : swizzle == 64 ? 0x30 : swizzle == 32 ? 0x10 : 0;
    return address ^ ((address >> 3) & mask);
  }
};

// Gives strides to a layout of `lines` rows or columns with `k` elements of `bits`.
inline Layout arrange(unsigned swizzle, bool across, unsigned start, unsigned lines, unsigned k) {
  Layout l;
  l.swizzle = swizzle, l.across = across, l.start = start;
  if (!across) {
    unsigned rowBytes = swizzle ? swizzle : 16;
    l.stride = 8 * rowBytes;                    // the next 8 lines
    l.leading = (lines + 7) / 8 * 8 * rowBytes; // the next piece or row of the pattern
  } else {
    if (swizzle == 0) {
      l.stride = 8 * 16 * (k / 8); // the next 8 elements of M or N
      l.leading = 8 * 16;          // the next 8 of K
    } else {
      l.stride = 8 * swizzle;          // the next 8 of K
      l.leading = k / 8 * 8 * swizzle; // the next swizzle / 2 elements of M or N
    }
  }
  return l;
}

} // namespace anywarp::ptxtest
