// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texels of block-compressed images, one at a time: BC1 to BC7 (AW_CHANNEL_BC*). Host code, which
// texture lookups call (AwImage::block_texel). Written from the Khronos Data Format Specification's
// chapters on S3TC, RGTC and BPTC images. What hardware may round is exact here. Pure functions.
#include "block.h"

#include "block_tables.h"
#include "texture.h"

namespace devicelib {

struct Rgba {
  float c[4] = {0, 0, 0, 1};
};

inline uint64_t loadBlock(const uint8_t* p) {
  uint64_t bits;
  __builtin_memcpy(&bits, p, sizeof bits);
  return bits;
}

// `i` counts texels of the block row by row, as everywhere below. Without `transparent` there are
// always four colours.
inline Rgba blockColor(uint64_t bits, unsigned i, bool transparent) {
  auto c0 = uint32_t(bits & 0xffff), c1 = uint32_t(bits >> 16 & 0xffff);
  auto code = uint32_t(bits >> (32 + 2 * i) & 3);
  bool four = !transparent || c0 > c1;
  Rgba t;
  for (unsigned k = 0; k < 3; k++) {
    unsigned shift = k == 0 ? 11 : k == 1 ? 5 : 0, most = k == 1 ? 63 : 31;
    auto a = float(c0 >> shift & most), b = float(c1 >> shift & most);
    float v = code == 0           ? a
              : code == 1         ? b
              : four && code == 2 ? (2 * a + b) / 3
              : four              ? (a + 2 * b) / 3
              : code == 2         ? (a + b) / 2
                                  : 0;
    t.c[k] = v / float(most);
  }
  if (!four && code == 3)
    t.c[3] = 0;
  return t;
}

// BC3's alpha and the channels of BC4 and BC5.
inline float blockChannel(uint64_t bits, unsigned i, bool isSigned) {
  auto one = [&](unsigned byte) {
    return isSigned ? fromSnorm(int8_t(byte), 127.0f) : float(byte) / 255.0f;
  };
  auto byte0 = unsigned(bits & 0xff), byte1 = unsigned(bits >> 8 & 0xff);
  bool eight = isSigned ? int8_t(byte0) > int8_t(byte1) : byte0 > byte1;
  float a = one(byte0), b = one(byte1);
  auto code = unsigned(bits >> (16 + 3 * i) & 7);
  if (code < 2)
    return code ? b : a;
  if (eight)
    return (float(8 - code) * a + float(code - 1) * b) / 7;
  if (code >= 6)
    return code == 7 ? 1 : isSigned ? -1 : 0;
  return (float(6 - code) * a + float(code - 1) * b) / 5;
}

// Fields of a block of 128 bits, from the lowest on.
struct BlockBits {
  uint64_t low, high;
  unsigned at = 0;
  explicit BlockBits(const uint8_t* p) : low(loadBlock(p)), high(loadBlock(p + 8)) {}
  uint32_t get(unsigned from, unsigned count) const {
    uint64_t v = from >= 64 ? high >> (from - 64) : from ? low >> from | high << (64 - from) : low;
    return uint32_t(v) & ((1u << count) - 1);
  }
  uint32_t take(unsigned count) {
    at += count;
    return get(at - count, count);
  }
};

struct Partition {
  unsigned subsets = 1, number = 0;
  unsigned subsetOf(unsigned i) const {
    return subsets == 1   ? 0
           : subsets == 2 ? kTwoSubsets[number] >> i & 1
                          : kThreeSubsets[number] >> (2 * i) & 3;
  }
  unsigned anchor(unsigned subset) const {
    return subset == 0    ? 0
           : subsets == 2 ? kAnchor2[number]
           : subset == 1  ? kAnchor32[number]
                          : kAnchor33[number];
  }
  // The index of texel i, of `bits` bits, in the list that begins at bit `from`.
  uint32_t index(const BlockBits& block, unsigned from, unsigned bits, unsigned i) const {
    unsigned before = 0;
    bool isAnchor = false;
    for (unsigned s = 0; s < subsets; s++) {
      before += anchor(s) < i;
      isAnchor |= anchor(s) == i;
    }
    return block.get(from + bits * i - before, bits - isAnchor);
  }
};

inline int32_t blockWeight(uint32_t index, unsigned bits) {
  return int32_t(bits == 2   ? index * 21 + (index >> 1)
                 : bits == 3 ? index * 9 + (index >> 2)
                             : (index << 2) + (index >> 2) + (index >> 1 & 1));
}
inline int32_t blockMix(int32_t a, int32_t b, int32_t weight) {
  return ((64 - weight) * a + weight * b + 32) >> 6;
}

struct Bc7Mode {
  uint8_t subsets, partitionBits, rotationBits, selectionBits, colorBits, alphaBits, endpointP,
      sharedP, indexBits, secondBits;
};
constexpr Bc7Mode kBc7Modes[8] = {{3, 4, 0, 0, 4, 0, 1, 0, 3, 0}, {2, 6, 0, 0, 6, 0, 0, 1, 3, 0},
                                  {3, 6, 0, 0, 5, 0, 0, 0, 2, 0}, {2, 6, 0, 0, 7, 0, 1, 0, 2, 0},
                                  {1, 0, 2, 1, 5, 6, 0, 0, 2, 3}, {1, 0, 2, 0, 7, 8, 0, 0, 2, 2},
                                  {1, 0, 0, 0, 7, 7, 1, 0, 4, 0}, {2, 6, 0, 0, 5, 5, 1, 0, 2, 0}};

// An endpoint's channel in 8 bits: the upper ones again where there are fewer.
inline uint32_t widen(uint32_t v, unsigned bits) {
  v <<= 8 - bits;
  return v | v >> bits;
}

inline Rgba blockBc7(const uint8_t* p, unsigned i) {
  Rgba t;
  BlockBits block(p);
  if (!(p[0] & 0xff)) { // reserved
    t.c[3] = 0;
    return t;
  }
  auto number = unsigned(__builtin_ctz(p[0]));
  const Bc7Mode& mode = kBc7Modes[number];
  block.at = number + 1;
  Partition partition{mode.subsets, block.take(mode.partitionBits)};
  uint32_t rotation = block.take(mode.rotationBits), selection = block.take(mode.selectionBits);
  uint32_t e[6][4];
  unsigned ends = 2u * mode.subsets;
  for (unsigned k = 0; k < 4; k++)
    for (unsigned n = 0; n < ends; n++)
      e[n][k] = block.take(k < 3 ? mode.colorBits : mode.alphaBits);
  for (unsigned n = 0; n < ends; n++) {
    unsigned extra = mode.endpointP | mode.sharedP;
    uint32_t low = mode.endpointP ? block.take(1) : 0;
    if (mode.sharedP)
      low = block.get(block.at + n / 2, 1);
    for (unsigned k = 0; k < 4; k++) {
      unsigned bits = k < 3 ? mode.colorBits : mode.alphaBits;
      e[n][k] = bits ? widen(extra ? e[n][k] << 1 | low : e[n][k], bits + extra) : 255;
    }
  }
  block.at += mode.sharedP * mode.subsets;
  uint32_t first = partition.index(block, block.at, mode.indexBits, i);
  int32_t weights[2] = {blockWeight(first, mode.indexBits), 0}; // of colours, of alpha
  weights[1] = weights[0];
  if (mode.secondBits) {
    unsigned from = block.at + 16u * mode.indexBits - mode.subsets;
    uint32_t second = partition.index(block, from, mode.secondBits, i);
    weights[selection ? 0 : 1] = blockWeight(second, mode.secondBits);
  }
  unsigned base = 2 * partition.subsetOf(i);
  int32_t v[4];
  for (unsigned k = 0; k < 4; k++)
    v[k] = blockMix(int32_t(e[base][k]), int32_t(e[base + 1][k]), weights[k == 3]);
  if (rotation) {
    int32_t alpha = v[3];
    v[3] = v[rotation - 1];
    v[rotation - 1] = alpha;
  }
  for (unsigned k = 0; k < 4; k++)
    t.c[k] = float(v[k]) / 255.0f;
  return t;
}

inline int32_t signExtended(uint32_t v, unsigned bits) {
  return int32_t(v << (32 - bits)) >> (32 - bits);
}

inline int32_t unquantized(int32_t x, unsigned bits, bool isSigned) {
  if (!isSigned)
    return bits >= 15             ? x
           : x == 0               ? 0
           : x == (1 << bits) - 1 ? 0xffff
                                  : ((x << 15) + 0x4000) >> (bits - 1);
  if (bits >= 16)
    return x;
  int32_t size = x < 0 ? -x : x;
  int32_t v = size == 0                       ? 0
              : size >= (1 << (bits - 1)) - 1 ? 0x7fff
                                              : ((size << 15) + 0x4000) >> (bits - 1);
  return x < 0 ? -v : v;
}

inline Rgba blockBc6h(const uint8_t* p, unsigned i, bool isSigned) {
  Rgba t;
  BlockBits block(p);
  uint32_t number = block.get(0, 2) < 2 ? block.get(0, 2) : block.get(0, 5);
  const FloatMode* mode = nullptr;
  for (const FloatMode& m : kFloatModes)
    if (m.number == number)
      mode = &m;
  if (!mode)
    return t;
  block.at = number < 2 ? 2 : 5;
  uint32_t e[3][4] = {}, partitionNumber = 0;
  for (unsigned n = 0; n < mode->fields; n++) {
    uint32_t bit = block.take(1), to = mode->field[n];
    if (to >= 192)
      partitionNumber |= bit << (to - 192);
    else
      e[to >> 6][to >> 4 & 3] |= bit << (to & 15);
  }
  Partition partition{mode->partitionBits ? 2u : 1u, partitionNumber};
  unsigned bits = mode->endpointBits, indexBits = partition.subsets == 2 ? 3 : 4;
  uint32_t index = partition.index(block, partition.subsets == 2 ? 82 : 65, indexBits, i);
  int32_t weight = blockWeight(index, indexBits);
  unsigned base = 2 * partition.subsetOf(i);
  for (unsigned k = 0; k < 3; k++) {
    int32_t ends[2];
    for (unsigned n = 0; n < 2; n++) {
      uint32_t v = e[k][base + n];
      if (mode->transformed && base + n > 0)
        v = (e[k][0] + uint32_t(signExtended(v, mode->deltaBits[k]))) & ((1u << bits) - 1);
      ends[n] = unquantized(isSigned ? signExtended(v, bits) : int32_t(v), bits, isSigned);
    }
    int32_t v = blockMix(ends[0], ends[1], weight);
    auto half =
        uint32_t(isSigned ? v < 0 ? (-v * 31) >> 5 | 0x8000 : (v * 31) >> 5 : (v * 31) >> 6);
    t.c[k] = f16Value(uint16_t(half));
  }
  return t;
}

inline Rgba blockTexel(uint8_t channel, const uint8_t* p, unsigned i) {
  Rgba t;
  switch (channel) {
  case AW_CHANNEL_BC1:
    return blockColor(loadBlock(p), i, true);
  case AW_CHANNEL_BC2:
    t = blockColor(loadBlock(p + 8), i, false);
    t.c[3] = float(loadBlock(p) >> (4 * i) & 15) / 15.0f;
    return t;
  case AW_CHANNEL_BC3:
    t = blockColor(loadBlock(p + 8), i, false);
    t.c[3] = blockChannel(loadBlock(p), i, false);
    return t;
  case AW_CHANNEL_BC4:
  case AW_CHANNEL_BC4_SIGNED:
    t.c[0] = blockChannel(loadBlock(p), i, channel == AW_CHANNEL_BC4_SIGNED);
    return t;
  case AW_CHANNEL_BC5:
  case AW_CHANNEL_BC5_SIGNED:
    t.c[0] = blockChannel(loadBlock(p), i, channel == AW_CHANNEL_BC5_SIGNED);
    t.c[1] = blockChannel(loadBlock(p + 8), i, channel == AW_CHANNEL_BC5_SIGNED);
    return t;
  case AW_CHANNEL_BC6H:
  case AW_CHANNEL_BC6H_SIGNED:
    return blockBc6h(p, i, channel == AW_CHANNEL_BC6H_SIGNED);
  default:
    return blockBc7(p, i);
  }
}

} // namespace devicelib

PTX void ptx_block_texel(uint32_t channel, const uint8_t* block, uint32_t i, float rgba[4]) {
  devicelib::Rgba color = devicelib::blockTexel(uint8_t(channel), block, i);
  for (unsigned k = 0; k < 4; k++)
    rgba[k] = color.c[k];
}
