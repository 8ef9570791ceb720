// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.22 "cvt" with rounding that hardware conversions lack, and 8-bit formats.
#include "devicelib.h"

using namespace devicelib;

#define MODES(X) X(rz, Zero) X(rm, Down) X(rp, Up)

namespace {

// Both parts are exact, so their sum and its error are the integer.
inline Sum split(int64_t x) {
  return twoSum(double(int32_t(x >> 32)) * 0x1p32, double(uint32_t(x)));
}
inline Sum split(uint64_t x) {
  return twoSum(double(uint32_t(x >> 32)) * 0x1p32, double(uint32_t(x)));
}

inline uint32_t tf32(float x, uint32_t add, uint32_t limit) {
  uint32_t u = f2u(x), magnitude = u & 0x7fffffff, sign = u & 0x80000000;
  uint32_t r = (magnitude + add) & 0xffffe000;
  r = r >= 0x7f800000 && magnitude < 0x7f800000 ? limit : r;
  r = magnitude == 0x7f800000 ? limit : r;
  return magnitude > 0x7f800000 ? 0x7fffffff : r | sign;
}
inline uint32_t nearestBias(float x) {
  return 0xfff + (f2u(x) >> 13 & 1);
}
constexpr uint32_t kInf = 0x7f800000, kMaxTf32 = 0x7f7fe000;
inline float positive(float x) {
  return x <= 0 ? 0.0f : x;
}

// Rounds to nearest even, the largest number instead of infinity.
inline uint32_t e4m3(float x) {
  uint32_t code = encode(x, 3, -6, 0x80, 0x7f, Rnd::Nearest);
  bool nan = x != x, large = __builtin_fabsf(x) > 448.0f;
  uint32_t sign = f2u(x) >> 24 & 0x80;
  return nan ? 0x7f : large ? sign | 0x7e : code;
}
inline uint32_t e5m2(float x) {
  uint32_t code = encode(x, 2, -14, 0x7c, 0x7f, Rnd::Nearest);
  bool nan = x != x, large = __builtin_fabsf(x) > 57344.0f;
  uint32_t sign = f2u(x) >> 24 & 0x80;
  return nan ? 0x7f : large ? sign | 0x7b : code;
}
inline uint32_t f16FromE4m3(uint32_t code) {
  uint32_t magnitude = code & 0x7f, sign = (code & 0x80) << 8;
  // Seven bits at the place of f16's exponent and mantissa, then the difference of the biases.
  float value = f16Value(uint16_t(magnitude << 7)) * 256.0f;
  return magnitude == 0x7f ? 0x7fff : sign | f16Bits(value);
}
inline uint32_t reluHalf(uint32_t h) {
  return h & 0x8000 && (h & 0x7fff) <= 0x7c00 ? 0 : h;
}

} // namespace

#define FROM_DOUBLE(R, M)                                                                          \
  PTX float ptx_cvt_##R##_f32_f64(double x) {                                                      \
    return narrow(x, Rnd::M);                                                                      \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##R##_f16_f32(float x) {                                                    \
    return uint16_t(encodeF16(x, Rnd::M));                                                         \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##R##_f16_f64(double x) {                                                   \
    return uint16_t(encodeF16(x, Rnd::M));                                                         \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##R##_bf16_f32(float x) {                                                   \
    return uint16_t(encodeBf16(x, Rnd::M));                                                        \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##R##_bf16_f64(double x) {                                                  \
    return uint16_t(encodeBf16(x, Rnd::M));                                                        \
  }
MODES(FROM_DOUBLE)
PTX uint16_t ptx_cvt_rn_f16_f64(double x) {
  return uint16_t(encodeF16(x, Rnd::Nearest));
}
PTX uint16_t ptx_cvt_rn_bf16_f64(double x) {
  return uint16_t(encodeBf16(x, Rnd::Nearest));
}
PTX uint16_t ptx_cvt_rn_bf16_f32(float x) {
  return bf16Bits(x);
}

#define FROM_INTEGER(R, M)                                                                         \
  PTX double ptx_cvt_##R##_f64_s64(int64_t x) {                                                    \
    Sum s = split(x);                                                                              \
    return step(s.value, s.error, Rnd::M);                                                         \
  }                                                                                                \
  PTX double ptx_cvt_##R##_f64_u64(uint64_t x) {                                                   \
    Sum s = split(x);                                                                              \
    return step(s.value, s.error, Rnd::M);                                                         \
  }                                                                                                \
  PTX float ptx_cvt_##R##_f32_s64(int64_t x) {                                                     \
    Sum s = split(x);                                                                              \
    return narrow(toOdd(s.value, s.error), Rnd::M);                                                \
  }                                                                                                \
  PTX float ptx_cvt_##R##_f32_u64(uint64_t x) {                                                    \
    Sum s = split(x);                                                                              \
    return narrow(toOdd(s.value, s.error), Rnd::M);                                                \
  }
