// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions of libdevice that are the same for float and double: libclc's in single precision,
// decomposition of numbers, powers, norms, and the statistical functions built on erf. Single
// precision is computed in double where that is the shortest way to a right result.
#include "libdevice.h"

extern "C" float _Z5frexpfPi(float, int*);
extern "C" double _Z5frexpdPi(double, int*);
extern "C" float _Z5ldexpfi(float, int);
extern "C" double _Z5ldexpdi(double, int);
extern "C" int _Z5ilogbf(float);
extern "C" int _Z5ilogbd(double);
extern "C" float _Z4modffPf(float, float*);
extern "C" double _Z4modfdPd(double, double*);
extern "C" float _Z6remquoffPi(float, float, int*);
extern "C" double _Z6remquoddPi(double, double, int*);

NV_BIG float __nv_tanf(float x) {
  return clc::tan(x);
}
NV_BIG float __nv_asinf(float x) {
  return clc::asin(x);
}
NV_BIG float __nv_acosf(float x) {
  return clc::acos(x);
}
NV_BIG float __nv_atanf(float x) {
  return clc::atan(x);
}
NV_BIG float __nv_sinhf(float x) {
  return clc::sinh(x);
}
NV_BIG float __nv_coshf(float x) {
  return clc::cosh(x);
}
NV_BIG float __nv_tanhf(float x) {
  return clc::tanh(x);
}
NV_BIG float __nv_asinhf(float x) {
  return clc::asinh(x);
}
NV_BIG float __nv_acoshf(float x) {
  return clc::acosh(x);
}
NV_BIG float __nv_atanhf(float x) {
  return clc::atanh(x);
}
NV_BIG float __nv_sinpif(float x) {
  return clc::sinpi(x);
}
NV_BIG float __nv_cospif(float x) {
  return clc::cospi(x);
}
NV_BIG float __nv_expm1f(float x) {
  return clc::expm1(x);
}
NV_BIG float __nv_log1pf(float x) {
  return clc::log1p(x);
}
NV_BIG float __nv_logbf(float x) {
  return clc::logb(x);
}
NV_BIG float __nv_cbrtf(float x) {
  return clc::cbrt(x);
}
NV_BIG float __nv_erff(float x) {
  return clc::erf(x);
}
NV_BIG float __nv_lgammaf(float x) {
  return clc::lgamma(x);
}
NV_BIG float __nv_powf(float x, float y) {
  return clc::pow(x, y);
}
NV_BIG float __nv_atan2f(float x, float y) {
  return clc::atan2(x, y);
}
NV_BIG float __nv_hypotf(float x, float y) {
  return clc::hypot(x, y);
}
NV_BIG float __nv_fmodf(float x, float y) {
  return clc::fmod(x, y);
}
NV_BIG float __nv_remainderf(float x, float y) {
  return clc::remainder(x, y);
}
NV_BIG float __nv_nextafterf(float x, float y) {
  return clc::nextafter(x, y);
}

NV float __nv_frexpf(float x, int* e) {
  return _Z5frexpfPi(x, e);
}
NV float __nv_ldexpf(float x, int n) {
  return _Z5ldexpfi(x, n);
}
NV float __nv_scalbnf(float x, int n) {
  return _Z5ldexpfi(x, n);
}
NV int __nv_ilogbf(float x) {
  return _Z5ilogbf(x);
}
NV float __nv_modff(float x, float* whole) {
  return _Z4modffPf(x, whole);
}
NV float __nv_remquof(float x, float y, int* quotient) {
  return _Z6remquoffPi(x, y, quotient);
}

NV double __nv_frexp(double x, int* e) {
  return _Z5frexpdPi(x, e);
}
NV double __nv_ldexp(double x, int n) {
  return _Z5ldexpdi(x, n);
}
NV double __nv_scalbn(double x, int n) {
  return _Z5ldexpdi(x, n);
}
NV int __nv_ilogb(double x) {
  return _Z5ilogbd(x);
}
NV double __nv_modf(double x, double* whole) {
  return _Z4modfdPd(x, whole);
}
NV double __nv_remquo(double x, double y, int* quotient) {
  return _Z6remquoddPi(x, y, quotient);
}

// libclc's own in single precision miss the bound of 16 ULP by far for large arguments.
NV_BIG float __nv_erfcf(float x) {
  return (float)clc::erfc((double)x);
}
NV_BIG float __nv_tgammaf(float x) {
  return (float)clc::tgamma((double)x);
}

