// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the headers of the CUDA language take from the standard library, for runtime compilation
// (NVRTC), where there is none: programs get size_t and the memory functions, and none of the
// macros (prelude.h takes those away again). Not for direct use.
#pragma once

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef long clock_t;
#ifndef NULL
#define NULL 0
#endif

#define CHAR_BIT __CHAR_BIT__
#define INT_MAX __INT_MAX__
#define INT_MIN (-__INT_MAX__ - 1)
#define UINT_MAX (__INT_MAX__ * 2U + 1U)
#define LONG_MAX __LONG_MAX__
#define ULONG_MAX (__LONG_MAX__ * 2UL + 1UL)

#define HUGE_VAL __builtin_huge_val()
#define HUGE_VALF __builtin_huge_valf()
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define FP_NAN 0
#define FP_INFINITE 1
#define FP_ZERO 2
#define FP_SUBNORMAL 3
#define FP_NORMAL 4

extern "C" {
__device__ void* memmove(void* to, const void* from, size_t size);
}
