// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exact binary floating-point arithmetic for the reference functions of the sweep: numbers are an
// integer of up to 126 bits, a power of two and a mark for what lies below; one function rounds
// them to any format in any direction. Shares nothing with runtime/ptx/devicelib;
// reference_test.cpp holds it against the processor's own arithmetic and against MPFR. Stateless.
#pragma once

#include <cstdint>

namespace anywarp::ptxsweep {

using u128 = unsigned __int128;

enum class Rnd { Nearest, Zero, Down, Up, NearestAway };

// A storage format: sign, exponent and `mantissa` bits.
struct Format {
  unsigned mantissa;
  int least, most;    // exponents of the smallest and the largest normal numbers
  uint64_t maximum;   // code of the largest finite number
  uint64_t infinity;  // its code; 0: the format has none
  uint64_t nan;       // code of the canonical NaN; 0: the format has none
  unsigned width;     // bits, sign included
  unsigned shift = 0; // unused bits below (tf32 lies in the upper bits of an f32)
};

inline constexpr Format kF16{10, -14, 15, 0x7bff, 0x7c00, 0x7fff, 16};
inline constexpr Format kBF16{7, -126, 127, 0x7f7f, 0x7f80, 0x7fff, 16};
inline constexpr Format kF32{23, -126, 127, 0x7f7fffff, 0x7f800000, 0x7fffffff, 32};
inline constexpr Format kF64{
    52, -1022, 1023, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7fffffffffffffff, 64};
inline constexpr Format kTF32{10, -126, 127, 0x3fbff, 0x3fc00, 0x3ffff, 19, 13};
inline constexpr Format kE4M3{3, -6, 8, 0x7e, 0, 0x7f, 8};
inline constexpr Format kE5M2{2, -14, 15, 0x7b, 0x7c, 0x7f, 8};
inline constexpr Format kE2M3{3, 0, 2, 0x1f, 0, 0, 6};
inline constexpr Format kE3M2{2, -2, 4, 0x1f, 0, 0, 6};
inline constexpr Format kE2M1{1, 0, 2, 0x7, 0, 0, 4};

struct Number {
  enum Kind { Zero, Finite, Infinite, NaN } kind = Zero;
  bool negative = false;
  u128 m = 0;          // Finite: value = m * 2^e, plus less than 2^e if `more`
  int e = 0;
  bool more = false;
};

Number decode(uint64_t code, const Format& f);
// `finite`: numbers beyond the format and infinities become the largest finite number.
uint64_t encode(const Number& x, const Format& f, Rnd rnd, bool finite = false);

Number fromInteger(__int128 x);
Number add(Number x, Number y, Rnd rnd); // rnd decides the sign of an exact zero
Number mul(const Number& x, const Number& y);
Number div(const Number& x, const Number& y);
Number sqrt(const Number& x);
inline Number fma(const Number& x, const Number& y, const Number& z, Rnd rnd) {
  return add(mul(x, y), z, rnd);
}
inline Number negate(Number x) {
  x.negative = !x.negative;
  return x;
}
// -1, 0, 1; 2 if a NaN takes part.
int compare(const Number& x, const Number& y);
// To an integer; infinities and what lies beyond 127 bits saturate at +-2^126.
__int128 toInteger(const Number& x, Rnd rnd);
// To an integer that stays a number (cvt.rni.f32.f32).
Number roundToIntegral(const Number& x, Rnd rnd);
inline bool isSubnormal(uint64_t code, const Format& f) {
  uint64_t magnitude = (code >> f.shift) & ((1ull << (f.width - 1)) - 1);
  return magnitude != 0 && (magnitude >> f.mantissa) == 0;
}
inline uint64_t flush(uint64_t code, const Format& f) {
  return isSubnormal(code, f) ? code & 1ull << (f.width - 1 + f.shift) : code;
}

} // namespace anywarp::ptxsweep
