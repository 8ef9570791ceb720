// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.1: integer instructions on bit fields, bytes and 24-bit numbers; prmt; cvt.pack.
#include "devicelib.h"

using namespace devicelib;

namespace {

constexpr uint32_t kNone = 0xffffffff;

inline uint32_t low(uint32_t x) {
  return x & 0xffff;
}
inline int16_t lowS(uint32_t x) {
  return int16_t(x);
}
inline int16_t highS(uint32_t x) {
  return int16_t(x >> 16);
}
inline uint32_t pack(uint32_t lo, uint32_t hi) {
  return low(lo) | hi << 16;
}
inline int32_t signed24(uint32_t x) {
  return int32_t(x << 8) >> 8;
}
inline uint32_t unsigned24(uint32_t x) {
  return x & 0xffffff;
}
template <typename T> inline T min(T x, T y) {
  return x < y ? x : y;
}
template <typename T> inline T max(T x, T y) {
  return x > y ? x : y;
}
inline int32_t saturate(int64_t x) {
  return clamp(x, INT32_MIN, INT32_MAX);
}

template <typename U> inline U fieldMask(uint32_t length) {
  constexpr uint32_t n = 8 * sizeof(U);
  return length >= n ? ~U(0) : (U(1) << (length & (n - 1))) - 1;
}

// Positions and lengths of bfe and bfi: the manual means their low 8 bits, and GPUs do so for
// 32-bit operands only. Programs were tested on GPUs.
template <typename U> inline uint32_t lowByte(uint32_t x) {
  return sizeof(U) == 4 ? x & 0xff : x;
}

template <typename U> inline U extractUnsigned(U a, uint32_t pos, uint32_t len) {
  constexpr uint32_t n = 8 * sizeof(U);
  pos = lowByte<U>(pos);
  len = lowByte<U>(len);
  U shifted = pos >= n ? 0 : a >> (pos & (n - 1));
  return shifted & fieldMask<U>(len);
}

template <typename S, typename U> inline S extractSigned(S a, uint32_t pos, uint32_t len) {
  constexpr uint32_t n = 8 * sizeof(S);
  pos = lowByte<U>(pos);
  len = lowByte<U>(len);
  S shifted = a >> min(pos, n - 1);
  uint32_t unused = len >= n ? 0 : n - len;
  S extended = S(U(shifted) << (unused & (n - 1))) >> (unused & (n - 1));
  return len == 0 ? 0 : extended;
}

template <typename U> inline U insert(U a, U b, uint32_t pos, uint32_t len) {
  constexpr uint32_t n = 8 * sizeof(U);
  pos = lowByte<U>(pos);
  len = lowByte<U>(len);
  U mask = pos >= n ? 0 : fieldMask<U>(len) << (pos & (n - 1));
  U moved = a << (pos & (n - 1));
  return (b & ~mask) | (moved & mask);
}

inline uint32_t countZeros32(uint32_t a) {
  return a ? uint32_t(__builtin_clz(a)) : 32;
}
inline uint32_t countZeros64(uint64_t a) {
  return a ? uint32_t(__builtin_clzll(a)) : 64;
}
inline uint32_t find32(uint32_t a) {
  return a ? 31 - countZeros32(a) : kNone;
}
inline uint32_t find64(uint64_t a) {
  return a ? 63 - countZeros64(a) : kNone;
}
inline uint32_t amount(uint32_t found, uint32_t top) {
  return found == kNone ? kNone : top - found;
}

inline uint32_t byteOf(uint64_t pair, uint32_t index) {
  return uint32_t(pair >> (8 * (index & 7))) & 0xff;
}
inline uint64_t pairOf(uint32_t a, uint32_t b) {
  return uint64_t(b) << 32 | a;
}
inline uint32_t permute(uint32_t a, uint32_t b, uint32_t i0, uint32_t i1, uint32_t i2,
                        uint32_t i3) {
  uint64_t p = pairOf(a, b);
  return byteOf(p, i0) | byteOf(p, i1) << 8 | byteOf(p, i2) << 16 | byteOf(p, i3) << 24;
}

} // namespace

