// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs: nodes and edges.
#include "cudart/graph.h"

#include "api/cudart/impl.h"
#include "common/semaphores.h"

namespace anywarp::cudart {

using core::GraphNodeType;
using core::GraphWork;

namespace {

Result<void> add(cudaGraphNode_t* out, cudaGraph_t graph, const cudaGraphNode_t* before,
                 size_t count, Result<GraphWork> work, const core::GraphEdges& edges = {}) {
  AW_TRY(initialize());
  AW_ARG(out, "pGraphNode is null");
  if (!work)
    return work.error();
  return shim::addNode(out, graph, before, edges, count, std::move(*work));
}

} // namespace

Result<void> graphCreate(cudaGraph_t* out, unsigned int flags) {
  AW_TRY(initialize());
  AW_ARG(out, "pGraph is null");
  AW_ARG(flags == 0, "flags must be 0");
  *out = static_cast<cudaGraph_t>(core::Graph::create()->handle());
  return {};
}

Result<void> graphDestroy(cudaGraph_t handle) {
  AW_LET(graph, shim::findGraph(handle));
  return graph->destroy();
}

Result<void> graphClone(cudaGraph_t* out, cudaGraph_t handle) {
  AW_ARG(out, "pGraphClone is null");
  AW_LET(graph, shim::findGraph(handle));
  AW_LET(copy, graph->clone());
  *out = static_cast<cudaGraph_t>(copy->handle());
  return {};
}

Result<void> graphAddKernelNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                const cudaGraphNode_t* before, size_t count,
                                const cudaKernelNodeParams* params) {
  return add(out, graph, before, count, makeKernel(params));
}

Result<void> graphAddMemcpyNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                const cudaGraphNode_t* before, size_t count,
                                const cudaMemcpy3DParms* params) {
  return add(out, graph, before, count, makeCopy(params));
}

Result<void> graphAddMemcpyNode1D(cudaGraphNode_t* out, cudaGraph_t graph,
                                  const cudaGraphNode_t* before, size_t count, void* dst,
                                  const void* src, size_t bytes, cudaMemcpyKind kind) {
  return add(out, graph, before, count, makeCopy1d(dst, src, bytes, kind));
}

Result<void> graphAddMemcpyNodeFromSymbol(cudaGraphNode_t* out, cudaGraph_t graph,
                                          const cudaGraphNode_t* before, size_t count, void* dst,
                                          const void* symbol, size_t bytes, size_t offset,
                                          cudaMemcpyKind kind) {
  return add(out, graph, before, count, makeCopyFromSymbol(dst, symbol, bytes, offset, kind));
}

Result<void> graphAddMemcpyNodeToSymbol(cudaGraphNode_t* out, cudaGraph_t graph,
                                        const cudaGraphNode_t* before, size_t count,
                                        const void* symbol, const void* src, size_t bytes,
                                        size_t offset, cudaMemcpyKind kind) {
  return add(out, graph, before, count, makeCopyToSymbol(symbol, src, bytes, offset, kind));
}

Result<void> graphAddMemsetNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                const cudaGraphNode_t* before, size_t count,
                                const cudaMemsetParams* params) {
  return add(out, graph, before, count, makeFill(params));
}

Result<void> graphAddHostNode(cudaGraphNode_t* out, cudaGraph_t graph,
                              const cudaGraphNode_t* before, size_t count,
                              const cudaHostNodeParams* params) {
  return add(out, graph, before, count, makeHost(params));
}

Result<void> graphAddChildGraphNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                    const cudaGraphNode_t* before, size_t count,
                                    cudaGraph_t child) {
  return add(out, graph, before, count, shim::childWork(child, 0));
}

Result<void> graphAddEmptyNode(cudaGraphNode_t* out, cudaGraph_t graph,
                               const cudaGraphNode_t* before, size_t count) {
  return add(out, graph, before, count, GraphWork());
}

Result<void> graphAddEventRecordNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                     const cudaGraphNode_t* before, size_t count,
                                     cudaEvent_t event) {
  return add(out, graph, before, count, makeEvent(GraphNodeType::EventRecord, event));
}

