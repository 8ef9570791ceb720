// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/cudart/impl.h"
#include "core/event.h"
#include "core/launch.h"
#include "core/memory.h"
#include "cudart/graph.h"
#include "cudart/last_error.h"
#include "cudart/registry.h"

namespace anywarp::cudart {

using core::GraphNodeType;
using core::GraphWork;

Result<GraphWork> makeKernel(const cudaKernelNodeParams* p) {
  AW_ARG(p && p->func, "the parameters or their function are null");
  AW_LET(context, currentContext());
  AW_LET(function, Registry::get().function(p->func, *context));
  core::LaunchRequest request{{p->gridDim.x, p->gridDim.y, p->gridDim.z},
                              {p->blockDim.x, p->blockDim.y, p->blockDim.z},
                              p->sharedMemBytes,
                              false,
                              p->kernelParams,
                              p->extra};
  AW_LET(launch, core::prepareLaunch(function, *context, request));
  GraphWork work = shim::kernelWork(std::move(launch));
  cudaKernelNodeParams kept = *p;
  kept.kernelParams = nullptr; // the node has its own
  kept.extra = nullptr;
  work.params = kept;
  return work;
}

Result<GraphWork> makeFill(const cudaMemsetParams* p) {
  AW_ARG(p, "the parameters are null");
  AW_LET(context, currentContext());
  AW_LET(work, core::recordOne(*context, GraphNodeType::Memset, [&](core::Stream& stream) {
           return core::Memory::fill2d(stream, p->dst, p->pitch, p->value, p->elementSize, p->width,
                                       p->height, true);
         }));
  work.params = *p;
  return work;
}

Result<GraphWork> makeHost(const cudaHostNodeParams* p) {
  AW_ARG(p && p->fn, "the parameters or their function are null");
  GraphWork work = shim::hostWork(p->fn, p->userData);
  work.params = *p;
  return work;
}

Result<GraphWork> makeCopy(const cudaMemcpy3DParms* p) {
  AW_ARG(p, "the parameters are null");
  AW_LET(context, currentContext());
  AW_LET(work, core::recordOne(*context, GraphNodeType::Memcpy,
                               [&](core::Stream& stream) { return copyInto(*p, stream); }));
  work.params = *p;
  return work;
}

Result<GraphWork> makeCopy1d(void* dst, const void* src, size_t count, cudaMemcpyKind kind) {
  cudaMemcpy3DParms parms = {};
  parms.srcPtr = {const_cast<void*>(src), count, count, 1};
  parms.dstPtr = {dst, count, count, 1};
  parms.extent = {count, 1, 1};
  parms.kind = kind;
  return makeCopy(&parms);
}

namespace {

Result<char*> partOf(const void* symbol, size_t offset, size_t count) {
  AW_LET(context, currentContext());
  AW_LET(variable, Registry::get().variable(symbol, *context));
  AW_ARG(offset <= variable.size && count <= variable.size - offset,
         "the copy does not fit the variable");
  return static_cast<char*>(variable.address) + offset;
}

} // namespace

Result<GraphWork> makeCopyFromSymbol(void* dst, const void* symbol, size_t count, size_t offset,
                                     cudaMemcpyKind kind) {
  AW_LET(source, partOf(symbol, offset, count));
  return makeCopy1d(dst, source, count, kind);
}

Result<GraphWork> makeCopyToSymbol(const void* symbol, const void* src, size_t count, size_t offset,
                                   cudaMemcpyKind kind) {
  AW_LET(target, partOf(symbol, offset, count));
  return makeCopy1d(target, src, count, kind);
}

Result<GraphWork> makeChild(cudaGraph_t child) {
  AW_LET(graph, shim::findGraph(child));
  GraphWork work;
  work.type = GraphNodeType::Graph;
  work.child = std::move(graph);
  return work;
}

Result<GraphWork> makeEvent(GraphNodeType type, cudaEvent_t handle) {
  auto event = core::Event::fromHandle(handle);
  if (!event)
    return makeError(Status::InvalidHandle, "not a live event");
  return shim::eventWork(type, std::move(event));
}

Result<GraphWork> makeAlloc(cudaMemAllocNodeParams* p) {
  AW_ARG(p && p->bytesize, "the parameters are null, or no bytes are asked for");
  AW_LET(context, currentContext());
  AW_LET(memory, core::GraphMemory::create(*context, p->bytesize));
  p->dptr = memory->address;
  GraphWork work;
  work.type = GraphNodeType::MemAlloc;
  work.memory = std::move(memory);
  work.params = *p;
  return work;
}

GraphWork makeFree(void* pointer) {
  GraphWork work;
  work.type = GraphNodeType::MemFree;
  work.freed = pointer;
  return work;
}

#if CUDART_VERSION >= 12000
Result<GraphWork> makeWork(cudaGraphNodeParams* p) {
  AW_ARG(p, "the parameters are null");
  switch (p->type) {
  case cudaGraphNodeTypeKernel: {
    const auto& k = p->kernel;
    cudaKernelNodeParams params = {k.func,           k.gridDim,      k.blockDim,
                                   k.sharedMemBytes, k.kernelParams, k.extra};
    return makeKernel(&params);
  }
  case cudaGraphNodeTypeMemcpy:
    return makeCopy(&p->memcpy.copyParams);
  case cudaGraphNodeTypeMemset: {
    const auto& m = p->memset;
    cudaMemsetParams params = {m.dst, m.pitch, m.value, m.elementSize, m.width, m.height};
    return makeFill(&params);
  }
  case cudaGraphNodeTypeHost: {
    cudaHostNodeParams params = {p->host.fn, p->host.userData};
    return makeHost(&params);
  }
  case cudaGraphNodeTypeGraph:
    return makeChild(p->graph.graph);
  case cudaGraphNodeTypeEmpty:
    return GraphWork();
  case cudaGraphNodeTypeWaitEvent:
    return makeEvent(GraphNodeType::WaitEvent, p->eventWait.event);
  case cudaGraphNodeTypeEventRecord:
    return makeEvent(GraphNodeType::EventRecord, p->eventRecord.event);
  case cudaGraphNodeTypeMemAlloc: {
    cudaMemAllocNodeParams params = {p->alloc.poolProps, p->alloc.accessDescs,
                                     p->alloc.accessDescCount, p->alloc.bytesize, nullptr};
    auto work = makeAlloc(&params);
    p->alloc.dptr = params.dptr;
    return work;
  }
  case cudaGraphNodeTypeMemFree:
    return makeFree(p->free.dptr);
  default:
    return makeError(Status::NotSupported, "graph nodes of this type are not there yet");
  }
}
#endif

} // namespace anywarp::cudart
