// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Single precision mathematics of libdevice. exp, log, sin and cos in their variants are written
// here, short and without tables, because they decide the speed of most kernels; errors against the
// exact value are noted per function in ULP (units in the last place, measured over the whole range
// by tests/programs/math_accuracy). The rest is libclc's, whose bounds are those of the OpenCL full
// profile (at most 16 ULP, mostly below 4).
#include "libdevice.h"

namespace {
inline float bits(int x) {
  return __builtin_bit_cast(float, x);
}
inline int bits(float x) {
  return __builtin_bit_cast(int, x);
}
inline float fma(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}

constexpr float kInf = __builtin_inff();
constexpr float kNan = __builtin_nanf("");
constexpr float kLog2e = 1.44269504f;
// ln 2 in two parts: the first has 15 bits, so that its product with an exponent is exact.
constexpr float kLn2Hi = 6.931457520e-01f, kLn2Lo = 1.428606765e-06f;

// x * 2^n for |n| < 252: in two factors, so that subnormal results come out and no factor
// overflows.
inline float scale(float x, int n) {
  int half = n >> 1;
  return x * bits((half + 127) << 23) * bits((n - half + 127) << 23);
}

// e^r - 1 for |r| <= ln2 / 2.
inline float expm1Reduced(float r) {
  float p = fma(1.392618181e-03f, r, 8.363177630e-03f);
  p = fma(p, r, 4.166655463e-02f);
  p = fma(p, r, 1.666657700e-01f);
  p = fma(p, r, 0.5f);
  return fma(p, r * r, r);
}

// log(m) for x = m * 2^e with m in [sqrt(1/2), sqrt 2): the leading part f = m - 1 is exact, `rest`
// is the remainder.
struct Log {
  float e, f, rest;
};
inline Log logParts(float x) {
  int subnormal = x < 1.17549435e-38f;
  x = subnormal ? x * 8388608.0f : x;
  int i = bits(x) - 0x3f3504f3; // bits of sqrt(1/2)
  int e = i >> 23;
  float f = bits((i & 0x007fffff) + 0x3f3504f3) - 1.0f;
  float p = fma(6.969753803e-02f, f, -1.147918798e-01f);
  p = fma(p, f, 1.168579596e-01f);
  p = fma(p, f, -1.242577674e-01f);
  p = fma(p, f, 1.424903273e-01f);
  p = fma(p, f, -1.666779828e-01f);
  p = fma(p, f, 2.000071630e-01f);
  p = fma(p, f, -2.499999700e-01f);
  p = fma(p, f, 3.333333118e-01f);
  float f2 = f * f;
  return {(float)(e - (subnormal ? 23 : 0)), f, fma(p * f, f2, -0.5f * f2)};
}
// log's values where the parts mean nothing.
inline float logSpecial(float x, float y) {
  y = x == kInf ? kInf : y;
  y = x == 0.0f ? -kInf : y;
  return x < 0.0f || x != x ? kNan : y;
}

// x = r + n * pi/2, |r| <= pi/4, for |x| below kReduceLimit: three parts of pi/2, exact products by
// fma.
constexpr float kReduceLimit = 100000.0f;
struct Quadrant {
  float r;
  int n;
};
inline Quadrant reduce(float x) {
  float n = __builtin_rintf(x * 0.636619772f);
  float r = fma(n, -1.570796371f, x);
  r = fma(n, 4.371138829e-08f, r);
  r = fma(n, 1.715124510e-15f, r);
  return {r, (int)n};
}
inline float sinReduced(float r) {
  float z = r * r;
  float p = fma(2.724931407e-06f, z, -1.984008201e-04f);
  p = fma(p, z, 8.333331866e-03f);
  p = fma(p, z, -1.666666666e-01f);
  return fma(p * z, r, r);
}
inline float cosReduced(float r) {
  float z = r * r;
  float p = fma(-2.730044869e-07f, z, 2.480059644e-05f);
  p = fma(p, z, -1.388888766e-03f);
  p = fma(p, z, 4.166666666e-02f);
  return fma(p * z, z, fma(-0.5f, z, 1.0f));
}
// sin for n = quadrant, cos for n = quadrant + 1.
inline float sinOf(Quadrant q) {
  float y = q.n & 1 ? cosReduced(q.r) : sinReduced(q.r);
  return q.n & 2 ? -y : y;
}
} // namespace

// Exact or correctly rounded by the instruction.
NV float __nv_fabsf(float x) {
  return __builtin_fabsf(x);
}
NV float __nv_floorf(float x) {
  return __builtin_floorf(x);
}
NV float __nv_ceilf(float x) {
  return __builtin_ceilf(x);
}
NV float __nv_truncf(float x) {
  return __builtin_truncf(x);
}
NV float __nv_rintf(float x) {
  return __builtin_rintf(x);
}
NV float __nv_nearbyintf(float x) {
  return __builtin_nearbyintf(x);
}
NV float __nv_roundf(float x) {
  return __builtin_roundf(x);
}
NV long long __nv_llrintf(float x) {
  return (long long)__builtin_rintf(x);
}
NV long long __nv_llroundf(float x) {
  return (long long)__builtin_roundf(x);
}
NV float __nv_fmaf(float x, float y, float z) {
  return fma(x, y, z);
}
NV float __nv_fminf(float x, float y) {
  return __builtin_fminf(x, y);
}
NV float __nv_fmaxf(float x, float y) {
  return __builtin_fmaxf(x, y);
}
NV float __nv_copysignf(float x, float y) {
  return __builtin_copysignf(x, y);
}
NV float __nv_sqrtf(float x) {
  return __builtin_sqrtf(x);
}
NV float __nv_saturatef(float x) {
  return __nvvm_saturate_f(x);
}
NV float __nv_fdimf(float x, float y) {
  return x > y ? x - y : x != x || y != y ? kNan : 0.0f;
}
NV int __nv_isnanf(float x) {
  return x != x;
}
NV int __nv_isinff(float x) {
  return __builtin_fabsf(x) == kInf;
}
NV int __nv_finitef(float x) {
  return __builtin_fabsf(x) < kInf;
}
NV int __nv_signbitf(float x) {
  return (unsigned)bits(x) >> 31;
}
NV float __nv_nanf(const char*) {
  return kNan;
}