Result<void> graphAddEventWaitNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                   const cudaGraphNode_t* before, size_t count, cudaEvent_t event) {
  return add(out, graph, before, count, makeEvent(GraphNodeType::WaitEvent, event));
}

Result<void>
graphAddExternalSemaphoresSignalNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                     const cudaGraphNode_t* before, size_t count,
                                     const cudaExternalSemaphoreSignalNodeParams* params) {
  return add(out, graph, before, count,
             shim::semaphoreWork(GraphNodeType::SemaphoreSignal, params));
}

Result<void> graphAddExternalSemaphoresWaitNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                                const cudaGraphNode_t* before, size_t count,
                                                const cudaExternalSemaphoreWaitNodeParams* params) {
  return add(out, graph, before, count, shim::semaphoreWork(GraphNodeType::SemaphoreWait, params));
}

Result<void> graphAddMemAllocNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                  const cudaGraphNode_t* before, size_t count,
                                  cudaMemAllocNodeParams* params) {
  return add(out, graph, before, count, makeAlloc(params));
}

Result<void> graphAddMemFreeNode(cudaGraphNode_t* out, cudaGraph_t graph,
                                 const cudaGraphNode_t* before, size_t count, void* pointer) {
  return add(out, graph, before, count, shim::freeWork(pointer));
}

Result<void> graphDestroyNode(cudaGraphNode_t handle) {
  AW_LET(node, shim::findNode(handle));
  AW_LET(graph, shim::graphOf(*node));
  return graph->remove(*node);
}

Result<void> graphNodeFindInClone(cudaGraphNode_t* out, cudaGraphNode_t original,
                                  cudaGraph_t clone) {
  return shim::findInClone(out, original, clone);
}

Result<void> graphGetNodes(cudaGraph_t handle, cudaGraphNode_t* nodes, size_t* count) {
  AW_LET(graph, shim::findGraph(handle));
  return shim::giveNodes(graph->nodes(), nodes, count);
}

Result<void> graphGetRootNodes(cudaGraph_t handle, cudaGraphNode_t* nodes, size_t* count) {
  AW_LET(graph, shim::findGraph(handle));
  return shim::giveNodes(graph->roots(), nodes, count);
}

// The forms without edge data: all that CUDA 11 has, and what CUDA 12 keeps for its programs.
#if CUDART_VERSION < 13000
Result<void> graphGetEdges_v1(cudaGraph_t graph, cudaGraphNode_t* from, cudaGraphNode_t* to,
                              size_t* count) {
  return shim::giveEdges(graph, from, to, shim::kNoEdges, count);
}
Result<void> graphNodeGetDependencies_v1(cudaGraphNode_t node, cudaGraphNode_t* nodes,
                                         size_t* count) {
  return shim::giveNeighbours(node, nodes, shim::kNoEdges, count, true);
}
Result<void> graphNodeGetDependentNodes_v1(cudaGraphNode_t node, cudaGraphNode_t* nodes,
                                           size_t* count) {
  return shim::giveNeighbours(node, nodes, shim::kNoEdges, count, false);
}
Result<void> graphAddDependencies_v1(cudaGraph_t graph, const cudaGraphNode_t* from,
                                     const cudaGraphNode_t* to, size_t count) {
  return shim::changeEdges(graph, from, to, {}, count, true);
}
Result<void> graphRemoveDependencies_v1(cudaGraph_t graph, const cudaGraphNode_t* from,
                                        const cudaGraphNode_t* to, size_t count) {
  return shim::changeEdges(graph, from, to, {}, count, false);
}
#endif

