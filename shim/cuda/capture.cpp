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
  AW_TRY(shim::checkEdges(edges, count));
  AW_LET(stream, findStream(handle));
  AW_LET(graph, shim::findGraph(graphHandle));
  AW_LET(nodes, shim::nodesOf(dependencies, count));
  return core::Capture::begin(*stream, core::CaptureMode(int(mode)), graph, std::move(nodes));
}

Result<void> streamEndCapture(CUstream handle, CUgraph* out) {
  AW_ARG(out, "phGraph is null");
  *out = nullptr;
  AW_LET(stream, findStream(handle));
  AW_LET(graph, core::Capture::end(*stream));
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

// Only the status is written when nothing is captured.
Result<void> streamGetCaptureInfo(CUstream handle, CUstreamCaptureStatus* status, cuuint64_t* id,
                                  CUgraph* graph, const CUgraphNode** dependencies,
                                  const CUgraphEdgeData** edges, size_t* count) {
  AW_TRY(streamIsCapturing(handle, status));
  AW_LET(stream, findStream(handle));
  auto capture = stream->capture();
  if (!capture)
    return {};
  if (id)
    *id = capture->id();
  if (graph)
    *graph = static_cast<CUgraph>(capture->graph()->handle());
  if (edges)
    *edges = nullptr; // all are full dependencies
  size_t number = 0;
  core::GraphNode** list = capture->dependencyArray(*stream, number);
  if (dependencies)
    *dependencies = reinterpret_cast<const CUgraphNode*>(list);
  if (count)
    *count = number;
  return {};
}

Result<void> streamGetCaptureInfo_v2(CUstream handle, CUstreamCaptureStatus* status, cuuint64_t* id,
                                     CUgraph* graph, const CUgraphNode** dependencies,
                                     size_t* count) {
  return streamGetCaptureInfo(handle, status, id, graph, dependencies, nullptr, count);
}

Result<void> streamGetCaptureInfo_v1(CUstream handle, CUstreamCaptureStatus* status,
                                     cuuint64_t* id) {
  return streamGetCaptureInfo(handle, status, id, nullptr, nullptr, nullptr, nullptr);
}

Result<void> streamUpdateCaptureDependencies_v1(CUstream handle, CUgraphNode* dependencies,
                                                size_t count, unsigned int flags) {
  AW_ARG(flags <= CU_STREAM_SET_CAPTURE_DEPENDENCIES, "unknown flags");
  AW_LET(stream, findStream(handle));
  AW_LET(nodes, shim::nodesOf(dependencies, count));
  auto capture = stream->capture();
  if (!capture)
    return makeError(Status::IllegalState, "the stream is not being captured");
  return flags == CU_STREAM_SET_CAPTURE_DEPENDENCIES
             ? capture->setDependencies(*stream, std::move(nodes))
             : capture->addDependencies(*stream, nodes);
}

Result<void> streamUpdateCaptureDependencies(CUstream handle, CUgraphNode* dependencies,
                                             const CUgraphEdgeData* edges, size_t count,
                                             unsigned int flags) {
  AW_TRY(shim::checkEdges(edges, count));
  return streamUpdateCaptureDependencies_v1(handle, dependencies, count, flags);
}

Result<void> threadExchangeStreamCaptureMode(CUstreamCaptureMode* mode) {
  AW_ARG(mode && *mode <= CU_STREAM_CAPTURE_MODE_RELAXED, "unknown capture mode");
  static thread_local CUstreamCaptureMode current = CU_STREAM_CAPTURE_MODE_GLOBAL;
  std::swap(*mode, current);
  return {};
}

} // namespace anywarp::cuda