PTX uint32_t ptx_add_u16x2(uint32_t a, uint32_t b) {
  return pack(a + b, (a >> 16) + (b >> 16));
}
PTX uint32_t ptx_add_s16x2(uint32_t a, uint32_t b) {
  return ptx_add_u16x2(a, b);
}
PTX uint32_t ptx_min_u16x2(uint32_t a, uint32_t b) {
  return pack(min(low(a), low(b)), min(a >> 16, b >> 16));
}
PTX uint32_t ptx_max_u16x2(uint32_t a, uint32_t b) {
  return pack(max(low(a), low(b)), max(a >> 16, b >> 16));
}
PTX uint32_t ptx_min_s16x2(uint32_t a, uint32_t b) {
  return pack(min(lowS(a), lowS(b)), min(highS(a), highS(b)));
}
PTX uint32_t ptx_max_s16x2(uint32_t a, uint32_t b) {
  return pack(max(lowS(a), lowS(b)), max(highS(a), highS(b)));
}
PTX uint32_t ptx_min_s16x2relu(uint32_t a, uint32_t b) {
  return ptx_max_s16x2(ptx_min_s16x2(a, b), 0);
}
PTX uint32_t ptx_max_s16x2relu(uint32_t a, uint32_t b) {
  return ptx_max_s16x2(ptx_max_s16x2(a, b), 0);
}
PTX uint32_t ptx_min_u16x2relu(uint32_t a, uint32_t b) {
  return ptx_min_u16x2(a, b);
}
PTX uint32_t ptx_max_u16x2relu(uint32_t a, uint32_t b) {
  return ptx_max_u16x2(a, b);
}
PTX int32_t ptx_min_relu_s32(int32_t a, int32_t b) {
  return max(min(a, b), 0);
}
PTX int32_t ptx_max_relu_s32(int32_t a, int32_t b) {
  return max(max(a, b), 0);
}

PTX int32_t ptx_mad_hi_sat_s32(int32_t a, int32_t b, int32_t c) {
  return saturate((int64_t(a) * b >> 32) + c);
}
PTX uint64_t ptx_mulhi_u64(uint64_t a, uint64_t b) {
  uint64_t al = uint32_t(a), ah = a >> 32, bl = uint32_t(b), bh = b >> 32;
  uint64_t mid = ah * bl + (al * bl >> 32);
  uint64_t mid2 = al * bh + uint32_t(mid);
  return ah * bh + (mid >> 32) + (mid2 >> 32);
}
PTX uint64_t ptx_mulhi_s64(uint64_t a, uint64_t b) {
  return ptx_mulhi_u64(a, b) - (int64_t(a) < 0 ? b : 0) - (int64_t(b) < 0 ? a : 0);
}

PTX uint32_t ptx_mul24_lo_u32(uint32_t a, uint32_t b) {
  return unsigned24(a) * unsigned24(b);
}
PTX uint32_t ptx_mul24_hi_u32(uint32_t a, uint32_t b) {
  return uint32_t(uint64_t(unsigned24(a)) * unsigned24(b) >> 16);
}
PTX uint32_t ptx_mul24_lo_s32(uint32_t a, uint32_t b) {
  return uint32_t(int64_t(signed24(a)) * signed24(b));
}
PTX uint32_t ptx_mul24_hi_s32(uint32_t a, uint32_t b) {
  return uint32_t(int64_t(signed24(a)) * signed24(b) >> 16);
}
PTX uint32_t ptx_mad24_lo_u32(uint32_t a, uint32_t b, uint32_t c) {
  return ptx_mul24_lo_u32(a, b) + c;
}
PTX uint32_t ptx_mad24_hi_u32(uint32_t a, uint32_t b, uint32_t c) {
  return ptx_mul24_hi_u32(a, b) + c;
}
PTX uint32_t ptx_mad24_lo_s32(uint32_t a, uint32_t b, uint32_t c) {
  return ptx_mul24_lo_s32(a, b) + c;
}
PTX uint32_t ptx_mad24_hi_s32(uint32_t a, uint32_t b, uint32_t c) {
  return ptx_mul24_hi_s32(a, b) + c;
}
PTX int32_t ptx_mad24_hi_sat_s32(uint32_t a, uint32_t b, int32_t c) {
  return saturate((int64_t(signed24(a)) * signed24(b) >> 16) + c);
}

#define SAD(NAME, U, S)                                                                            \
  PTX U ptx_sad_##NAME(U a, U b, U c) {                                                            \
    return U(c + (S(a) < S(b) ? U(b) - U(a) : U(a) - U(b)));                                       \
  }
SAD(u16, uint16_t, uint16_t)
SAD(s16, uint16_t, int16_t)
SAD(u32, uint32_t, uint32_t)
SAD(s32, uint32_t, int32_t)
SAD(u64, uint64_t, uint64_t)
SAD(s64, uint64_t, int64_t)