#if CUDART_VERSION >= 12000
Result<void> graphGetEdges(cudaGraph_t graph, cudaGraphNode_t* from, cudaGraphNode_t* to,
                           cudaGraphEdgeData* edges, size_t* count) {
  return shim::giveEdges(graph, from, to, edges, count);
}
Result<void> graphNodeGetDependencies(cudaGraphNode_t node, cudaGraphNode_t* nodes,
                                      cudaGraphEdgeData* edges, size_t* count) {
  return shim::giveNeighbours(node, nodes, edges, count, true);
}
Result<void> graphNodeGetDependentNodes(cudaGraphNode_t node, cudaGraphNode_t* nodes,
                                        cudaGraphEdgeData* edges, size_t* count) {
  return shim::giveNeighbours(node, nodes, edges, count, false);
}
Result<void> graphAddDependencies(cudaGraph_t graph, const cudaGraphNode_t* from,
                                  const cudaGraphNode_t* to, const cudaGraphEdgeData* edges,
                                  size_t count) {
  return shim::changeEdges(graph, from, to, shim::edgesOf(edges, count), count, true);
}
Result<void> graphRemoveDependencies(cudaGraph_t graph, const cudaGraphNode_t* from,
                                     const cudaGraphNode_t* to, const cudaGraphEdgeData* edges,
                                     size_t count) {
  return shim::changeEdges(graph, from, to, shim::edgesOf(edges, count), count, false);
}
Result<void> graphAddNode(cudaGraphNode_t* out, cudaGraph_t graph, const cudaGraphNode_t* before,
                          const cudaGraphEdgeData* edges, size_t count,
                          cudaGraphNodeParams* params) {
  AW_TRY(shim::findGraph(graph));
  return add(out, graph, before, count, makeWork(params, graph), shim::edgesOf(edges, count));
}
#if CUDART_VERSION < 13000
Result<void> graphAddNode_v1(cudaGraphNode_t* out, cudaGraph_t graph, const cudaGraphNode_t* before,
                             size_t count, cudaGraphNodeParams* params) {
  AW_TRY(shim::findGraph(graph));
  return add(out, graph, before, count, makeWork(params, graph));
}
#endif

Result<void> graphConditionalHandleCreate(cudaGraphConditionalHandle* out, cudaGraph_t graph,
                                          unsigned int value, unsigned int flags) {
  AW_ARG(out, "pHandle_out is null");
  AW_LET(context, currentContext());
  uint64_t condition = 0;
  AW_TRY(shim::createCondition(&condition, graph, context, value, flags));
  *out = condition;
  return {};
}
#endif

Result<void> graphDebugDotPrint(cudaGraph_t graph, const char* path, unsigned int flags) {
  return shim::printDot(graph, path, flags | core::kDotRuntimeTypes);
}

Result<void> userObjectCreate(cudaUserObject_t* out, void* data, cudaHostFn_t destroy,
                              unsigned int count, unsigned int flags) {
  AW_ARG(out, "object_out is null");
  AW_LET(object, core::UserObject::create(data, destroy, count, flags));
  *out = static_cast<cudaUserObject_t>(object->handle());
  return {};
}
Result<void> userObjectRetain(cudaUserObject_t handle, unsigned int count) {
  AW_LET(object, shim::findUserObject(handle));
  return object->retain(count);
}
Result<void> userObjectRelease(cudaUserObject_t handle, unsigned int count) {
  AW_LET(object, shim::findUserObject(handle));
  return object->release(count);
}
Result<void> graphRetainUserObject(cudaGraph_t graph, cudaUserObject_t object, unsigned int count,
                                   unsigned int flags) {
  return shim::retainUserObject(graph, object, count, flags);
}
Result<void> graphReleaseUserObject(cudaGraph_t graph, cudaUserObject_t object,
                                    unsigned int count) {
  return shim::releaseUserObject(graph, object, count);
}

Result<void> deviceGraphMemTrim(int ordinal) {
  AW_LET(device, deviceAt(ordinal));
  return core::trimGraphMemory(*device);
}
Result<void> deviceGetGraphMemAttribute(int ordinal, cudaGraphMemAttributeType attribute,
                                        void* out) {
  AW_LET(device, deviceAt(ordinal));
  AW_ARG(out, "value is null");
  AW_LET(value, core::graphMemoryAttribute(*device, int(attribute)));
  *static_cast<uint64_t*>(out) = value;
  return {};
}
Result<void> deviceSetGraphMemAttribute(int ordinal, cudaGraphMemAttributeType attribute,
                                        void* value) {
  AW_LET(device, deviceAt(ordinal));
  AW_ARG(value, "value is null");
  return core::setGraphMemoryAttribute(*device, int(attribute), *static_cast<uint64_t*>(value));
}

} // namespace anywarp::cudart
