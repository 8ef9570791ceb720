// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.3: directed rounding of arithmetic, approximations, testp.
//
// f32: the exact result is rounded to odd in f64, then once more in the wanted direction.
// f64: the sign of the exact error of the nearest result says whether to take a step.
#include "devicelib.h"

using namespace devicelib;

PTX float ptx_host_scale_f32(float x, float n, int32_t integer); // host.cpp

namespace {

inline double inf() {
  return __builtin_inf();
}
inline bool isFinite(double x) {
  return __builtin_fabs(x) < inf();
}
inline double sign(double x) {
  return __builtin_copysign(1.0, x);
}

// IEEE 754, 6.3: an exact zero sum of operands that are not both +0 is -0 when rounding down.
inline double zeroSum(double s, double x, double y, Rnd mode) {
  bool minus = mode == Rnd::Down && s == 0 && (d2u(x) | d2u(y)) != 0;
  return minus ? -0.0 : s;
}

inline float addF32(double x, double y, Rnd mode) {
  Sum s = twoSum(x, y);
  double odd = isFinite(s.value) ? toOdd(s.value, s.error) : s.value;
  return narrow(zeroSum(odd, x, y, mode), mode);
}

// An infinite result of finite operands was rounded away from zero.
inline double overflowError(double r, double error, bool finiteOperands) {
  return !isFinite(r) && finiteOperands ? -r : error;
}

inline double addF64(double x, double y, Rnd mode) {
  Sum s = twoSum(x, y);
  double error = overflowError(s.value, s.error, isFinite(x) && isFinite(y));
  return step(zeroSum(s.value, x, y, mode), error, mode);
}

inline double mulF64(double x, double y, Rnd mode) {
  double r = x * y;
  double error = __builtin_fma(x, y, -r);
  // Near the bottom the error is below the least number: scale the smaller operand.
  bool small = __builtin_fabs(r) < 0x1p-900;
  bool xSmaller = __builtin_fabs(x) < __builtin_fabs(y);
  double xs = xSmaller ? x * 0x1p600 : x, ys = xSmaller ? y : y * 0x1p600;
  double scaled = __builtin_fma(xs, ys, -(r * 0x1p600));
  error = small ? scaled : error;
  bool vanished = r == 0 && x != 0 && y != 0;
  error = vanished ? sign(x) * sign(y) : error;
  return step(r, overflowError(r, error, isFinite(x) && isFinite(y)), mode);
}

inline double divF64(double x, double y, Rnd mode) {
  double q = x / y;
  double scale = __builtin_fabs(x) < 0x1p-800 ? 0x1p200 : 1.0;
  double rest = __builtin_fma(-(q * scale), y, x * scale);
  double error = rest * sign(y);
  bool vanished = q == 0 && x != 0 && isFinite(y);
  error = vanished ? sign(x) * sign(y) : error;
  bool finite = isFinite(x) && isFinite(y) && y != 0;
  return step(q, overflowError(q, error, finite), mode);
}

inline double sqrtF64(double x, Rnd mode) {
  double r = __builtin_sqrt(x);
  bool small = x < 0x1p-800;
  double rs = small ? r * 0x1p100 : r, xs = small ? x * 0x1p200 : x;
  double error = __builtin_fma(-rs, rs, xs);
  return step(r, isFinite(x) ? error : 0, mode);
}

// x * y + z as a double-double: Boldo and Melquiond, "Emulation of a FMA and correctly rounded
// sums" (2008). No product or sum may leave the range of f64.
struct Pair {
  double high, low; // low is rounded to odd
};
inline Pair exactFma(double x, double y, double z) {
  double uh = x * y, ul = __builtin_fma(x, y, -uh);
  Sum t = twoSum(z, ul), v = twoSum(uh, t.value), w = twoSum(t.error, v.error);
  return {v.value, toOdd(w.value, w.error)};
}

inline double fmaInRange(double x, double y, double z, Rnd mode) {
  Pair p = exactFma(x, y, z);
  double r = addF64(p.high, p.low, mode);
  // The sign of an exact zero depends on the operands, of which the product is one.
  return r == 0 ? zeroSum(x * y + z, x * y, z, mode) : r;
}

inline double fmaF64(double x, double y, double z, Rnd mode) {
  double product = x * y, plain = __builtin_fma(x, y, z);
  bool finite = isFinite(x) && isFinite(y) && isFinite(z);
  bool nonzero = x != 0 && y != 0;
  if (!finite || !nonzero)
    return finite ? zeroSum(plain, product, z, mode) : plain;
  bool xSmaller = __builtin_fabs(x) < __builtin_fabs(y);
  double size = __builtin_fabs(product);
  if (size < 0x1p-900) {
    // Against a larger addend, or below every double, only the product's sign counts.
    if (product == 0 || __builtin_fabs(z) > 0x1p-800)
      return step(z == 0 ? __builtin_copysign(0.0, sign(x) * sign(y)) : z, sign(x) * sign(y), mode);
    double xs = xSmaller ? x * 0x1p600 : x, ys = xSmaller ? y : y * 0x1p600, zs = z * 0x1p600;
    double r = fmaInRange(xs, ys, zs, mode);
    if (r == 0 || __builtin_fabs(r) >= 0x1p-422)
      return r * 0x1p-600;
    Pair p = exactFma(xs, ys, zs);
    Sum s = twoSum(p.high, p.low);
    return mulF64(toOdd(s.value, s.error), 0x1p-600, mode);
  }
  if (size < 0x1p800 && __builtin_fabs(z) > 0x1p1000)
    return step(z, sign(x) * sign(y), mode);
  if (size > 0x1p1000 || __builtin_fabs(z) > 0x1p1000) {
    double xs = xSmaller ? x : x * 0x1p-200, ys = xSmaller ? y * 0x1p-200 : y;
    if (!isFinite(xs * ys)) // no addend brings this back
      return mulF64(x, y, mode);
    // A tiny addend stays what it is: something that is not zero.
    double zs =
        z != 0 && __builtin_fabs(z) < 0x1p-700 ? __builtin_copysign(0x1p-900, z) : z * 0x1p-200;
    return mulF64(fmaInRange(xs, ys, zs, mode), 0x1p200, mode);
  }
  return fmaInRange(x, y, z, mode);
}

inline float divF32(double x, double y, Rnd mode) {
  double q = x / y;
  double rest = __builtin_fma(-q, y, x);
  double error = isFinite(q) && isFinite(y) ? rest * sign(y) : 0;
  return narrow(toOdd(q, error), mode);
}

inline float sqrtF32(double x, Rnd mode) {
  double r = __builtin_sqrt(x);
  double error = isFinite(r) ? __builtin_fma(-r, r, x) : 0;
  return narrow(toOdd(r, error), mode);
}

// n = x rounded to the nearest integer, as a float and as an integer; |x| < 2^22.
struct Rounded {
  float value;
  int32_t integer;
};
inline Rounded nearest(float x) {
  float t = x + 0x1.8p23f;
  return {t - 0x1.8p23f, int32_t(f2u(t) - f2u(0x1.8p23f))};
}

// r = x - n * pi/2, |r| <= pi/4, for |x| up to some thousands. Beyond, the manual promises nothing;
// the result only stays within [-1, 1].
struct Reduced {
  float r;
  int32_t quadrant;
};
inline Reduced reduce(float x) {
  Rounded n = nearest(x * 0.636619772f);
  float r = __builtin_fmaf(-n.value, 0x1.921fb6p+0f, x);
  r = __builtin_fmaf(-n.value, -0x1.777a5cp-25f, r);
  r = __builtin_fmaf(-n.value, -0x1.ee59dap-50f, r);
  r = r > 0.7854f ? 0.7854f : r;
  r = r < -0.7854f ? -0.7854f : r;
  return {r, n.integer};
}
inline float sinPoly(float r) {
  float z = r * r;
  float p = __builtin_fmaf(z, 2.72499249e-06f, -0.000198400867f);
  p = __builtin_fmaf(z, p, 0.00833333187f);
  p = __builtin_fmaf(z, p, -0.166666667f);
  return __builtin_fmaf(p * z, r, r);
}
inline float cosPoly(float r) {
  float z = r * r;
  float p = __builtin_fmaf(z, -2.73009666e-07f, 2.48006004e-05f);
  p = __builtin_fmaf(z, p, -0.00138888877f);
  p = __builtin_fmaf(z, p, 0.0416666667f);
  p = __builtin_fmaf(z, p, -0.5f);
  return __builtin_fmaf(z, p, 1.0f);
}
inline float circular(float x, int32_t shift) {
  Reduced a = reduce(x);
  int32_t q = a.quadrant + shift;
  float s = sinPoly(a.r), c = cosPoly(a.r);
  float v = q & 1 ? c : s;
  v = u2f(f2u(v) ^ uint32_t(q & 2) << 30);
  bool valid = __builtin_fabsf(x) < __builtin_inff();
  return valid ? v : u2f(0x7fffffff);
}

// The upper half of a double, rounded; the lower is zero (PTX ISA 9.7.3.14).
inline double upperHalf(double x) {
  uint64_t u = d2u(x) + 0x80000000u;
  return u2d((x == x && isFinite(x) ? u : d2u(x)) & 0xffffffff00000000u);
}
inline double flushF64(double x) {
  return (d2u(x) & 0x7ff0000000000000u) == 0 ? __builtin_copysign(0.0, x) : x;
}

} // namespace

