// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fp8 numbers of the CUDA Math API: e4m3, e5m2 and the scale factors e8m0, their pairs and quads,
// and conversions, for host and device code.
#pragma once
#define __CUDA_FP8_H__           // programs test for it
#define __CUDA_FP8_TYPES_EXIST__ // programs test for it

#ifdef __cplusplus
#include "anywarp/narrow/small.h"

typedef enum __nv_fp8_interpretation_t {
  __NV_E4M3,
  __NV_E5M2,
} __nv_fp8_interpretation_t;

#define AW_SMALL(BEFORE, AFTER) BEFORE##fp8##AFTER
#define AW_PAIR_STORAGE unsigned short
#define AW_QUAD_STORAGE unsigned int
#define AW_BITS_EACH 8
#define AW_PARAMETERS                                                                              \
  const __nv_saturation_t saturate, const __nv_fp8_interpretation_t interpretation
#define AW_ENCODE(x)                                                                               \
  (interpretation == __NV_E4M3 ? __aw_narrow::small<__aw_narrow::e4m3>::encode(                    \
                                     x, cudaRoundNearest, saturate != __NV_NOSAT)                  \
                               : __aw_narrow::small<__aw_narrow::e5m2>::encode(                    \
                                     x, cudaRoundNearest, saturate != __NV_NOSAT))
#define AW_DECODE(bits)                                                                            \
  (interpretation == __NV_E4M3 ? __aw_narrow::small<__aw_narrow::e4m3>::decode(bits)               \
                               : __aw_narrow::small<__aw_narrow::e5m2>::decode(bits))
#include "anywarp/narrow/small.inc"

// Scale factors have functions of their own: the rounding is given, towards zero or up.
#define AW_SCALE(WORD, TYPE, WORD2, TYPE2)                                                         \
  AW_BOTH __nv_fp8_storage_t __nv_cvt_##WORD##_to_e8m0(                                            \
      const TYPE value, const __nv_saturation_t saturate, const enum cudaRoundMode rounding) {     \
    return (__nv_fp8_storage_t)__aw_narrow::small<__aw_narrow::e8m0>::encode(                      \
        __aw_narrow::valueOf(value), rounding, saturate != __NV_NOSAT);                            \
  }                                                                                                \
  AW_BOTH __nv_fp8x2_storage_t __nv_cvt_##WORD2##_to_e8m0x2(                                       \
      const TYPE2 value, const __nv_saturation_t saturate, const enum cudaRoundMode rounding) {    \
    typedef __aw_narrow::small<__aw_narrow::e8m0> Scale;                                           \
    const bool finite = saturate != __NV_NOSAT;                                                    \
    return (__nv_fp8x2_storage_t)(Scale::encode(__aw_narrow::first(value), rounding, finite) |     \
                                  Scale::encode(__aw_narrow::second(value), rounding, finite)      \
                                      << 8);                                                       \
  }
AW_SCALE(double, double, double2, double2)
AW_SCALE(float, float, float2, float2)
AW_SCALE(bfloat16raw, __nv_bfloat16_raw, bfloat162raw, __nv_bfloat162_raw)
#undef AW_SCALE
AW_BOTH __nv_bfloat16_raw __nv_cvt_e8m0_to_bf16raw(const __nv_fp8_storage_t bits) {
  return __float2bfloat16_rn(__aw_narrow::small<__aw_narrow::e8m0>::decode(bits));
}
AW_BOTH __nv_bfloat162_raw __nv_cvt_e8m0x2_to_bf162raw(const __nv_fp8x2_storage_t bits) {
  typedef __aw_narrow::small<__aw_narrow::e8m0> Scale;
  return __floats2bfloat162_rn(Scale::decode(bits & 0xff), Scale::decode(bits >> 8));
}

#define AW_CLASS(WIDTH) __nv_fp8##WIDTH##_e5m2
#define AW_KIND __aw_narrow::e5m2
#define AW_ROUNDING cudaRoundNearest
#include "anywarp/narrow/small_class.inc"
#define AW_CLASS(WIDTH) __nv_fp8##WIDTH##_e4m3
#define AW_KIND __aw_narrow::e4m3
#define AW_ROUNDING cudaRoundNearest
#include "anywarp/narrow/small_class.inc"
#define AW_CLASS(WIDTH) __nv_fp8##WIDTH##_e8m0
#define AW_KIND __aw_narrow::e8m0
#define AW_ROUNDING cudaRoundPosInf
#include "anywarp/narrow/small_class.inc"
#include "anywarp/narrow/small_end.inc"
#endif
