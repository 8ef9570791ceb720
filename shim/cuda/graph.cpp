// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs: nodes and edges.
#include "cuda/graph.h"

#include "core/launch.h"

namespace anywarp::cuda {

using core::GraphNodeType;
using core::GraphWork;

namespace {

template <typename Params>
Result<core::FunctionRef> functionOf(const Params& p, core::Context& context) {
  if constexpr (requires { p.kern; })
    if (!p.func)
      return core::Function::resolve(p.kern, context);
  return core::Function::resolve(p.func, context);
}

template <typename Params> Result<GraphWork> makeKernel(const Params* p) {
  AW_ARG(p, "nodeParams is null");
  CUcontext handle = nullptr;
  if constexpr (requires { p->ctx; })
    handle = p->ctx;
  AW_LET(context, findContext(handle));
  AW_LET(function, functionOf(*p, *context));
  core::LaunchRequest request{{p->gridDimX, p->gridDimY, p->gridDimZ},
                              {p->blockDimX, p->blockDimY, p->blockDimZ},
                              p->sharedMemBytes,
                              false,
                              p->kernelParams,
                              p->extra};
  AW_LET(launch, core::prepareLaunch(function, *context, request));
  return shim::kernelWork(std::move(launch));
}

template <typename Params> Result<void> giveKernel(CUgraphNode handle, Params* out) {
  AW_ARG(out, "nodeParams is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::Kernel));
  GraphWork work = node->work();
  const LaunchConfig& config = work.kernel->config;
  *out = {};
  // A kernel of a library stands for itself where the structure has a place for it.
  void* kernel = nullptr;
  if constexpr (requires { out->kern; }) {
    kernel = work.kernel->function->kernelHandle();
    out->kern = static_cast<CUkernel>(kernel);
  }
  if (!kernel)
    out->func = static_cast<CUfunction>(work.kernel->function->handle());
  out->gridDimX = config.grid[0], out->gridDimY = config.grid[1], out->gridDimZ = config.grid[2];
  out->blockDimX = config.block[0];
  out->blockDimY = config.block[1];
  out->blockDimZ = config.block[2];
  out->sharedMemBytes = config.dynamicShared;
  out->kernelParams = node->kernelParams();
  if constexpr (requires { out->ctx; })
    out->ctx = static_cast<CUcontext>(work.kernel->function->context().handle());
  return {};
}

template <typename Params> Result<GraphWork> makeHost(const Params* p) {
  AW_ARG(p && p->fn, "nodeParams or its function is null");
  GraphWork work = shim::hostWork(p->fn, p->userData);
  work.params = CUDA_HOST_NODE_PARAMS{p->fn, p->userData};
  return work;
}

Result<GraphWork> makeEvent(GraphNodeType type, CUevent handle) {
  AW_LET(event, findEvent(handle));
  return shim::eventWork(type, std::move(event));
}

Result<GraphWork> makeChild(CUgraph handle) {
  AW_LET(graph, shim::findGraph(handle));
  GraphWork work;
  work.type = GraphNodeType::Graph;
  work.child = std::move(graph);
  return work;
}

template <typename Params> Result<GraphWork> makeAlloc(Params* p) {
  AW_ARG(p && p->bytesize, "nodeParams is null, or no bytes are asked for");
  AW_LET(context, core::Context::require());
  AW_LET(memory, core::GraphMemory::create(*context, p->bytesize));
  p->dptr = devicePointer(memory->address);
  GraphWork work;
  work.type = GraphNodeType::MemAlloc;
  work.memory = std::move(memory);
  CUDA_MEM_ALLOC_NODE_PARAMS kept = {};
  kept.poolProps = p->poolProps;
  kept.bytesize = p->bytesize;
  kept.dptr = p->dptr;
  work.params = kept;
  return work;
}

GraphWork makeFree(CUdeviceptr pointer) {
  GraphWork work;
  work.type = GraphNodeType::MemFree;
  work.freed = address(pointer);
  return work;
}

Result<void> change(CUgraphNode handle, Result<GraphWork> work) {
  AW_LET(node, shim::findNode(handle));
  if (!work)
    return work.error();
  return node->setWork(std::move(*work));
}

Result<void> add(CUgraphNode* out, CUgraph graph, const CUgraphNode* dependencies, size_t count,
                 Result<GraphWork> work) {
  AW_ARG(out, "phGraphNode is null");
  if (!work)
    return work.error();
  return shim::addNode(out, graph, dependencies, count, std::move(*work));
}

} // namespace

Result<GraphWork> makeCopy(const CUDA_MEMCPY3D* p, CUcontext handle) {
  AW_ARG(p, "copyParams is null");
  AW_LET(context, findContext(handle));
  AW_LET(work, core::recordOne(*context, GraphNodeType::Memcpy,
                               [&](core::Stream& stream) { return copyInto(*p, stream); }));
  work.params = *p;
  return work;
}

template <typename Params> Result<GraphWork> makeFill(const Params* p, CUcontext handle) {
  AW_ARG(p, "memsetParams is null");
  AW_LET(context, findContext(handle));
  AW_LET(work, core::recordOne(*context, GraphNodeType::Memset, [&](core::Stream& stream) {
           return core::Memory::fill2d(stream, address(p->dst), p->pitch, p->value, p->elementSize,
                                       p->width, p->height, true);
         }));
  work.params =
      CUDA_MEMSET_NODE_PARAMS{p->dst, p->pitch, p->value, p->elementSize, p->width, p->height};
  return work;
}

Result<GraphWork> makeWork(CUgraphNodeParams* p) {
  AW_ARG(p, "nodeParams is null");
  switch (p->type) {
  case CU_GRAPH_NODE_TYPE_KERNEL:
    return makeKernel(&p->kernel);
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    return makeCopy(&p->memcpy.copyParams, p->memcpy.copyCtx);
  case CU_GRAPH_NODE_TYPE_MEMSET:
    return makeFill(&p->memset, p->memset.ctx);
  case CU_GRAPH_NODE_TYPE_HOST:
    return makeHost(&p->host);
  case CU_GRAPH_NODE_TYPE_GRAPH:
    return makeChild(p->graph.graph);
  case CU_GRAPH_NODE_TYPE_EMPTY:
    return GraphWork();
  case CU_GRAPH_NODE_TYPE_WAIT_EVENT:
    return makeEvent(GraphNodeType::WaitEvent, p->eventWait.event);
  case CU_GRAPH_NODE_TYPE_EVENT_RECORD:
    return makeEvent(GraphNodeType::EventRecord, p->eventRecord.event);
  case CU_GRAPH_NODE_TYPE_MEM_ALLOC:
    return makeAlloc(&p->alloc);
  case CU_GRAPH_NODE_TYPE_MEM_FREE:
    return makeFree(p->free.dptr);
  default:
    return makeError(Status::NotSupported, "graph nodes of this type are not there yet");
  }
}

Result<GraphWork> makeWork(const CUDA_KERNEL_NODE_PARAMS_v1* p) {
  return makeKernel(p);
}
Result<GraphWork> makeWork(const CUDA_KERNEL_NODE_PARAMS* p) {
  return makeKernel(p);
}
Result<GraphWork> makeWork(const CUDA_MEMSET_NODE_PARAMS* p, CUcontext context) {
  return makeFill(p, context);
}
Result<GraphWork> makeWork(const CUDA_HOST_NODE_PARAMS* p) {
  return makeHost(p);
}
Result<GraphWork> makeWork(CUgraph child) {
  return makeChild(child);
}
Result<GraphWork> makeWork(GraphNodeType type, CUevent event) {
  return makeEvent(type, event);
}

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
  *out = static_cast<CUgraph>(graph->clone()->handle());
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
Result<void> graphKernelNodeGetParams_v1(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS_v1* params) {
  return giveKernel(node, params);
}
Result<void> graphKernelNodeGetParams(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS* params) {
  return giveKernel(node, params);
}
Result<void> graphKernelNodeSetParams_v1(CUgraphNode node,
                                         const CUDA_KERNEL_NODE_PARAMS_v1* params) {
  return change(node, makeKernel(params));
}
Result<void> graphKernelNodeSetParams(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS* params) {
  return change(node, makeKernel(params));
}

Result<void> graphAddMemcpyNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                size_t count, const CUDA_MEMCPY3D* params, CUcontext context) {
  return add(out, graph, before, count, makeCopy(params, context));
}
Result<void> graphMemcpyNodeGetParams(CUgraphNode handle, CUDA_MEMCPY3D* params) {
  AW_LET(node, shim::findNode(handle, GraphNodeType::Memcpy));
  return shim::giveParams(*node, params);
}
Result<void> graphMemcpyNodeSetParams(CUgraphNode node, const CUDA_MEMCPY3D* params) {
  return change(node, makeCopy(params, nullptr));
}

Result<void> graphAddMemsetNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                size_t count, const CUDA_MEMSET_NODE_PARAMS* params,
                                CUcontext context) {
  return add(out, graph, before, count, makeFill(params, context));
}
Result<void> graphMemsetNodeGetParams(CUgraphNode handle, CUDA_MEMSET_NODE_PARAMS* params) {
  AW_LET(node, shim::findNode(handle, GraphNodeType::Memset));
  return shim::giveParams(*node, params);
}
Result<void> graphMemsetNodeSetParams(CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS* params) {
  return change(node, makeFill(params, nullptr));
}

