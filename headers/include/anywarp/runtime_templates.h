// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The C++ face of the runtime API: typed wrappers of the C functions of cuda_runtime_api.h. Each
// only converts its arguments, so the meaning, errors and thread rules are the C function's. Not
// for direct use: cuda_runtime.h includes it.
#pragma once

#define AW_API static __inline__ __host__ cudaError_t

// Memory
template <class T> AW_API cudaMalloc(T** devPtr, size_t size) {
  return ::cudaMalloc((void**)(void*)devPtr, size);
}
template <class T> AW_API cudaMallocHost(T** ptr, size_t size, unsigned int flags = 0) {
  return ::cudaHostAlloc((void**)(void*)ptr, size, flags);
}
template <class T> AW_API cudaHostAlloc(T** ptr, size_t size, unsigned int flags) {
  return ::cudaHostAlloc((void**)(void*)ptr, size, flags);
}
template <class T> AW_API cudaHostGetDevicePointer(T** device, void* host, unsigned int flags) {
  return ::cudaHostGetDevicePointer((void**)(void*)device, host, flags);
}
template <class T>
AW_API cudaMallocManaged(T** devPtr, size_t size, unsigned int flags = cudaMemAttachGlobal) {
  return ::cudaMallocManaged((void**)(void*)devPtr, size, flags);
}
template <class T> AW_API cudaMallocPitch(T** devPtr, size_t* pitch, size_t width, size_t height) {
  return ::cudaMallocPitch((void**)(void*)devPtr, pitch, width, height);
}
template <class T> AW_API cudaMallocAsync(T** devPtr, size_t size, cudaStream_t stream) {
  return ::cudaMallocAsync((void**)(void*)devPtr, size, stream);
}
template <class T>
AW_API cudaMallocAsync(T** devPtr, size_t size, cudaMemPool_t pool, cudaStream_t stream) {
  return ::cudaMallocFromPoolAsync((void**)(void*)devPtr, size, pool, stream);
}
template <class T>
AW_API cudaMallocFromPoolAsync(T** devPtr, size_t size, cudaMemPool_t pool, cudaStream_t stream) {
  return ::cudaMallocFromPoolAsync((void**)(void*)devPtr, size, pool, stream);
}
template <class T>
AW_API cudaStreamAttachMemAsync(cudaStream_t stream, T* devPtr, size_t length = 0,
                                unsigned int flags = cudaMemAttachSingle) {
  return ::cudaStreamAttachMemAsync(stream, (void*)devPtr, length, flags);
}

// Symbols: a __device__ or __constant__ variable is named by itself.
template <class T> AW_API cudaGetSymbolAddress(void** devPtr, const T& symbol) {
  return ::cudaGetSymbolAddress(devPtr, (const void*)&symbol);
}
template <class T> AW_API cudaGetSymbolSize(size_t* size, const T& symbol) {
  return ::cudaGetSymbolSize(size, (const void*)&symbol);
}
template <class T>
AW_API cudaMemcpyToSymbol(const T& symbol, const void* src, size_t count, size_t offset = 0,
                          enum cudaMemcpyKind kind = cudaMemcpyHostToDevice) {
  return ::cudaMemcpyToSymbol((const void*)&symbol, src, count, offset, kind);
}
template <class T>
AW_API cudaMemcpyToSymbolAsync(const T& symbol, const void* src, size_t count, size_t offset = 0,
                               enum cudaMemcpyKind kind = cudaMemcpyHostToDevice,
                               cudaStream_t stream = 0) {
  return ::cudaMemcpyToSymbolAsync((const void*)&symbol, src, count, offset, kind, stream);
}
template <class T>
AW_API cudaMemcpyFromSymbol(void* dst, const T& symbol, size_t count, size_t offset = 0,
                            enum cudaMemcpyKind kind = cudaMemcpyDeviceToHost) {
  return ::cudaMemcpyFromSymbol(dst, (const void*)&symbol, count, offset, kind);
}
template <class T>
AW_API cudaMemcpyFromSymbolAsync(void* dst, const T& symbol, size_t count, size_t offset = 0,
                                 enum cudaMemcpyKind kind = cudaMemcpyDeviceToHost,
                                 cudaStream_t stream = 0) {
  return ::cudaMemcpyFromSymbolAsync(dst, (const void*)&symbol, count, offset, kind, stream);
}

// Events
AW_API cudaEventCreate(cudaEvent_t* event, unsigned int flags) {
  return ::cudaEventCreateWithFlags(event, flags);
}

// Kernels: F is the kernel's function type.
template <class F>
AW_API cudaLaunchKernel(F* func, dim3 gridDim, dim3 blockDim, void** args, size_t sharedMem = 0,
                        cudaStream_t stream = 0) {
  return ::cudaLaunchKernel((const void*)func, gridDim, blockDim, args, sharedMem, stream);
}
template <class F>
AW_API cudaLaunchCooperativeKernel(F* func, dim3 gridDim, dim3 blockDim, void** args,
                                   size_t sharedMem = 0, cudaStream_t stream = 0) {
  return ::cudaLaunchCooperativeKernel((const void*)func, gridDim, blockDim, args, sharedMem,
                                       stream);
}
template <class... Parameters, class... Arguments>
AW_API cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                          Arguments&&... arguments) {
  // By value into the kernel's own parameter types: the launch reads exactly those bytes.
  return [&](Parameters... parameters) {
    void* pointers[sizeof...(Parameters) + 1] = {(void*)&parameters..., nullptr};
    return ::cudaLaunchKernelExC(config, (const void*)kernel, pointers);
  }(static_cast<Arguments&&>(arguments)...);
}
#if CUDART_VERSION >= 12000
// The forms before CUDA 12, which said where it failed.
AW_API cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, cudaGraphNode_t* errorNode,
                            char* log, size_t logSize) {
  if (errorNode)
    *errorNode = nullptr;
  if (log && logSize)
    *log = '\0';
  return ::cudaGraphInstantiate(exec, graph, 0);
}
AW_API cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphNode_t* errorNode,
                           enum cudaGraphExecUpdateResult* result) {
  cudaGraphExecUpdateResultInfo info;
  cudaError_t error = ::cudaGraphExecUpdate(exec, graph, &info);
  if (errorNode)
    *errorNode = info.errorNode;
  if (result)
    *result = info.result;
  return error;
}
#endif
template <class F> AW_API cudaFuncGetAttributes(struct cudaFuncAttributes* attributes, F* func) {
  return ::cudaFuncGetAttributes(attributes, (const void*)func);
}
template <class F>
AW_API cudaFuncSetAttribute(F* func, enum cudaFuncAttribute attribute, int value) {
  return ::cudaFuncSetAttribute((const void*)func, attribute, value);
}
template <class F> AW_API cudaFuncSetCacheConfig(F* func, enum cudaFuncCache config) {
  return ::cudaFuncSetCacheConfig((const void*)func, config);
}

#include "occupancy_templates.h"

#undef AW_API
