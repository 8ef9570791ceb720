/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Complex numbers as pairs of float or double, for C and C++, host and device code. Products are
   the textbook's; quotients and magnitudes are scaled, so that they overflow only when the result
   does. */
#pragma once
#define CU_COMPLEX_H_ /* programs test for it */

#include "host_defines.h"
#include "vector_types.h"

#ifndef __CUDACC_RTC__
#include <math.h>
#endif

#define AW_COMPLEX static __host__ __device__ __inline__

typedef float2 cuFloatComplex;
typedef double2 cuDoubleComplex;
typedef cuFloatComplex cuComplex;

/* F is the letter of float's names, empty for double's; S the suffix of C's functions. */
#define AW_COMPLEX_FUNCTIONS(TYPE, REAL, F, S, L)                                                  \
  AW_COMPLEX REAL cuCreal##F(TYPE x) {                                                             \
    return x.x;                                                                                    \
  }                                                                                                \
  AW_COMPLEX REAL cuCimag##F(TYPE x) {                                                             \
    return x.y;                                                                                    \
  }                                                                                                \
  AW_COMPLEX TYPE make_##L(REAL real, REAL imaginary) {                                            \
    TYPE result;                                                                                   \
    result.x = real;                                                                               \
    result.y = imaginary;                                                                          \
    return result;                                                                                 \
  }                                                                                                \
  AW_COMPLEX TYPE cuConj##F(TYPE x) {                                                              \
    return make_##L(x.x, -x.y);                                                                    \
  }                                                                                                \
  AW_COMPLEX TYPE cuCadd##F(TYPE x, TYPE y) {                                                      \
    return make_##L(x.x + y.x, x.y + y.y);                                                         \
  }                                                                                                \
  AW_COMPLEX TYPE cuCsub##F(TYPE x, TYPE y) {                                                      \
    return make_##L(x.x - y.x, x.y - y.y);                                                         \
  }                                                                                                \
  AW_COMPLEX TYPE cuCmul##F(TYPE x, TYPE y) {                                                      \
    return make_##L(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x);                                 \
  }                                                                                                \
  AW_COMPLEX TYPE cuCdiv##F(TYPE x, TYPE y) {                                                      \
    const REAL size = fabs##S(y.x) + fabs##S(y.y), inverse = (REAL)1 / size;                       \
    const REAL a = x.x * inverse, b = x.y * inverse, c = y.x * inverse, d = y.y * inverse;         \
    const REAL scale = (REAL)1 / (c * c + d * d);                                                  \
    return make_##L((a * c + b * d) * scale, (b * c - a * d) * scale);                             \
  }                                                                                                \
  AW_COMPLEX REAL cuCabs##F(TYPE x) {                                                              \
    return hypot##S(x.x, x.y);                                                                     \
  }                                                                                                \
  AW_COMPLEX TYPE cuCfma##F(TYPE x, TYPE y, TYPE z) {                                              \
    const REAL real = x.x * y.x + z.x, imaginary = x.x * y.y + z.y;                                \
    return make_##L(real - x.y * y.y, imaginary + x.y * y.x);                                      \
  }
AW_COMPLEX_FUNCTIONS(cuFloatComplex, float, f, f, cuFloatComplex)
AW_COMPLEX_FUNCTIONS(cuDoubleComplex, double, , , cuDoubleComplex)
#undef AW_COMPLEX_FUNCTIONS

AW_COMPLEX cuComplex make_cuComplex(float real, float imaginary) {
  return make_cuFloatComplex(real, imaginary);
}
AW_COMPLEX cuDoubleComplex cuComplexFloatToDouble(cuFloatComplex x) {
  return make_cuDoubleComplex((double)x.x, (double)x.y);
}
AW_COMPLEX cuFloatComplex cuComplexDoubleToFloat(cuDoubleComplex x) {
  return make_cuFloatComplex((float)x.x, (float)x.y);
}
#undef AW_COMPLEX
