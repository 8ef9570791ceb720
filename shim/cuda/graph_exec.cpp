// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Executable graphs.
#include "common/semaphores.h"
#include "cuda/graph.h"

namespace anywarp::cuda {

using core::GraphNodeType;
using core::GraphWork;

namespace {

Result<void> change(CUgraphExec execHandle, CUgraphNode nodeHandle, Result<GraphWork> work) {
  AW_LET(exec, shim::findExec(execHandle));
  AW_LET(node, shim::findNode(nodeHandle));
  if (!work)
    return work.error();
  return exec->setWork(*node, std::move(*work));
}

} // namespace

Result<void> graphInstantiateWithFlags(CUgraphExec* out, CUgraph graph, unsigned long long flags) {
  AW_ARG(out, "phGraphExec is null");
  AW_LET(exec, shim::instantiate(graph, flags));
  *out = static_cast<CUgraphExec>(exec->handle());
  return {};
}

Result<void> graphInstantiate(CUgraphExec* out, CUgraph graph, CUgraphNode* errorNode, char* log,
                              size_t logSize) {
  if (errorNode)
    *errorNode = nullptr;
  if (log && logSize)
    *log = 0;
  return graphInstantiateWithFlags(out, graph, 0);
}

Result<void> graphInstantiateWithParams(CUgraphExec* out, CUgraph graph,
                                        CUDA_GRAPH_INSTANTIATE_PARAMS* params, CUstream) {
  AW_ARG(params, "instantiateParams is null");
  core::GraphExec::Failure failure;
  params->hErrNode_out = nullptr;
  params->result_out = CUDA_GRAPH_INSTANTIATE_ERROR;
  AW_ARG(out, "phGraphExec is null");
  auto exec = shim::instantiate(graph, params->flags, &failure);
  params->result_out = CUgraphInstantiateResult(int(failure.fault));
  if (failure.node)
    params->hErrNode_out = static_cast<CUgraphNode>(failure.node->handle());
  if (!exec)
    return exec.error();
  if (params->flags & CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD)
    AW_TRY(graphUpload(static_cast<CUgraphExec>((*exec)->handle()), params->hUploadStream));
  *out = static_cast<CUgraphExec>((*exec)->handle());
  return {};
}

Result<void> graphUpload(CUgraphExec handle, CUstream streamHandle) {
  AW_LET(exec, shim::findExec(handle));
  AW_LET(stream, findStream(streamHandle));
  return exec->upload(*stream);
}

Result<void> graphLaunch(CUgraphExec handle, CUstream streamHandle) {
  AW_LET(exec, shim::findExec(handle));
  AW_LET(stream, findStream(streamHandle));
  return exec->launch(*stream);
}

Result<void> graphExecDestroy(CUgraphExec handle) {
  AW_LET(exec, shim::findExec(handle));
  return exec->destroy();
}

Result<void> graphExecGetFlags(CUgraphExec handle, cuuint64_t* flags) {
  AW_ARG(flags, "flags is null");
  AW_LET(exec, shim::findExec(handle));
  *flags = exec->flags();
  return {};
}

Result<void> graphExecUpdate(CUgraphExec execHandle, CUgraph graphHandle,
                             CUgraphExecUpdateResultInfo* info) {
  AW_ARG(info, "resultInfo is null");
  AW_LET(exec, shim::findExec(execHandle));
  AW_LET(graph, shim::findGraph(graphHandle));
  int result = 0;
  void *culprit = nullptr, *from = nullptr;
  auto done = shim::updateResult(*exec, *graph, result, culprit, from);
  *info = {CUgraphExecUpdateResult(result), static_cast<CUgraphNode>(culprit),
           static_cast<CUgraphNode>(from)};
  return done;
}

Result<void> graphExecUpdate_v1(CUgraphExec exec, CUgraph graph, CUgraphNode* errorNode,
                                CUgraphExecUpdateResult* result) {
  CUgraphExecUpdateResultInfo info = {};
  auto done = graphExecUpdate(exec, graph, &info);
  if (errorNode)
    *errorNode = info.errorNode;
  if (result)
    *result = info.result;
  return done;
}

Result<void> graphExecKernelNodeSetParams_v1(CUgraphExec exec, CUgraphNode node,
                                             const CUDA_KERNEL_NODE_PARAMS_v1* params) {
  return change(exec, node, makeKernel(params));
}
Result<void> graphExecKernelNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                          const CUDA_KERNEL_NODE_PARAMS* params) {
  return change(exec, node, makeKernel(params));
}
Result<void> graphExecMemcpyNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                          const CUDA_MEMCPY3D* params, CUcontext context) {
  return change(exec, node, makeCopy(params, context));
}
Result<void> graphExecMemsetNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                          const CUDA_MEMSET_NODE_PARAMS* params,
                                          CUcontext context) {
  return change(exec, node, makeFill(params, context));
}
Result<void> graphExecHostNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                        const CUDA_HOST_NODE_PARAMS* params) {
  return change(exec, node, makeHost(params));
}
Result<void> graphExecChildGraphNodeSetParams(CUgraphExec exec, CUgraphNode node, CUgraph child) {
  return change(exec, node, shim::childWork(child, 0));
}
Result<void> graphExecEventRecordNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent event) {
  return change(exec, node, makeEvent(GraphNodeType::EventRecord, event));
}
Result<void> graphExecEventWaitNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent event) {
  return change(exec, node, makeEvent(GraphNodeType::WaitEvent, event));
}
Result<void> graphExecBatchMemOpNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                              const CUDA_BATCH_MEM_OP_NODE_PARAMS* params) {
  return change(exec, node, makeMemOps(params));
}
Result<void> graphExecNodeSetParams(CUgraphExec exec, CUgraphNode node, CUgraphNodeParams* params) {
  AW_ARG(params, "nodeParams is null");
  if (params->type == CU_GRAPH_NODE_TYPE_MEM_ALLOC || params->type == CU_GRAPH_NODE_TYPE_MEM_FREE ||
      params->type == CU_GRAPH_NODE_TYPE_CONDITIONAL)
    return makeError(Status::NotSupported, "CUDA cannot change nodes of this type");
  return change(exec, node, makeWork(params, nullptr));
}

Result<void>
graphExecExternalSemaphoresSignalNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                               const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* params) {
  return change(exec, node, shim::semaphoreWork(GraphNodeType::SemaphoreSignal, params));
}
Result<void>
graphExecExternalSemaphoresWaitNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                             const CUDA_EXT_SEM_WAIT_NODE_PARAMS* params) {
  return change(exec, node, shim::semaphoreWork(GraphNodeType::SemaphoreWait, params));
}

Result<void> graphNodeSetEnabled(CUgraphExec execHandle, CUgraphNode nodeHandle,
                                 unsigned int enabled) {
  AW_LET(exec, shim::findExec(execHandle));
  AW_LET(node, shim::findNode(nodeHandle));
  return exec->setEnabled(*node, enabled != 0);
}
Result<void> graphNodeGetEnabled(CUgraphExec execHandle, CUgraphNode nodeHandle,
                                 unsigned int* enabled) {
  AW_ARG(enabled, "isEnabled is null");
  AW_LET(exec, shim::findExec(execHandle));
  AW_LET(node, shim::findNode(nodeHandle));
  AW_LET(value, exec->enabled(*node));
  *enabled = value;
  return {};
}

} // namespace anywarp::cuda