#define DIRECTED(R, M)                                                                             \
  PTX float ptx_fadd_##R##_f32(float a, float b) {                                                 \
    return addF32(a, b, Rnd::M);                                                                   \
  }                                                                                                \
  PTX float ptx_fsub_##R##_f32(float a, float b) {                                                 \
    return addF32(a, -b, Rnd::M);                                                                  \
  }                                                                                                \
  PTX float ptx_fmul_##R##_f32(float a, float b) {                                                 \
    return narrow(double(a) * double(b), Rnd::M);                                                  \
  }                                                                                                \
  PTX float ptx_fma_##R##_f32(float a, float b, float c) {                                         \
    return addF32(double(a) * double(b), c, Rnd::M);                                               \
  }                                                                                                \
  PTX float ptx_fdiv_##R##_f32(float a, float b) {                                                 \
    return divF32(a, b, Rnd::M);                                                                   \
  }                                                                                                \
  PTX float ptx_rcp_##R##_f32(float a) {                                                           \
    return divF32(1, a, Rnd::M);                                                                   \
  }                                                                                                \
  PTX float ptx_sqrt_##R##_f32(float a) {                                                          \
    return sqrtF32(a, Rnd::M);                                                                     \
  }                                                                                                \
  PTX double ptx_fadd_##R##_f64(double a, double b) {                                              \
    return addF64(a, b, Rnd::M);                                                                   \
  }                                                                                                \
  PTX double ptx_fsub_##R##_f64(double a, double b) {                                              \
    return addF64(a, -b, Rnd::M);                                                                  \
  }                                                                                                \
  PTX double ptx_fmul_##R##_f64(double a, double b) {                                              \
    return mulF64(a, b, Rnd::M);                                                                   \
  }                                                                                                \
  PTX double ptx_fma_##R##_f64(double a, double b, double c) {                                     \
    return fmaF64(a, b, c, Rnd::M);                                                                \
  }                                                                                                \
  PTX double ptx_fdiv_##R##_f64(double a, double b) {                                              \
    return divF64(a, b, Rnd::M);                                                                   \
  }                                                                                                \
  PTX double ptx_rcp_##R##_f64(double a) {                                                         \
    return divF64(1, a, Rnd::M);                                                                   \
  }                                                                                                \
  PTX double ptx_sqrt_##R##_f64(double a) {                                                        \
    return sqrtF64(a, Rnd::M);                                                                     \
  }
