// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The CUDA device runtime: what kernels call under the names of ptx/device_runtime.def. Launches
// and streams are launch_tree.h's. Called by kernels, for one thread at a time, on any host thread;
// the memory of the program is touched without a lock, since a bad pointer leaves these functions.
#pragma once

#include "spmd/kernel_abi.h"

#include <cstdint>

namespace anywarp::cpu {

// `function`: a ptx::DeviceRuntimeId with its flags. The result is as wide as its signature says.
uint64_t callDeviceRuntime(AwBlock* block, uint32_t function, const uint64_t* args);

// What one call works with.
struct DeviceCall;
// device_runtime_copy.cpp: the functions that copy and fill, as cudaError_t.
uint32_t deviceMemcpy(const DeviceCall& call);
uint32_t deviceMemcpy2d(const DeviceCall& call);
uint32_t deviceMemcpy3d(const DeviceCall& call);
uint32_t deviceMemset(const DeviceCall& call);
uint32_t deviceMemset2d(const DeviceCall& call);
uint32_t deviceMemset3d(const DeviceCall& call);
// device_runtime_graph.cpp: those that change kernel nodes of graphs.
uint32_t deviceNodeSetParam(const DeviceCall& call);
uint32_t deviceNodeSetEnabled(const DeviceCall& call);
uint32_t deviceNodeSetGridDim(const DeviceCall& call);
uint32_t deviceNodeUpdatesApply(const DeviceCall& call);

} // namespace anywarp::cpu
