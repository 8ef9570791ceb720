// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Half precision numbers: __half, __half2 and the functions of the CUDA Math API's half sections,
// for host and device code. CUDA_NO_HALF leaves out the short names, __CUDA_NO_HALF_CONVERSIONS__,
// __CUDA_NO_HALF_OPERATORS__ and __CUDA_NO_HALF2_OPERATORS__ the implicit conversions and the
// operators.
#pragma once
#define __CUDA_FP16_H__           // programs test for it
#define __CUDA_FP16_TYPES_EXIST__ // programs test for it

#ifdef __cplusplus
#include "anywarp/narrow/half.h"

typedef __half __nv_half;
typedef __half2 __nv_half2;
typedef __half_raw __nv_half_raw;
typedef __half2_raw __nv_half2_raw;
#ifndef CUDA_NO_HALF
typedef __half half;
typedef __half2 half2;
typedef __half nv_half;
typedef __half2 nv_half2;
#endif

#define CUDART_INF_FP16 __ushort_as_half((unsigned short)0x7C00U)
#define CUDART_NAN_FP16 __ushort_as_half((unsigned short)0x7FFFU)
#define CUDART_MIN_DENORM_FP16 __ushort_as_half((unsigned short)0x0001U)
#define CUDART_MAX_NORMAL_FP16 __ushort_as_half((unsigned short)0x7BFFU)
#define CUDART_NEG_ZERO_FP16 __ushort_as_half((unsigned short)0x8000U)
#define CUDART_ZERO_FP16 __ushort_as_half((unsigned short)0x0000U)
#define CUDART_ONE_FP16 __ushort_as_half((unsigned short)0x3C00U)
#endif
