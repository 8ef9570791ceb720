// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.18: SIMD video instructions on four bytes or two halves, all lanes selected.
#include "devicelib.h"

using namespace devicelib;

namespace {

struct Add {
  static int32_t apply(int32_t x, int32_t y) { return x + y; }
};
struct Sub {
  static int32_t apply(int32_t x, int32_t y) { return x - y; }
};
struct Avrg {
  static int32_t apply(int32_t x, int32_t y) { return (x + y + (x + y >= 0)) >> 1; }
};
struct Min {
  static int32_t apply(int32_t x, int32_t y) { return x < y ? x : y; }
};
struct Max {
  static int32_t apply(int32_t x, int32_t y) { return x > y ? x : y; }
};
struct Absdiff {
  static int32_t apply(int32_t x, int32_t y) { return x < y ? y - x : x - y; }
};

enum class Out { Merge, Saturate, Accumulate };

template <int Bits, bool Signed> inline int32_t lane(uint32_t x, int i) {
  uint32_t field = x >> (Bits * i) << (32 - Bits);
  return Signed ? int32_t(field) >> (32 - Bits) : int32_t(field >> (32 - Bits));
}

template <typename Op, int Lanes, bool D, bool A, bool B, Out Kind>
inline uint32_t simd(uint32_t a, uint32_t b, uint32_t c) {
  constexpr int bits = 32 / Lanes;
  constexpr uint32_t mask = (1u << bits) - 1;
  uint32_t result = 0, sum = c;
  for (int i = 0; i < Lanes; ++i) {
    int32_t r = Op::apply(lane<bits, A>(a, i), lane<bits, B>(b, i));
    if (Kind == Out::Saturate)
      r = D ? clamp(r, -(1 << (bits - 1)), (1 << (bits - 1)) - 1) : clamp(r, 0, mask);
    result |= (uint32_t(r) & mask) << (bits * i);
    sum += uint32_t(r);
  }
  return Kind == Out::Accumulate ? sum : result;
}

} // namespace

#define FORM(OP, NAME, N, TD, TA, TB, D, A, B)                                                     \
  PTX uint32_t ptx_##NAME##N##_##TD##_##TA##_##TB(uint32_t a, uint32_t b, uint32_t c) {            \
    return simd<OP, N, D, A, B, Out::Merge>(a, b, c);                                              \
  }                                                                                                \
  PTX uint32_t ptx_##NAME##N##_##TD##_##TA##_##TB##sat(uint32_t a, uint32_t b, uint32_t c) {       \
    return simd<OP, N, D, A, B, Out::Saturate>(a, b, c);                                           \
  }                                                                                                \
  PTX uint32_t ptx_##NAME##N##_##TD##_##TA##_##TB##add(uint32_t a, uint32_t b, uint32_t c) {       \
    return simd<OP, N, D, A, B, Out::Accumulate>(a, b, c);                                         \
  }
#define TYPES(OP, NAME, N)                                                                         \
  FORM(OP, NAME, N, u32, u32, u32, false, false, false)                                            \
  FORM(OP, NAME, N, u32, u32, s32, false, false, true)                                             \
  FORM(OP, NAME, N, u32, s32, u32, false, true, false)                                             \
  FORM(OP, NAME, N, u32, s32, s32, false, true, true)                                              \
  FORM(OP, NAME, N, s32, u32, u32, true, false, false)                                             \
  FORM(OP, NAME, N, s32, u32, s32, true, false, true)                                              \
  FORM(OP, NAME, N, s32, s32, u32, true, true, false)                                              \
  FORM(OP, NAME, N, s32, s32, s32, true, true, true)
#define WIDTHS(OP, NAME) TYPES(OP, NAME, 2) TYPES(OP, NAME, 4)
WIDTHS(Add, vadd)
WIDTHS(Sub, vsub)
WIDTHS(Avrg, vavrg)
WIDTHS(Min, vmin)
WIDTHS(Max, vmax)
WIDTHS(Absdiff, vabsdiff)
