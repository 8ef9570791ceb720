// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What both APIs do alike with stream capture. Handles and edge data are the API's own, the stream
// is what the API found by its handle. Stateless; safe from any thread.
#pragma once

#include "common/graphs.h"
#include "core/capture.h"

namespace anywarp::shim {

inline Result<core::CaptureMode> captureMode(int mode) {
  if (unsigned(mode) > unsigned(core::CaptureMode::Relaxed))
    return makeError(Status::InvalidValue, "unknown capture mode");
  return core::CaptureMode(mode);
}

inline Result<void> beginCapture(const Result<core::StreamRef>& stream, int mode) {
  AW_LET(checked, captureMode(mode));
  if (!stream)
    return stream.error();
  return core::Capture::begin(**stream, checked, nullptr, {});
}

template <typename Handle, typename Edge>
Result<void> beginCaptureToGraph(const Result<core::StreamRef>& stream, const void* graphHandle,
                                 const Handle* dependencies, const Edge* edges, size_t count,
                                 int mode) {
  AW_LET(checked, captureMode(mode));
  if (!stream)
    return stream.error();
  AW_LET(graph, findGraph(graphHandle));
  AW_LET(links, linksOf(dependencies, edges, count));
  return core::Capture::begin(**stream, checked, graph, std::move(links));
}

template <typename Graph>
Result<void> endCapture(const Result<core::StreamRef>& stream, Graph* out) {
  if (out)
    *out = nullptr;
  if (!stream)
    return stream.error();
  auto capture = (*stream)->capture();
  AW_ARG(out || (capture && !capture->isNewGraph()), "the place for the graph is null");
  AW_LET(graph, core::Capture::end(**stream));
  if (out)
    *out = static_cast<Graph>(graph->handle());
  return {};
}

// Where APIs without edge data would want it.
inline constexpr const NoEdge** kNoEdgeArray = nullptr;

// The capture of the stream; null: none.
template <typename CaptureStatus>
Result<std::shared_ptr<core::Capture>> giveCaptureStatus(const Result<core::StreamRef>& stream,
                                                         CaptureStatus* status) {
  if (!status)
    return makeError(Status::InvalidValue, "the place for the status is null");
  if (!stream)
    return stream.error();
  if ((*stream)->kind() == core::Stream::Kind::Legacy)
    AW_TRY(core::checkLegacyQuery((*stream)->context()));
  auto capture = (*stream)->capture();
  *status = CaptureStatus(!capture ? 0 : capture->invalid() ? 2 : 1); // none, invalidated, active
  return capture;
}

// Only the status is written when nothing is captured.
template <typename CaptureStatus, typename Id>
Result<void> giveCaptureId(const Result<core::StreamRef>& stream, CaptureStatus* status, Id* id) {
  AW_LET(capture, giveCaptureStatus(stream, status));
  if (capture && id)
    *id = capture->id();
  return {};
}

// `edges` null: the caller can be given no edge data.
template <typename CaptureStatus, typename Id, typename Graph, typename Node, typename Edge>
Result<void> giveCapture(const Result<core::StreamRef>& stream, CaptureStatus* status, Id* id,
                         Graph* graph, const Node** dependencies, const Edge** edges,
                         size_t* count) {
  AW_LET(capture, giveCaptureStatus(stream, status));
  if (!capture)
    return {};
  core::Capture::Arrays arrays = capture->dependencyArrays(**stream);
  if (dependencies && !edges && !arrays.plain)
    return lossyQuery();
  if (id)
    *id = capture->id();
  if (graph)
    *graph = static_cast<Graph>(capture->graph()->handle());
  if (edges)
    *edges = arrays.plain ? nullptr : reinterpret_cast<const Edge*>(arrays.edges);
  if (dependencies)
    *dependencies = reinterpret_cast<const Node*>(arrays.nodes);
  if (count)
    *count = arrays.count;
  return {};
}

// `flags`: CU_STREAM_ADD_CAPTURE_DEPENDENCIES 0, SET 1.
template <typename Handle, typename Edge>
Result<void> updateCapture(const Result<core::StreamRef>& stream, const Handle* dependencies,
                           const Edge* edges, size_t count, unsigned flags) {
  AW_ARG(flags <= 1, "unknown flags");
  if (!stream)
    return stream.error();
  AW_LET(links, linksOf(dependencies, edges, count));
  auto capture = (*stream)->capture();
  if (!capture)
    return makeError(Status::IllegalState, "the stream is not being captured");
  return flags == 1 ? capture->setDependencies(**stream, std::move(links))
                    : capture->addDependencies(**stream, links);
}

template <typename Mode> Result<void> exchangeCaptureMode(Mode* mode) {
  AW_ARG(mode, "mode is null");
  AW_LET(checked, captureMode(int(*mode)));
  *mode = Mode(int(core::exchangeCaptureMode(checked)));
  return {};
}

} // namespace anywarp::shim
