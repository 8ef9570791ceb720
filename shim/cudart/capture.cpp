// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream capture.
#include "core/capture.h"

#include "api/cudart/impl.h"
#include "common/graphs.h"
#include "cudart/current.h"

namespace anywarp::cudart {
namespace {

// Only the status is written when nothing is captured.
template <typename Edge>
Result<void> describe(cudaStream_t handle, cudaStreamCaptureStatus* status, unsigned long long* id,
                      cudaGraph_t* graph, const cudaGraphNode_t** dependencies, const Edge** edges,
                      size_t* count) {
  AW_ARG(status, "the place for the status is null");
  AW_LET(stream, resolveStream(handle));
  auto capture = stream->capture();
  *status = !capture             ? cudaStreamCaptureStatusNone
            : capture->invalid() ? cudaStreamCaptureStatusInvalidated
                                 : cudaStreamCaptureStatusActive;
  if (!capture)
    return {};
  core::Capture::Arrays arrays = capture->dependencyArrays(*stream);
  if (dependencies && !edges && !arrays.plain)
    return shim::lossyQuery();
  if (id)
    *id = capture->id();
  if (graph)
    *graph = static_cast<cudaGraph_t>(capture->graph()->handle());
  if (edges)
    *edges = arrays.plain ? nullptr : reinterpret_cast<const Edge*>(arrays.edges);
  if (dependencies)
    *dependencies = reinterpret_cast<const cudaGraphNode_t*>(arrays.nodes);
  if (count)
    *count = arrays.count;
  return {};
}
constexpr const shim::NoEdge** kNoEdges = nullptr;

template <typename Edge>
Result<void> updateDependencies(cudaStream_t handle, cudaGraphNode_t* dependencies,
                                const Edge* edges, size_t count, unsigned int flags) {
  AW_ARG(flags <= 1, "unknown flags");
  AW_LET(stream, resolveStream(handle));
  AW_LET(links, shim::linksOf(dependencies, edges, count));
  auto capture = stream->capture();
  if (!capture)
    return makeError(Status::IllegalState, "the stream is not being captured");
  return flags == 1 // cudaStreamSetCaptureDependencies
             ? capture->setDependencies(*stream, std::move(links))
             : capture->addDependencies(*stream, links);
}

} // namespace

Result<void> streamBeginCapture(cudaStream_t handle, cudaStreamCaptureMode mode) {
  AW_ARG(unsigned(mode) <= unsigned(cudaStreamCaptureModeRelaxed), "unknown capture mode");
  AW_LET(stream, resolveStream(handle));
  return core::Capture::begin(*stream, core::CaptureMode(int(mode)), nullptr, {});
}

Result<void> streamEndCapture(cudaStream_t handle, cudaGraph_t* out) {
  if (out)
    *out = nullptr;
  AW_LET(stream, resolveStream(handle));
  auto capture = stream->capture();
  AW_ARG(out || (capture && !capture->isNewGraph()), "pGraph is null");
  AW_LET(graph, core::Capture::end(*stream));
  if (out)
    *out = static_cast<cudaGraph_t>(graph->handle());
  return {};
}

Result<void> streamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* pCaptureStatus) {
  return describe(stream, pCaptureStatus, nullptr, nullptr, nullptr, kNoEdges, nullptr);
}

#if CUDART_VERSION < 13000
Result<void> streamGetCaptureInfo_v1(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                     unsigned long long* id) {
  return describe(stream, status, id, nullptr, nullptr, kNoEdges, nullptr);
}
Result<void> streamGetCaptureInfo_v2(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                     unsigned long long* id, cudaGraph_t* graph,
                                     const cudaGraphNode_t** dependencies, size_t* count) {
  return describe(stream, status, id, graph, dependencies, kNoEdges, count);
}
Result<void> streamUpdateCaptureDependencies_v1(cudaStream_t stream, cudaGraphNode_t* dependencies,
                                                size_t count, unsigned int flags) {
  return updateDependencies(stream, dependencies, shim::kNoEdges, count, flags);
}
#endif
#if CUDART_VERSION >= 12000
Result<void> streamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                  unsigned long long* id, cudaGraph_t* graph,
                                  const cudaGraphNode_t** dependencies,
                                  const cudaGraphEdgeData** edges, size_t* count) {
  return describe(stream, status, id, graph, dependencies, edges, count);
}
Result<void> streamUpdateCaptureDependencies(cudaStream_t stream, cudaGraphNode_t* dependencies,
                                             const cudaGraphEdgeData* edges, size_t count,
                                             unsigned int flags) {
  return updateDependencies(stream, dependencies, edges, count, flags);
}
Result<void> streamBeginCaptureToGraph(cudaStream_t handle, cudaGraph_t graphHandle,
                                       const cudaGraphNode_t* dependencies,
                                       const cudaGraphEdgeData* edges, size_t count,
                                       cudaStreamCaptureMode mode) {
  AW_ARG(unsigned(mode) <= unsigned(cudaStreamCaptureModeRelaxed), "unknown capture mode");
  AW_LET(stream, resolveStream(handle));
  AW_LET(graph, shim::findGraph(graphHandle));
  AW_LET(links, shim::linksOf(dependencies, edges, count));
  return core::Capture::begin(*stream, core::CaptureMode(int(mode)), graph, std::move(links));
}
#endif

Result<void> threadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  AW_ARG(mode && unsigned(*mode) <= unsigned(cudaStreamCaptureModeRelaxed),
         "mode is null or unknown");
  *mode = cudaStreamCaptureMode(int(core::exchangeCaptureMode(core::CaptureMode(int(*mode)))));
  return {};
}

} // namespace anywarp::cudart
