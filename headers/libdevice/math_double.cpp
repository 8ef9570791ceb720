// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Double precision mathematics of libdevice: PTX instructions where they are exact, libclc for the
// transcendentals.
#include "libdevice.h"

namespace {
constexpr double kInf = __builtin_inf();
constexpr double kNan = __builtin_nan("");
} // namespace

NV double __nv_fabs(double x) {
  return __builtin_fabs(x);
}
NV double __nv_floor(double x) {
  return __builtin_floor(x);
}
NV double __nv_ceil(double x) {
  return __builtin_ceil(x);
}
NV double __nv_trunc(double x) {
  return __builtin_trunc(x);
}
NV double __nv_rint(double x) {
  return __builtin_rint(x);
}
NV double __nv_nearbyint(double x) {
  return __builtin_nearbyint(x);
}
NV double __nv_round(double x) {
  return __builtin_round(x);
}
NV long long __nv_llrint(double x) {
  return (long long)__builtin_rint(x);
}
NV long long __nv_llround(double x) {
  return (long long)__builtin_round(x);
}
NV double __nv_fma(double x, double y, double z) {
  return __builtin_fma(x, y, z);
}
NV double __nv_fmin(double x, double y) {
  return __builtin_fmin(x, y);
}
NV double __nv_fmax(double x, double y) {
  return __builtin_fmax(x, y);
}
NV double __nv_copysign(double x, double y) {
  return __builtin_copysign(x, y);
}
NV double __nv_sqrt(double x) {
  return __builtin_sqrt(x);
}
NV double __nv_rsqrt(double x) {
  return 1.0 / __builtin_sqrt(x);
}
// The high word of 1/x: what rcp.approx.ftz.f64 gives, used by division code.
NV double __nv_rcp64h(double x) {
  return __nvvm_rcp_approx_ftz_d(x);
}
NV double __nv_fdim(double x, double y) {
  return x > y ? x - y : x != x || y != y ? kNan : 0.0;
}
NV int __nv_isnand(double x) {
  return x != x;
}
NV int __nv_isinfd(double x) {
  return __builtin_fabs(x) == kInf;
}
NV int __nv_isfinited(double x) {
  return __builtin_fabs(x) < kInf;
}
NV int __nv_signbitd(double x) {
  return (int)((unsigned long long)__builtin_bit_cast(long long, x) >> 63);
}
NV double __nv_nan(const char*) {
  return kNan;
}

NV_BIG double __nv_sin(double x) {
  return clc::sin(x);
}
NV_BIG double __nv_cos(double x) {
  return clc::cos(x);
}
NV_BIG double __nv_exp(double x) {
  return clc::exp(x);
}
NV_BIG double __nv_exp2(double x) {
  return clc::exp2(x);
}
NV_BIG double __nv_exp10(double x) {
  return clc::exp10(x);
}
NV_BIG double __nv_log(double x) {
  return clc::log(x);
}
NV_BIG double __nv_log2(double x) {
  return clc::log2(x);
}
NV_BIG double __nv_log10(double x) {
  return clc::log10(x);
}
NV_BIG double __nv_tan(double x) {
  return clc::tan(x);
}
NV_BIG double __nv_asin(double x) {
  return clc::asin(x);
}
NV_BIG double __nv_acos(double x) {
  return clc::acos(x);
}
NV_BIG double __nv_atan(double x) {
  return clc::atan(x);
}
NV_BIG double __nv_sinh(double x) {
  return clc::sinh(x);
}
NV_BIG double __nv_cosh(double x) {
  return clc::cosh(x);
}
NV_BIG double __nv_tanh(double x) {
  return clc::tanh(x);
}
NV_BIG double __nv_asinh(double x) {
  return clc::asinh(x);
}
NV_BIG double __nv_acosh(double x) {
  return clc::acosh(x);
}
NV_BIG double __nv_atanh(double x) {
  return clc::atanh(x);
}
NV_BIG double __nv_sinpi(double x) {
  return clc::sinpi(x);
}
NV_BIG double __nv_cospi(double x) {
  return clc::cospi(x);
}
NV_BIG double __nv_expm1(double x) {
  return clc::expm1(x);
}
NV_BIG double __nv_log1p(double x) {
  return clc::log1p(x);
}
NV_BIG double __nv_logb(double x) {
  return clc::logb(x);
}
NV_BIG double __nv_cbrt(double x) {
  return clc::cbrt(x);
}
NV_BIG double __nv_erf(double x) {
  return clc::erf(x);
}
NV_BIG double __nv_erfc(double x) {
  return clc::erfc(x);
}
NV_BIG double __nv_tgamma(double x) {
  return clc::tgamma(x);
}
NV_BIG double __nv_lgamma(double x) {
  return clc::lgamma(x);
}
NV_BIG double __nv_pow(double x, double y) {
  return clc::pow(x, y);
}
NV_BIG double __nv_atan2(double x, double y) {
  return clc::atan2(x, y);
}
NV_BIG double __nv_hypot(double x, double y) {
  return clc::hypot(x, y);
}
NV_BIG double __nv_fmod(double x, double y) {
  return clc::fmod(x, y);
}
NV_BIG double __nv_remainder(double x, double y) {
  return clc::remainder(x, y);
}
NV_BIG double __nv_nextafter(double x, double y) {
  return clc::nextafter(x, y);
}
NV_BIG void __nv_sincos(double x, double* s, double* c) {
  *s = clc::sin(x);
  *c = clc::cos(x);
}
NV_BIG void __nv_sincospi(double x, double* s, double* c) {
  *s = clc::sinpi(x);
  *c = clc::cospi(x);
}
