// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Executable graphs.
#include "api/cudart/impl.h"
#include "common/semaphores.h"
#include "cudart/graph.h"

namespace anywarp::cudart {

using core::GraphNodeType;
using core::GraphWork;

Result<void> graphInstantiateWithFlags(cudaGraphExec_t* out, cudaGraph_t graph,
                                       unsigned long long flags) {
  return shim::instantiate(out, graph, flags);
}

#if CUDART_VERSION < 12000
Result<void> graphInstantiate_v1(cudaGraphExec_t* out, cudaGraph_t graph,
                                 cudaGraphNode_t* errorNode, char* log, size_t logSize) {
  if (errorNode)
    *errorNode = nullptr;
  if (log && logSize)
    *log = 0;
  return graphInstantiateWithFlags(out, graph, 0);
}
#else
Result<void> graphInstantiate(cudaGraphExec_t* out, cudaGraph_t graph, unsigned long long flags) {
  return graphInstantiateWithFlags(out, graph, flags);
}

Result<void> graphInstantiateWithParams(cudaGraphExec_t* out, cudaGraph_t graph,
                                        cudaGraphInstantiateParams* params, cudaStream_t) {
  AW_ARG(params, "instantiateParams is null");
  return shim::instantiate(out, graph, params->flags, params->errNode_out, params->result_out,
                           [&] { return resolveStream(params->uploadStream); });
}

Result<void> graphExecGetFlags(cudaGraphExec_t handle, unsigned long long* flags) {
  AW_ARG(flags, "flags is null");
  AW_LET(exec, shim::findExec(handle));
  *flags = exec->flags();
  return {};
}
#endif

Result<void> graphUpload(cudaGraphExec_t handle, cudaStream_t streamHandle) {
  AW_LET(exec, shim::findExec(handle));
  AW_LET(stream, resolveStream(streamHandle));
  return exec->upload(*stream);
}

Result<void> graphLaunch(cudaGraphExec_t handle, cudaStream_t streamHandle) {
  AW_LET(exec, shim::findExec(handle));
  AW_LET(stream, resolveStream(streamHandle));
  return exec->launch(*stream);
}

Result<void> graphExecDestroy(cudaGraphExec_t handle) {
  AW_LET(exec, shim::findExec(handle));
  return exec->destroy();
}

#if CUDART_VERSION < 12000
Result<void> graphExecUpdate_v1(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphNode_t* errorNode,
                                cudaGraphExecUpdateResult* result) {
  cudaGraphExecUpdateResult code = {};
  cudaGraphNode_t culprit = nullptr, from = nullptr;
  auto done = shim::update(exec, graph, code, culprit, from);
  if (errorNode)
    *errorNode = culprit;
  if (result)
    *result = code;
  return done;
}
#else
Result<void> graphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph,
                             cudaGraphExecUpdateResultInfo* info) {
  AW_ARG(info, "resultInfo is null");
  return shim::update(exec, graph, info->result, info->errorNode, info->errorFromNode);
}

Result<void> graphExecNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                    cudaGraphNodeParams* params) {
  AW_ARG(params, "nodeParams is null");
  AW_TRY(shim::checkChangeable(GraphNodeType(int(params->type))));
  return shim::changeNode(exec, node, makeWork(params, nullptr));
}
#endif

Result<void> graphExecKernelNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                          const cudaKernelNodeParams* params) {
  return shim::changeNode(exec, node, makeKernel(params));
}
Result<void> graphExecHostNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                        const cudaHostNodeParams* params) {
  return shim::changeNode(exec, node, makeHost(params));
}
Result<void> graphExecMemsetNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                          const cudaMemsetParams* params) {
  return shim::changeNode(exec, node, makeFill(params));
}
Result<void> graphExecMemcpyNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                          const cudaMemcpy3DParms* params) {
  return shim::changeNode(exec, node, makeCopy(params));
}
Result<void> graphExecMemcpyNodeSetParams1D(cudaGraphExec_t exec, cudaGraphNode_t node, void* dst,
                                            const void* src, size_t bytes, cudaMemcpyKind kind) {
  return shim::changeNode(exec, node, makeCopy1d(dst, src, bytes, kind));
}
Result<void> graphExecMemcpyNodeSetParamsFromSymbol(cudaGraphExec_t exec, cudaGraphNode_t node,
                                                    void* dst, const void* symbol, size_t bytes,
                                                    size_t offset, cudaMemcpyKind kind) {
  return shim::changeNode(exec, node, makeCopyFromSymbol(dst, symbol, bytes, offset, kind));
}
Result<void> graphExecMemcpyNodeSetParamsToSymbol(cudaGraphExec_t exec, cudaGraphNode_t node,
                                                  const void* symbol, const void* src, size_t bytes,
                                                  size_t offset, cudaMemcpyKind kind) {
  return shim::changeNode(exec, node, makeCopyToSymbol(symbol, src, bytes, offset, kind));
}
Result<void> graphExecChildGraphNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                              cudaGraph_t child) {
  return shim::changeNode(exec, node, shim::childWork(child, 0));
}
Result<void> graphExecEventRecordNodeSetEvent(cudaGraphExec_t exec, cudaGraphNode_t node,
                                              cudaEvent_t event) {
  return shim::changeNode(exec, node, makeEvent(GraphNodeType::EventRecord, event));
}
Result<void> graphExecEventWaitNodeSetEvent(cudaGraphExec_t exec, cudaGraphNode_t node,
                                            cudaEvent_t event) {
  return shim::changeNode(exec, node, makeEvent(GraphNodeType::WaitEvent, event));
}

Result<void> graphExecExternalSemaphoresSignalNodeSetParams(
    cudaGraphExec_t exec, cudaGraphNode_t node,
    const cudaExternalSemaphoreSignalNodeParams* params) {
  return shim::changeNode(exec, node, shim::semaphoreWork(GraphNodeType::SemaphoreSignal, params));
}
Result<void>
graphExecExternalSemaphoresWaitNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaExternalSemaphoreWaitNodeParams* params) {
  return shim::changeNode(exec, node, shim::semaphoreWork(GraphNodeType::SemaphoreWait, params));
}

Result<void> graphNodeSetEnabled(cudaGraphExec_t exec, cudaGraphNode_t node, unsigned int enabled) {
  return shim::setEnabled(exec, node, enabled != 0);
}

Result<void> graphNodeGetEnabled(cudaGraphExec_t exec, cudaGraphNode_t node,
                                 unsigned int* enabled) {
  return shim::giveEnabled(exec, node, enabled);
}

} // namespace anywarp::cudart