// 2 ULP
NV float __nv_rsqrtf(float x) {
  return __nvvm_rsqrt_approx_f(x);
}
// 1 ULP
NV float __nv_frsqrt_rn(float x) {
  return (float)(1.0 / __builtin_sqrt((double)x));
}

// 1 ULP
NV float __nv_expf(float x) {
  float n = __builtin_rintf(x * kLog2e);
  // Beyond these the result is 0 or infinite whatever the reduced argument says; NaN goes through
  // r.
  n = __builtin_fminf(__builtin_fmaxf(n, -160.0f), 130.0f);
  float r = fma(n, -kLn2Lo, fma(n, -kLn2Hi, x));
  float y = scale(1.0f + expm1Reduced(r), (int)n);
  y = x > 89.0f ? kInf : y;
  return x < -104.0f ? 0.0f : y;
}
// 1 ULP
NV float __nv_exp2f(float x) {
  float n = __builtin_fminf(__builtin_fmaxf(__builtin_rintf(x), -160.0f), 130.0f);
  float y = scale(1.0f + expm1Reduced((x - n) * 0.693147181f), (int)n);
  y = x >= 128.0f ? kInf : y;
  return x < -151.0f ? 0.0f : y;
}
// 2 ULP: log10(2) in two parts, as in expf.
NV float __nv_exp10f(float x) {
  float n = __builtin_fminf(__builtin_fmaxf(__builtin_rintf(x * 3.32192809f), -160.0f), 130.0f);
  float r = fma(n, 1.432098884e-08f, fma(n, -3.010300100e-01f, x));
  r = fma(r, 2.302585125f, r * -3.197543563e-08f);
  float y = scale(1.0f + expm1Reduced(r), (int)n);
  y = x > 38.6f ? kInf : y;
  return x < -46.0f ? 0.0f : y;
}
// 1 ULP
NV float __nv_logf(float x) {
  Log l = logParts(x);
  float y = fma(l.e, kLn2Hi, l.f + fma(l.e, kLn2Lo, l.rest));
  return logSpecial(x, y);
}
// 2 ULP: f and the rest are multiplied by 1/ln 2 apart, its low part goes with f.
NV float __nv_log2f(float x) {
  Log l = logParts(x);
  float low = fma(l.f, 1.92596299e-08f, l.rest * 1.44269504f);
  return logSpecial(x, l.e + fma(l.f, 1.44269502f, low));
}
// 2 ULP
NV float __nv_log10f(float x) {
  Log l = logParts(x);
  float y = fma(l.f, 0.434294492f, fma(l.f, -1.01030501e-08f, l.rest * 0.434294482f));
  return logSpecial(x, fma(l.e, 0.301025391f, fma(l.e, 4.605038981e-06f, y)));
}
// 2 ULP; very large arguments take libclc's exact reduction.
NV float __nv_sinf(float x) {
  if (__builtin_fabsf(x) > kReduceLimit)
    return clc::sin(x);
  // sin(-0) is -0.
  return x == 0.0f ? x : sinOf(reduce(x));
}
NV float __nv_cosf(float x) {
  if (__builtin_fabsf(x) > kReduceLimit)
    return clc::cos(x);
  Quadrant q = reduce(x);
  return sinOf({q.r, q.n + 1});
}
NV void __nv_sincosf(float x, float* s, float* c) {
  *s = __nv_sinf(x);
  *c = __nv_cosf(x);
}
NV void __nv_sincospif(float x, float* s, float* c) {
  *s = clc::sinpi(x);
  *c = clc::cospi(x);
}

// The fast variants: the hardware's approximations, with the guide's error bounds.
NV float __nv_fast_expf(float x) {
  return __nvvm_ex2_approx_f(x * kLog2e);
}
NV float __nv_fast_exp10f(float x) {
  return __nvvm_ex2_approx_f(x * 3.32192809f);
}
NV float __nv_fast_log2f(float x) {
  return __nvvm_lg2_approx_f(x);
}
NV float __nv_fast_logf(float x) {
  return __nvvm_lg2_approx_f(x) * 0.693147181f;
}
NV float __nv_fast_log10f(float x) {
  return __nvvm_lg2_approx_f(x) * 0.301029996f;
}
NV float __nv_fast_sinf(float x) {
  return __nvvm_sin_approx_f(x);
}
NV float __nv_fast_cosf(float x) {
  return __nvvm_cos_approx_f(x);
}
NV float __nv_fast_tanf(float x) {
  return __nvvm_div_approx_f(__nvvm_sin_approx_f(x), __nvvm_cos_approx_f(x));
}
NV float __nv_fast_powf(float x, float y) {
  return __nvvm_ex2_approx_f(y * __nvvm_lg2_approx_f(x));
}
NV float __nv_fast_fdividef(float x, float y) {
  return __nvvm_div_approx_f(x, y);
}
NV void __nv_fast_sincosf(float x, float* s, float* c) {
  *s = __nvvm_sin_approx_f(x);
  *c = __nvvm_cos_approx_f(x);
}
