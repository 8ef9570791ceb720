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
