// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between the runtime API's parameters of graph nodes and core's work. Stateless; safe from any
// thread.
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
Result<core::GraphWork> makeEvent(core::GraphNodeType type, cudaEvent_t event);
Result<core::GraphWork> makeAlloc(cudaMemAllocNodeParams* params);
#if CUDART_VERSION >= 12000
// `graph`: where the node will be; only conditional nodes need it.
Result<core::GraphWork> makeWork(cudaGraphNodeParams* params, cudaGraph_t graph);
#endif

// What a node does, in this API's words.
cudaMemcpy3DParms readParams(const core::GraphWork& work, cudaMemcpy3DParms*);
cudaMemsetParams readParams(const core::GraphWork& work, cudaMemsetParams*);
cudaHostNodeParams readParams(const core::GraphWork& work, cudaHostNodeParams*);

// memcpy_3d.cpp: the copy that these parameters ask for, in this stream.
Result<void> copyInto(const cudaMemcpy3DParms& parms, core::Stream& stream);

} // namespace anywarp::cudart
