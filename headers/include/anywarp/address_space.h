// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Questions about, and conversions between, generic addresses and the PTX state spaces.
// Not for direct use: cuda_runtime.h includes it.
#pragma once

#define AW_DEVICE static __device__ __inline__ __attribute__((always_inline, const))
AW_DEVICE unsigned int __isGlobal(const void* p) {
  return __nvvm_isspacep_global(p);
}
AW_DEVICE unsigned int __isShared(const void* p) {
  return __nvvm_isspacep_shared(p);
}
AW_DEVICE unsigned int __isConstant(const void* p) {
  return __nvvm_isspacep_const(p);
}
AW_DEVICE unsigned int __isLocal(const void* p) {
  return __nvvm_isspacep_local(p);
}

// The address spaces are NVPTX's: 1 global, 3 shared, 4 constant, 5 local.
#define AW_CONVERSIONS(NAME, SPACE)                                                                \
  AW_DEVICE size_t __cvta_generic_to_##NAME(const void* p) {                                       \
    return (size_t)(void __attribute__((address_space(SPACE)))*)p;                                 \
  }                                                                                                \
  AW_DEVICE void* __cvta_##NAME##_to_generic(size_t p) {                                           \
    return (void*)(void __attribute__((address_space(SPACE)))*)p;                                  \
  }
AW_CONVERSIONS(global, 1)
AW_CONVERSIONS(shared, 3)
AW_CONVERSIONS(constant, 4)
AW_CONVERSIONS(local, 5)
#undef AW_CONVERSIONS
#undef AW_DEVICE
