// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs: nodes and edges.
#include "cuda/graph.h"

#include "common/semaphores.h"

namespace anywarp::cuda {

using core::GraphNodeType;
using core::GraphWork;

namespace {

Result<void> add(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count,
                 Result<GraphWork> work, const CUgraphEdgeData* edges = nullptr) {
  AW_ARG(out, "phGraphNode is null");
  if (!work)
    return work.error();
  return shim::addNode(out, graph, dependencies, shim::edgesOf(edges, count), count,
                       std::move(*work));
}

} // namespace

Result<void> graphCreate(CUgraph* out, unsigned int flags) {
  AW_ARG(out, "phGraph is null");
  AW_ARG(flags == 0, "flags must be 0");
  *out = static_cast<CUgraph>(core::Graph::create()->handle());
  return {};
}

Result<void> graphDestroy(CUgraph handle) {
  AW_LET(graph, shim::findGraph(handle));
  return graph->destroy();
}

Result<void> graphClone(CUgraph* out, CUgraph handle) {
  AW_ARG(out, "phGraphClone is null");
  AW_LET(graph, shim::findGraph(handle));
  AW_LET(copy, graph->clone());
  *out = static_cast<CUgraph>(copy->handle());
  return {};
}

Result<void> graphAddKernelNode_v1(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                   size_t count, const CUDA_KERNEL_NODE_PARAMS_v1* params) {
  return add(out, graph, before, count, makeKernel(params));
}
Result<void> graphAddKernelNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                size_t count, const CUDA_KERNEL_NODE_PARAMS* params) {
  return add(out, graph, before, count, makeKernel(params));
}

Result<void> graphAddMemcpyNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                size_t count, const CUDA_MEMCPY3D* params, CUcontext context) {
  return add(out, graph, before, count, makeCopy(params, context));
}

Result<void> graphAddMemsetNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                size_t count, const CUDA_MEMSET_NODE_PARAMS* params,
                                CUcontext context) {
  return add(out, graph, before, count, makeFill(params, context));
}

Result<void> graphAddHostNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                              size_t count, const CUDA_HOST_NODE_PARAMS* params) {
  return add(out, graph, before, count, makeHost(params));
}

Result<void> graphAddChildGraphNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                    size_t count, CUgraph child) {
  return add(out, graph, before, count, shim::childWork(child, 0));
}

Result<void> graphAddEmptyNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                               size_t count) {
  return add(out, graph, before, count, GraphWork());
}

Result<void> graphAddEventRecordNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                     size_t count, CUevent event) {
  return add(out, graph, before, count, makeEvent(GraphNodeType::EventRecord, event));
}

Result<void> graphAddEventWaitNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                   size_t count, CUevent event) {
  return add(out, graph, before, count, makeEvent(GraphNodeType::WaitEvent, event));
}

Result<void> graphAddExternalSemaphoresSignalNode(CUgraphNode* out, CUgraph graph,
                                                  const CUgraphNode* before, size_t count,
                                                  const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS* params) {
  return add(out, graph, before, count,
             shim::semaphoreWork(GraphNodeType::SemaphoreSignal, params));
}

Result<void> graphAddExternalSemaphoresWaitNode(CUgraphNode* out, CUgraph graph,
                                                const CUgraphNode* before, size_t count,
                                                const CUDA_EXT_SEM_WAIT_NODE_PARAMS* params) {
  return add(out, graph, before, count, shim::semaphoreWork(GraphNodeType::SemaphoreWait, params));
}

Result<void> graphAddMemAllocNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                  size_t count, CUDA_MEM_ALLOC_NODE_PARAMS* params) {
  return add(out, graph, before, count, makeAlloc(params));
}
Result<void> graphAddMemFreeNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                 size_t count, CUdeviceptr pointer) {
  return add(out, graph, before, count, shim::freeWork(address(pointer)));
}

Result<void> graphNodeFindInClone(CUgraphNode* out, CUgraphNode original, CUgraph clone) {
  return shim::findInClone(out, original, clone);
}

Result<void> graphGetNodes(CUgraph handle, CUgraphNode* nodes, size_t* count) {
  AW_LET(graph, shim::findGraph(handle));
  return shim::giveNodes(graph->nodes(), nodes, count);
}
Result<void> graphGetRootNodes(CUgraph handle, CUgraphNode* nodes, size_t* count) {
  AW_LET(graph, shim::findGraph(handle));
  return shim::giveNodes(graph->roots(), nodes, count);
}

Result<void> graphDestroyNode(CUgraphNode handle) {
  AW_LET(node, shim::findNode(handle));
  AW_LET(graph, shim::graphOf(*node));
  return graph->remove(*node);
}

Result<void> graphAddNode_v1(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                             size_t count, CUgraphNodeParams* params) {
  AW_TRY(shim::findGraph(graph));
  return add(out, graph, before, count, makeWork(params, graph));
}
Result<void> graphAddNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                          const CUgraphEdgeData* edges, size_t count, CUgraphNodeParams* params) {
  AW_TRY(shim::findGraph(graph));
  return add(out, graph, before, count, makeWork(params, graph), edges);
}

Result<void> graphAddBatchMemOpNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                    size_t count, const CUDA_BATCH_MEM_OP_NODE_PARAMS* params) {
  return add(out, graph, before, count, makeMemOps(params));
}

Result<void> graphGetEdges_v1(CUgraph graph, CUgraphNode* from, CUgraphNode* to, size_t* count) {
  return shim::giveEdges(graph, from, to, shim::kNoEdges, count);
}
Result<void> graphGetEdges(CUgraph graph, CUgraphNode* from, CUgraphNode* to,
                           CUgraphEdgeData* edges, size_t* count) {
  return shim::giveEdges(graph, from, to, edges, count);
}

Result<void> graphNodeGetDependencies_v1(CUgraphNode node, CUgraphNode* nodes, size_t* count) {
  return shim::giveNeighbours(node, nodes, shim::kNoEdges, count, true);
}
Result<void> graphNodeGetDependencies(CUgraphNode node, CUgraphNode* nodes, CUgraphEdgeData* edges,
                                      size_t* count) {
  return shim::giveNeighbours(node, nodes, edges, count, true);
}
Result<void> graphNodeGetDependentNodes_v1(CUgraphNode node, CUgraphNode* nodes, size_t* count) {
  return shim::giveNeighbours(node, nodes, shim::kNoEdges, count, false);
}
Result<void> graphNodeGetDependentNodes(CUgraphNode node, CUgraphNode* nodes,
                                        CUgraphEdgeData* edges, size_t* count) {
  return shim::giveNeighbours(node, nodes, edges, count, false);
}

Result<void> graphAddDependencies_v1(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to,
                                     size_t count) {
  return shim::changeEdges(graph, from, to, {}, count, true);
}
Result<void> graphAddDependencies(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to,
                                  const CUgraphEdgeData* edges, size_t count) {
  return shim::changeEdges(graph, from, to, shim::edgesOf(edges, count), count, true);
}
Result<void> graphRemoveDependencies_v1(CUgraph graph, const CUgraphNode* from,
                                        const CUgraphNode* to, size_t count) {
  return shim::changeEdges(graph, from, to, {}, count, false);
}
Result<void> graphRemoveDependencies(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to,
                                     const CUgraphEdgeData* edges, size_t count) {
  return shim::changeEdges(graph, from, to, shim::edgesOf(edges, count), count, false);
}

Result<void> graphConditionalHandleCreate(CUgraphConditionalHandle* out, CUgraph graph,
                                          CUcontext handle, unsigned int value,
                                          unsigned int flags) {
  AW_ARG(out, "pHandle_out is null");
  AW_LET(context, findContext(handle));
  uint64_t condition = 0;
  AW_TRY(shim::createCondition(&condition, graph, context.get(), value, flags));
  *out = condition;
  return {};
}

Result<void> graphDebugDotPrint(CUgraph graph, const char* path, unsigned int flags) {
  return shim::printDot(graph, path, flags);
}

Result<void> userObjectCreate(CUuserObject* out, void* data, CUhostFn destroy, unsigned int count,
                              unsigned int flags) {
  AW_ARG(out, "object_out is null");
  AW_LET(object, core::UserObject::create(data, destroy, count, flags));
  *out = asHandle<CUuserObject>(object);
  return {};
}
Result<void> userObjectRetain(CUuserObject handle, unsigned int count) {
  AW_LET(object, shim::findUserObject(handle));
  return object->retain(count);
}
Result<void> userObjectRelease(CUuserObject handle, unsigned int count) {
  AW_LET(object, shim::findUserObject(handle));
  return object->release(count);
}
Result<void> graphRetainUserObject(CUgraph graph, CUuserObject object, unsigned int count,
                                   unsigned int flags) {
  return shim::retainUserObject(graph, object, count, flags);
}
Result<void> graphReleaseUserObject(CUgraph graph, CUuserObject object, unsigned int count) {
  return shim::releaseUserObject(graph, object, count);
}

Result<void> deviceGraphMemTrim(CUdevice ordinal) {
  AW_LET(device, findDevice(ordinal));
  return core::trimGraphMemory(*device);
}
Result<void> deviceGetGraphMemAttribute(CUdevice ordinal, CUgraphMem_attribute attribute,
                                        void* out) {
  AW_LET(device, findDevice(ordinal));
  AW_ARG(out, "value is null");
  AW_LET(value, core::graphMemoryAttribute(*device, int(attribute)));
  *static_cast<cuuint64_t*>(out) = value;
  return {};
}
Result<void> deviceSetGraphMemAttribute(CUdevice ordinal, CUgraphMem_attribute attribute,
                                        void* value) {
  AW_LET(device, findDevice(ordinal));
  AW_ARG(value, "value is null");
  return core::setGraphMemoryAttribute(*device, int(attribute), *static_cast<cuuint64_t*>(value));
}

} // namespace anywarp::cuda