PTX uint32_t ptx_clz_b32(uint32_t a) {
  return countZeros32(a);
}
PTX uint32_t ptx_clz_b64(uint64_t a) {
  return countZeros64(a);
}
PTX uint32_t ptx_bfind_u32(uint32_t a) {
  return find32(a);
}
PTX uint32_t ptx_bfind_s32(uint32_t a) {
  return find32(a ^ uint32_t(int32_t(a) >> 31));
}
PTX uint32_t ptx_bfind_u64(uint64_t a) {
  return find64(a);
}
PTX uint32_t ptx_bfind_s64(uint64_t a) {
  return find64(a ^ uint64_t(int64_t(a) >> 63));
}
PTX uint32_t ptx_bfindshiftamt_u32(uint32_t a) {
  return amount(ptx_bfind_u32(a), 31);
}
PTX uint32_t ptx_bfindshiftamt_s32(uint32_t a) {
  return amount(ptx_bfind_s32(a), 31);
}
PTX uint32_t ptx_bfindshiftamt_u64(uint64_t a) {
  return amount(ptx_bfind_u64(a), 63);
}
PTX uint32_t ptx_bfindshiftamt_s64(uint64_t a) {
  return amount(ptx_bfind_s64(a), 63);
}

// Counts |offset| set bits from `base`, upwards or downwards, base included.
PTX uint32_t ptx_fns_b32(uint32_t mask, uint32_t base, int32_t offset) {
  if (base > 31)
    return kNone;
  if (offset == 0)
    return mask >> base & 1 ? base : kNone;
  uint32_t count = offset > 0 ? uint32_t(offset) : 0u - uint32_t(offset);
  uint32_t m = offset > 0 ? mask >> base << base : mask & (0xffffffffu >> (31 - base));
  uint32_t found = kNone;
  for (uint32_t i = 0; i < 32; ++i) {
    uint32_t pos = offset > 0 ? i : 31 - i;
    bool set = m >> pos & 1;
    count -= set;
    found = set && count == 0 && found == kNone ? pos : found;
  }
  return found;
}

PTX uint32_t ptx_bfe_u32(uint32_t a, uint32_t pos, uint32_t len) {
  return extractUnsigned(a, pos, len);
}
PTX uint64_t ptx_bfe_u64(uint64_t a, uint32_t pos, uint32_t len) {
  return extractUnsigned(a, pos, len);
}
PTX int32_t ptx_bfe_s32(int32_t a, uint32_t pos, uint32_t len) {
  return extractSigned<int32_t, uint32_t>(a, pos, len);
}
PTX int64_t ptx_bfe_s64(int64_t a, uint32_t pos, uint32_t len) {
  return extractSigned<int64_t, uint64_t>(a, pos, len);
}
PTX uint32_t ptx_bfi_b32(uint32_t a, uint32_t b, uint32_t pos, uint32_t len) {
  return insert(a, b, pos, len);
}
PTX uint64_t ptx_bfi_b64(uint64_t a, uint64_t b, uint32_t pos, uint32_t len) {
  return insert(a, b, pos, len);
}

PTX uint32_t ptx_szext_wrap_u32(uint32_t a, uint32_t n) {
  return a & fieldMask<uint32_t>(n & 31);
}
PTX uint32_t ptx_szext_clamp_u32(uint32_t a, uint32_t n) {
  return a & fieldMask<uint32_t>(n);
}
PTX uint32_t ptx_szext_wrap_s32(uint32_t a, uint32_t n) {
  n &= 31;
  return n == 0 ? 0 : uint32_t(int32_t(a << (32 - n)) >> (32 - n));
}
PTX uint32_t ptx_szext_clamp_s32(uint32_t a, uint32_t n) {
  return n > 31 ? a : ptx_szext_wrap_s32(a, n);
}

PTX uint32_t ptx_bmsk_wrap_b32(uint32_t a, uint32_t b) {
  a &= 31;
  b &= 31;
  return fieldMask<uint32_t>(b) << a;
}
PTX uint32_t ptx_bmsk_clamp_b32(uint32_t a, uint32_t b) {
  return a > 31 ? 0 : fieldMask<uint32_t>(b) << (a & 31);
}

