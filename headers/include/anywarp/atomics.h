// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// atomicAdd and its family for all types of the CUDA C++ guide, in device, block and system scope.
// The scopeless functions of clang's headers do the work; subtraction adds the negated value, as
// PTX has no atom.sub. Not for direct use: cuda_runtime.h includes it.
#pragma once

#define AW_DEVICE static __device__ __inline__ __attribute__((always_inline))
#define AW_ATOMIC(OP, T, BASE, SUFFIX)                                                             \
  AW_DEVICE T atomic##OP##SUFFIX(T* address, T value) {                                            \
    return BASE##SUFFIX(address, value);                                                           \
  }
#define AW_ATOMIC_SCOPES(OP, T, BASE)                                                              \
  AW_ATOMIC(OP, T, BASE, ) AW_ATOMIC(OP, T, BASE, _block) AW_ATOMIC(OP, T, BASE, _system)

AW_ATOMIC_SCOPES(Add, int, __iAtomicAdd)
AW_ATOMIC_SCOPES(Add, unsigned int, __uAtomicAdd)
AW_ATOMIC_SCOPES(Add, unsigned long long, __ullAtomicAdd)
AW_ATOMIC_SCOPES(Add, float, __fAtomicAdd)
AW_ATOMIC_SCOPES(Add, double, __dAtomicAdd)
AW_ATOMIC_SCOPES(Exch, int, __iAtomicExch)
AW_ATOMIC_SCOPES(Exch, unsigned int, __uAtomicExch)
AW_ATOMIC_SCOPES(Exch, unsigned long long, __ullAtomicExch)
AW_ATOMIC_SCOPES(Exch, float, __fAtomicExch)
AW_ATOMIC_SCOPES(Min, int, __iAtomicMin)
AW_ATOMIC_SCOPES(Min, unsigned int, __uAtomicMin)
AW_ATOMIC_SCOPES(Min, long long, __illAtomicMin)
AW_ATOMIC_SCOPES(Min, unsigned long long, __ullAtomicMin)
AW_ATOMIC_SCOPES(Max, int, __iAtomicMax)
AW_ATOMIC_SCOPES(Max, unsigned int, __uAtomicMax)
AW_ATOMIC_SCOPES(Max, long long, __illAtomicMax)
AW_ATOMIC_SCOPES(Max, unsigned long long, __ullAtomicMax)
AW_ATOMIC_SCOPES(And, int, __iAtomicAnd)
AW_ATOMIC_SCOPES(And, unsigned int, __uAtomicAnd)
AW_ATOMIC_SCOPES(And, long long, __llAtomicAnd)
AW_ATOMIC_SCOPES(And, unsigned long long, __ullAtomicAnd)
AW_ATOMIC_SCOPES(Or, int, __iAtomicOr)
AW_ATOMIC_SCOPES(Or, unsigned int, __uAtomicOr)
AW_ATOMIC_SCOPES(Or, long long, __llAtomicOr)
AW_ATOMIC_SCOPES(Or, unsigned long long, __ullAtomicOr)
AW_ATOMIC_SCOPES(Xor, int, __iAtomicXor)
AW_ATOMIC_SCOPES(Xor, unsigned int, __uAtomicXor)
AW_ATOMIC_SCOPES(Xor, long long, __llAtomicXor)
AW_ATOMIC_SCOPES(Xor, unsigned long long, __ullAtomicXor)
AW_ATOMIC_SCOPES(Inc, unsigned int, __uAtomicInc)
AW_ATOMIC_SCOPES(Dec, unsigned int, __uAtomicDec)
#undef AW_ATOMIC_SCOPES
#undef AW_ATOMIC

#define AW_ATOMIC_SUB(T, SUFFIX)                                                                   \
  AW_DEVICE T atomicSub##SUFFIX(T* address, T value) {                                             \
    return atomicAdd##SUFFIX(address, (T)(0u - (unsigned int)value));                              \
  }
AW_ATOMIC_SUB(int, )
AW_ATOMIC_SUB(unsigned int, )
AW_ATOMIC_SUB(int, _block)
AW_ATOMIC_SUB(unsigned int, _block)
AW_ATOMIC_SUB(int, _system)
AW_ATOMIC_SUB(unsigned int, _system)
#undef AW_ATOMIC_SUB

#define AW_ATOMIC_CAS(SUFFIX, SCOPE)                                                               \
  AW_DEVICE int atomicCAS##SUFFIX(int* address, int compare, int value) {                          \
    return __nvvm_atom##SCOPE##cas_gen_i(address, compare, value);                                 \
  }                                                                                                \
  AW_DEVICE unsigned int atomicCAS##SUFFIX(unsigned int* address, unsigned int compare,            \
                                           unsigned int value) {                                   \
    return (unsigned int)__nvvm_atom##SCOPE##cas_gen_i((int*)address, (int)compare, (int)value);   \
  }                                                                                                \
  AW_DEVICE unsigned long long atomicCAS##SUFFIX(                                                  \
      unsigned long long* address, unsigned long long compare, unsigned long long value) {         \
    return (unsigned long long)__nvvm_atom##SCOPE##cas_gen_ll(                                     \
        (long long*)address, (long long)compare, (long long)value);                                \
  }
AW_ATOMIC_CAS(, _)
AW_ATOMIC_CAS(_block, _cta_)
AW_ATOMIC_CAS(_system, _sys_)
#undef AW_ATOMIC_CAS
#undef AW_DEVICE
