// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between the driver API's parameters of nodes and core's work. Stateless; safe from any thread.
#pragma once

#include "common/graphs.h"
#include "cuda/support.h"

namespace anywarp::cuda {

// `graph`: where the node will be; only conditional nodes need it.
Result<core::GraphWork> makeWork(CUgraphNodeParams* params, CUgraph graph);
Result<core::GraphWork> makeKernel(const CUDA_KERNEL_NODE_PARAMS_v1* params);
Result<core::GraphWork> makeKernel(const CUDA_KERNEL_NODE_PARAMS* params);
Result<core::GraphWork> makeFill(const CUDA_MEMSET_NODE_PARAMS* params, CUcontext context);
Result<core::GraphWork> makeCopy(const CUDA_MEMCPY3D* params, CUcontext context);
Result<core::GraphWork> makeHost(const CUDA_HOST_NODE_PARAMS* params);
Result<core::GraphWork> makeEvent(core::GraphNodeType type, CUevent event);
Result<core::GraphWork> makeAlloc(CUDA_MEM_ALLOC_NODE_PARAMS* params);
Result<core::GraphWork> makeMemOps(const CUDA_BATCH_MEM_OP_NODE_PARAMS* params);

// What a node does, in this API's words.
CUDA_MEMCPY3D readParams(const core::GraphWork& work, CUDA_MEMCPY3D*);
CUDA_MEMSET_NODE_PARAMS readParams(const core::GraphWork& work, CUDA_MEMSET_NODE_PARAMS*);
CUDA_HOST_NODE_PARAMS readParams(const core::GraphWork& work, CUDA_HOST_NODE_PARAMS*);
void giveKernel(core::GraphNode& node, CUDA_KERNEL_NODE_PARAMS_v1& out);
void giveKernel(core::GraphNode& node, CUDA_KERNEL_NODE_PARAMS& out);
Result<void> giveMemOps(core::GraphNode& node, CUDA_BATCH_MEM_OP_NODE_PARAMS& out);

// memcpy.cpp: the copy that these parameters ask for, in this stream.
Result<void> copyInto(const CUDA_MEMCPY3D& copy, core::Stream& stream);

} // namespace anywarp::cuda
