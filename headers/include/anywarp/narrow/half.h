// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// IEEE half precision, as the CUDA Math API describes it: instantiates narrow.inc for __half.
// Not for direct use: cuda_fp16.h includes it.
#pragma once

#include "common.h"

#define AW_T __half
#define AW_T2 __half2
#define AW_RAW __half_raw
#define AW_RAW2 __half2_raw
#define AW_OTHER __nv_bfloat16
#define AW_NAMED(BEFORE, AFTER) BEFORE##half##AFTER
#define AW_PAIR_OF __half2half2
#define AW_FORMAT __aw_narrow::f16
#define AW_PTX "f16"
#define AW_ONE 0x3c00
#define AW_INFINITY 0x7c00
#ifdef __CUDA_NO_HALF_CONVERSIONS__
#define AW_NO_CONVERSIONS
#endif
#ifdef __CUDA_NO_HALF_OPERATORS__
#define AW_NO_OPERATORS
#endif
#ifdef __CUDA_NO_HALF2_OPERATORS__
#define AW_NO_OPERATORS2
#endif

#ifdef __CUDA_ARCH__
AW_DEVICE float __aw_half_to_float(unsigned short bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}
#define AW_NATIVE_TO_FLOAT(bits) __aw_half_to_float(bits)
#define AW_NATIVE_CONVERT(INSTRUCTION, REGISTER)                                                   \
  unsigned short bits;                                                                             \
  asm(INSTRUCTION " %0, %1;" : "=h"(bits) : REGISTER(value));                                      \
  return AW_OF(bits);
#define AW_NATIVE_FROM_FLOAT(ROUND, PTX) AW_NATIVE_CONVERT("cvt." PTX ".f16.f32", "f")
#if __CUDA_ARCH__ >= 530
#define AW_NATIVE_ARITHMETIC
#define AW_NATIVE_FMA
#endif
#if __CUDA_ARCH__ >= 600
#define AW_NATIVE_ATOMIC2
#endif
#if __CUDA_ARCH__ >= 700
#define AW_NATIVE_ATOMIC
#endif
#if __CUDA_ARCH__ >= 750
#define AW_NATIVE_TANH
#endif
#if __CUDA_ARCH__ >= 800
#define AW_NATIVE_MIN_MAX
#endif
#else
#define AW_NATIVE_TO_FLOAT(bits) (float)__aw_narrow::toDouble<AW_FORMAT>(bits)
#define AW_NATIVE_CONVERT(INSTRUCTION, REGISTER)
#define AW_NATIVE_FROM_FLOAT(ROUND, PTX)
#endif

#include "narrow.inc"

#define AW_HAS_HALF
#include "between.h"
