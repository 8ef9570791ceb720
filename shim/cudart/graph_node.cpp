// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parameters of the nodes of a graph.
#include "api/cudart/impl.h"
#include "common/semaphores.h"
#include "core/function.h"
#include "cudart/graph.h"

namespace anywarp::cudart {

using core::GraphNodeType;
using core::GraphWork;

namespace {

template <typename Params>
Result<void> params(cudaGraphNode_t node, GraphNodeType type, Params* out) {
  return shim::giveParams(node, type, out,
                          [=](const GraphWork& work) { return readParams(work, out); });
}

} // namespace

Result<void> graphNodeGetType(cudaGraphNode_t handle, cudaGraphNodeType* type) {
  AW_ARG(type, "pType is null");
  AW_LET(node, shim::findNode(handle));
  *type = cudaGraphNodeType(int(node->type()));
  return {};
}

Result<void> graphKernelNodeGetParams(cudaGraphNode_t handle, cudaKernelNodeParams* out) {
  AW_ARG(out, "pNodeParams is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::Kernel));
  GraphWork work = node->work();
  if (auto* params = std::any_cast<cudaKernelNodeParams>(&work.params)) {
    *out = *params;
  } else { // captured: the function stands for itself
    const LaunchConfig& config = work.kernel->config;
    *out = {};
    out->func = work.kernel->function->handle();
    out->gridDim = dim3(config.grid[0], config.grid[1], config.grid[2]);
    out->blockDim = dim3(config.block[0], config.block[1], config.block[2]);
    out->sharedMemBytes = config.dynamicShared;
  }
  out->kernelParams = node->kernelParams();
  return {};
}

Result<void> graphChildGraphNodeGetGraph(cudaGraphNode_t handle, cudaGraph_t* out) {
  AW_ARG(out, "pGraph is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::Graph));
  *out = static_cast<cudaGraph_t>(node->work().child->handle());
  return {};
}

Result<void> graphEventRecordNodeGetEvent(cudaGraphNode_t node, cudaEvent_t* out) {
  return shim::giveEvent(node, GraphNodeType::EventRecord, out);
}
Result<void> graphEventRecordNodeSetEvent(cudaGraphNode_t node, cudaEvent_t event) {
  return shim::changeNode(node, makeEvent(GraphNodeType::EventRecord, event));
}

Result<void> graphEventWaitNodeGetEvent(cudaGraphNode_t node, cudaEvent_t* out) {
  return shim::giveEvent(node, GraphNodeType::WaitEvent, out);
}
Result<void> graphEventWaitNodeSetEvent(cudaGraphNode_t node, cudaEvent_t event) {
  return shim::changeNode(node, makeEvent(GraphNodeType::WaitEvent, event));
}

Result<void> graphHostNodeGetParams(cudaGraphNode_t node, cudaHostNodeParams* out) {
  return params(node, GraphNodeType::Host, out);
}

Result<void> graphMemsetNodeGetParams(cudaGraphNode_t node, cudaMemsetParams* out) {
  return params(node, GraphNodeType::Memset, out);
}

Result<void> graphMemcpyNodeGetParams(cudaGraphNode_t node, cudaMemcpy3DParms* out) {
  return params(node, GraphNodeType::Memcpy, out);
}

Result<void>
graphExternalSemaphoresSignalNodeGetParams(cudaGraphNode_t node,
                                           cudaExternalSemaphoreSignalNodeParams* out) {
  return shim::giveSemaphores(node, GraphNodeType::SemaphoreSignal, out);
}
Result<void>
graphExternalSemaphoresSignalNodeSetParams(cudaGraphNode_t node,
                                           const cudaExternalSemaphoreSignalNodeParams* params) {
  return shim::changeNode(node, shim::semaphoreWork(GraphNodeType::SemaphoreSignal, params));
}
Result<void> graphExternalSemaphoresWaitNodeGetParams(cudaGraphNode_t node,
                                                      cudaExternalSemaphoreWaitNodeParams* out) {
  return shim::giveSemaphores(node, GraphNodeType::SemaphoreWait, out);
}
Result<void>
graphExternalSemaphoresWaitNodeSetParams(cudaGraphNode_t node,
                                         const cudaExternalSemaphoreWaitNodeParams* params) {
  return shim::changeNode(node, shim::semaphoreWork(GraphNodeType::SemaphoreWait, params));
}

Result<void> graphMemAllocNodeGetParams(cudaGraphNode_t node, cudaMemAllocNodeParams* out) {
  return shim::giveParams(node, GraphNodeType::MemAlloc, out,
                          shim::allocParams<cudaMemAllocNodeParams>);
}

Result<void> graphMemFreeNodeGetParams(cudaGraphNode_t handle, void* out) {
  AW_ARG(out, "dptr_out is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::MemFree));
  *static_cast<void**>(out) = node->work().memory->address;
  return {};
}

Result<void> graphKernelNodeGetAttribute(cudaGraphNode_t node, cudaLaunchAttributeID attribute,
                                         cudaLaunchAttributeValue* out) {
  return shim::giveAttribute(node, int(attribute), out);
}
Result<void> graphKernelNodeSetAttribute(cudaGraphNode_t node, cudaLaunchAttributeID attribute,
                                         const cudaLaunchAttributeValue* value) {
  return shim::setAttribute(node, int(attribute), value);
}
Result<void> graphKernelNodeCopyAttributes(cudaGraphNode_t to, cudaGraphNode_t from) {
  return shim::copyAttributes(to, from);
}

Result<void> graphKernelNodeSetParams(cudaGraphNode_t node, const cudaKernelNodeParams* params) {
  return shim::changeNode(node, makeKernel(params));
}
Result<void> graphHostNodeSetParams(cudaGraphNode_t node, const cudaHostNodeParams* params) {
  return shim::changeNode(node, makeHost(params));
}
Result<void> graphMemsetNodeSetParams(cudaGraphNode_t node, const cudaMemsetParams* params) {
  return shim::changeNode(node, makeFill(params));
}
Result<void> graphMemcpyNodeSetParams(cudaGraphNode_t node, const cudaMemcpy3DParms* params) {
  return shim::changeNode(node, makeCopy(params));
}
Result<void> graphMemcpyNodeSetParams1D(cudaGraphNode_t node, void* dst, const void* src,
                                        size_t bytes, cudaMemcpyKind kind) {
  return shim::changeNode(node, makeCopy1d(dst, src, bytes, kind));
}
Result<void> graphMemcpyNodeSetParamsFromSymbol(cudaGraphNode_t node, void* dst, const void* symbol,
                                                size_t bytes, size_t offset, cudaMemcpyKind kind) {
  return shim::changeNode(node, makeCopyFromSymbol(dst, symbol, bytes, offset, kind));
}
Result<void> graphMemcpyNodeSetParamsToSymbol(cudaGraphNode_t node, const void* symbol,
                                              const void* src, size_t bytes, size_t offset,
                                              cudaMemcpyKind kind) {
  return shim::changeNode(node, makeCopyToSymbol(symbol, src, bytes, offset, kind));
}

#if CUDART_VERSION >= 12000
Result<void> graphNodeSetParams(cudaGraphNode_t node, cudaGraphNodeParams* p) {
  AW_ARG(p, "nodeParams is null");
  AW_LET(found, shim::findNode(node));
  AW_ARG(int(found->type()) == int(p->type), "the node is of another type");
  AW_TRY(shim::checkChangeable(found->type()));
  return shim::changeNode(node, makeWork(p, nullptr));
}
#endif

} // namespace anywarp::cudart
