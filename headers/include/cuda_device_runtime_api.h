// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The CUDA device runtime for device code that clang compiles: dynamic parallelism, streams, events
// and queries of kernels, the handles of cooperative groups. A device function has the name of the
// host's; clang tells them apart by who calls.
//
// clang 19 refuses kernel<<<...>>> and the address of a kernel in device code. Such a launch is
// written anywarp::launchKernel<kernel>(grid, block, sharedBytes, stream, arguments...) instead; it
// returns a cudaError_t.
#pragma once

#include "driver_types.h"
#include "vector_types.h"

#ifndef __CUDACC_RTC__
#include <cstddef>
#endif

#define cudaStreamTailLaunch ((cudaStream_t)0x3)
#define cudaStreamFireAndForget ((cudaStream_t)0x4)
#define cudaStreamGraphTailLaunch ((cudaStream_t)0x0100000000000000)
#define cudaStreamGraphFireAndForget ((cudaStream_t)0x0200000000000000)
#define cudaStreamGraphFireAndForgetAsSibling ((cudaStream_t)0x0300000000000000)

#if defined(__CUDA__) && (defined(__clang__) || defined(__CUDACC_RTC__))

// AW_DEVICE_API(result, name without "cuda", parameters, arguments): the function of the device
// runtime and the name that programs call it by.
#define AW_DEVICE_API(result, name, parameters, arguments)                                         \
  extern "C" __device__ result __cudaCDP2##name parameters;                                        \
  static inline __device__ result cuda##name parameters {                                          \
    return __cudaCDP2##name arguments;                                                             \
  }

AW_DEVICE_API(cudaError_t, GetLastError, (), ())
AW_DEVICE_API(cudaError_t, PeekAtLastError, (), ())
AW_DEVICE_API(const char*, GetErrorString, (cudaError_t error), (error))
AW_DEVICE_API(const char*, GetErrorName, (cudaError_t error), (error))
AW_DEVICE_API(cudaError_t, DeviceGetAttribute, (int* value, cudaDeviceAttr attr, int device),
              (value, attr, device))
AW_DEVICE_API(cudaError_t, DeviceGetLimit, (size_t* value, cudaLimit limit), (value, limit))
AW_DEVICE_API(cudaError_t, GetDevice, (int* device), (device))
AW_DEVICE_API(cudaError_t, GetDeviceCount, (int* count), (count))
AW_DEVICE_API(cudaError_t, RuntimeGetVersion, (int* version), (version))
AW_DEVICE_API(cudaError_t, StreamCreateWithFlags, (cudaStream_t * stream, unsigned flags),
              (stream, flags))
AW_DEVICE_API(cudaError_t, StreamDestroy, (cudaStream_t stream), (stream))
AW_DEVICE_API(cudaError_t, StreamWaitEvent,
              (cudaStream_t stream, cudaEvent_t event, unsigned flags), (stream, event, flags))
AW_DEVICE_API(cudaError_t, EventCreateWithFlags, (cudaEvent_t * event, unsigned flags),
              (event, flags))
AW_DEVICE_API(cudaError_t, EventRecord, (cudaEvent_t event, cudaStream_t stream), (event, stream))
AW_DEVICE_API(cudaError_t, EventDestroy, (cudaEvent_t event), (event))
AW_DEVICE_API(cudaError_t, Malloc, (void** pointer, size_t bytes), (pointer, bytes))
AW_DEVICE_API(cudaError_t, Free, (void* pointer), (pointer))
AW_DEVICE_API(cudaError_t, MemcpyAsync,
              (void* target, const void* source, size_t bytes, cudaMemcpyKind kind,
               cudaStream_t stream),
              (target, source, bytes, kind, stream))
AW_DEVICE_API(cudaError_t, Memcpy2DAsync,
              (void* target, size_t targetPitch, const void* source, size_t sourcePitch,
               size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream),
              (target, targetPitch, source, sourcePitch, width, height, kind, stream))
AW_DEVICE_API(cudaError_t, MemsetAsync,
              (void* pointer, int value, size_t bytes, cudaStream_t stream),
              (pointer, value, bytes, stream))
AW_DEVICE_API(cudaError_t, Memset2DAsync,
              (void* pointer, size_t pitch, int value, size_t width, size_t height,
               cudaStream_t stream),
              (pointer, pitch, value, width, height, stream))
#undef AW_DEVICE_API

