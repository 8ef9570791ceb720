// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fp6 numbers of the CUDA Math API: e2m3 and e3m2, their pairs and quads, and conversions, for host
// and device code. Each number takes a byte; the formats have no infinity and no NaN.
#pragma once
#define __CUDA_FP6_H__           // programs test for it
#define __CUDA_FP6_TYPES_EXIST__ // programs test for it

#ifdef __cplusplus
#include "cuda_fp8.h"

typedef enum __nv_fp6_interpretation_t {
  __NV_E2M3,
  __NV_E3M2,
} __nv_fp6_interpretation_t;

#define AW_SMALL(BEFORE, AFTER) BEFORE##fp6##AFTER
#define AW_PAIR_STORAGE unsigned short
#define AW_QUAD_STORAGE unsigned int
#define AW_BITS_EACH 8
#define AW_PARAMETERS                                                                              \
  const __nv_fp6_interpretation_t interpretation, const enum cudaRoundMode rounding
#define AW_ENCODE(x)                                                                               \
  (interpretation == __NV_E2M3 ? __aw_narrow::small<__aw_narrow::e2m3>::encode(x, rounding, true)  \
                               : __aw_narrow::small<__aw_narrow::e3m2>::encode(x, rounding, true))
#define AW_DECODE(bits)                                                                            \
  (interpretation == __NV_E2M3 ? __aw_narrow::small<__aw_narrow::e2m3>::decode(bits)               \
                               : __aw_narrow::small<__aw_narrow::e3m2>::decode(bits))
#include "anywarp/narrow/small.inc"

#define AW_CLASS(WIDTH) __nv_fp6##WIDTH##_e3m2
#define AW_KIND __aw_narrow::e3m2
#define AW_ROUNDING cudaRoundNearest
#include "anywarp/narrow/small_class.inc"
#define AW_CLASS(WIDTH) __nv_fp6##WIDTH##_e2m3
#define AW_KIND __aw_narrow::e2m3
#define AW_ROUNDING cudaRoundNearest
#include "anywarp/narrow/small_class.inc"
#include "anywarp/narrow/small_end.inc"
#endif
