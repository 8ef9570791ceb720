// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Executable graphs.
#include "common/semaphores.h"
#include "cuda/graph.h"

namespace anywarp::cuda {

using core::GraphNodeType;
using core::GraphWork;

Result<void> graphInstantiateWithFlags(CUgraphExec* out, CUgraph graph, unsigned long long flags) {
  return shim::instantiate(out, graph, flags);
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
  return shim::instantiate(out, graph, params->flags, params->hErrNode_out, params->result_out,
                           [&] { return findStream(params->hUploadStream); });
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

Result<void> graphExecUpdate(CUgraphExec exec, CUgraph graph, CUgraphExecUpdateResultInfo* info) {
  AW_ARG(info, "resultInfo is null");
  return shim::update(exec, graph, info->result, info->errorNode, info->errorFromNode);
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
  return shim::changeNode(exec, node, makeKernel(params));
}
Result<void> graphExecKernelNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                          const CUDA_KERNEL_NODE_PARAMS* params) {
  return shim::changeNode(exec, node, makeKernel(params));
}
Result<void> graphExecMemcpyNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                          const CUDA_MEMCPY3D* params, CUcontext context) {
  return shim::changeNode(exec, node, makeCopy(params, context));
}
Result<void> graphExecMemsetNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                          const CUDA_MEMSET_NODE_PARAMS* params,
                                          CUcontext context) {
  return shim::changeNode(exec, node, makeFill(params, context));
}
Result<void> graphExecHostNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                        const CUDA_HOST_NODE_PARAMS* params) {
  return shim::changeNode(exec, node, makeHost(params));
}
Result<void> graphExecChildGraphNodeSetParams(CUgraphExec exec, CUgraphNode node, CUgraph child) {
  return shim::changeNode(exec, node, shim::childWork(child, 0));
}
Result<void> graphExecEventRecordNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent event) {
  return shim::changeNode(exec, node, makeEvent(GraphNodeType::EventRecord, event));
}
Result<void> graphExecEventWaitNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent event) {
  return shim::changeNode(exec, node, makeEvent(GraphNodeType::WaitEvent, event));
}
Result<void> graphExecBatchMemOpNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                              const CUDA_BATCH_MEM_OP_NODE_PARAMS* params) {
  return shim::changeNode(exec, node, makeMemOps(params));
}
Result<void> graphExecNodeSetParams(CUgraphExec exec, CUgraphNode node, CUgraphNodeParams* params) {
  AW_ARG(params, "nodeParams is null");
  AW_TRY(shim::checkChangeable(GraphNodeType(int(params->type))));
  return shim::changeNode(exec, node, makeWork(params, nullptr));
}

Result<void>
graphExecExternalSemaphoresSignalNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                               const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* params) {
  return shim::changeNode(exec, node, shim::semaphoreWork(GraphNodeType::SemaphoreSignal, params));
}
Result<void>
graphExecExternalSemaphoresWaitNodeSetParams(CUgraphExec exec, CUgraphNode node,
                                             const CUDA_EXT_SEM_WAIT_NODE_PARAMS* params) {
  return shim::changeNode(exec, node, shim::semaphoreWork(GraphNodeType::SemaphoreWait, params));
}

Result<void> graphNodeSetEnabled(CUgraphExec exec, CUgraphNode node, unsigned int enabled) {
  return shim::setEnabled(exec, node, enabled != 0);
}
Result<void> graphNodeGetEnabled(CUgraphExec exec, CUgraphNode node, unsigned int* enabled) {
  return shim::giveEnabled(exec, node, enabled);
}

} // namespace anywarp::cuda
