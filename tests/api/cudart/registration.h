// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What nvcc's host code declares for itself (public: clang's CodeGen and crt headers): how compiled
// programs register their device code and launch it. For code that stands in for compiled programs.
#pragma once

#include <cuda_runtime_api.h>

extern "C" {
void** __cudaRegisterFatBinary(void* fatbin);
void __cudaRegisterFatBinaryEnd(void** handle);
void __cudaUnregisterFatBinary(void** handle);
void __cudaRegisterFunction(void** handle, const char* host, char* device, const char* name,
                            int threadLimit, uint3*, uint3*, dim3*, dim3*, int*);
void __cudaRegisterVar(void** handle, char* host, char* device, const char* name, int isExtern,
                       size_t size, int isConstant, int isGlobal);
void __cudaRegisterManagedVar(void** handle, void** host, char* device, const char* name,
                              int isExtern, size_t size, int isConstant, int isGlobal);
char __cudaInitModule(void** handle);
unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, void* stream);
cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* shared, void* stream);
#if CUDART_VERSION >= 12000
cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* host);
cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** args,
                               size_t shared, cudaStream_t stream);
#endif
}
