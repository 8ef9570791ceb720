// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUDA's math functions beyond <cmath>: global min and max for every mix of types, and the
// CUDA-only functions (rsqrt, sincos, normcdf, ...) for host code and for float arguments in device
// code. Not for direct use: cuda_runtime.h includes it.
#pragma once

#define AW_DEVICE static __device__ __inline__ __attribute__((always_inline))
#define AW_HOST static __host__ __inline__
#define AW_BOTH static __host__ __device__ __inline__

// CUDA converts mixed integer types to the common type, unsigned winning, and mixed floating types
// to double.
#define AW_MIN_MAX(T, A, B)                                                                        \
  AW_BOTH T min(A a, B b) {                                                                        \
    return (T)a < (T)b ? (T)a : (T)b;                                                              \
  }                                                                                                \
  AW_BOTH T max(A a, B b) {                                                                        \
    return (T)a < (T)b ? (T)b : (T)a;                                                              \
  }
// A NaN operand yields the other one, as fmin and fmax say.
#define AW_FMIN_FMAX(T, A, B, F)                                                                   \
  AW_BOTH T min(A a, B b) {                                                                        \
    return __builtin_fmin##F((T)a, (T)b);                                                          \
  }                                                                                                \
  AW_BOTH T max(A a, B b) {                                                                        \
    return __builtin_fmax##F((T)a, (T)b);                                                          \
  }
#ifndef __CUDACC_RTC__ // clang's are for the device; a precompiled header may not have both in
                       // C++20
AW_HOST int min(int a, int b) {
  return a < b ? a : b;
}
AW_HOST int max(int a, int b) {
  return a < b ? b : a;
}
#endif
AW_MIN_MAX(unsigned int, unsigned int, unsigned int)
AW_MIN_MAX(unsigned int, int, unsigned int)
AW_MIN_MAX(unsigned int, unsigned int, int)
AW_MIN_MAX(long, long, long)
AW_MIN_MAX(unsigned long, unsigned long, unsigned long)
AW_MIN_MAX(unsigned long, long, unsigned long)
AW_MIN_MAX(unsigned long, unsigned long, long)
AW_MIN_MAX(long long, long long, long long)
AW_MIN_MAX(unsigned long long, unsigned long long, unsigned long long)
AW_MIN_MAX(unsigned long long, long long, unsigned long long)
AW_MIN_MAX(unsigned long long, unsigned long long, long long)
AW_FMIN_FMAX(float, float, float, f)
AW_FMIN_FMAX(double, double, double, )
AW_FMIN_FMAX(double, float, double, )
AW_FMIN_FMAX(double, double, float, )
#undef AW_MIN_MAX
#undef AW_FMIN_FMAX

// Float overloads that clang declares early and expects the toolkit to define.
AW_DEVICE float acosh(float x) {
  return acoshf(x);
}
AW_DEVICE float asinh(float x) {
  return asinhf(x);
}
AW_DEVICE float atanh(float x) {
  return atanhf(x);
}
AW_DEVICE float cbrt(float x) {
  return cbrtf(x);
}
AW_DEVICE float erf(float x) {
  return erff(x);
}
AW_DEVICE float erfc(float x) {
  return erfcf(x);
}
AW_DEVICE float exp2(float x) {
  return exp2f(x);
}
AW_DEVICE float expm1(float x) {
  return expm1f(x);
}
AW_DEVICE float lgamma(float x) {
  return lgammaf(x);
}
AW_DEVICE float log1p(float x) {
  return log1pf(x);
}
AW_DEVICE float log2(float x) {
  return log2f(x);
}
AW_DEVICE float logb(float x) {
  return logbf(x);
}
AW_DEVICE float nearbyint(float x) {
  return nearbyintf(x);
}
AW_DEVICE float rint(float x) {
  return rintf(x);
}
AW_DEVICE float round(float x) {
  return roundf(x);
}
AW_DEVICE float tgamma(float x) {
  return tgammaf(x);
}
AW_DEVICE float trunc(float x) {
  return truncf(x);
}
AW_DEVICE float copysign(float x, float y) {
  return copysignf(x, y);
}
AW_DEVICE float fdim(float x, float y) {
  return fdimf(x, y);
}
AW_DEVICE float fmax(float x, float y) {
  return fmaxf(x, y);
}
AW_DEVICE float fmin(float x, float y) {
  return fminf(x, y);
}
AW_DEVICE float hypot(float x, float y) {
  return hypotf(x, y);
}
AW_DEVICE float nextafter(float x, float y) {
  return nextafterf(x, y);
}
AW_DEVICE float remquo(float x, float y, int* quotient) {
  return remquof(x, y, quotient);
}

