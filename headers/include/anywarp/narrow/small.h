// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the fp8, fp6 and fp4 families share besides the included text of small.inc and
// small_class.inc: values of all sources, and each format's way to bits and back. Not for direct
// use.
#pragma once

#include "../../cuda_bf16.h"
#include "../../cuda_fp16.h"

typedef enum __nv_saturation_t {
  __NV_NOSAT,
  __NV_SATFINITE,
} __nv_saturation_t;

namespace __aw_narrow {

// A source's value in a type that holds it, except for the last bits of large integers, of which
// only matters whether they are zero.
AW_BOTH float valueOf(const float x) {
  return x;
}
AW_BOTH double valueOf(const double x) {
  return x;
}
AW_BOTH float valueOf(const __half_raw x) {
  return __half2float(__half(x));
}
AW_BOTH float valueOf(const __nv_bfloat16_raw x) {
  return __bfloat162float(__nv_bfloat16(x));
}
AW_BOTH double valueOf(const unsigned long long x) {
  return x >> 53 ? (double)(x >> 11 | ((x & 0x7ff) != 0)) * 2048.0 : (double)x;
}
AW_BOTH double valueOf(const long long x) {
  return x < 0 ? -valueOf(0 - (unsigned long long)x) : valueOf((unsigned long long)x);
}
AW_BOTH double valueOf(const unsigned long x) {
  return valueOf((unsigned long long)x);
}
AW_BOTH double valueOf(const long x) {
  return valueOf((long long)x);
}
AW_BOTH double valueOf(const int x) {
  return (double)x;
}
AW_BOTH double valueOf(const unsigned int x) {
  return (double)x;
}

// Elements of pairs. A raw pair has bare words.
AW_BOTH float first(const float2 v) {
  return v.x;
}
AW_BOTH float second(const float2 v) {
  return v.y;
}
AW_BOTH double first(const double2 v) {
  return v.x;
}
AW_BOTH double second(const double2 v) {
  return v.y;
}
AW_BOTH float first(const __half2_raw v) {
  return __low2float(__half2(v));
}
AW_BOTH float second(const __half2_raw v) {
  return __high2float(__half2(v));
}
AW_BOTH float first(const __nv_bfloat162_raw v) {
  return __low2float(__nv_bfloat162(v));
}
AW_BOTH float second(const __nv_bfloat162_raw v) {
  return __high2float(__nv_bfloat162(v));
}

template <class F> struct small {
  AW_BOTH unsigned encode(double x, cudaRoundMode mode, bool saturate) {
    return fromDouble<F>(x, mode, saturate);
  }
  AW_BOTH float decode(unsigned bits) { return (float)toDouble<F>(bits); }
};

// PTX converts to fp8 in pairs, to nearest and saturating; the other element is thrown away.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 890
#define AW_NATIVE_FP8(FORMAT)                                                                      \
  template <> struct small<FORMAT> {                                                               \
    AW_BOTH unsigned encode(double x, cudaRoundMode mode, bool saturate) {                         \
      return fromDouble<FORMAT>(x, mode, saturate);                                                \
    }                                                                                              \
    AW_BOTH unsigned encode(float x, cudaRoundMode mode, bool saturate) {                          \
      if (mode != cudaRoundNearest || !saturate)                                                   \
        return fromDouble<FORMAT>((double)x, mode, saturate);                                      \
      unsigned short bits;                                                                         \
      asm("cvt.rn.satfinite." #FORMAT "x2.f32 %0, %1, %2;" : "=h"(bits) : "f"(0.0f), "f"(x));      \
      return bits & 0xff;                                                                          \
    }                                                                                              \
    AW_BOTH float decode(unsigned bits) {                                                          \
      unsigned int word;                                                                           \
      asm("cvt.rn.f16x2." #FORMAT "x2 %0, %1;" : "=r"(word) : "h"((unsigned short)(bits & 0xff))); \
      return __half2float(__ushort_as_half((unsigned short)word));                                 \
    }                                                                                              \
  };
AW_NATIVE_FP8(e4m3)
AW_NATIVE_FP8(e5m2)
#undef AW_NATIVE_FP8
#endif

// Powers of two: an exponent alone, 255 is NaN. The sign is dropped; up is away from zero.
struct e8m0;
template <> struct small<e8m0> {
  AW_BOTH unsigned encode(double x, cudaRoundMode mode, bool saturate) {
    const unsigned nan = 255, largest = 254;
    if (x != x)
      return nan;
    word64 bits = bitsOf(x), fraction = bits & ((1ull << 52) - 1);
    // Numbers of a double's smallest exponents are far below 2^-127.
    long long code = (long long)(bits >> 52 & 0x7ff) - 1023 + 127;
    code += mode == cudaRoundPosInf && fraction != 0;
    code = (bits >> 52 & 0x7ff) == 0x7ff ? nan : code;
    return code < 0 ? 0 : code > largest ? (saturate ? largest : nan) : (unsigned)code;
  }
  AW_BOTH float decode(unsigned bits) {
    return floatOf(bits == 255 ? 0x7fffffffu : bits == 0 ? 0x400000u : bits << 23);
  }
};

} // namespace __aw_narrow

// Word in the name and type of the sources, single and in pairs.
#define AW_SMALL_SOURCES(F)                                                                        \
  F(double, double, double2, double2)                                                              \
  F(float, float, float2, float2)                                                                  \
  F(halfraw, __half_raw, halfraw2, __half2_raw)                                                    \
  F(bfloat16raw, __nv_bfloat16_raw, bfloat16raw2, __nv_bfloat162_raw)
