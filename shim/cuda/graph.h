// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the driver API's parameters of nodes to core's work. Stateless; safe from any thread.
#pragma once

#include "common/graphs.h"
#include "cuda/support.h"

namespace anywarp::cuda {

Result<core::GraphWork> makeWork(CUgraphNodeParams* params);
Result<core::GraphWork> makeWork(const CUDA_KERNEL_NODE_PARAMS_v1* params);
Result<core::GraphWork> makeWork(const CUDA_KERNEL_NODE_PARAMS* params);
Result<core::GraphWork> makeWork(const CUDA_MEMSET_NODE_PARAMS* params, CUcontext context);
Result<core::GraphWork> makeWork(const CUDA_HOST_NODE_PARAMS* params);
Result<core::GraphWork> makeWork(CUgraph child);
Result<core::GraphWork> makeWork(core::GraphNodeType type, CUevent event);
Result<core::GraphWork> makeCopy(const CUDA_MEMCPY3D* params, CUcontext context);

// memcpy.cpp: the copy that these parameters ask for, in this stream.
Result<void> copyInto(const CUDA_MEMCPY3D& copy, core::Stream& stream);

} // namespace anywarp::cuda
