// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The qualifiers of CUDA C++ as macros: __global__, __device__, __host__, __shared__, ... Under a
// CUDA compiler they are attributes, for a plain host compiler they vanish, so that headers with
// CUDA functions can be included anywhere.
#pragma once
#define __HOST_DEFINES_H__ // programs test for it

#if defined(__CUDACC__) || defined(__CUDA__)
#define __aw_cuda_attribute__(name) __attribute__((name))
#else
#define __aw_cuda_attribute__(name)
#endif

#ifndef __host__
#define __host__ __aw_cuda_attribute__(host)
#endif
#ifndef __device__
#define __device__ __aw_cuda_attribute__(device)
#endif
#ifndef __global__
#define __global__ __aw_cuda_attribute__(global)
#endif
#ifndef __shared__
#define __shared__ __aw_cuda_attribute__(shared)
#endif
#ifndef __constant__
#define __constant__ __aw_cuda_attribute__(constant)
#endif
#ifndef __managed__
#define __managed__ __aw_cuda_attribute__(managed)
#endif
#if defined(__CUDA__) && defined(__clang__)
// Clang 19 has no such attribute: a parameter stays addressable, which only costs a copy.
#define __grid_constant__
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __cluster_dims__(...)
#define __maxnreg__(...) __attribute__((maxnreg(__VA_ARGS__)))
#define __block_size__(...)
#define __nv_pure__ __attribute__((pure))
#else
#define __grid_constant__ __aw_cuda_attribute__(grid_constant)
#define __launch_bounds__(...) __aw_cuda_attribute__(launch_bounds(__VA_ARGS__))
#define __cluster_dims__(...) __aw_cuda_attribute__(cluster_dims(__VA_ARGS__))
#define __maxnreg__(...) __aw_cuda_attribute__(maxnreg(__VA_ARGS__))
#define __nv_pure__
#endif

// Only where the spelling is no keyword, and never for host compilers: libstdc++ writes
// __attribute__((__noinline__)), which a macro of this name would break.
#if !defined(__noinline__) && defined(__clang__) && defined(__CUDA__)
#if !__has_feature(cuda_noinline_keyword)
#define __noinline__ __attribute__((noinline))
#endif
#endif
#ifndef __forceinline__
#define __forceinline__ __inline__ __attribute__((always_inline))
#endif
#define __inline_hint__ __inline__
#define __no_return__ __attribute__((noreturn))
#define __thread__ __thread
#define __import__
#define __export__
#define __cdecl
#define __restrict__ __restrict
#define __specialization_static static
#ifndef __align__
#define __align__(n) __attribute__((aligned(n)))
#endif
#ifndef __builtin_align__
#define __builtin_align__(n) __align__(n)
#endif
#ifndef __annotate__
#define __annotate__(name) __attribute__((name))
#endif
// Around uses of what the toolkit's headers have deprecated.
#ifndef __NV_SILENCE_DEPRECATION_BEGIN
#define __NV_SILENCE_DEPRECATION_BEGIN
#define __NV_SILENCE_DEPRECATION_END
#endif
#define __device_builtin__
#define __device_builtin_texture_type__
#define __device_builtin_surface_type__
#define __cudart_builtin__
#ifndef CUDARTAPI
#define CUDARTAPI
#endif
#ifndef CUDARTAPI_CDECL
#define CUDARTAPI_CDECL
#endif
#ifndef CUDART_CB
#define CUDART_CB
#endif
#ifndef CUDART_DEVICE
#define CUDART_DEVICE __device__
#endif