namespace {
constexpr double kInf = __builtin_inf();

// x^n by squaring.
template <class T> inline T powi(T x, int n) {
  unsigned left = n < 0 ? 0u - (unsigned)n : (unsigned)n;
  T y = 1;
  for (T square = x; left; left >>= 1, square *= square)
    y = left & 1 ? y * square : y;
  return n < 0 ? T(1) / y : y;
}

// sqrt(v[0]^2 + ...) scaled by the largest element, so that squares neither overflow nor vanish.
inline double norm(const double* v, int n) {
  double largest = 0, sum = 0;
  bool nan = false;
  for (int i = 0; i < n; ++i) {
    largest = __builtin_fmax(largest, __builtin_fabs(v[i]));
    nan |= v[i] != v[i];
  }
  if (largest == kInf || largest == 0)
    return largest == 0 && nan ? __builtin_nan("") : largest;
  for (int i = 0; i < n; ++i)
    sum += (v[i] / largest) * (v[i] / largest);
  return largest * __builtin_sqrt(sum);
}
inline double norm(const float* v, int n) {
  double sum = 0;
  bool infinite = false;
  for (int i = 0; i < n; ++i) {
    sum += (double)v[i] * v[i];
    infinite |= __builtin_fabsf(v[i]) == __builtin_inff();
  }
  return infinite ? kInf : __builtin_sqrt(sum);
}

// The inverse of erfc on (0, 2): a rational start (Abramowitz and Stegun 26.2.23), then Halley's
// iteration.
inline double erfcinv(double p) {
  if (!(p >= 0 && p <= 2))
    return __builtin_nan("");
  if (p == 0 || p == 2)
    return p == 0 ? kInf : -kInf;
  double q = p < 1 ? p : 2 - p;
  double t = __builtin_sqrt(-2 * clc::log(q / 2));
  double x = -0.70711 * ((2.30753 + t * 0.27061) / (1 + t * (0.99229 + t * 0.04481)) - t);
  for (int i = 0; i < 3; ++i) {
    double error = clc::erfc(x) - q;
    x += error / (1.12837916709551257 * clc::exp(-x * x) - x * error);
  }
  return p < 1 ? x : -x;
}
inline double erfinv(double y) {
  // Near 0 erfc would cancel: the same iteration on erf itself.
  if (__builtin_fabs(y) > 0.5)
    return y > 0 ? erfcinv(1 - y) : -erfcinv(1 + y);
  double x = 0.886226925452758014 * y;
  for (int i = 0; i < 4; ++i) {
    double error = clc::erf(x) - y;
    x -= error / (1.12837916709551257 * clc::exp(-x * x) + x * error);
  }
  return x;
}
// exp(x^2) erfc(x): direct while erfc is normal, beyond that its continued fraction.
inline double erfcx(double x) {
  if (x < 20)
    return clc::exp(x * x) * clc::erfc(x);
  double tail = 0;
  for (int k = 10; k > 0; --k)
    tail = 0.5 * k / (x + tail);
  return 0.564189583547756287 / (x + tail);
}
inline double normcdf(double x) {
  return 0.5 * clc::erfc(-0.707106781186547524 * x);
}
inline double normcdfinv(double p) {
  return -1.41421356237309505 * erfcinv(2 * p);
}
} // namespace

NV_BIG float __nv_erfinvf(float x) {
  return (float)erfinv(x);
}
NV_BIG float __nv_erfcinvf(float x) {
  return (float)erfcinv(x);
}
NV_BIG float __nv_erfcxf(float x) {
  return (float)erfcx(x);
}
NV_BIG float __nv_normcdff(float x) {
  return (float)normcdf(x);
}
NV_BIG float __nv_normcdfinvf(float x) {
  return (float)normcdfinv(x);
}
NV_BIG float __nv_powif(float x, int n) {
  return powi<float>(x, n);
}
NV_BIG float __nv_rcbrtf(float x) {
  return 1 / clc::cbrt(x);
}
NV_BIG float __nv_rhypotf(float x, float y) {
  return 1 / clc::hypot(x, y);
}
NV_BIG float __nv_normf(int n, const float* v) {
  return (float)norm(v, n);
}
NV_BIG float __nv_rnormf(int n, const float* v) {
  return (float)(1 / norm(v, n));
}
NV_BIG float __nv_norm3df(float a, float b, float c) {
  const float v[] = {a, b, c};
  return (float)norm(v, 3);
}
NV_BIG float __nv_rnorm3df(float a, float b, float c) {
  const float v[] = {a, b, c};
  return (float)(1 / norm(v, 3));
}
NV_BIG float __nv_norm4df(float a, float b, float c, float d) {
  const float v[] = {a, b, c, d};
  return (float)norm(v, 4);
}
NV_BIG float __nv_rnorm4df(float a, float b, float c, float d) {
  const float v[] = {a, b, c, d};
  return (float)(1 / norm(v, 4));
}
NV_BIG double __nv_erfinv(double x) {
  return (double)erfinv(x);
}
NV_BIG double __nv_erfcinv(double x) {
  return (double)erfcinv(x);
}
NV_BIG double __nv_erfcx(double x) {
  return (double)erfcx(x);
}
NV_BIG double __nv_normcdf(double x) {
  return (double)normcdf(x);
}
NV_BIG double __nv_normcdfinv(double x) {
  return (double)normcdfinv(x);
}
NV_BIG double __nv_powi(double x, int n) {
  return powi<double>(x, n);
}
NV_BIG double __nv_rcbrt(double x) {
  return 1 / clc::cbrt(x);
}
NV_BIG double __nv_rhypot(double x, double y) {
  return 1 / clc::hypot(x, y);
}
NV_BIG double __nv_norm(int n, const double* v) {
  return (double)norm(v, n);
}
NV_BIG double __nv_rnorm(int n, const double* v) {
  return (double)(1 / norm(v, n));
}
NV_BIG double __nv_norm3d(double a, double b, double c) {
  const double v[] = {a, b, c};
  return (double)norm(v, 3);
}
NV_BIG double __nv_rnorm3d(double a, double b, double c) {
  const double v[] = {a, b, c};
  return (double)(1 / norm(v, 3));
}
NV_BIG double __nv_norm4d(double a, double b, double c, double d) {
  const double v[] = {a, b, c, d};
  return (double)norm(v, 4);
}
NV_BIG double __nv_rnorm4d(double a, double b, double c, double d) {
  const double v[] = {a, b, c, d};
  return (double)(1 / norm(v, 4));
}