Result<void> graphAddHostNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                              size_t count, const CUDA_HOST_NODE_PARAMS* params) {
  return add(out, graph, before, count, makeHost(params));
}
Result<void> graphHostNodeGetParams(CUgraphNode handle, CUDA_HOST_NODE_PARAMS* params) {
  AW_LET(node, shim::findNode(handle, GraphNodeType::Host));
  return shim::giveParams(*node, params);
}
Result<void> graphHostNodeSetParams(CUgraphNode node, const CUDA_HOST_NODE_PARAMS* params) {
  return change(node, makeHost(params));
}

Result<void> graphAddChildGraphNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                    size_t count, CUgraph child) {
  return add(out, graph, before, count, makeChild(child));
}
Result<void> graphChildGraphNodeGetGraph(CUgraphNode handle, CUgraph* out) {
  AW_ARG(out, "phGraph is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::Graph));
  *out = static_cast<CUgraph>(node->work().child->handle());
  return {};
}

Result<void> graphAddEmptyNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                               size_t count) {
  return add(out, graph, before, count, GraphWork());
}

Result<void> graphAddEventRecordNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                     size_t count, CUevent event) {
  return add(out, graph, before, count, makeEvent(GraphNodeType::EventRecord, event));
}
Result<void> graphEventRecordNodeGetEvent(CUgraphNode handle, CUevent* out) {
  AW_ARG(out, "event_out is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::EventRecord));
  *out = static_cast<CUevent>(node->work().event->handle());
  return {};
}
Result<void> graphEventRecordNodeSetEvent(CUgraphNode node, CUevent event) {
  return change(node, makeEvent(GraphNodeType::EventRecord, event));
}

Result<void> graphAddEventWaitNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                   size_t count, CUevent event) {
  return add(out, graph, before, count, makeEvent(GraphNodeType::WaitEvent, event));
}
Result<void> graphEventWaitNodeGetEvent(CUgraphNode handle, CUevent* out) {
  AW_ARG(out, "event_out is null");
  AW_LET(node, shim::findNode(handle, GraphNodeType::WaitEvent));
  *out = static_cast<CUevent>(node->work().event->handle());
  return {};
}
Result<void> graphEventWaitNodeSetEvent(CUgraphNode node, CUevent event) {
  return change(node, makeEvent(GraphNodeType::WaitEvent, event));
}

