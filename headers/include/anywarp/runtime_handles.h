// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Handles of the runtime API. They are the driver API's own types, so both can be mixed.
// Included by driver_types.h only.
#pragma once

#include "anywarp/runtime_errors.h"

typedef enum cudaError cudaError_t;

#if CUDART_VERSION >= 12000
typedef unsigned long long cudaGraphConditionalHandle;
#endif

typedef struct cudaArray* cudaArray_t;

typedef const struct cudaArray* cudaArray_const_t;

typedef struct cudaMipmappedArray* cudaMipmappedArray_t;

typedef const struct cudaMipmappedArray* cudaMipmappedArray_const_t;

typedef struct CUstream_st* cudaStream_t;

typedef struct CUevent_st* cudaEvent_t;

typedef struct cudaGraphicsResource* cudaGraphicsResource_t;

typedef struct CUexternalMemory_st* cudaExternalMemory_t;

typedef struct CUexternalSemaphore_st* cudaExternalSemaphore_t;

typedef struct CUgraph_st* cudaGraph_t;

typedef struct CUgraphNode_st* cudaGraphNode_t;

typedef struct CUuserObject_st* cudaUserObject_t;

typedef struct CUfunc_st* cudaFunction_t;

#if CUDART_VERSION >= 12000
typedef struct CUkern_st* cudaKernel_t;
#endif

#if CUDART_VERSION >= 12000
typedef struct CUlib_st* cudaLibrary_t;
#endif

typedef struct CUmemPoolHandle_st* cudaMemPool_t;

typedef struct CUgraphExec_st* cudaGraphExec_t;

#if CUDART_VERSION >= 12000
typedef struct CUgraphDeviceUpdatableNode_st* cudaGraphDeviceNode_t;
#endif

#if CUDART_VERSION >= 12000
typedef struct cudaAsyncCallbackEntry* cudaAsyncCallbackHandle_t;
#endif

#if CUDART_VERSION >= 13000
typedef struct CUlogsCallbackEntry_st* cudaLogsCallbackHandle;
#endif
