// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the driver API's parameters of graph nodes to core's work.
#include "common/semaphores.h"
#include "core/capture.h"
#include "core/launch.h"
#include "cuda/graph.h"
#include "cuda/stream_memop.h"

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

template <typename Params> Result<GraphWork> kernel(const Params* p) {
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

template <typename Params> Result<GraphWork> fill(const Params* p, CUcontext handle) {
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

Result<GraphWork> conditional(CUDA_CONDITIONAL_NODE_PARAMS& p, CUgraph graph) {
  AW_ARG(graph, "conditional nodes cannot be changed");
  AW_TRY(findContext(p.ctx));
  return shim::conditionalWork(graph, p.handle, int(p.type), p.size, &p.phGraph_out);
}

// The array of a node lives with its work.
struct KeptMemOps {
  CUcontext context;
  std::shared_ptr<std::vector<CUstreamBatchMemOpParams>> list;
};

} // namespace

Result<GraphWork> makeKernel(const CUDA_KERNEL_NODE_PARAMS_v1* p) {
  return kernel(p);
}
Result<GraphWork> makeKernel(const CUDA_KERNEL_NODE_PARAMS* p) {
  return kernel(p);
}
Result<GraphWork> makeFill(const CUDA_MEMSET_NODE_PARAMS* p, CUcontext context) {
  return fill(p, context);
}

Result<GraphWork> makeHost(const CUDA_HOST_NODE_PARAMS* p) {
  return shim::hostWork(p);
}

Result<GraphWork> makeEvent(GraphNodeType type, CUevent handle) {
  AW_LET(event, findEvent(handle));
  return shim::eventWork(type, std::move(event));
}

Result<GraphWork> makeAlloc(CUDA_MEM_ALLOC_NODE_PARAMS* p) {
  return shim::allocWork(p, findDevice, core::Context::require);
}

Result<GraphWork> makeCopy(const CUDA_MEMCPY3D* p, CUcontext handle) {
  AW_ARG(p, "copyParams is null");
  AW_LET(context, findContext(handle));
  AW_LET(work, core::recordOne(*context, GraphNodeType::Memcpy,
                               [&](core::Stream& stream) { return copyInto(*p, stream); }));
  work.params = *p;
  return work;
}

Result<GraphWork> makeMemOps(const CUDA_BATCH_MEM_OP_NODE_PARAMS* p) {
  AW_ARG(p, "nodeParams is null");
  AW_ARG(p->flags == 0, "flags must be 0");
  AW_LET(context, findContext(p->ctx));
  AW_LET(list, readMemOps(p->count, p->paramArray));
  AW_LET(ops, core::StreamMemOps::create(*context, std::move(list)));
  GraphWork work;
  work.type = GraphNodeType::BatchMemOp;
  work.memOps = std::move(ops);
  work.context = context.get();
  work.params = KeptMemOps{p->ctx, std::make_shared<std::vector<CUstreamBatchMemOpParams>>(
                                       p->paramArray, p->paramArray + p->count)};
  return work;
}

Result<GraphWork> makeWork(CUgraphNodeParams* p, CUgraph graph) {
  AW_ARG(p, "nodeParams is null");
  AW_TRY(shim::checkUnused(*p));
  switch (p->type) {
  case CU_GRAPH_NODE_TYPE_KERNEL:
    return kernel(&p->kernel);
  case CU_GRAPH_NODE_TYPE_MEMCPY:
    AW_ARG(p->memcpy.flags == 0, "flags must be 0");
    return makeCopy(&p->memcpy.copyParams, p->memcpy.copyCtx);
  case CU_GRAPH_NODE_TYPE_MEMSET:
    return fill(&p->memset, p->memset.ctx);
  case CU_GRAPH_NODE_TYPE_HOST: {
    CUDA_HOST_NODE_PARAMS host = {p->host.fn, p->host.userData};
    return makeHost(&host);
  }
  case CU_GRAPH_NODE_TYPE_GRAPH:
    return shim::childWork(p->graph.graph, int(p->graph.ownership));
  case CU_GRAPH_NODE_TYPE_EMPTY:
    return GraphWork();
  case CU_GRAPH_NODE_TYPE_WAIT_EVENT:
    return makeEvent(GraphNodeType::WaitEvent, p->eventWait.event);
  case CU_GRAPH_NODE_TYPE_EVENT_RECORD:
    return makeEvent(GraphNodeType::EventRecord, p->eventRecord.event);
  case CU_GRAPH_NODE_TYPE_MEM_ALLOC: {
    CUDA_MEM_ALLOC_NODE_PARAMS alloc = {p->alloc.poolProps, p->alloc.accessDescs,
                                        p->alloc.accessDescCount, p->alloc.bytesize, 0};
    auto work = makeAlloc(&alloc);
    if (work)
      p->alloc.dptr = alloc.dptr;
    return work;
  }
  case CU_GRAPH_NODE_TYPE_MEM_FREE:
    return shim::freeWork(address(p->free.dptr));
  case CU_GRAPH_NODE_TYPE_BATCH_MEM_OP: {
    CUDA_BATCH_MEM_OP_NODE_PARAMS ops = {p->memOp.ctx, p->memOp.count, p->memOp.paramArray,
                                         p->memOp.flags};
    return makeMemOps(&ops);
  }
  case CU_GRAPH_NODE_TYPE_CONDITIONAL:
    return conditional(p->conditional, graph);
  case CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL: {
    CUDA_EXT_SEM_SIGNAL_NODE_PARAMS signal = {
        p->extSemSignal.extSemArray, p->extSemSignal.paramsArray, p->extSemSignal.numExtSems};
    return shim::semaphoreWork(GraphNodeType::SemaphoreSignal, &signal);
  }
  case CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT: {
    CUDA_EXT_SEM_WAIT_NODE_PARAMS wait = {p->extSemWait.extSemArray, p->extSemWait.paramsArray,
                                          p->extSemWait.numExtSems};
    return shim::semaphoreWork(GraphNodeType::SemaphoreWait, &wait);
  }
  default:
    return makeError(Status::InvalidValue, "unknown type of a node");
  }
}

namespace {

// One side of a copy: its memory type and where it starts.
CUmemorytype sideOf(const core::CopyBox& box, CUdeviceptr& device, void*& host, CUarray& array) {
  if (box.array) {
    array = static_cast<CUarray>(box.array->handle());
    return CU_MEMORYTYPE_ARRAY;
  }
  auto allocation = core::Memory::find(box.base);
  if (allocation && allocation->isDevice()) {
    device = devicePointer(box.base);
    return CU_MEMORYTYPE_DEVICE;
  }
  host = box.base;
  return CU_MEMORYTYPE_HOST;
}

} // namespace

CUDA_MEMCPY3D readParams(const GraphWork& work, CUDA_MEMCPY3D*) {
  CUDA_MEMCPY3D out = {};
  auto* copy = std::get_if<core::CopyParams>(&work.described);
  if (!copy)
    return out;
  void* source = nullptr;
  out.srcMemoryType = sideOf(copy->src, out.srcDevice, source, out.srcArray);
  out.srcHost = source;
  out.dstMemoryType = sideOf(copy->dst, out.dstDevice, out.dstHost, out.dstArray);
  out.srcXInBytes = copy->src.x, out.srcY = copy->src.y, out.srcZ = copy->src.z;
  out.dstXInBytes = copy->dst.x, out.dstY = copy->dst.y, out.dstZ = copy->dst.z;
  out.srcPitch = copy->src.pitch, out.srcHeight = copy->src.height;
  out.dstPitch = copy->dst.pitch, out.dstHeight = copy->dst.height;
  out.WidthInBytes = copy->width, out.Height = copy->height, out.Depth = copy->depth;
  return out;
}

CUDA_MEMSET_NODE_PARAMS readParams(const GraphWork& work, CUDA_MEMSET_NODE_PARAMS*) {
  auto* fill = std::get_if<core::FillParams>(&work.described);
  if (!fill)
    return {};
  return {devicePointer(fill->dst), fill->pitch, fill->value,
          fill->elementSize,        fill->width, fill->height};
}

CUDA_HOST_NODE_PARAMS readParams(const GraphWork& work, CUDA_HOST_NODE_PARAMS*) {
  auto* host = std::get_if<core::HostParams>(&work.described);
  return host ? CUDA_HOST_NODE_PARAMS{host->function, host->data} : CUDA_HOST_NODE_PARAMS();
}

namespace {

template <typename Params> void give(core::GraphNode& node, Params& out) {
  GraphWork work = node.work();
  const LaunchConfig& config = work.kernel->config;
  out = {};
  // A kernel of a library stands for itself where the structure has a place for it.
  void* kernel = nullptr;
  if constexpr (requires { out.kern; }) {
    kernel = work.kernel->function->kernelHandle();
    out.kern = static_cast<CUkernel>(kernel);
  }
  if (!kernel)
    out.func = static_cast<CUfunction>(work.kernel->function->handle());
  out.gridDimX = config.grid[0], out.gridDimY = config.grid[1], out.gridDimZ = config.grid[2];
  out.blockDimX = config.block[0];
  out.blockDimY = config.block[1];
  out.blockDimZ = config.block[2];
  out.sharedMemBytes = config.dynamicShared;
  out.kernelParams = node.kernelParams();
  if constexpr (requires { out.ctx; })
    out.ctx = static_cast<CUcontext>(work.kernel->function->context().handle());
}

} // namespace

void giveKernel(core::GraphNode& node, CUDA_KERNEL_NODE_PARAMS_v1& out) {
  give(node, out);
}
void giveKernel(core::GraphNode& node, CUDA_KERNEL_NODE_PARAMS& out) {
  give(node, out);
}

Result<void> giveMemOps(core::GraphNode& node, CUDA_BATCH_MEM_OP_NODE_PARAMS& out) {
  GraphWork work = node.work();
  if (!std::any_cast<KeptMemOps>(&work.params)) { // captured: the array is made now, and kept
    KeptMemOps kept{nullptr, std::make_shared<std::vector<CUstreamBatchMemOpParams>>()};
    for (const core::StreamMemOp& op : work.memOps->ops())
      kept.list->push_back(writeMemOp(op));
    work.params = kept;
    AW_TRY(node.setWork(work));
  }
  auto& kept = std::any_cast<KeptMemOps&>(work.params);
  out = {kept.context, unsigned(kept.list->size()), kept.list->data(), 0};
  return {};
}

} // namespace anywarp::cuda
