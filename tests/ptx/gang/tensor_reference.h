// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A tensor copy as PTX ISA 5.5 tells it, element by element: what lies where in shared memory. For
// tensor_test.cpp; knows nothing of the device library.
#pragma once

#include "spmd/tensor_map.h"

#include <array>
#include <cstdint>
#include <vector>

namespace anywarp::ptxtest {

// An element of the box: its offset in shared memory and, if the tensor has it, in global memory.
struct BoxElement {
  uint32_t shared = 0;
  int64_t global = -1;
};

// Where the manual's tables (5.5.7) put the 16-byte piece `piece` of shared memory's line `line`.
inline unsigned swizzledPiece(unsigned swizzle, unsigned atom, unsigned line, unsigned piece) {
  static constexpr uint8_t k32[2][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6}};
  static constexpr uint8_t k64[4][8] = {{0, 1, 2, 3, 4, 5, 6, 7},
                                        {1, 0, 3, 2, 5, 4, 7, 6},
                                        {2, 3, 0, 1, 6, 7, 4, 5},
                                        {3, 2, 1, 0, 7, 6, 5, 4}};
  static constexpr uint8_t k128[8][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                                         {2, 3, 0, 1, 6, 7, 4, 5}, {3, 2, 1, 0, 7, 6, 5, 4},
                                         {4, 5, 6, 7, 0, 1, 2, 3}, {5, 4, 7, 6, 1, 0, 3, 2},
                                         {6, 7, 4, 5, 2, 3, 0, 1}, {7, 6, 5, 4, 3, 2, 1, 0}};
  static constexpr uint8_t kAtom32[4][8] = {{0, 1, 2, 3, 4, 5, 6, 7},
                                            {2, 3, 0, 1, 6, 7, 4, 5},
                                            {4, 5, 6, 7, 0, 1, 2, 3},
                                            {6, 7, 4, 5, 2, 3, 0, 1}};
  static constexpr uint8_t kAtom64[2][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {4, 5, 6, 7, 0, 1, 2, 3}};
  switch (swizzle) {
  case 1:
    return k32[line % 2][piece];
  case 2:
    return k64[line % 4][piece];
  case 3:
    return atom == 0   ? k128[line % 8][piece]
           : atom == 3 ? kAtom64[line % 2][piece]
                       : kAtom32[line % 4][piece];
  default:
    return piece;
  }
}

inline uint32_t swizzledByte(const AwTensorMap& m, uint32_t linear) {
  uint32_t line = linear / 128, piece = linear / 16 % 8, byte = linear % 16;
  if (m.swizzle == 3 && m.atom == 2 && line % 2) // 8 bytes change places
    byte = (byte + 8) % 16;
  return line * 128 + swizzledPiece(m.swizzle, m.atom, line, piece) * 16 + byte;
}

inline unsigned bytesOf(unsigned type) {
  constexpr uint8_t sizes[] = {1, 2, 4, 4, 8, 8, 2, 4, 8, 2, 4, 4, 4};
  return sizes[type];
}

using Place = std::array<int64_t, 5>;

inline int64_t globalOffset(const AwTensorMap& m, const Place& x) {
  int64_t offset = x[0] * bytesOf(m.type);
  for (unsigned d = 0; d < m.rank; d++) {
    if (x[d] < 0 || x[d] > int64_t(m.last[d]))
      return -1;
    if (d)
      offset += x[d] * int64_t(m.strides[d - 1]);
  }
  return offset;
}

// Tiled mode without interleave: the box at `at`.
inline std::vector<BoxElement> tiledBox(const AwTensorMap& m, const Place& at) {
  std::vector<BoxElement> all;
  Place count = {1, 1, 1, 1, 1}, i;
  for (unsigned d = 0; d < m.rank; d++)
    count[d] = d ? (m.box[d] + m.elementStride[d] - 1) / m.elementStride[d] : m.box[0];
  for (i[4] = 0; i[4] < count[4]; i[4]++)
    for (i[3] = 0; i[3] < count[3]; i[3]++)
      for (i[2] = 0; i[2] < count[2]; i[2]++)
        for (i[1] = 0; i[1] < count[1]; i[1]++)
          for (i[0] = 0; i[0] < count[0]; i[0]++) {
            Place x = {};
            for (unsigned d = 0; d < m.rank; d++)
              x[d] = at[d] + i[d] * (d ? m.elementStride[d] : 1);
            uint32_t linear = uint32_t(all.size()) * bytesOf(m.type);
            all.push_back({swizzledByte(m, linear), globalOffset(m, x)});
          }
  return all;
}

// Im2col mode: `pixels` filter positions from `at` on, W fastest, in the box of positions from the
// lower corner to size - 1 + upper corner; the pixel lies `offsets` further.
inline std::vector<BoxElement> im2colColumn(const AwTensorMap& m, const Place& at,
                                            const std::array<unsigned, 3>& offsets) {
  std::vector<BoxElement> all;
  std::vector<Place> positions; // all from the start of the batch image `at` is in
  Place low = {}, high = {};
  for (unsigned d = 1; d + 1 < m.rank; d++) {
    low[d] = m.lower[d - 1];
    high[d] = int64_t(m.last[d]) + m.upper[d - 1];
  }
  unsigned spatial = m.rank - 2;
  bool started = false;
  for (int64_t n = at[m.rank - 1]; positions.size() < m.pixels; n++)
    for (int64_t z = low[3]; z <= (spatial > 2 ? high[3] : low[3]); z += m.elementStride[3])
      for (int64_t y = low[2]; y <= (spatial > 1 ? high[2] : low[2]); y += m.elementStride[2])
        for (int64_t x = low[1]; x <= high[1]; x += m.elementStride[1]) {
          bool here = x == at[1] && (spatial < 2 || y == at[2]) && (spatial < 3 || z == at[3]);
          started = started || (here && n == at[m.rank - 1]);
          if (!started || positions.size() == m.pixels)
            continue;
          Place p = {0, x, y, z, 0};
          p[m.rank - 1] = n;
          positions.push_back(p);
        }
  for (const Place& p : positions)
    for (unsigned c = 0; c < m.channels; c++) {
      Place x = p;
      x[0] = at[0] + c;
      for (unsigned s = 0; s < spatial; s++)
        x[s + 1] += offsets[s];
      uint32_t linear = uint32_t(all.size()) * bytesOf(m.type);
      all.push_back({swizzledByte(m, linear), globalOffset(m, x)});
    }
  return all;
}

} // namespace anywarp::ptxtest
