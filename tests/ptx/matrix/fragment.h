// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the elements of a matrix lie in the registers of a warp, as the tables of the PTX manual
// give it; shares nothing with devicelib. Stateless.
#pragma once

#include <string>

namespace anywarp::ptxtest {

struct Place {
  unsigned row, column;
};

// PTX ISA 9.7.14.5.2 ... 9.7.14.5.13: element i of A in a thread, for M = 8 or 16.
inline Place placeOfA(unsigned m, unsigned k, unsigned bits, unsigned lane, unsigned i) {
  unsigned group = lane >> 2, t = lane % 4;
  if (bits == 64) {
    if (m == 8)
      return {group, t};
    if (k == 4)
      return {i == 0 ? group : group + 8, t};
    if (k == 8)
      return {i == 0 || i == 2 ? group : group + 8, i < 2 ? t : t + 4};
    return {i % 2 == 0 ? group : group + 8, i % 2 == 0 ? i * 2 + t : i * 2 - 2 + t};
  }
  if (bits == 32) { // tf32
    if (k == 4)
      return {i == 0 ? group : group + 8, t};
    return {i == 0 || i == 2 ? group : group + 8, i < 2 ? t : t + 4};
  }
  if (bits == 16) {
    if (k == 8)
      return {i < 2 ? group : group + 8, t * 2 + (i & 1)};
    return {i < 2 || (i >= 4 && i < 6) ? group : group + 8, t * 2 + (i & 1) + (i >= 4 ? 8 : 0)};
  }
  if (bits == 8) {
    if (m == 8)
      return {group, t * 4 + i};
    if (k == 16)
      return {i < 4 ? group : group + 8, t * 4 + (i & 3)};
    return {i < 4 || (i >= 8 && i < 12) ? group : group + 8, t * 4 + (i & 3) + (i >= 8 ? 16 : 0)};
  }
  if (bits == 4) {
    if (m == 8)
      return {group, t * 8 + i};
    if (k == 32)
      return {i < 8 ? group : group + 8, t * 8 + (i & 7)};
    return {i < 8 || (i >= 16 && i < 24) ? group : group + 8, t * 8 + (i & 7) + (i >= 16 ? 32 : 0)};
  }
  if (m == 8)
    return {group, t * 32 + i};
  if (k == 128)
    return {i < 32 ? group : group + 8, t * 32 + (i & 31)};
  return {i < 32 || (i >= 64 && i < 96) ? group : group + 8,
          t * 32 + (i & 31) + (i >= 64 ? 128 : 0)};
}

inline Place placeOfB(unsigned bits, unsigned lane, unsigned i) {
  unsigned group = lane >> 2, t = lane % 4;
  switch (bits) {
  case 64: // m16n8k16: row = t + i * 4
  case 32:
    return {t + 4 * i, group};
  case 16:
    return {t * 2 + (i & 1) + (i >= 2 ? 8 : 0), group};
  case 8:
    return {t * 4 + (i & 3) + (i >= 4 ? 16 : 0), group};
  case 4:
    return {t * 8 + (i & 7) + (i >= 8 ? 32 : 0), group};
  default:
    return {t * 32 + (i & 31) + (i >= 32 ? 128 : 0), group};
  }
}

inline Place placeOfC(unsigned lane, unsigned i) {
  unsigned group = lane >> 2, t = lane % 4;
  return {i < 2 ? group : group + 8, t * 2 + (i & 1)};
}

// PTX ISA 9.7.14.5.1: m8n8k4 of f16, for the lanes 0 ... 3 and 16 ... 19 of the first of four
// products; the others are 4, 8 and 12 lanes on.
inline Place placeOfVoltaA(bool byRows, unsigned lane, unsigned i) {
  unsigned high = lane < 16 ? 0 : 4;
  return byRows ? Place{lane % 4 + high, i} : Place{i % 4 + high, lane % 4};
}
inline Place placeOfVoltaB(bool byRows, unsigned lane, unsigned i) {
  unsigned high = lane < 16 ? 0 : 4;
  return byRows ? Place{lane % 4, i + high} : Place{i, lane % 4 + high};
}
inline Place placeOfVoltaC(bool isHalf, unsigned lane, unsigned i) {
  if (isHalf)
    return {lane < 16 ? lane % 4 : lane % 4 + 4, i};
  unsigned x = (lane & 1) + (i & 2);
  return {lane < 16 ? x : x + 4, (i & 4) + (lane & 2) + (i & 1)};
}

// Threads of a quad that may be chosen to hold the metadata.
inline unsigned selectorsOf(const std::string& type, unsigned k) {
  if (type == "f16" || type == "bf16")
    return k == 16 ? 4 : 2;
  if (type == "tf32")
    return k == 8 ? 4 : 2;
  if (type == "s4" || type == "u4")
    return k == 64 ? 2 : 1;
  return k == 32 ? 2 : 1;
}

// Elements of a chunk of a row of A, half of which are kept.
inline unsigned chunkOf(unsigned bits) {
  return bits == 32 ? 2 : bits == 4 ? 8 : 4;
}

struct MetadataPlace {
  unsigned lane, shift;
};
// PTX ISA 9.7.14.6.1: where the four bits of a chunk are. 16-bit and wider types: 16 bits each of
// rows g and g + 8 in a thread; others: even threads have row g, odd ones row g + 8.
inline MetadataPlace placeOfMetadata(unsigned bits, unsigned selectors, unsigned selector,
                                     unsigned row, unsigned chunk) {
  unsigned threads = 4 / selectors, first = row % 8 * 4 + selector * threads;
  if (bits >= 16)
    return {first + chunk / 4, chunk % 4 * 4 + row / 8 * 16};
  return {first + chunk / 8 * 2 + row / 8, chunk % 8 * 4};
}

} // namespace anywarp::ptxtest
