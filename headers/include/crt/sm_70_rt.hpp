// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Clang's __clang_cuda_intrinsics.h includes this file for what came with sm_70: sleeping and
// 16-bit compare-and-swap. Not for direct use: cuda_runtime.h includes it.
#pragma once

#define AW_DEVICE static __device__ __inline__ __attribute__((always_inline))
AW_DEVICE void __nanosleep(unsigned int nanoseconds) {
  __nvvm_nanosleep(nanoseconds);
}

// The lanes that hold the same value, bit by bit.
#define AW_MATCH(T, WORD, BITS)                                                                    \
  AW_DEVICE unsigned int __match_any_sync(unsigned int mask, T value) {                            \
    return (unsigned int)__match##BITS##_any_sync(mask, __builtin_bit_cast(WORD, value));          \
  }                                                                                                \
  AW_DEVICE unsigned int __match_all_sync(unsigned int mask, T value, int* predicate) {            \
    return (unsigned int)__match##BITS##_all_sync(mask, __builtin_bit_cast(WORD, value),           \
                                                  predicate);                                      \
  }
AW_MATCH(int, unsigned int, 32)
AW_MATCH(unsigned int, unsigned int, 32)
AW_MATCH(float, unsigned int, 32)
AW_MATCH(long, unsigned long long, 64)
AW_MATCH(unsigned long, unsigned long long, 64)
AW_MATCH(long long, unsigned long long, 64)
AW_MATCH(unsigned long long, unsigned long long, 64)
AW_MATCH(double, unsigned long long, 64)
#undef AW_MATCH

// PTX has atom.cas.b16 but clang 19 has no builtin for it.
#define AW_ATOMIC_CAS16(SUFFIX, SCOPE)                                                             \
  AW_DEVICE unsigned short atomicCAS##SUFFIX(unsigned short* address, unsigned short compare,      \
                                             unsigned short value) {                               \
    unsigned short old;                                                                            \
    asm volatile("atom" SCOPE ".cas.b16 %0, [%1], %2, %3;"                                         \
                 : "=h"(old)                                                                       \
                 : "l"(address), "h"(compare), "h"(value)                                          \
                 : "memory");                                                                      \
    return old;                                                                                    \
  }
AW_ATOMIC_CAS16(, "")
AW_ATOMIC_CAS16(_block, ".cta")
AW_ATOMIC_CAS16(_system, ".sys")
#undef AW_ATOMIC_CAS16
#undef AW_DEVICE
