// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream capture.
#include "core/capture.h"

#include "api/cudart/impl.h"
#include "common/graphs.h"
#include "cudart/current.h"

namespace anywarp::cudart {
namespace {

thread_local constinit cudaStreamCaptureMode tlsMode = cudaStreamCaptureModeGlobal;

// Only the status is written when nothing is captured.
Result<void> describe(cudaStream_t handle, cudaStreamCaptureStatus* status, unsigned long long* id,
                      cudaGraph_t* graph, const cudaGraphNode_t** dependencies, size_t* count) {
  AW_ARG(status, "the place for the status is null");
  AW_LET(stream, resolveStream(handle));
  auto capture = stream->capture();
  *status = !capture             ? cudaStreamCaptureStatusNone
            : capture->invalid() ? cudaStreamCaptureStatusInvalidated
                                 : cudaStreamCaptureStatusActive;
  if (!capture)
    return {};
  if (id)
    *id = capture->id();
  if (graph)
    *graph = static_cast<cudaGraph_t>(capture->graph()->handle());
  size_t number = 0;
  core::GraphNode** list = capture->dependencyArray(*stream, number);
  if (dependencies)
    *dependencies = reinterpret_cast<const cudaGraphNode_t*>(list);
  if (count)
    *count = number;
  return {};
}

Result<void> updateDependencies(cudaStream_t handle, cudaGraphNode_t* dependencies, size_t count,
                                unsigned int flags) {
  AW_ARG(flags <= 1, "unknown flags");
  AW_LET(stream, resolveStream(handle));
  AW_LET(nodes, shim::nodesOf(dependencies, count));
  auto capture = stream->capture();
  if (!capture)
    return makeError(Status::IllegalState, "the stream is not being captured");
  return flags == 1 // cudaStreamSetCaptureDependencies
             ? capture->setDependencies(*stream, std::move(nodes))
             : capture->addDependencies(*stream, nodes);
}

} // namespace

Result<void> streamBeginCapture(cudaStream_t handle, cudaStreamCaptureMode mode) {
  AW_ARG(unsigned(mode) <= unsigned(cudaStreamCaptureModeRelaxed), "unknown capture mode");
  AW_LET(stream, resolveStream(handle));
  return core::Capture::begin(*stream, core::CaptureMode(int(mode)), nullptr, {});
}

Result<void> streamEndCapture(cudaStream_t handle, cudaGraph_t* out) {
  AW_ARG(out, "pGraph is null");
  *out = nullptr;
  AW_LET(stream, resolveStream(handle));
  AW_LET(graph, core::Capture::end(*stream));
  *out = static_cast<cudaGraph_t>(graph->handle());
  return {};
}

Result<void> streamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* pCaptureStatus) {
  return describe(stream, pCaptureStatus, nullptr, nullptr, nullptr, nullptr);
}

#if CUDART_VERSION < 13000
Result<void> streamGetCaptureInfo_v1(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                     unsigned long long* id) {
  return describe(stream, status, id, nullptr, nullptr, nullptr);
}
Result<void> streamGetCaptureInfo_v2(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                     unsigned long long* id, cudaGraph_t* graph,
                                     const cudaGraphNode_t** dependencies, size_t* count) {
  return describe(stream, status, id, graph, dependencies, count);
}
Result<void> streamUpdateCaptureDependencies_v1(cudaStream_t stream, cudaGraphNode_t* dependencies,
                                                size_t count, unsigned int flags) {
  return updateDependencies(stream, dependencies, count, flags);
}
#endif
#if CUDART_VERSION >= 12000
Result<void> streamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                  unsigned long long* id, cudaGraph_t* graph,
                                  const cudaGraphNode_t** dependencies,
                                  const cudaGraphEdgeData** edges, size_t* count) {
  if (edges)
    *edges = nullptr; // all are full dependencies
  return describe(stream, status, id, graph, dependencies, count);
}
Result<void> streamUpdateCaptureDependencies(cudaStream_t stream, cudaGraphNode_t* dependencies,
                                             const cudaGraphEdgeData* edges, size_t count,
                                             unsigned int flags) {
  AW_TRY(shim::checkEdges(edges, count));
  return updateDependencies(stream, dependencies, count, flags);
}
Result<void> streamBeginCaptureToGraph(cudaStream_t handle, cudaGraph_t graphHandle,
                                       const cudaGraphNode_t* dependencies,
                                       const cudaGraphEdgeData* edges, size_t count,
                                       cudaStreamCaptureMode mode) {
  AW_ARG(unsigned(mode) <= unsigned(cudaStreamCaptureModeRelaxed), "unknown capture mode");
  AW_TRY(shim::checkEdges(edges, count));
  AW_LET(stream, resolveStream(handle));
  AW_LET(graph, shim::findGraph(graphHandle));
  AW_LET(nodes, shim::nodesOf(dependencies, count));
  return core::Capture::begin(*stream, core::CaptureMode(int(mode)), graph, std::move(nodes));
}
#endif

Result<void> threadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  AW_ARG(mode && unsigned(*mode) <= unsigned(cudaStreamCaptureModeRelaxed),
         "mode is null or unknown");
  std::swap(*mode, tlsMode);
  return {};
}

} // namespace anywarp::cudart