Result<void> graphAddMemAllocNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                  size_t count, CUDA_MEM_ALLOC_NODE_PARAMS* params) {
  return add(out, graph, before, count, makeAlloc(params));
}
Result<void> graphMemAllocNodeGetParams(CUgraphNode handle, CUDA_MEM_ALLOC_NODE_PARAMS* params) {
  AW_LET(node, shim::findNode(handle, GraphNodeType::MemAlloc));
  return shim::giveParams(*node, params);
}
Result<void> graphAddMemFreeNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                                 size_t count, CUdeviceptr pointer) {
  return add(out, graph, before, count, makeFree(pointer));
}

Result<void> graphAddNode_v1(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                             size_t count, CUgraphNodeParams* params) {
  return add(out, graph, before, count, makeWork(params));
}
Result<void> graphAddNode(CUgraphNode* out, CUgraph graph, const CUgraphNode* before,
                          const CUgraphEdgeData* edges, size_t count, CUgraphNodeParams* params) {
  AW_TRY(shim::checkEdges(edges, count));
  return add(out, graph, before, count, makeWork(params));
}
Result<void> graphNodeSetParams(CUgraphNode node, CUgraphNodeParams* params) {
  return change(node, makeWork(params));
}

Result<void> graphNodeFindInClone(CUgraphNode* out, CUgraphNode original, CUgraph clone) {
  AW_ARG(out, "phNode is null");
  AW_LET(node, shim::findNode(original));
  AW_LET(graph, shim::findGraph(clone));
  core::GraphNode* found = graph->findClone(node->id());
  AW_ARG(found, "the graph is no clone of the node's graph");
  *out = static_cast<CUgraphNode>(found->handle());
  return {};
}