extern "C" {
__device__ void* __cudaCDP2GetParameterBufferV2(void* kernel, dim3 grid, dim3 block,
                                                unsigned sharedBytes);
__device__ cudaError_t __cudaCDP2LaunchDeviceV2(void* buffer, cudaStream_t stream);
__device__ void* cudaGetParameterBuffer(size_t alignment, size_t bytes);
__device__ cudaError_t cudaLaunchDevice(void* kernel, void* buffer, dim3 grid, dim3 block,
                                        unsigned sharedBytes, cudaStream_t stream);
__device__ unsigned long long cudaCGGetIntrinsicHandle(unsigned scope);
__device__ cudaError_t cudaCGSynchronize(unsigned long long handle, unsigned flags);
__device__ cudaError_t cudaCGSynchronizeGrid(unsigned long long handle, unsigned flags);
__device__ cudaError_t cudaCGGetSize(unsigned* threads, unsigned* grids, unsigned long long handle);
__device__ cudaError_t cudaCGGetRank(unsigned* thread, unsigned* grid, unsigned long long handle);
// Under another name: the host has one of this name and of C linkage, too.
__device__ cudaError_t anywarpGraphLaunch(cudaGraphExec_t exec,
                                          cudaStream_t stream) asm("cudaGraphLaunch");
__device__ void cudaGraphSetConditional(cudaGraphConditionalHandle handle, unsigned value);
__device__ cudaError_t cudaGraphKernelNodeSetParam(cudaGraphDeviceNode_t node, size_t offset,
                                                   const void* value, size_t size);
__device__ cudaError_t cudaGraphKernelNodeSetEnabled(cudaGraphDeviceNode_t node, bool enable);
__device__ cudaError_t cudaGraphKernelNodeSetGridDim(cudaGraphDeviceNode_t node, dim3 gridDim);
__device__ cudaError_t cudaGraphKernelNodeUpdatesApply(const cudaGraphKernelNodeUpdate* updates,
                                                       size_t updateCount);
}
template <typename T>
static inline __device__ cudaError_t cudaGraphKernelNodeSetParam(cudaGraphDeviceNode_t node,
                                                                 size_t offset, const T& value) {
  return cudaGraphKernelNodeSetParam(node, offset, &value, sizeof(T));
}
static inline __device__ cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  return anywarpGraphLaunch(exec, stream);
}
static inline __device__ cudaGraphExec_t cudaGetCurrentGraphExec(void) {
  unsigned long long exec;
  asm("mov.u64 %0, %%current_graph_exec;" : "=l"(exec));
  return (cudaGraphExec_t)exec;
}
static inline __device__ void* cudaGetParameterBufferV2(void* kernel, dim3 grid, dim3 block,
                                                        unsigned sharedBytes) {
  return __cudaCDP2GetParameterBufferV2(kernel, grid, block, sharedBytes);
}
static inline __device__ cudaError_t cudaLaunchDeviceV2(void* buffer, cudaStream_t stream) {
  return __cudaCDP2LaunchDeviceV2(buffer, stream);
}

#if __cplusplus >= 201703L
namespace anywarp {
namespace detail {

// A variable may hold what device code may not name.
template <auto kernel> struct KernelAddress {
  static __device__ decltype(kernel) value;
};
template <auto kernel> __device__ decltype(kernel) KernelAddress<kernel>::value = kernel;

// The parameter block of kernels: each parameter at the next multiple of its alignment.
inline __device__ void pack(char*, size_t) {}
template <typename T, typename... Rest>
inline __device__ void pack(char* block, size_t offset, const T& value, const Rest&... rest) {
  offset = (offset + alignof(T) - 1) / alignof(T) * alignof(T);
  __builtin_memcpy(block + offset, &value, sizeof(T));
  pack(block, offset + sizeof(T), rest...);
}

template <typename... Params, typename... Args>
inline __device__ cudaError_t launch(void (*address)(Params...), dim3 grid, dim3 block,
                                     unsigned sharedBytes, cudaStream_t stream,
                                     const Args&... args) {
  static_assert(sizeof...(Params) == sizeof...(Args), "as many arguments as the kernel takes");
  void* buffer =
      __cudaCDP2GetParameterBufferV2(reinterpret_cast<void*>(address), grid, block, sharedBytes);
  if (!buffer)
    return cudaPeekAtLastError();
  pack(static_cast<char*>(buffer), 0, static_cast<Params>(args)...);
  return __cudaCDP2LaunchDeviceV2(buffer, stream);
}

} // namespace detail

template <auto kernel, typename... Args>
inline __device__ cudaError_t launchKernel(dim3 grid, dim3 block, unsigned sharedBytes,
                                           cudaStream_t stream, const Args&... args) {
  return detail::launch(detail::KernelAddress<kernel>::value, grid, block, sharedBytes, stream,
                        args...);
}

} // namespace anywarp
#endif

#endif
