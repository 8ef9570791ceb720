// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the device library's files share. Each function ptx_NAME is the meaning of one instruction
// form in plain C++: compiled to bitcode that lowering links and inlines, and natively for tests.
//
// Rules: no libc calls, no tables in memory, no loops that do not unroll; branch-free where it can
// be, so that the gang vectoriser turns conditions into selects; no signed overflow; no conversion
// of a float to an integer that may be out of range (poison in LLVM).
#pragma once

#include <stdint.h>

#define PTX extern "C" __attribute__((visibility("default")))

namespace devicelib {

template <typename To, typename From> inline To bits(From from) {
  static_assert(sizeof(To) == sizeof(From));
  return __builtin_bit_cast(To, from);
}

inline uint32_t f2u(float x) {
  return bits<uint32_t>(x);
}
inline float u2f(uint32_t x) {
  return bits<float>(x);
}
inline uint64_t d2u(double x) {
  return bits<uint64_t>(x);
}
inline double u2d(uint64_t x) {
  return bits<double>(x);
}

enum class Rnd { Nearest, Zero, Down, Up };

// The neighbour of r in the direction of rounding, if the exact value differs from r (which was
// rounded to nearest) in the direction of `error`'s sign. Also leaves infinity and zero rightly.
inline double step(double r, double error, Rnd mode) {
  bool away = false, toZero = false;
  bool negative = d2u(r) >> 63;
  if (mode == Rnd::Zero)
    toZero = negative ? error > 0 : error < 0;
  if (mode == Rnd::Down) {
    toZero = error < 0 && !negative;
    away = error < 0 && negative;
  }
  if (mode == Rnd::Up) {
    toZero = error > 0 && negative;
    away = error > 0 && !negative;
  }
  return u2d(d2u(r) + away - toZero);
}

// s with the sticky bit of what is missing from it: if error is not 0, the odd one of the two
// neighbours that enclose s + error. s must not be infinite.
inline double toOdd(double s, double error) {
  uint64_t u = d2u(s);
  bool outward = (error > 0) == !(u >> 63);
  uint64_t moved = outward ? u + 1 : u - 1;
  return u2d(error != 0 && !(u & 1) ? moved : u);
}

struct Sum {
  double value, error;
};

// value + error == x + y exactly (Dekker; the larger operand first, so nothing overflows inside).
inline Sum twoSum(double x, double y) {
  bool swap = __builtin_fabs(x) < __builtin_fabs(y);
  double a = swap ? y : x, b = swap ? x : y;
  double s = a + b;
  double e = b - (s - a);
  bool finite = __builtin_fabs(s) < __builtin_inf();
  return {s, finite ? e : 0};
}

// PTX ISA 9.7.9.22: f64 to f32. Exact comparison of the nearest float with x tells the direction.
inline float narrow(double x, Rnd mode) {
  float f = static_cast<float>(x);
  double back = f;
  uint32_t u = f2u(f);
  bool negative = u >> 31;
  bool larger = back > x, smaller = back < x;
  uint32_t toZero = 0, away = 0;
  if (mode == Rnd::Zero)
    toZero = negative ? smaller : larger;
  if (mode == Rnd::Down) {
    toZero = larger && !negative;
    away = larger && negative;
  }
  if (mode == Rnd::Up) {
    toZero = smaller && negative;
    away = smaller && !negative;
  }
  return u2f(u + away - toZero);
}

// x rounded to odd as a float: any later rounding to fewer bits is then right.
inline float narrowOdd(double x) {
  float f = static_cast<float>(x);
  double back = f;
  bool inexact = back < x || back > x;
  bool beyond = __builtin_fabs(back) > __builtin_fabs(x);
  uint32_t u = f2u(f) - (inexact && beyond);
  return u2f(u | inexact);
}

// The code of x in a format of `mantissa` stored bits and least exponent `least` (f16: 10, -14).
// `inf` is the code of infinity; NaN gives `nan`.
inline uint32_t encode(double x, unsigned mantissa, int least, uint32_t inf, uint32_t nan,
                       Rnd mode) {
  uint64_t u = d2u(x);
  bool negative = u >> 63;
  int exponent = int(u >> 52 & 0x7ff) - 1023;
  uint64_t fraction = u & ((1ull << 52) - 1);
  uint64_t full = fraction | (exponent > -1023 ? 1ull << 52 : 0);
  int below = exponent < least ? least - exponent : 0;
  unsigned shift = 52 - mantissa + (below < 60 ? unsigned(below) : 60);
  shift = shift > 63 ? 63 : shift;
  uint64_t q = full >> shift, rest = full & ((1ull << shift) - 1), half = 1ull << (shift - 1);
  bool up = false;
  if (mode == Rnd::Nearest)
    up = rest > half || (rest == half && (q & 1));
  if (mode == Rnd::Down)
    up = negative && rest;
  if (mode == Rnd::Up)
    up = !negative && rest;
  q += up;
  int biased = exponent - least; // 0 for the least normal exponent
  uint64_t code = exponent < least ? q : (uint64_t(biased) << mantissa) + q;
  bool overflow = code >= inf && exponent < 1024;
  bool saturates =
      mode == Rnd::Zero || (mode == Rnd::Down && !negative) || (mode == Rnd::Up && negative);
  code = overflow ? (saturates ? inf - 1 : inf) : code;
  code = exponent == 1024 ? inf : code;
  code = exponent == 1024 && fraction ? nan : code;
  // One sign bit above exponent and mantissa: `nan` has all of them set.
  uint32_t sign = nan + 1;
  return uint32_t(code) | (negative && !(exponent == 1024 && fraction) ? sign : 0);
}

inline uint32_t encodeF16(double x, Rnd mode) {
  return encode(x, 10, -14, 0x7c00, 0x7fff, mode);
}
inline uint32_t encodeBf16(double x, Rnd mode) {
  return encode(x, 7, -126, 0x7f80, 0x7fff, mode);
}

inline uint16_t f16Bits(float x) {
  return bits<uint16_t>(static_cast<_Float16>(x));
}
inline float f16Value(uint16_t x) {
  return static_cast<float>(bits<_Float16>(x));
}

inline uint16_t bf16Bits(float x) {
  uint32_t u = f2u(x);
  uint32_t rounded = (u + 0x7fff + (u >> 16 & 1)) >> 16;
  return uint16_t(x != x ? 0x7fff : rounded);
}

inline int32_t clamp(int64_t x, int64_t low, int64_t high) {
  return int32_t(x < low ? low : x > high ? high : x);
}

} // namespace devicelib
