// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The CUDA Runtime API for C and C++: types, functions and the flag macros. Written for CUDA 11, 12
// and 13 (anywarp/cuda_version.h). cuda_runtime.h adds what only a CUDA compiler understands.
#pragma once
#define __CUDA_RUNTIME_API_H__ // programs test for it

#include "driver_types.h"
#include "surface_types.h"
#include "texture_types.h"

#ifndef CUDARTAPI
#define CUDARTAPI
#endif
#ifndef CUDART_CB
#define CUDART_CB
#endif

#ifdef __cplusplus
#define ANYWARP_DEFAULT(value) = value
#else
#define ANYWARP_DEFAULT(value)
#endif

#ifdef CUDA_API_PER_THREAD_DEFAULT_STREAM
#include "anywarp/runtime_per_thread.h"
#endif

// CUDA 12 gave some names a second layout and kept the first one for old binaries.
#if CUDART_VERSION >= 12000 && CUDART_VERSION < 13000
#define cudaGetDeviceProperties cudaGetDeviceProperties_v2
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef void (*cudaStreamCallback_t)(cudaStream_t stream, cudaError_t status, void* userData);
#if CUDART_VERSION >= 13000
typedef void (*cudaLogsCallback_t)(void* data, cudaLogLevel level, char* message, size_t length);
#endif

#include "anywarp/runtime_graph_prototypes.h"
#include "anywarp/runtime_prototypes.h"

#ifdef __cplusplus
}
#endif
#undef ANYWARP_DEFAULT

// In CUDA 11 and 12 these names mean the second version.
#if CUDART_VERSION < 13000
#ifdef CUDA_API_PER_THREAD_DEFAULT_STREAM
#undef cudaSignalExternalSemaphoresAsync
#undef cudaWaitExternalSemaphoresAsync
#define cudaSignalExternalSemaphoresAsync cudaSignalExternalSemaphoresAsync_v2_ptsz
#define cudaWaitExternalSemaphoresAsync cudaWaitExternalSemaphoresAsync_v2_ptsz
#else
#define cudaSignalExternalSemaphoresAsync cudaSignalExternalSemaphoresAsync_v2
#define cudaWaitExternalSemaphoresAsync cudaWaitExternalSemaphoresAsync_v2
#endif
#endif
#if CUDART_VERSION >= 12000 && CUDART_VERSION < 13000
#ifdef CUDA_API_PER_THREAD_DEFAULT_STREAM
#undef cudaStreamGetCaptureInfo
#define cudaStreamGetCaptureInfo cudaStreamGetCaptureInfo_v2_ptsz
#else
#define cudaStreamGetCaptureInfo cudaStreamGetCaptureInfo_v2
#endif
#endif
