// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device code for clang: builtin variables, math, intrinsics, atomics, printf, malloc and assert.
// Most of it are the headers that clang installs for this purpose; they call __nv_* functions,
// which our libdevice defines (headers/libdevice). Here are the order in which they want to be
// included and what they leave out. Not for direct use: cuda_runtime.h includes it.
#pragma once

#ifndef __CUDACC_RTC__
#include <climits>
#endif

// Clang's headers ask for the toolkit's version; users get the macro from cuda.h only.
#pragma push_macro("CUDA_VERSION")
#undef CUDA_VERSION
#define CUDA_VERSION 12050
// In the host pass they would hide the device functions, which templates and __host__ __device__
// code name too.
#pragma push_macro("__CUDA_ARCH__")
#ifndef __CUDA_ARCH__
#define __CUDA_ARCH__ 9999
#endif

typedef unsigned int cuuint32_t;

// clang-format off: the order matters
#include <__clang_cuda_builtin_vars.h>
// As of 9.1 the SIMD-in-a-word functions (__vadd4, ...) come from libdevice, later from PTX's video
// instructions; ours are faster than those.
#undef CUDA_VERSION
#define CUDA_VERSION 9010
#include <__clang_cuda_libdevice_declares.h>
#include <__clang_cuda_device_functions.h>
#undef CUDA_VERSION
#define CUDA_VERSION 12050
#include <__clang_cuda_math.h>
// clang-format on

extern "C" {
// The system calls of the PTX ABI. clang rewrites printf into vprintf and a packed argument buffer.
__device__ int vprintf(const char* format, const char* arguments);
__device__ int printf(const char* format, ...);
__device__ void __assertfail(const char* message, const char* file, unsigned line,
                             const char* function, size_t charSize);
// What <assert.h> of glibc calls.
__device__ static inline void __assert_fail(const char* message, const char* file, unsigned line,
                                            const char* function) {
  __assertfail(message, file, line, function, sizeof(char));
}
// What stands in the virtual tables of abstract classes.
__device__ inline void __cxa_pure_virtual(void) {
  __builtin_trap();
}
// Clang's <<<>>> calls it for the launch configuration.
unsigned __cudaPushCallConfiguration(dim3 gridDim, dim3 blockDim, size_t sharedMem = 0,
                                     void* stream = nullptr);
}

// Declared by __clang_cuda_builtin_vars.h, defined once dim3 and uint3 are complete.
#define AW_BUILTIN_CONVERSIONS(NAME)                                                               \
  __device__ inline __cuda_builtin_##NAME##_t::operator dim3() const {                             \
    return dim3(x, y, z);                                                                          \
  }                                                                                                \
  __device__ inline __cuda_builtin_##NAME##_t::operator uint3() const {                            \
    return {x, y, z};                                                                              \
  }
AW_BUILTIN_CONVERSIONS(threadIdx)
AW_BUILTIN_CONVERSIONS(blockIdx)
AW_BUILTIN_CONVERSIONS(blockDim)
AW_BUILTIN_CONVERSIONS(gridDim)
#undef AW_BUILTIN_CONVERSIONS

// clang-format off: the order matters
#include "address_space.h"
#include <__clang_cuda_cmath.h>
// Clang 19 hands redux.sync its operands the wrong way round; intrinsics.h has these functions.
#define __reduce_add_sync __aw_clang_reduce_add_sync
#define __reduce_min_sync __aw_clang_reduce_min_sync
#define __reduce_max_sync __aw_clang_reduce_max_sync
#define __reduce_or_sync __aw_clang_reduce_or_sync
#define __reduce_and_sync __aw_clang_reduce_and_sync
#define __reduce_xor_sync __aw_clang_reduce_xor_sync
#include <__clang_cuda_intrinsics.h>
#undef __reduce_add_sync
#undef __reduce_min_sync
#undef __reduce_max_sync
#undef __reduce_or_sync
#undef __reduce_and_sync
#undef __reduce_xor_sync
#include <__clang_cuda_complex_builtins.h>
#include "atomics.h"
#include "intrinsics.h"
#include "math_overloads.h"
#include "surface_functions.h"
#include "texture_functions.h"
// clang-format on

#pragma pop_macro("__CUDA_ARCH__")
#pragma pop_macro("CUDA_VERSION")

// nvcc brings the device runtime with every source as well.
#include "../cuda_device_runtime_api.h"