MODES(FROM_INTEGER)
PTX double ptx_cvt_odd_f64_s64(int64_t x) {
  Sum s = split(x);
  return toOdd(s.value, s.error);
}
PTX double ptx_cvt_odd_f64_u64(uint64_t x) {
  Sum s = split(x);
  return toOdd(s.value, s.error);
}

#define TF32(R, ADD)                                                                               \
  PTX uint32_t ptx_cvt_##R##_tf32_f32(float x) {                                                   \
    return tf32(x, ADD, kInf);                                                                     \
  }                                                                                                \
  PTX uint32_t ptx_cvt_##R##_tf32_f32satfinite(float x) {                                          \
    return tf32(x, ADD, kMaxTf32);                                                                 \
  }                                                                                                \
  PTX uint32_t ptx_cvt_##R##_tf32_f32relu(float x) {                                               \
    x = positive(x);                                                                               \
    return tf32(x, ADD, kInf);                                                                     \
  }                                                                                                \
  PTX uint32_t ptx_cvt_##R##_tf32_f32relusatfinite(float x) {                                      \
    x = positive(x);                                                                               \
    return tf32(x, ADD, kMaxTf32);                                                                 \
  }
TF32(rna, 0x1000)
TF32(rn, nearestBias(x))
// Truncation never reaches infinity from a finite number.
TF32(rz, 0)

// The first operand becomes the upper byte.
#define FP8(NAME)                                                                                  \
  PTX uint16_t ptx_cvt_##NAME##x2_f32(float a, float b) {                                          \
    return uint16_t(NAME(a) << 8 | NAME(b));                                                       \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##NAME##x2_f32relu(float a, float b) {                                      \
    return ptx_cvt_##NAME##x2_f32(positive(a), positive(b));                                       \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##NAME##x2_f16x2(uint32_t h) {                                              \
    return ptx_cvt_##NAME##x2_f32(f16Value(uint16_t(h >> 16)), f16Value(uint16_t(h)));             \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##NAME##x2_f16x2relu(uint32_t h) {                                          \
    return ptx_cvt_##NAME##x2_f32relu(f16Value(uint16_t(h >> 16)), f16Value(uint16_t(h)));         \
  }
FP8(e4m3)
FP8(e5m2)
PTX uint32_t ptx_cvt_f16x2_e4m3x2(uint16_t x) {
  return f16FromE4m3(x & 0xff) | f16FromE4m3(x >> 8) << 16;
}
PTX uint32_t ptx_cvt_f16x2_e5m2x2(uint16_t x) {
  auto one = [](uint32_t code) { return (code & 0x7f) > 0x7c ? 0x7fffu : code << 8; };
  return one(x & 0xff) | one(x >> 8) << 16;
}
PTX uint32_t ptx_cvt_f16x2_e4m3x2relu(uint16_t x) {
  uint32_t h = ptx_cvt_f16x2_e4m3x2(x);
  return reluHalf(h & 0xffff) | reluHalf(h >> 16) << 16;
}
PTX uint32_t ptx_cvt_f16x2_e5m2x2relu(uint16_t x) {
  uint32_t h = ptx_cvt_f16x2_e5m2x2(x);
  return reluHalf(h & 0xffff) | reluHalf(h >> 16) << 16;
}