DIRECTED(rz, Zero)
DIRECTED(rm, Down)
DIRECTED(rp, Up)

// Largest relative error about 2^-23.5 (the manual allows 2^-22.5).
// PTX ISA 9.7.3.8: a divisor beyond 2^126 gives 0, or NaN if the dividend is infinite.
PTX float ptx_div_approx_f32(float a, float b) {
  float magnitude = __builtin_fabsf(b), quotient = a / b;
  bool large = magnitude > 0x1p126f && magnitude <= 0x1.fffffep127f;
  bool infinite = __builtin_fabsf(a) > 0x1.fffffep127f;
  float instead = u2f(infinite ? 0x7fffffff : (f2u(a) ^ f2u(b)) & 0x80000000);
  return large && a == a ? instead : quotient;
}
PTX float ptx_ex2_approx_f32(float x) {
  float y = x < -152.0f ? -152.0f : x;
  y = y > 129.0f ? 129.0f : y;
  Rounded n = nearest(y);
  float f = y - n.value;
  float p = __builtin_fmaf(f, 0.000154531629f, 0.00133908634f);
  p = __builtin_fmaf(f, p, 0.00961808256f);
  p = __builtin_fmaf(f, p, 0.0555035711f);
  p = __builtin_fmaf(f, p, 0.240226508f);
  p = __builtin_fmaf(f, p, 0.693147188f);
  p = __builtin_fmaf(f, p, 1.0f);
  return ptx_host_scale_f32(p, n.value, n.integer);
}

