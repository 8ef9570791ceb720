// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// bfloat16, as the CUDA Math API describes it: instantiates narrow.inc for __nv_bfloat16.
// Not for direct use: cuda_bf16.h includes it.
#pragma once

#include "common.h"

#define AW_T __nv_bfloat16
#define AW_T2 __nv_bfloat162
#define AW_RAW __nv_bfloat16_raw
#define AW_RAW2 __nv_bfloat162_raw
#define AW_OTHER __half
#define AW_NAMED(BEFORE, AFTER) BEFORE##bfloat16##AFTER
#define AW_PAIR_OF __bfloat162bfloat162
#define AW_FORMAT __aw_narrow::bf16
#define AW_PTX "bf16"
#define AW_ONE 0x3f80
#define AW_INFINITY 0x7f80
#ifdef __CUDA_NO_BFLOAT16_CONVERSIONS__
#define AW_NO_CONVERSIONS
#endif
#ifdef __CUDA_NO_BFLOAT16_OPERATORS__
#define AW_NO_OPERATORS
#endif
#ifdef __CUDA_NO_BFLOAT162_OPERATORS__
#define AW_NO_OPERATORS2
#endif

// The upper half of a float.
#define AW_NATIVE_TO_FLOAT(bits) __aw_narrow::floatOf((unsigned)(bits) << 16)
// PTX rounds float to nearest and to zero only.
#define AW_NATIVE_FROM_FLOAT(ROUND, PTX) AW_NATIVE_FROM_FLOAT_##ROUND
#define AW_NATIVE_FROM_FLOAT_rd
#define AW_NATIVE_FROM_FLOAT_ru
#define AW_NATIVE_INSTRUCTION(INSTRUCTION, REGISTER)                                               \
  unsigned short bits;                                                                             \
  asm(INSTRUCTION " %0, %1;" : "=h"(bits) : REGISTER(value));                                      \
  return AW_OF(bits);
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
#define AW_NATIVE_FROM_FLOAT_rn AW_NATIVE_INSTRUCTION("cvt.rn.bf16.f32", "f")
#define AW_NATIVE_FROM_FLOAT_rz AW_NATIVE_INSTRUCTION("cvt.rz.bf16.f32", "f")
#define AW_NATIVE_FMA
#define AW_NATIVE_MIN_MAX
#else
#define AW_NATIVE_FROM_FLOAT_rn
#define AW_NATIVE_FROM_FLOAT_rz
#endif
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
#define AW_NATIVE_CONVERT(INSTRUCTION, REGISTER) AW_NATIVE_INSTRUCTION(INSTRUCTION, REGISTER)
#define AW_NATIVE_ARITHMETIC
#define AW_NATIVE_TANH
#define AW_NATIVE_ATOMIC
#define AW_NATIVE_ATOMIC2
#else
#define AW_NATIVE_CONVERT(INSTRUCTION, REGISTER)
#endif

#include "narrow.inc"
#undef AW_NATIVE_FROM_FLOAT_rn
#undef AW_NATIVE_FROM_FLOAT_rz
#undef AW_NATIVE_FROM_FLOAT_rd
#undef AW_NATIVE_FROM_FLOAT_ru
#undef AW_NATIVE_INSTRUCTION

#define AW_HAS_BFLOAT16
#include "between.h"