// 4- and 6-bit formats have neither infinities nor NaN: the largest number stands for them.
namespace {

template <unsigned Mantissa, int Least, uint32_t Max> inline uint32_t tiny(float x) {
  uint32_t code = encode(__builtin_fabsf(x), Mantissa, Least, Max + 1, Max, Rnd::Nearest);
  uint32_t magnitude = code > Max ? Max : code;
  return x != x ? Max : magnitude | (f2u(x) >> 31 ? Max + 1 : 0);
}
inline uint32_t e2m3(float x) {
  return tiny<3, 0, 31>(x);
}
inline uint32_t e3m2(float x) {
  return tiny<2, -2, 31>(x);
}
inline uint32_t e2m1(float x) {
  return tiny<1, 0, 7>(x);
}

// Exponent and mantissa go to the place of f16's; the factor is the difference of the biases.
template <unsigned Mantissa, uint32_t Max> inline uint32_t f16FromTiny(uint32_t code, float scale) {
  float value = f16Value(uint16_t((code & Max) << (10 - Mantissa))) * scale;
  return f16Bits(value) | (code & (Max + 1) ? 0x8000u : 0);
}
inline uint32_t f16FromE2m3(uint32_t code) {
  return f16FromTiny<3, 31>(code, 16384.0f);
}
inline uint32_t f16FromE3m2(uint32_t code) {
  return f16FromTiny<2, 31>(code, 4096.0f);
}
inline uint32_t f16FromE2m1(uint32_t code) {
  return f16FromTiny<1, 7>(code, 16384.0f);
}

// An exponent alone, 2^(code - 127); the sign is dropped, 255 is NaN. Upwards is away from zero.
inline uint32_t ue8m0(float x, bool up, bool finite) {
  uint32_t u = f2u(x) & 0x7fffffff, code = u >> 23;
  uint32_t below = u & 0x7fffff;
  // Below 2^-126 there is one power of two left, 2^-127.
  bool raise = code == 0 ? u > 0x400000 : below != 0;
  code += up && raise;
  code = u == 0x7f800000 ? 255 : code;
  code = code > 254 && finite ? 254 : code;
  return u > 0x7f800000 ? 255 : code;
}
inline float fromBf16(uint32_t x) {
  return u2f(x << 16);
}

} // namespace

#define FP6(NAME, UPPER)                                                                           \
  PTX uint16_t ptx_cvt_##NAME##x2_f32(float a, float b) {                                          \
    return uint16_t(NAME(a) << 8 | NAME(b));                                                       \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##NAME##x2_f32relu(float a, float b) {                                      \
    return ptx_cvt_##NAME##x2_f32(positive(a), positive(b));                                       \
  }                                                                                                \
  PTX uint32_t ptx_cvt_f16x2_##NAME##x2(uint16_t x) {                                              \
    return f16From##UPPER(x & 0xff) | f16From##UPPER(x >> 8) << 16;                                \
  }                                                                                                \
  PTX uint32_t ptx_cvt_f16x2_##NAME##x2relu(uint16_t x) {                                          \
    uint32_t h = ptx_cvt_f16x2_##NAME##x2(x);                                                      \
    return reluHalf(h & 0xffff) | reluHalf(h >> 16) << 16;                                         \
  }
FP6(e2m3, E2m3)
FP6(e3m2, E3m2)
PTX uint8_t ptx_cvt_e2m1x2_f32(float a, float b) {
  return uint8_t(e2m1(a) << 4 | e2m1(b));
}
PTX uint8_t ptx_cvt_e2m1x2_f32relu(float a, float b) {
  return ptx_cvt_e2m1x2_f32(positive(a), positive(b));
}
PTX uint32_t ptx_cvt_f16x2_e2m1x2(uint8_t x) {
  return f16FromE2m1(x & 0xf) | f16FromE2m1(x >> 4) << 16;
}
PTX uint32_t ptx_cvt_f16x2_e2m1x2relu(uint8_t x) {
  uint32_t h = ptx_cvt_f16x2_e2m1x2(x);
  return reluHalf(h & 0xffff) | reluHalf(h >> 16) << 16;
}

#define UE8M0(R, UP)                                                                               \
  PTX uint16_t ptx_cvt_##R##_ue8m0x2_f32(float a, float b) {                                       \
    return uint16_t(ue8m0(a, UP, false) << 8 | ue8m0(b, UP, false));                               \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##R##_ue8m0x2_f32satfinite(float a, float b) {                              \
    return uint16_t(ue8m0(a, UP, true) << 8 | ue8m0(b, UP, true));                                 \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##R##_ue8m0x2_bf16x2(uint32_t x) {                                          \
    return ptx_cvt_##R##_ue8m0x2_f32(fromBf16(x >> 16), fromBf16(x & 0xffff));                     \
  }                                                                                                \
  PTX uint16_t ptx_cvt_##R##_ue8m0x2_bf16x2satfinite(uint32_t x) {                                 \
    return ptx_cvt_##R##_ue8m0x2_f32satfinite(fromBf16(x >> 16), fromBf16(x & 0xffff));            \
  }
UE8M0(rz, false)
UE8M0(rp, true)
// 2^-127 is subnormal as bf16.
PTX uint32_t ptx_cvt_bf16x2_ue8m0x2(uint16_t x) {
  auto one = [](uint32_t code) { return code == 255 ? 0x7fffu : code == 0 ? 0x40u : code << 7; };
  return one(x & 0xff) | one(x >> 8) << 16;
}
