// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Executable graphs.
#include "api/cudart/impl.h"
#include "common/semaphores.h"
#include "cudart/graph.h"

namespace anywarp::cudart {

using core::GraphNodeType;
using core::GraphWork;

namespace {

Result<void> change(cudaGraphExec_t execHandle, cudaGraphNode_t nodeHandle,
                    Result<GraphWork> work) {
  AW_LET(exec, shim::findExec(execHandle));
  AW_LET(node, shim::findNode(nodeHandle));
  if (!work)
    return work.error();
  return exec->setWork(*node, std::move(*work));
}

} // namespace

Result<void> graphInstantiateWithFlags(cudaGraphExec_t* out, cudaGraph_t graph,
                                       unsigned long long flags) {
  AW_ARG(out, "pGraphExec is null");
  AW_LET(exec, shim::instantiate(graph, flags));
  *out = static_cast<cudaGraphExec_t>(exec->handle());
  return {};
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
  core::GraphExec::Failure failure;
  params->errNode_out = nullptr;
  params->result_out = cudaGraphInstantiateError;
  AW_ARG(out, "pGraphExec is null");
  auto exec = shim::instantiate(graph, params->flags, &failure);
  params->result_out = cudaGraphInstantiateResult(int(failure.fault));
  if (failure.node)
    params->errNode_out = static_cast<cudaGraphNode_t>(failure.node->handle());
  if (!exec)
    return exec.error();
  auto handle = static_cast<cudaGraphExec_t>((*exec)->handle());
  if (params->flags & cudaGraphInstantiateFlagUpload)
    AW_TRY(graphUpload(handle, params->uploadStream));
  *out = handle;
  return {};
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
Result<void> graphExecUpdate_v1(cudaGraphExec_t execHandle, cudaGraph_t graphHandle,
                                cudaGraphNode_t* errorNode, cudaGraphExecUpdateResult* result) {
  AW_LET(exec, shim::findExec(execHandle));
  AW_LET(graph, shim::findGraph(graphHandle));
  int code = 0;
  void *culprit = nullptr, *from = nullptr;
  auto done = shim::updateResult(*exec, *graph, code, culprit, from);
  if (errorNode)
    *errorNode = static_cast<cudaGraphNode_t>(culprit);
  if (result)
    *result = cudaGraphExecUpdateResult(code);
  return done;
}
#else
Result<void> graphExecUpdate(cudaGraphExec_t execHandle, cudaGraph_t graphHandle,
                             cudaGraphExecUpdateResultInfo* info) {
  AW_ARG(info, "resultInfo is null");
  AW_LET(exec, shim::findExec(execHandle));
  AW_LET(graph, shim::findGraph(graphHandle));
  int code = 0;
  void *culprit = nullptr, *from = nullptr;
  auto done = shim::updateResult(*exec, *graph, code, culprit, from);
  *info = {cudaGraphExecUpdateResult(code), static_cast<cudaGraphNode_t>(culprit),
           static_cast<cudaGraphNode_t>(from)};
  return done;
}

Result<void> graphExecNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                    cudaGraphNodeParams* params) {
  AW_ARG(params, "nodeParams is null");
  if (params->type == cudaGraphNodeTypeMemAlloc || params->type == cudaGraphNodeTypeMemFree ||
      params->type == cudaGraphNodeTypeConditional)
    return makeError(Status::NotSupported, "CUDA cannot change nodes of this type");
  return change(exec, node, makeWork(params, nullptr));
}
#endif

Result<void> graphExecKernelNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                          const cudaKernelNodeParams* params) {
  return change(exec, node, makeKernel(params));
}
Result<void> graphExecHostNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                        const cudaHostNodeParams* params) {
  return change(exec, node, makeHost(params));
}
Result<void> graphExecMemsetNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                          const cudaMemsetParams* params) {
  return change(exec, node, makeFill(params));
}
Result<void> graphExecMemcpyNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                          const cudaMemcpy3DParms* params) {
  return change(exec, node, makeCopy(params));
}
Result<void> graphExecMemcpyNodeSetParams1D(cudaGraphExec_t exec, cudaGraphNode_t node, void* dst,
                                            const void* src, size_t bytes, cudaMemcpyKind kind) {
  return change(exec, node, makeCopy1d(dst, src, bytes, kind));
}
Result<void> graphExecMemcpyNodeSetParamsFromSymbol(cudaGraphExec_t exec, cudaGraphNode_t node,
                                                    void* dst, const void* symbol, size_t bytes,
                                                    size_t offset, cudaMemcpyKind kind) {
  return change(exec, node, makeCopyFromSymbol(dst, symbol, bytes, offset, kind));
}
Result<void> graphExecMemcpyNodeSetParamsToSymbol(cudaGraphExec_t exec, cudaGraphNode_t node,
                                                  const void* symbol, const void* src, size_t bytes,
                                                  size_t offset, cudaMemcpyKind kind) {
  return change(exec, node, makeCopyToSymbol(symbol, src, bytes, offset, kind));
}
Result<void> graphExecChildGraphNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                              cudaGraph_t child) {
  return change(exec, node, shim::childWork(child, 0));
}
Result<void> graphExecEventRecordNodeSetEvent(cudaGraphExec_t exec, cudaGraphNode_t node,
                                              cudaEvent_t event) {
  return change(exec, node, makeEvent(GraphNodeType::EventRecord, event));
}
Result<void> graphExecEventWaitNodeSetEvent(cudaGraphExec_t exec, cudaGraphNode_t node,
                                            cudaEvent_t event) {
  return change(exec, node, makeEvent(GraphNodeType::WaitEvent, event));
}

Result<void> graphExecExternalSemaphoresSignalNodeSetParams(
    cudaGraphExec_t exec, cudaGraphNode_t node,
    const cudaExternalSemaphoreSignalNodeParams* params) {
  return change(exec, node, shim::semaphoreWork(GraphNodeType::SemaphoreSignal, params));
}
Result<void>
graphExecExternalSemaphoresWaitNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaExternalSemaphoreWaitNodeParams* params) {
  return change(exec, node, shim::semaphoreWork(GraphNodeType::SemaphoreWait, params));
}

Result<void> graphNodeSetEnabled(cudaGraphExec_t execHandle, cudaGraphNode_t nodeHandle,
                                 unsigned int enabled) {
  AW_LET(exec, shim::findExec(execHandle));
  AW_LET(node, shim::findNode(nodeHandle));
  return exec->setEnabled(*node, enabled != 0);
}

Result<void> graphNodeGetEnabled(cudaGraphExec_t execHandle, cudaGraphNode_t nodeHandle,
                                 unsigned int* enabled) {
  AW_ARG(enabled, "isEnabled is null");
  AW_LET(exec, shim::findExec(execHandle));
  AW_LET(node, shim::findNode(nodeHandle));
  AW_LET(value, exec->enabled(*node));
  *enabled = value;
  return {};
}

} // namespace anywarp::cudart
