// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parameters and attributes of the nodes of a graph.
#include "common/semaphores.h"
#include "cuda/graph.h"

namespace anywarp::cuda {

using core::GraphNodeType;
using core::GraphWork;

namespace {

template <typename Params> Result<void> kernelParams(CUgraphNode handle, Params* out) {
  AW_ARG(out, "nodeParams is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::Kernel));
  giveKernel(*node, *out);
  return {};
}

template <typename Params> Result<void> params(CUgraphNode node, GraphNodeType type, Params* out) {
  return shim::giveParams(node, type, out,
                          [=](const GraphWork& work) { return readParams(work, out); });
}

} // namespace

Result<void> graphNodeGetType(CUgraphNode handle, CUgraphNodeType* type) {
  AW_ARG(type, "type is null");
  AW_LET(node, shim::findNode(handle));
  *type = CUgraphNodeType(int(node->type()));
  return {};
}

Result<void> graphKernelNodeGetParams_v1(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS_v1* out) {
  return kernelParams(node, out);
}
Result<void> graphKernelNodeGetParams(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS* out) {
  return kernelParams(node, out);
}
Result<void> graphKernelNodeSetParams_v1(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS_v1* p) {
  return shim::changeNode(node, makeKernel(p));
}
Result<void> graphKernelNodeSetParams(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS* p) {
  return shim::changeNode(node, makeKernel(p));
}

Result<void> graphKernelNodeGetAttribute(CUgraphNode node, CUkernelNodeAttrID attribute,
                                         CUkernelNodeAttrValue* out) {
  return shim::giveAttribute(node, int(attribute), out);
}
Result<void> graphKernelNodeSetAttribute(CUgraphNode node, CUkernelNodeAttrID attribute,
                                         const CUkernelNodeAttrValue* value) {
  return shim::setAttribute(node, int(attribute), value);
}
Result<void> graphKernelNodeCopyAttributes(CUgraphNode to, CUgraphNode from) {
  return shim::copyAttributes(to, from);
}

Result<void> graphMemcpyNodeGetParams(CUgraphNode node, CUDA_MEMCPY3D* out) {
  return params(node, GraphNodeType::Memcpy, out);
}
Result<void> graphMemcpyNodeSetParams(CUgraphNode node, const CUDA_MEMCPY3D* p) {
  return shim::changeNode(node, makeCopy(p, nullptr));
}
Result<void> graphMemsetNodeGetParams(CUgraphNode node, CUDA_MEMSET_NODE_PARAMS* out) {
  return params(node, GraphNodeType::Memset, out);
}
Result<void> graphMemsetNodeSetParams(CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS* p) {
  return shim::changeNode(node, makeFill(p, nullptr));
}
Result<void> graphHostNodeGetParams(CUgraphNode node, CUDA_HOST_NODE_PARAMS* out) {
  return params(node, GraphNodeType::Host, out);
}
Result<void> graphHostNodeSetParams(CUgraphNode node, const CUDA_HOST_NODE_PARAMS* p) {
  return shim::changeNode(node, makeHost(p));
}

Result<void> graphChildGraphNodeGetGraph(CUgraphNode handle, CUgraph* out) {
  AW_ARG(out, "phGraph is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::Graph));
  *out = static_cast<CUgraph>(node->work().child->handle());
  return {};
}

Result<void> graphEventRecordNodeGetEvent(CUgraphNode node, CUevent* out) {
  return shim::giveEvent(node, GraphNodeType::EventRecord, out);
}
Result<void> graphEventRecordNodeSetEvent(CUgraphNode node, CUevent event) {
  return shim::changeNode(node, makeEvent(GraphNodeType::EventRecord, event));
}
Result<void> graphEventWaitNodeGetEvent(CUgraphNode node, CUevent* out) {
  return shim::giveEvent(node, GraphNodeType::WaitEvent, out);
}
Result<void> graphEventWaitNodeSetEvent(CUgraphNode node, CUevent event) {
  return shim::changeNode(node, makeEvent(GraphNodeType::WaitEvent, event));
}

Result<void> graphExternalSemaphoresSignalNodeGetParams(CUgraphNode node,
                                                        CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* out) {
  return shim::giveSemaphores(node, GraphNodeType::SemaphoreSignal, out);
}
Result<void>
graphExternalSemaphoresSignalNodeSetParams(CUgraphNode node,
                                           const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* params) {
  return shim::changeNode(node, shim::semaphoreWork(GraphNodeType::SemaphoreSignal, params));
}
Result<void> graphExternalSemaphoresWaitNodeGetParams(CUgraphNode node,
                                                      CUDA_EXT_SEM_WAIT_NODE_PARAMS* out) {
  return shim::giveSemaphores(node, GraphNodeType::SemaphoreWait, out);
}
Result<void> graphExternalSemaphoresWaitNodeSetParams(CUgraphNode node,
                                                      const CUDA_EXT_SEM_WAIT_NODE_PARAMS* params) {
  return shim::changeNode(node, shim::semaphoreWork(GraphNodeType::SemaphoreWait, params));
}

Result<void> graphMemAllocNodeGetParams(CUgraphNode node, CUDA_MEM_ALLOC_NODE_PARAMS* out) {
  return shim::giveParams(node, GraphNodeType::MemAlloc, out,
                          shim::allocParams<CUDA_MEM_ALLOC_NODE_PARAMS>);
}
Result<void> graphMemFreeNodeGetParams(CUgraphNode handle, CUdeviceptr* out) {
  AW_ARG(out, "dptr_out is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::MemFree));
  *out = devicePointer(node->work().memory->address);
  return {};
}

Result<void> graphBatchMemOpNodeGetParams(CUgraphNode handle, CUDA_BATCH_MEM_OP_NODE_PARAMS* out) {
  AW_ARG(out, "nodeParams_out is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::BatchMemOp));
  return giveMemOps(*node, *out);
}
Result<void> graphBatchMemOpNodeSetParams(CUgraphNode node,
                                          const CUDA_BATCH_MEM_OP_NODE_PARAMS* p) {
  return shim::changeNode(node, makeMemOps(p));
}

Result<void> graphNodeSetParams(CUgraphNode node, CUgraphNodeParams* p) {
  AW_ARG(p, "nodeParams is null");
  AW_LET(found, shim::findNode(node));
  AW_ARG(int(found->type()) == int(p->type), "the node is of another type");
  AW_TRY(shim::checkChangeable(found->type()));
  return shim::changeNode(node, makeWork(p, nullptr));
}

} // namespace anywarp::cuda
