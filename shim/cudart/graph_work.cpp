// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/cudart/impl.h"
#include "common/semaphores.h"
#include "core/array.h"
#include "core/capture.h"
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
  return shim::hostWork(p);
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

Result<GraphWork> makeEvent(GraphNodeType type, cudaEvent_t handle) {
  auto event = core::Event::fromHandle(handle);
  if (!event)
    return makeError(Status::InvalidHandle, "not a live event");
  return shim::eventWork(type, std::move(event));
}

Result<GraphWork> makeAlloc(cudaMemAllocNodeParams* p) {
  return shim::allocWork(p, deviceAt, currentContext);
}

cudaMemcpy3DParms readParams(const GraphWork& work, cudaMemcpy3DParms*) {
  cudaMemcpy3DParms out = {};
  auto* copy = std::get_if<core::CopyParams>(&work.described);
  if (!copy)
    return out;
  size_t texel = 1; // widths count texels where an array takes part
  for (const core::CopyBox* box : {&copy->src, &copy->dst})
    if (box->array)
      texel = box->array->texel().bytes;
  auto side = [&](const core::CopyBox& box, cudaArray_t& array, cudaPitchedPtr& memory,
                  cudaPos& position) {
    position = {box.array ? box.x / box.array->texel().bytes : box.x, box.y, box.z};
    if (box.array)
      array = static_cast<cudaArray_t>(box.array->handle());
    else
      memory = {box.base, box.pitch, copy->width, box.height};
  };
  side(copy->src, out.srcArray, out.srcPtr, out.srcPos);
  side(copy->dst, out.dstArray, out.dstPtr, out.dstPos);
  out.extent = {copy->width / texel, copy->height, copy->depth};
  out.kind = cudaMemcpyKind(int(copy->kind));
  return out;
}

cudaMemsetParams readParams(const GraphWork& work, cudaMemsetParams*) {
  auto* fill = std::get_if<core::FillParams>(&work.described);
  if (!fill)
    return {};
  return {fill->dst, fill->pitch, fill->value, fill->elementSize, fill->width, fill->height};
}

cudaHostNodeParams readParams(const GraphWork& work, cudaHostNodeParams*) {
  auto* host = std::get_if<core::HostParams>(&work.described);
  return host ? cudaHostNodeParams{host->function, host->data} : cudaHostNodeParams();
}

#if CUDART_VERSION >= 12000
Result<GraphWork> makeWork(cudaGraphNodeParams* p, cudaGraph_t graph) {
  AW_ARG(p, "the parameters are null");
  AW_TRY(shim::checkUnused(*p));
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
    return shim::childWork(p->graph.graph, int(p->graph.ownership));
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
    if (work)
      p->alloc.dptr = params.dptr;
    return work;
  }
  case cudaGraphNodeTypeMemFree:
    return shim::freeWork(p->free.dptr);
  case cudaGraphNodeTypeConditional:
    AW_ARG(graph, "conditional nodes cannot be changed");
    return shim::conditionalWork(graph, p->conditional.handle, int(p->conditional.type),
                                 p->conditional.size, &p->conditional.phGraph_out);
  case cudaGraphNodeTypeExtSemaphoreSignal: {
    cudaExternalSemaphoreSignalNodeParams signal = {
        p->extSemSignal.extSemArray, p->extSemSignal.paramsArray, p->extSemSignal.numExtSems};
    return shim::semaphoreWork(GraphNodeType::SemaphoreSignal, &signal);
  }
  case cudaGraphNodeTypeExtSemaphoreWait: {
    cudaExternalSemaphoreWaitNodeParams wait = {
        p->extSemWait.extSemArray, p->extSemWait.paramsArray, p->extSemWait.numExtSems};
    return shim::semaphoreWork(GraphNodeType::SemaphoreWait, &wait);
  }
  default:
    return makeError(Status::InvalidValue, "unknown type of a node");
  }
}
#endif

} // namespace anywarp::cudart
