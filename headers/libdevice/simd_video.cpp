// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The SIMD-in-a-word functions of libdevice: two 16-bit or four 8-bit lanes in an unsigned int.
// Each is a loop over the lanes with the scalar meaning inside; LLVM unrolls it.
#include "libdevice.h"

namespace {
using u32 = unsigned int;

// BITS is 16 or 8. A lane as a signed or unsigned number.
template <int BITS> constexpr u32 kMask = (1u << BITS) - 1;
template <int BITS> inline int sx(u32 v, int i) {
  return (int)(v << (32 - BITS - i)) >> (32 - BITS);
}
template <int BITS> inline int zx(u32 v, int i) {
  return (int)((v >> i) & kMask<BITS>);
}
inline int clamp(int v, int lo, int hi) {
  return v < lo ? lo : v > hi ? hi : v;
}
inline int absolute(int v) {
  return v < 0 ? -v : v;
}
template <int BITS> inline int clampS(int v) {
  return clamp(v, -(1 << (BITS - 1)), (1 << (BITS - 1)) - 1);
}
template <int BITS> inline int clampU(int v) {
  return clamp(v, 0, (1 << BITS) - 1);
}

// f(lane of a, lane of b) for every lane; the result is cut to the lane.
template <int BITS, class F> inline u32 map(bool isSigned, u32 a, u32 b, F f) {
  u32 r = 0;
  for (int i = 0; i < 32; i += BITS) {
    int x = isSigned ? sx<BITS>(a, i) : zx<BITS>(a, i),
        y = isSigned ? sx<BITS>(b, i) : zx<BITS>(b, i);
    r |= ((u32)f(x, y) & kMask<BITS>) << i;
  }
  return r;
}
template <int BITS, class F> inline u32 sum(bool isSigned, u32 a, u32 b, F f) {
  u32 r = 0;
  for (int i = 0; i < 32; i += BITS) {
    int x = isSigned ? sx<BITS>(a, i) : zx<BITS>(a, i),
        y = isSigned ? sx<BITS>(b, i) : zx<BITS>(b, i);
    r += (u32)f(x, y);
  }
  return r;
}
} // namespace

#define MAP2(NAME, SIGNED, EXPR)                                                                   \
  NV u32 __nv_##NAME##2(u32 a, u32 b) {                                                            \
    constexpr int B = 16;                                                                          \
    (void)B;                                                                                       \
    return map<16>(SIGNED, a, b, [](int x, int y) { return EXPR; });                               \
  }                                                                                                \
  NV u32 __nv_##NAME##4(u32 a, u32 b) {                                                            \
    constexpr int B = 8;                                                                           \
    (void)B;                                                                                       \
    return map<8>(SIGNED, a, b, [](int x, int y) { return EXPR; });                                \
  }
#define MAP1(NAME, EXPR)                                                                           \
  NV u32 __nv_##NAME##2(u32 a) {                                                                   \
    constexpr int B = 16;                                                                          \
    (void)B;                                                                                       \
    return map<16>(true, a, 0, [](int x, int) { return EXPR; });                                   \
  }                                                                                                \
  NV u32 __nv_##NAME##4(u32 a) {                                                                   \
    constexpr int B = 8;                                                                           \
    (void)B;                                                                                       \
    return map<8>(true, a, 0, [](int x, int) { return EXPR; });                                    \
  }

MAP1(vabs, absolute(x))
MAP1(vabsss, clampS<B>(absolute(x)))
MAP1(vneg, -x)
MAP1(vnegss, clampS<B>(-x))
MAP2(vadd, false, x + y)
MAP2(vaddss, true, clampS<B>(x + y))
MAP2(vaddus, false, clampU<B>(x + y))
MAP2(vsub, false, x - y)
MAP2(vsubss, true, clampS<B>(x - y))
MAP2(vsubus, false, clampU<B>(x - y))
MAP2(vabsdiffs, true, absolute(x - y))
MAP2(vabsdiffu, false, absolute(x - y))
// Signed averages round away from zero, unsigned ones up.
MAP2(vavgs, true, (x + y + (x + y >= 0 ? 1 : 0)) >> 1)
MAP2(vavgu, false, (x + y + 1) >> 1)
MAP2(vhaddu, false, (x + y) >> 1)
MAP2(vmaxs, true, x > y ? x : y)
MAP2(vmaxu, false, x > y ? x : y)
MAP2(vmins, true, x < y ? x : y)
MAP2(vminu, false, x < y ? x : y)

// vcmp gives all ones, vset gives one.
#define COMPARE(NAME, SIGNED, OP)                                                                  \
  MAP2(vcmp##NAME, SIGNED, x OP y ? -1 : 0) MAP2(vset##NAME, SIGNED, x OP y ? 1 : 0)
COMPARE(eq, false, ==)
COMPARE(ne, false, !=)
COMPARE(ges, true, >=)
COMPARE(geu, false, >=)
COMPARE(gts, true, >)
COMPARE(gtu, false, >)
COMPARE(les, true, <=)
COMPARE(leu, false, <=)
COMPARE(lts, true, <)
COMPARE(ltu, false, <)

NV u32 __nv_vsads2(u32 a, u32 b) {
  return sum<16>(true, a, b, [](int x, int y) { return absolute(x - y); });
}
NV u32 __nv_vsads4(u32 a, u32 b) {
  return sum<8>(true, a, b, [](int x, int y) { return absolute(x - y); });
}
NV u32 __nv_vsadu2(u32 a, u32 b) {
  return sum<16>(false, a, b, [](int x, int y) { return absolute(x - y); });
}
NV u32 __nv_vsadu4(u32 a, u32 b) {
  return sum<8>(false, a, b, [](int x, int y) { return absolute(x - y); });
}