// The number in a NaN's tag: C's decimal, octal or hexadecimal digits; anything else counts as 0.
AW_DEVICE unsigned long long __aw_nan_payload(const char* tag) {
  unsigned base = 10;
  if (*tag == '0') {
    base = tag[1] == 'x' || tag[1] == 'X' ? 16 : 8;
    tag += base == 16 ? 2 : 1;
  }
  unsigned long long payload = 0;
  for (; *tag; ++tag) {
    unsigned digit = *tag >= '0' && *tag <= '9'   ? *tag - '0'
                     : *tag >= 'a' && *tag <= 'f' ? *tag - 'a' + 10
                     : *tag >= 'A' && *tag <= 'F' ? *tag - 'A' + 10
                                                  : 16;
    if (digit >= base)
      return 0;
    payload = payload * base + digit;
  }
  return payload;
}
AW_DEVICE double nan(const char* tag) {
  return __builtin_bit_cast(double, 0x7ff8ull << 48 | (__aw_nan_payload(tag) & (~0ull >> 13)));
}
AW_DEVICE float nanf(const char* tag) {
  return __builtin_bit_cast(float,
                            0x7fc00000u | ((unsigned int)__aw_nan_payload(tag) & (~0u >> 10)));
}
AW_DEVICE float remainder(float x, float y) {
  return remainderf(x, y);
}
AW_DEVICE float fma(float x, float y, float z) {
  return fmaf(x, y, z);
}
AW_DEVICE int ilogb(float x) {
  return ilogbf(x);
}
AW_DEVICE long lrint(float x) {
  return lrintf(x);
}
AW_DEVICE long lround(float x) {
  return lroundf(x);
}
AW_DEVICE long long llrint(float x) {
  return llrintf(x);
}
AW_DEVICE long long llround(float x) {
  return llroundf(x);
}
AW_DEVICE float scalbn(float x, int n) {
  return scalbnf(x, n);
}
AW_DEVICE float scalbln(float x, long n) {
  return scalblnf(x, n);
}

// CUDA-only names.
AW_DEVICE float rsqrt(float x) {
  return rsqrtf(x);
}
AW_DEVICE float rcbrt(float x) {
  return rcbrtf(x);
}
AW_DEVICE float sinpi(float x) {
  return sinpif(x);
}
AW_DEVICE float cospi(float x) {
  return cospif(x);
}
AW_DEVICE float erfinv(float x) {
  return erfinvf(x);
}
AW_DEVICE float erfcinv(float x) {
  return erfcinvf(x);
}
AW_DEVICE float normcdf(float x) {
  return normcdff(x);
}
AW_DEVICE float normcdfinv(float x) {
  return normcdfinvf(x);
}
AW_DEVICE float erfcx(float x) {
  return erfcxf(x);
}
AW_DEVICE float cyl_bessel_i0(float x) {
  return cyl_bessel_i0f(x);
}
AW_DEVICE float cyl_bessel_i1(float x) {
  return cyl_bessel_i1f(x);
}
AW_DEVICE float exp10(float x) {
  return exp10f(x);
}
AW_DEVICE void sincos(float x, float* s, float* c) {
  sincosf(x, s, c);
}
AW_DEVICE void sincospi(float x, float* s, float* c) {
  sincospif(x, s, c);
}

#ifndef __CUDACC_RTC__
// The host's versions; double carries enough for the float results. (glibc brings sincos and
// exp10.)
AW_HOST double rsqrt(double x) {
  return 1.0 / ::sqrt(x);
}
AW_HOST float rsqrtf(float x) {
  return (float)(1.0 / ::sqrt((double)x));
}
AW_HOST float rsqrt(float x) {
  return rsqrtf(x);
}
AW_HOST double rcbrt(double x) {
  return 1.0 / ::cbrt(x);
}
AW_HOST float rcbrtf(float x) {
  return (float)(1.0 / ::cbrt((double)x));
}
AW_HOST float rcbrt(float x) {
  return rcbrtf(x);
}
// Reduced to [-1/2, 1/2] half turns before multiplying by pi, so that multiples of 1/2 are exact.
AW_HOST double sinpi(double x) {
  double r = ::remainder(x, 2.0);
  if (r > 0.5)
    r = 1.0 - r;
  if (r < -0.5)
    r = -1.0 - r;
  return ::sin(3.14159265358979323846 * r);
}
AW_HOST double cospi(double x) {
  double r = ::fabs(::remainder(x, 2.0));
  return r == 0.5  ? 0.0
         : r < 0.5 ? ::cos(3.14159265358979323846 * r)
                   : -::cos(3.14159265358979323846 * (1.0 - r));
}
AW_HOST float sinpif(float x) {
  return (float)sinpi((double)x);
}
AW_HOST float cospif(float x) {
  return (float)cospi((double)x);
}
AW_HOST float sinpi(float x) {
  return sinpif(x);
}
AW_HOST float cospi(float x) {
  return cospif(x);
}
AW_HOST void sincospi(double x, double* s, double* c) {
  *s = sinpi(x), *c = cospi(x);
}
AW_HOST void sincospif(float x, float* s, float* c) {
  *s = sinpif(x), *c = cospif(x);
}
AW_HOST double normcdf(double x) {
  return 0.5 * ::erfc(-x * 0.70710678118654752440);
}
AW_HOST float normcdff(float x) {
  return (float)normcdf((double)x);
}
AW_HOST float normcdf(float x) {
  return normcdff(x);
}
AW_HOST double rhypot(double x, double y) {
  return 1.0 / ::hypot(x, y);
}
AW_HOST float rhypotf(float x, float y) {
  return (float)rhypot((double)x, (double)y);
}
AW_HOST double norm3d(double x, double y, double z) {
  return ::hypot(::hypot(x, y), z);
}
AW_HOST float norm3df(float x, float y, float z) {
  return (float)norm3d(x, y, z);
}
AW_HOST double fdivide(double x, double y) {
  return x / y;
}
AW_HOST float fdividef(float x, float y) {
  return x / y;
}
AW_HOST float fdivide(float x, float y) {
  return x / y;
}
#endif
AW_DEVICE float fdivide(float x, float y) {
  return fdividef(x, y);
}

#undef AW_DEVICE
#undef AW_HOST
#undef AW_BOTH
