// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fp4 numbers of the CUDA Math API: e2m1, pairs and quads of them, and conversions, for host and
// device code. A pair takes a byte, its first number in the low half; the format has no infinity
// and no NaN.
#pragma once
#define __CUDA_FP4_H__           // programs test for it
#define __CUDA_FP4_TYPES_EXIST__ // programs test for it

#ifdef __cplusplus
#include "cuda_fp6.h"

typedef enum __nv_fp4_interpretation_t {
  __NV_E2M1,
} __nv_fp4_interpretation_t;

#define AW_SMALL(BEFORE, AFTER) BEFORE##fp4##AFTER
#define AW_PAIR_STORAGE unsigned char
#define AW_QUAD_STORAGE unsigned short
#define AW_BITS_EACH 4
#define AW_PARAMETERS                                                                              \
  const __nv_fp4_interpretation_t interpretation, const enum cudaRoundMode rounding
#define AW_ENCODE(x)                                                                               \
  ((void)interpretation, __aw_narrow::small<__aw_narrow::e2m1>::encode(x, rounding, true))
#define AW_DECODE(bits) ((void)interpretation, __aw_narrow::small<__aw_narrow::e2m1>::decode(bits))
#include "anywarp/narrow/small.inc"

#define AW_CLASS(WIDTH) __nv_fp4##WIDTH##_e2m1
#define AW_KIND __aw_narrow::e2m1
#define AW_ROUNDING cudaRoundNearest
#include "anywarp/narrow/small_class.inc"
#include "anywarp/narrow/small_end.inc"
#endif
