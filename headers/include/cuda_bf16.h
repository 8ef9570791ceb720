// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// bfloat16 numbers: __nv_bfloat16, __nv_bfloat162 and the functions of the CUDA Math API's bfloat16
// sections, for host and device code. CUDA_NO_BFLOAT16 leaves out the short names,
// __CUDA_NO_BFLOAT16_CONVERSIONS__, __CUDA_NO_BFLOAT16_OPERATORS__ and
// __CUDA_NO_BFLOAT162_OPERATORS__ the implicit conversions and the operators.
#pragma once
#define __CUDA_BF16_H__           // programs test for it
#define __CUDA_BF16_TYPES_EXIST__ // programs test for it

#ifdef __cplusplus
#include "anywarp/narrow/bfloat16.h"
#include "cuda_fp16.h"

#ifndef CUDA_NO_BFLOAT16
typedef __nv_bfloat16 nv_bfloat16;
typedef __nv_bfloat162 nv_bfloat162;
#endif

#define CUDART_INF_BF16 __ushort_as_bfloat16((unsigned short)0x7F80U)
#define CUDART_NAN_BF16 __ushort_as_bfloat16((unsigned short)0x7FFFU)
#define CUDART_MIN_DENORM_BF16 __ushort_as_bfloat16((unsigned short)0x0001U)
#define CUDART_MAX_NORMAL_BF16 __ushort_as_bfloat16((unsigned short)0x7F7FU)
#define CUDART_NEG_ZERO_BF16 __ushort_as_bfloat16((unsigned short)0x8000U)
#define CUDART_ZERO_BF16 __ushort_as_bfloat16((unsigned short)0x0000U)
#define CUDART_ONE_BF16 __ushort_as_bfloat16((unsigned short)0x3F80U)
#endif