Result<void> graphNodeGetType(CUgraphNode handle, CUgraphNodeType* type) {
  AW_ARG(type, "type is null");
  AW_LET(node, shim::findNode(handle));
  *type = CUgraphNodeType(int(node->type()));
  return {};
}

Result<void> graphGetNodes(CUgraph handle, CUgraphNode* nodes, size_t* count) {
  AW_LET(graph, shim::findGraph(handle));
  return shim::giveNodes(graph->nodes(), nodes, count);
}
Result<void> graphGetRootNodes(CUgraph handle, CUgraphNode* nodes, size_t* count) {
  AW_LET(graph, shim::findGraph(handle));
  return shim::giveNodes(graph->roots(), nodes, count);
}

Result<void> graphGetEdges_v1(CUgraph handle, CUgraphNode* from, CUgraphNode* to, size_t* count) {
  AW_LET(graph, shim::findGraph(handle));
  return shim::giveEdges(*graph, from, to, count);
}
Result<void> graphGetEdges(CUgraph handle, CUgraphNode* from, CUgraphNode* to,
                           CUgraphEdgeData* edges, size_t* count) {
  for (size_t i = 0; count && from && edges && i < *count; ++i)
    edges[i] = {};
  return graphGetEdges_v1(handle, from, to, count);
}

Result<void> graphNodeGetDependencies_v1(CUgraphNode handle, CUgraphNode* nodes, size_t* count) {
  AW_LET(node, shim::findNode(handle));
  AW_LET(graph, shim::graphOf(*node));
  return shim::giveNodes(graph->before(*node), nodes, count);
}
Result<void> graphNodeGetDependencies(CUgraphNode handle, CUgraphNode* nodes,
                                      CUgraphEdgeData* edges, size_t* count) {
  AW_LET(node, shim::findNode(handle));
  AW_LET(graph, shim::graphOf(*node));
  return shim::giveNodes(graph->before(*node), nodes, edges, count);
}
Result<void> graphNodeGetDependentNodes_v1(CUgraphNode handle, CUgraphNode* nodes, size_t* count) {
  AW_LET(node, shim::findNode(handle));
  AW_LET(graph, shim::graphOf(*node));
  return shim::giveNodes(graph->after(*node), nodes, count);
}
Result<void> graphNodeGetDependentNodes(CUgraphNode handle, CUgraphNode* nodes,
                                        CUgraphEdgeData* edges, size_t* count) {
  AW_LET(node, shim::findNode(handle));
  AW_LET(graph, shim::graphOf(*node));
  return shim::giveNodes(graph->after(*node), nodes, edges, count);
}

Result<void> graphAddDependencies_v1(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to,
                                     size_t count) {
  return shim::changeEdges(graph, from, to, count, true);
}
Result<void> graphAddDependencies(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to,
                                  const CUgraphEdgeData* edges, size_t count) {
  AW_TRY(shim::checkEdges(edges, count));
  return shim::changeEdges(graph, from, to, count, true);
}
Result<void> graphRemoveDependencies_v1(CUgraph graph, const CUgraphNode* from,
                                        const CUgraphNode* to, size_t count) {
  return shim::changeEdges(graph, from, to, count, false);
}
Result<void> graphRemoveDependencies(CUgraph graph, const CUgraphNode* from, const CUgraphNode* to,
                                     const CUgraphEdgeData*, size_t count) {
  return shim::changeEdges(graph, from, to, count, false);
}

Result<void> graphDestroyNode(CUgraphNode handle) {
  AW_LET(node, shim::findNode(handle));
  AW_LET(graph, shim::graphOf(*node));
  return graph->remove(*node);
}

} // namespace anywarp::cuda
