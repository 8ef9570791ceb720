// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the runtime API's parameters of graph nodes to core's work. Stateless; safe from any thread.
#pragma once

#include "common/graphs.h"
#include "cudart/current.h"
#include "cudart/types.h"

namespace anywarp::cudart {

Result<core::GraphWork> makeKernel(const cudaKernelNodeParams* params);
Result<core::GraphWork> makeFill(const cudaMemsetParams* params);
Result<core::GraphWork> makeHost(const cudaHostNodeParams* params);
Result<core::GraphWork> makeCopy(const cudaMemcpy3DParms* params);
Result<core::GraphWork> makeCopy1d(void* dst, const void* src, size_t count, cudaMemcpyKind kind);
Result<core::GraphWork> makeCopyFromSymbol(void* dst, const void* symbol, size_t count,
                                           size_t offset, cudaMemcpyKind kind);
Result<core::GraphWork> makeCopyToSymbol(const void* symbol, const void* src, size_t count,
                                         size_t offset, cudaMemcpyKind kind);
Result<core::GraphWork> makeChild(cudaGraph_t child);
Result<core::GraphWork> makeEvent(core::GraphNodeType type, cudaEvent_t event);
Result<core::GraphWork> makeAlloc(cudaMemAllocNodeParams* params);
core::GraphWork makeFree(void* pointer);
#if CUDART_VERSION >= 12000
Result<core::GraphWork> makeWork(cudaGraphNodeParams* params);
#endif

// memcpy_3d.cpp: the copy that these parameters ask for, in this stream.
Result<void> copyInto(const cudaMemcpy3DParms& parms, core::Stream& stream);

} // namespace anywarp::cudart
