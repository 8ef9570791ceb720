// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Clang's __clang_cuda_intrinsics.h includes this file for what came with sm_70: sleeping and
// 16-bit compare-and-swap. Not for direct use: cuda_runtime.h includes it.
#pragma once

#define AW_DEVICE static __device__ __inline__ __attribute__((always_inline))
AW_DEVICE void __nanosleep(unsigned int nanoseconds) {
  __nvvm_nanosleep(nanoseconds);
}

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
