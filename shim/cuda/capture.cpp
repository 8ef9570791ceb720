// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream capture.
#include "core/capture.h"

#include "common/graphs.h"
#include "cuda/support.h"

#include <utility>

namespace anywarp::cuda {

Result<void> streamBeginCapture(CUstream handle, CUstreamCaptureMode mode) {
  AW_ARG(unsigned(mode) <= CU_STREAM_CAPTURE_MODE_RELAXED, "unknown capture mode");
  AW_LET(stream, findStream(handle));
  return core::Capture::begin(*stream, core::CaptureMode(int(mode)), nullptr, {});
}

Result<void> streamBeginCapture_v1(CUstream handle) {
  return streamBeginCapture(handle, CU_STREAM_CAPTURE_MODE_GLOBAL);
}

Result<void> streamBeginCaptureToGraph(CUstream handle, CUgraph graphHandle,
                                       const CUgraphNode* dependencies,
                                       const CUgraphEdgeData* edges, size_t count,
                                       CUstreamCaptureMode mode) {
  AW_ARG(unsigned(mode) <= CU_STREAM_CAPTURE_MODE_RELAXED, "unknown capture mode");
  AW_LET(stream, findStream(handle));
  AW_LET(graph, shim::findGraph(graphHandle));
  AW_LET(links, shim::linksOf(dependencies, edges, count));
  return core::Capture::begin(*stream, core::CaptureMode(int(mode)), graph, std::move(links));
}

Result<void> streamEndCapture(CUstream handle, CUgraph* out) {
  if (out)
    *out = nullptr;
  AW_LET(stream, findStream(handle));
  auto capture = stream->capture();
  AW_ARG(out || (capture && !capture->isNewGraph()), "phGraph is null");
  AW_LET(graph, core::Capture::end(*stream));
  if (out)
    *out = static_cast<CUgraph>(graph->handle());
  return {};
}

Result<void> streamIsCapturing(CUstream handle, CUstreamCaptureStatus* status) {
  AW_ARG(status, "captureStatus is null");
  AW_LET(stream, findStream(handle));
  auto capture = stream->capture();
  *status = !capture             ? CU_STREAM_CAPTURE_STATUS_NONE
            : capture->invalid() ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
                                 : CU_STREAM_CAPTURE_STATUS_ACTIVE;
  return {};
}

namespace {

// Only the status is written when nothing is captured. `hasEdges`: the caller could be given edge
// data.
Result<void> describe(CUstream handle, CUstreamCaptureStatus* status, cuuint64_t* id,
                      CUgraph* graph, const CUgraphNode** dependencies,
                      const CUgraphEdgeData** edges, size_t* count) {
  AW_TRY(streamIsCapturing(handle, status));
  AW_LET(stream, findStream(handle));
  auto capture = stream->capture();
  if (!capture)
    return {};
  core::Capture::Arrays arrays = capture->dependencyArrays(*stream);
  if (dependencies && !edges && !arrays.plain)
    return shim::lossyQuery();
  if (id)
    *id = capture->id();
  if (graph)
    *graph = static_cast<CUgraph>(capture->graph()->handle());
  if (edges)
    *edges = arrays.plain ? nullptr : reinterpret_cast<const CUgraphEdgeData*>(arrays.edges);
  if (dependencies)
    *dependencies = reinterpret_cast<const CUgraphNode*>(arrays.nodes);
  if (count)
    *count = arrays.count;
  return {};
}

template <typename Edge>
Result<void> updateDependencies(CUstream handle, CUgraphNode* dependencies, const Edge* edges,
                                size_t count, unsigned int flags) {
  AW_ARG(flags <= CU_STREAM_SET_CAPTURE_DEPENDENCIES, "unknown flags");
  AW_LET(stream, findStream(handle));
  AW_LET(links, shim::linksOf(dependencies, edges, count));
  auto capture = stream->capture();
  if (!capture)
    return makeError(Status::IllegalState, "the stream is not being captured");
  return flags == CU_STREAM_SET_CAPTURE_DEPENDENCIES
             ? capture->setDependencies(*stream, std::move(links))
             : capture->addDependencies(*stream, links);
}

} // namespace

Result<void> streamGetCaptureInfo(CUstream stream, CUstreamCaptureStatus* status, cuuint64_t* id,
                                  CUgraph* graph, const CUgraphNode** dependencies,
                                  const CUgraphEdgeData** edges, size_t* count) {
  return describe(stream, status, id, graph, dependencies, edges, count);
}
Result<void> streamGetCaptureInfo_v2(CUstream stream, CUstreamCaptureStatus* status, cuuint64_t* id,
                                     CUgraph* graph, const CUgraphNode** dependencies,
                                     size_t* count) {
  return describe(stream, status, id, graph, dependencies, nullptr, count);
}
Result<void> streamGetCaptureInfo_v1(CUstream stream, CUstreamCaptureStatus* status,
                                     cuuint64_t* id) {
  return describe(stream, status, id, nullptr, nullptr, nullptr, nullptr);
}

Result<void> streamUpdateCaptureDependencies_v1(CUstream stream, CUgraphNode* dependencies,
                                                size_t count, unsigned int flags) {
  return updateDependencies(stream, dependencies, shim::kNoEdges, count, flags);
}
Result<void> streamUpdateCaptureDependencies(CUstream stream, CUgraphNode* dependencies,
                                             const CUgraphEdgeData* edges, size_t count,
                                             unsigned int flags) {
  return updateDependencies(stream, dependencies, edges, count, flags);
}

Result<void> threadExchangeStreamCaptureMode(CUstreamCaptureMode* mode) {
  AW_ARG(mode && unsigned(*mode) <= CU_STREAM_CAPTURE_MODE_RELAXED, "unknown capture mode");
  *mode = CUstreamCaptureMode(int(core::exchangeCaptureMode(core::CaptureMode(int(*mode)))));
  return {};
}

} // namespace anywarp::cuda
