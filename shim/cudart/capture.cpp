// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stream capture.
#include "common/capture.h"

#include "api/cudart/impl.h"
#include "cudart/current.h"

namespace anywarp::cudart {

Result<void> streamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  return shim::beginCapture(resolveStream(stream), int(mode));
}

Result<void> streamEndCapture(cudaStream_t stream, cudaGraph_t* out) {
  return shim::endCapture(resolveStream(stream), out);
}

Result<void> streamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  AW_TRY(shim::giveCaptureStatus(resolveStream(stream), status));
  return {};
}

#if CUDART_VERSION < 13000
Result<void> streamGetCaptureInfo_v1(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                     unsigned long long* id) {
  return shim::giveCaptureId(resolveStream(stream), status, id);
}
Result<void> streamGetCaptureInfo_v2(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                     unsigned long long* id, cudaGraph_t* graph,
                                     const cudaGraphNode_t** dependencies, size_t* count) {
  return shim::giveCapture(resolveStream(stream), status, id, graph, dependencies,
                           shim::kNoEdgeArray, count);
}
Result<void> streamUpdateCaptureDependencies_v1(cudaStream_t stream, cudaGraphNode_t* dependencies,
                                                size_t count, unsigned int flags) {
  return shim::updateCapture(resolveStream(stream), dependencies, shim::kNoEdges, count, flags);
}
#endif
#if CUDART_VERSION >= 12000
Result<void> streamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                  unsigned long long* id, cudaGraph_t* graph,
                                  const cudaGraphNode_t** dependencies,
                                  const cudaGraphEdgeData** edges, size_t* count) {
  return shim::giveCapture(resolveStream(stream), status, id, graph, dependencies, edges, count);
}
Result<void> streamUpdateCaptureDependencies(cudaStream_t stream, cudaGraphNode_t* dependencies,
                                             const cudaGraphEdgeData* edges, size_t count,
                                             unsigned int flags) {
  return shim::updateCapture(resolveStream(stream), dependencies, edges, count, flags);
}
Result<void> streamBeginCaptureToGraph(cudaStream_t stream, cudaGraph_t graph,
                                       const cudaGraphNode_t* dependencies,
                                       const cudaGraphEdgeData* edges, size_t count,
                                       cudaStreamCaptureMode mode) {
  return shim::beginCaptureToGraph(resolveStream(stream), graph, dependencies, edges, count,
                                   int(mode));
}
#endif

Result<void> threadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  return shim::exchangeCaptureMode(mode);
}

} // namespace anywarp::cudart
