// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pipeline primitives (CUDA C++ Programming Guide, "Pipeline Primitives Interface"): copies from
// global to shared memory that run beside the thread. Before sm_80 the copy is done at once.
#pragma once

#include "cuda_awbarrier_primitives.h"

#if defined(__CUDA__) && defined(__clang__)
#define AW_DEVICE static __device__ __inline__ __attribute__((always_inline))

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
// Of 4, 8 or 16 bytes; the last `zfill` of them become zero.
AW_DEVICE void __pipeline_memcpy_async(void* dst_shared, const void* src_global,
                                       size_t size_and_align, size_t zfill = 0) {
  const unsigned int to = (unsigned int)__cvta_generic_to_shared(dst_shared);
  const unsigned int bytes = (unsigned int)(size_and_align - zfill);
#define AW_COPY(CACHE, SIZE)                                                                       \
  asm volatile("cp.async." CACHE ".shared.global [%0], [%1], " SIZE ", %2;"                        \
               :                                                                                   \
               : "r"(to), "l"(__cvta_generic_to_global(src_global)), "r"(bytes)                    \
               : "memory")
  switch (size_and_align) {
  case 4:
    AW_COPY("ca", "4");
    break;
  case 8:
    AW_COPY("ca", "8");
    break;
  default:
    AW_COPY("cg", "16");
  }
#undef AW_COPY
}
AW_DEVICE void __pipeline_commit() {
  asm volatile("cp.async.commit_group;" : : : "memory");
}
// Until at most the newest `prior` commits are under way. More than these few are waited for as if
// they were few, which is longer than needed.
AW_DEVICE void __pipeline_wait_prior(size_t prior) {
#define AW_WAIT(N)                                                                                 \
  case N:                                                                                          \
    asm volatile("cp.async.wait_group " #N ";" : : : "memory");                                    \
    break;
  switch (prior) {
    AW_WAIT(0)
    AW_WAIT(1)
    AW_WAIT(2)
    AW_WAIT(3)
    AW_WAIT(4)
    AW_WAIT(5)
    AW_WAIT(6)
    AW_WAIT(7)
  default:
    asm volatile("cp.async.wait_group 8;" : : : "memory");
  }
#undef AW_WAIT
}
AW_DEVICE void __pipeline_arrive_on(__mbarrier_t* barrier) {
  asm volatile("cp.async.mbarrier.arrive.shared.b64 [%0];"
               :
               : "r"((unsigned int)__cvta_generic_to_shared(barrier))
               : "memory");
}
#else
AW_DEVICE void __pipeline_memcpy_async(void* dst_shared, const void* src_global,
                                       size_t size_and_align, size_t zfill = 0) {
  unsigned int* to = (unsigned int*)dst_shared;
  const unsigned int* from = (const unsigned int*)src_global;
  const size_t copied = (size_and_align - zfill) / 4;
  for (size_t i = 0; i < size_and_align / 4; ++i)
    to[i] = i < copied ? from[i] : 0;
}
AW_DEVICE void __pipeline_commit() {}
AW_DEVICE void __pipeline_wait_prior(size_t) {}
#endif
#undef AW_DEVICE
#endif