PTX float ptx_lg2_approx_f32(float x) {
  bool tiny = x < 0x1p-126f;
  uint32_t u = f2u(tiny ? x * 0x1p23f : x);
  // The mantissa in [sqrt(1/2), sqrt(2)).
  uint32_t shifted = u - 0x3f3504f3u;
  int32_t exponent = int32_t(shifted) >> 23;
  float f = u2f(u - (uint32_t(exponent) << 23)) - 1.0f;
  float p = __builtin_fmaf(f, -0.107466299f, 0.184749136f);
  p = __builtin_fmaf(f, p, -0.191395197f);
  p = __builtin_fmaf(f, p, 0.204859786f);
  p = __builtin_fmaf(f, p, -0.239607607f);
  p = __builtin_fmaf(f, p, 0.288552436f);
  p = __builtin_fmaf(f, p, -0.360696557f);
  p = __builtin_fmaf(f, p, 0.480898523f);
  p = __builtin_fmaf(f, p, -0.721347354f);
  p = __builtin_fmaf(f, p, 1.44269504f);
  float r = __builtin_fmaf(f, p, float(exponent - (tiny ? 23 : 0)));
  r = x == __builtin_inff() ? x : r;
  r = x == 0 ? -__builtin_inff() : r;
  return x >= 0 ? r : u2f(0x7fffffff);
}

PTX float ptx_sin_approx_f32(float x) {
  return x == 0 ? x : circular(x, 0);
}
PTX float ptx_cos_approx_f32(float x) {
  return circular(x, 1);
}

// tanh x = 1 - 2 / (e^2x + 1); near zero the series (the manual allows 2^-11).
PTX float ptx_tanh_approx_f32(float x) {
  float a = __builtin_fabsf(x);
  float e = ptx_ex2_approx_f32(a * 2.88539008f);
  float large = 1.0f - 2.0f / (e + 1.0f);
  float z = x * x;
  float p = __builtin_fmaf(z, -0.0539682540f, 0.133333333f);
  p = __builtin_fmaf(z, p, -0.333333333f);
  float small = __builtin_fmaf(p * z, a, a);
  return __builtin_copysignf(a < 0.4f ? small : large, x);
}

PTX double ptx_rcp_approx_f64(double x) {
  return flushF64(upperHalf(1.0 / flushF64(x)));
}
PTX double ptx_rsqrt_approx_f64(double x) {
  return 1.0 / __builtin_sqrt(x);
}
PTX double ptx_rsqrt_approx_ftz_f64(double x) {
  return upperHalf(1.0 / __builtin_sqrt(flushF64(x)));
}

#define TESTP(T, U, EXPONENT, TO)                                                                  \
  PTX bool ptx_testp_finite_##T(U x) {                                                             \
    return (TO(x) & EXPONENT) != EXPONENT;                                                         \
  }                                                                                                \
  PTX bool ptx_testp_infinite_##T(U x) {                                                           \
    return TO(x) << 1 == EXPONENT << 1;                                                            \
  }                                                                                                \
  PTX bool ptx_testp_number_##T(U x) {                                                             \
    return TO(x) << 1 <= EXPONENT << 1;                                                            \
  }                                                                                                \
  PTX bool ptx_testp_notanumber_##T(U x) {                                                         \
    return TO(x) << 1 > EXPONENT << 1;                                                             \
  }                                                                                                \
  PTX bool ptx_testp_subnormal_##T(U x) {                                                          \
    return (TO(x) & EXPONENT) == 0 && TO(x) << 1 != 0;                                             \
  }                                                                                                \
  PTX bool ptx_testp_normal_##T(U x) {                                                             \
    return (TO(x) & EXPONENT) != EXPONENT && ((TO(x) & EXPONENT) != 0 || TO(x) << 1 == 0);         \
  }
TESTP(f32, float, 0x7f800000u, f2u)
TESTP(f64, double, 0x7ff0000000000000ull, d2u)