#define DP4A(A, B, TA, TB)                                                                         \
  PTX uint32_t ptx_dp4a_##A##_##B(uint32_t a, uint32_t b, uint32_t c) {                            \
    for (int i = 0; i < 4; ++i)                                                                    \
      c += uint32_t(int32_t(TA(a >> (8 * i))) * int32_t(TB(b >> (8 * i))));                        \
    return c;                                                                                      \
  }                                                                                                \
  PTX uint32_t ptx_dp2a_lo_##A##_##B(uint32_t a, uint32_t b, uint32_t c) {                         \
    return c + uint32_t(int32_t(TA##2(a)) * int32_t(TB(b))) +                                      \
           uint32_t(int32_t(TA##2(a >> 16)) * int32_t(TB(b >> 8)));                                \
  }                                                                                                \
  PTX uint32_t ptx_dp2a_hi_##A##_##B(uint32_t a, uint32_t b, uint32_t c) {                         \
    return ptx_dp2a_lo_##A##_##B(a, b >> 16, c);                                                   \
  }
namespace {
using Signed = int8_t;
using Unsigned = uint8_t;
using Signed2 = int16_t;
using Unsigned2 = uint16_t;
} // namespace
DP4A(s32, s32, Signed, Signed)
DP4A(s32, u32, Signed, Unsigned)
DP4A(u32, s32, Unsigned, Signed)
DP4A(u32, u32, Unsigned, Unsigned)

// PTX ISA 9.7.9.7: bit 3 of a selector replicates the byte's sign.
PTX uint32_t ptx_prmt_b32(uint32_t a, uint32_t b, uint32_t c) {
  uint64_t p = pairOf(a, b);
  uint32_t d = 0;
  for (int i = 0; i < 4; ++i) {
    uint32_t selector = c >> (4 * i);
    uint32_t byte = byteOf(p, selector);
    uint32_t sign = 0u - (byte >> 7);
    d |= ((selector & 8 ? sign : byte) & 0xff) << (8 * i);
  }
  return d;
}
PTX uint32_t ptx_prmtf4e_b32(uint32_t a, uint32_t b, uint32_t c) {
  c &= 3;
  return permute(a, b, c, c + 1, c + 2, c + 3);
}
PTX uint32_t ptx_prmtb4e_b32(uint32_t a, uint32_t b, uint32_t c) {
  c &= 3;
  return permute(a, b, c, c - 1, c - 2, c - 3);
}
PTX uint32_t ptx_prmtrc8_b32(uint32_t a, uint32_t b, uint32_t c) {
  c &= 3;
  return permute(a, b, c, c, c, c);
}
PTX uint32_t ptx_prmtecl_b32(uint32_t a, uint32_t b, uint32_t c) {
  c &= 3;
  return permute(a, b, c, max(c, 1u), max(c, 2u), 3);
}
PTX uint32_t ptx_prmtecr_b32(uint32_t a, uint32_t b, uint32_t c) {
  c &= 3;
  return permute(a, b, 0, min(c, 1u), min(c, 2u), c);
}
PTX uint32_t ptx_prmtrc16_b32(uint32_t a, uint32_t b, uint32_t c) {
  c = (c & 1) * 2;
  return permute(a, b, c, c + 1, c, c + 1);
}

PTX uint32_t ptx_cvt_pack_u16(int32_t a, int32_t b) {
  return pack(uint32_t(clamp(b, 0, 65535)), uint32_t(clamp(a, 0, 65535)));
}
PTX uint32_t ptx_cvt_pack_s16(int32_t a, int32_t b) {
  return pack(uint32_t(clamp(b, -32768, 32767)), uint32_t(clamp(a, -32768, 32767)));
}
// The two results below, c moved up above them.
#define CVT_PACK(NAME, BITS, LOW, HIGH)                                                            \
  PTX uint32_t ptx_cvt_pack_##NAME(int32_t a, int32_t b, uint32_t c) {                             \
    constexpr uint32_t mask = (1u << (BITS)) - 1;                                                  \
    uint32_t low = uint32_t(clamp(b, LOW, HIGH)) & mask;                                           \
    uint32_t high = uint32_t(clamp(a, LOW, HIGH)) & mask;                                          \
    return low | high << (BITS) | c << (2 * (BITS));                                               \
  }
CVT_PACK(u8, 8, 0, 255)
CVT_PACK(s8, 8, -128, 127)
CVT_PACK(u4, 4, 0, 15)
CVT_PACK(s4, 4, -8, 7)
CVT_PACK(u2, 2, 0, 3)
CVT_PACK(s2, 2, -2, 1)
