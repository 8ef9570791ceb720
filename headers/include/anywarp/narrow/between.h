// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conversions between half and bfloat16, once a program has included both. Not for direct use.
#if defined(AW_HAS_HALF) && defined(AW_HAS_BFLOAT16) && !defined(AW_HAS_BETWEEN)
#define AW_HAS_BETWEEN
#ifndef __CUDA_NO_HALF_CONVERSIONS__
__host__ __device__ inline __half::__half(const __nv_bfloat16 value)
    : __half(__float2half_rn(__bfloat162float(value))) {}
#endif
#ifndef __CUDA_NO_BFLOAT16_CONVERSIONS__
__host__ __device__ inline __nv_bfloat16::__nv_bfloat16(const __half value)
    : __nv_bfloat16(__float2bfloat16_rn(__half2float(value))) {}
#endif
#endif
