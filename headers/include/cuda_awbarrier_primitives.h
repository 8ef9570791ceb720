// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory barrier primitives (CUDA C++ Programming Guide, "Memory Barrier Primitives Interface"):
// mbarrier objects of PTX in shared memory. Device code for sm_80 and later; waits that may sleep
// are those of sm_90, earlier ones only test.
#pragma once

#include "cuda_runtime.h"

#ifndef __CUDACC_RTC__
#include <stdint.h>
#endif

#if defined(__CUDA__) && defined(__clang__)
#define AW_DEVICE static __device__ __inline__ __attribute__((always_inline))

typedef uint64_t __mbarrier_t;
typedef uint64_t __mbarrier_token_t;

#define __AW_MBARRIER_ADDRESS(barrier) ((unsigned int)__cvta_generic_to_shared(barrier))

AW_DEVICE uint32_t __mbarrier_maximum_count() {
  return (1u << 20) - 1;
}
AW_DEVICE void __mbarrier_init(__mbarrier_t* barrier, uint32_t expected) {
  asm volatile("mbarrier.init.shared.b64 [%0], %1;"
               :
               : "r"(__AW_MBARRIER_ADDRESS(barrier)), "r"(expected)
               : "memory");
}
AW_DEVICE void __mbarrier_inval(__mbarrier_t* barrier) {
  asm volatile("mbarrier.inval.shared.b64 [%0];"
               :
               : "r"(__AW_MBARRIER_ADDRESS(barrier))
               : "memory");
}
AW_DEVICE __mbarrier_token_t __mbarrier_arrive(__mbarrier_t* barrier) {
  __mbarrier_token_t token;
  asm volatile("mbarrier.arrive.shared.b64 %0, [%1];"
               : "=l"(token)
               : "r"(__AW_MBARRIER_ADDRESS(barrier))
               : "memory");
  return token;
}
AW_DEVICE __mbarrier_token_t __mbarrier_arrive_and_drop(__mbarrier_t* barrier) {
  __mbarrier_token_t token;
  asm volatile("mbarrier.arrive_drop.shared.b64 %0, [%1];"
               : "=l"(token)
               : "r"(__AW_MBARRIER_ADDRESS(barrier))
               : "memory");
  return token;
}
AW_DEVICE uint32_t __mbarrier_token_pending_count(__mbarrier_token_t token) {
  uint32_t count;
  asm("mbarrier.pending_count.b64 %0, %1;" : "=r"(count) : "l"(token));
  return count;
}

// Whether the phase of a token, or of a parity, is over.
#define __AW_MBARRIER_WAIT(NAME, INSTRUCTION, STATE_TYPE, REGISTER)                                \
  AW_DEVICE bool NAME(__mbarrier_t* barrier, STATE_TYPE state) {                                   \
    unsigned int over;                                                                             \
    asm volatile("{ .reg .pred p; " INSTRUCTION ".shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }" \
                 : "=r"(over)                                                                      \
                 : "r"(__AW_MBARRIER_ADDRESS(barrier)), REGISTER(state)                            \
                 : "memory");                                                                      \
    return over != 0;                                                                              \
  }
__AW_MBARRIER_WAIT(__mbarrier_test_wait, "mbarrier.test_wait", __mbarrier_token_t, "l")
__AW_MBARRIER_WAIT(__aw_mbarrier_test_parity, "mbarrier.test_wait.parity", unsigned int, "r")
#undef __AW_MBARRIER_WAIT
AW_DEVICE bool __mbarrier_test_wait_parity(__mbarrier_t* barrier, bool parity) {
  return __aw_mbarrier_test_parity(barrier, parity ? 1u : 0u);
}

// The same, after a sleep of at most so long if it is not over yet.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
#define __AW_MBARRIER_TRY(NAME, INSTRUCTION, STATE_TYPE, REGISTER, TEST)                           \
  AW_DEVICE bool NAME(__mbarrier_t* barrier, STATE_TYPE state, uint32_t nanoseconds) {             \
    unsigned int over;                                                                             \
    asm volatile("{ .reg .pred p; " INSTRUCTION                                                    \
                 ".shared.b64 p, [%1], %2, %3; selp.u32 %0, 1, 0, p; }"                            \
                 : "=r"(over)                                                                      \
                 : "r"(__AW_MBARRIER_ADDRESS(barrier)), REGISTER(state), "r"(nanoseconds)          \
                 : "memory");                                                                      \
    return over != 0;                                                                              \
  }
#else
#define __AW_MBARRIER_TRY(NAME, INSTRUCTION, STATE_TYPE, REGISTER, TEST)                           \
  AW_DEVICE bool NAME(__mbarrier_t* barrier, STATE_TYPE state, uint32_t) {                         \
    return TEST(barrier, state);                                                                   \
  }
#endif
__AW_MBARRIER_TRY(__mbarrier_try_wait, "mbarrier.try_wait", __mbarrier_token_t, "l",
                  __mbarrier_test_wait)
__AW_MBARRIER_TRY(__aw_mbarrier_try_parity, "mbarrier.try_wait.parity", unsigned int, "r",
                  __aw_mbarrier_test_parity)
#undef __AW_MBARRIER_TRY
AW_DEVICE bool __mbarrier_try_wait_parity(__mbarrier_t* barrier, bool parity,
                                          uint32_t nanoseconds) {
  return __aw_mbarrier_try_parity(barrier, parity ? 1u : 0u, nanoseconds);
}

#undef __AW_MBARRIER_ADDRESS
#undef AW_DEVICE
#endif
