// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conversions between the narrow floating formats (half, bfloat16, fp8, fp6, fp4) and double, float
// and integers, bit by bit in plain C++: what host code uses, and device code where PTX has no
// instruction for the architecture. Each conversion rounds once. Not for direct use.
#pragma once

#include "../../device_types.h"
#include "../../host_defines.h"

#define AW_BOTH static __host__ __device__ __inline__ __attribute__((always_inline))

namespace __aw_narrow {

typedef unsigned long long word64;

// What the largest exponent means: infinities and NaNs, NaN in the last code only, numbers only.
enum class top { kIeee, kLastIsNan, kNumbers };

template <int ExponentBits, int MantissaBits, top Top> struct format {
  static constexpr int kMantissa = MantissaBits;
  static constexpr int kBias = (1 << (ExponentBits - 1)) - 1;
  static constexpr int kLeastExponent = 1 - kBias; // of a normal number
  static constexpr unsigned kSign = 1u << (ExponentBits + MantissaBits);
  static constexpr unsigned kInfinity = ((1u << ExponentBits) - 1) << MantissaBits;
  static constexpr unsigned kLargest = Top == top::kIeee        ? kInfinity - 1
                                       : Top == top::kLastIsNan ? kSign - 2
                                                                : kSign - 1;
  // A format without NaN takes the largest number instead.
  static constexpr unsigned kNan = kSign - 1;
  static constexpr bool kHasInfinity = Top == top::kIeee;
  static constexpr bool kHasNan = Top != top::kNumbers;
  static constexpr bool isNan(unsigned bits) {
    return kHasNan && (bits & (kSign - 1)) > (kHasInfinity ? kInfinity : kLargest);
  }
};

typedef format<5, 10, top::kIeee> f16;
typedef format<8, 7, top::kIeee> bf16;
typedef format<5, 2, top::kIeee> e5m2;
typedef format<4, 3, top::kLastIsNan> e4m3;
typedef format<3, 2, top::kNumbers> e3m2;
typedef format<2, 3, top::kNumbers> e2m3;
typedef format<2, 1, top::kNumbers> e2m1;

AW_BOTH word64 bitsOf(double v) {
  word64 bits;
  __builtin_memcpy(&bits, &v, sizeof bits);
  return bits;
}
AW_BOTH unsigned bitsOf(float v) {
  unsigned bits;
  __builtin_memcpy(&bits, &v, sizeof bits);
  return bits;
}
AW_BOTH double doubleOf(word64 bits) {
  double v;
  __builtin_memcpy(&v, &bits, sizeof v);
  return v;
}
AW_BOTH float floatOf(unsigned bits) {
  float v;
  __builtin_memcpy(&v, &bits, sizeof v);
  return v;
}

// Whether a magnitude whose last kept bit is `odd` grows by one; `rest` are the bits cut off, the
// highest of them at the top of the word.
AW_BOTH bool roundsAway(bool sign, bool odd, word64 rest, cudaRoundMode mode) {
  const word64 half = 1ull << 63;
  switch (mode) {
  case cudaRoundZero:
    return false;
  case cudaRoundPosInf:
    return !sign && rest;
  case cudaRoundMinInf:
    return sign && rest;
  default:
    return rest > half || (rest == half && odd);
  }
}

// What a magnitude beyond the largest number becomes.
template <class F> AW_BOTH unsigned overflowed(bool sign, cudaRoundMode mode, bool saturate) {
  bool inwards = mode == cudaRoundZero || (mode == cudaRoundPosInf && sign) ||
                 (mode == cudaRoundMinInf && !sign);
  return saturate || inwards || !F::kHasNan ? F::kLargest
         : F::kHasInfinity                  ? F::kInfinity
                                            : F::kNan;
}

// significand * 2^exponent with the given sign.
template <class F>
static __host__ __device__ __inline__ unsigned encode(bool sign, word64 significand, int exponent,
                                                      cudaRoundMode mode, bool saturate) {
  unsigned signBit = sign ? F::kSign : 0;
  if (!significand)
    return signBit;
  int zeros = __builtin_clzll(significand);
  significand <<= zeros;
  exponent += 63 - zeros; // of the leading one
  int below = exponent < F::kLeastExponent ? F::kLeastExponent - exponent : 0;
  int cut = 63 - F::kMantissa + below;
  word64 kept = cut > 63 ? 0 : significand >> cut;
  // Beyond the word only "more than nothing" matters: it is less than half of the last place.
  word64 rest = cut > 64 ? 1 : cut == 64 ? significand : significand << (64 - cut);
  kept += roundsAway(sign, kept & 1, rest, mode);
  // The leading one of `kept` counts as one step of the exponent.
  int steps = below ? 0 : exponent - F::kLeastExponent;
  word64 bits = ((word64)steps << F::kMantissa) + kept;
  return signBit | (bits > F::kLargest ? overflowed<F>(sign, mode, saturate) : (unsigned)bits);
}

template <class F>
AW_BOTH unsigned fromDouble(double v, cudaRoundMode mode = cudaRoundNearest,
                            bool saturate = false) {
  word64 bits = bitsOf(v), fraction = bits & ((1ull << 52) - 1);
  int field = (int)(bits >> 52 & 0x7ff);
  bool sign = bits >> 63;
  if (field == 0x7ff) {
    if (fraction)
      return F::kNan;
    unsigned infinity = saturate || !F::kHasNan ? F::kLargest
                        : F::kHasInfinity       ? F::kInfinity
                                                : F::kNan;
    return (sign ? F::kSign : 0) | infinity;
  }
  word64 significand = field ? fraction | 1ull << 52 : fraction;
  return encode<F>(sign, significand, (field ? field : 1) - 1075, mode, saturate);
}

template <class F>
AW_BOTH unsigned fromInteger(bool negative, word64 magnitude, cudaRoundMode mode) {
  return encode<F>(negative, magnitude, 0, mode, false);
}

template <class F> AW_BOTH double toDouble(unsigned bits) {
  word64 sign = bits & F::kSign ? 1ull << 63 : 0;
  unsigned magnitude = bits & (F::kSign - 1);
  if (F::isNan(bits))
    return doubleOf(0x7ff8000000000000ull);
  if (F::kHasInfinity && magnitude == F::kInfinity)
    return doubleOf(sign | 0x7ffull << 52);
  word64 fraction = magnitude & ((1u << F::kMantissa) - 1);
  word64 field = magnitude >> F::kMantissa;
  if (field)
    return doubleOf(sign | (field + 1023 - F::kBias) << 52 | fraction << (52 - F::kMantissa));
  // A multiple of the smallest number, which is a power of two.
  double least = doubleOf((word64)(F::kLeastExponent - F::kMantissa + 1023) << 52);
  double v = (double)(long long)fraction * least;
  return sign ? -v : v;
}

// The whole number near v that the mode says, with v's sign. Large values are whole already.
AW_BOTH double rounded(double v, cudaRoundMode mode) {
  double low = __builtin_floor(v), part = v - low;
  bool odd = low * 0.5 != __builtin_floor(low * 0.5);
  bool up = mode == cudaRoundZero     ? v < 0 && part > 0
            : mode == cudaRoundPosInf ? part > 0
            : mode == cudaRoundMinInf ? false
                                      : part > 0.5 || (part == 0.5 && odd);
  return __builtin_copysign(up ? low + 1.0 : low, v);
}

// Saturates; NaN gives 0, or the top bit alone when the integer has 64 bits, as PTX's cvt does.
template <class I> AW_BOTH I toInteger(double v, cudaRoundMode mode) {
  const bool isSigned = (I)-1 < (I)1;
  const int bits = 8 * (int)sizeof(I);
  const I least = isSigned ? (I)(1ull << (bits - 1)) : (I)0;
  const I largest = (I)(isSigned ? ~(1ull << (bits - 1)) : ~0ull);
  if (v != v)
    return bits == 64 ? (I)(1ull << 63) : (I)0;
  v = rounded(v, mode);
  double limit = doubleOf((word64)(1023 + (isSigned ? bits - 1 : bits)) << 52);
  return v >= limit ? largest : v <= (double)least ? least : (I)v;
}

// a * b + c rounded once. The product of two narrow numbers is exact in double; the sum is rounded
// to odd, which keeps what the last rounding has to know.
template <class F> AW_BOTH unsigned fusedMultiplyAdd(double a, double b, double c) {
#if defined(__clang__)
#pragma clang fp reassociate(off) contract(off)
#endif
  double product = a * b, sum = product + c;
  double fromC = sum - product;
  double error = (product - (sum - fromC)) + (c - fromC);
  word64 bits = bitsOf(sum);
  bool finite = (bits >> 52 & 0x7ff) != 0x7ff;
  if (finite && error != 0 && !(bits & 1)) {
    bool awayFromZero = (error > 0) == (sum > 0);
    sum = doubleOf(awayFromZero ? bits + 1 : bits - 1);
  }
  return fromDouble<F>(sum);
}

// Saturation to [0, 1] as .sat of PTX: NaN and everything below become +0.
template <class F> AW_BOTH unsigned saturated(unsigned bits) {
  const unsigned one = (unsigned)F::kBias << F::kMantissa;
  return F::isNan(bits) || bits & F::kSign ? 0 : bits > one ? one : bits;
}
// .relu of PTX: negative numbers become +0, NaN the canonical one.
template <class F> AW_BOTH unsigned rectified(unsigned bits) {
  return F::isNan(bits) ? F::kNan : bits & F::kSign ? 0 : bits;
}

} // namespace __aw_narrow
