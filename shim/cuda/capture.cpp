// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream capture.
#include "common/capture.h"

#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> streamBeginCapture(CUstream stream, CUstreamCaptureMode mode) {
  return shim::beginCapture(findStream(stream), int(mode));
}

Result<void> streamBeginCapture_v1(CUstream stream) {
  return streamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_GLOBAL);
}

Result<void> streamBeginCaptureToGraph(CUstream stream, CUgraph graph,
                                       const CUgraphNode* dependencies,
                                       const CUgraphEdgeData* edges, size_t count,
                                       CUstreamCaptureMode mode) {
  return shim::beginCaptureToGraph(findStream(stream), graph, dependencies, edges, count,
                                   int(mode));
}

Result<void> streamEndCapture(CUstream stream, CUgraph* out) {
  return shim::endCapture(findStream(stream), out);
}

Result<void> streamIsCapturing(CUstream stream, CUstreamCaptureStatus* status) {
  AW_TRY(shim::giveCaptureStatus(findStream(stream), status));
  return {};
}

Result<void> streamGetCaptureInfo(CUstream stream, CUstreamCaptureStatus* status, cuuint64_t* id,
                                  CUgraph* graph, const CUgraphNode** dependencies,
                                  const CUgraphEdgeData** edges, size_t* count) {
  return shim::giveCapture(findStream(stream), status, id, graph, dependencies, edges, count);
}
Result<void> streamGetCaptureInfo_v2(CUstream stream, CUstreamCaptureStatus* status, cuuint64_t* id,
                                     CUgraph* graph, const CUgraphNode** dependencies,
                                     size_t* count) {
  return shim::giveCapture(findStream(stream), status, id, graph, dependencies, shim::kNoEdgeArray,
                           count);
}
Result<void> streamGetCaptureInfo_v1(CUstream stream, CUstreamCaptureStatus* status,
                                     cuuint64_t* id) {
  return shim::giveCaptureId(findStream(stream), status, id);
}

Result<void> streamUpdateCaptureDependencies_v1(CUstream stream, CUgraphNode* dependencies,
                                                size_t count, unsigned int flags) {
  return shim::updateCapture(findStream(stream), dependencies, shim::kNoEdges, count, flags);
}
Result<void> streamUpdateCaptureDependencies(CUstream stream, CUgraphNode* dependencies,
                                             const CUgraphEdgeData* edges, size_t count,
                                             unsigned int flags) {
  return shim::updateCapture(findStream(stream), dependencies, edges, count, flags);
}

Result<void> threadExchangeStreamCaptureMode(CUstreamCaptureMode* mode) {
  return shim::exchangeCaptureMode(mode);
}

} // namespace anywarp::cuda
