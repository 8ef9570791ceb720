// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Questions about stream capture. Streams cannot be captured yet, so none ever is.
#include "cuda/support.h"

#include <utility>

namespace anywarp::cuda {

Result<void> streamIsCapturing(CUstream handle, CUstreamCaptureStatus* status) {
  AW_ARG(status, "captureStatus is null");
  AW_LET(stream, findStream(handle));
  (void)stream;
  *status = CU_STREAM_CAPTURE_STATUS_NONE;
  return {};
}

// Only the status is written when nothing is captured.
Result<void> streamGetCaptureInfo_v1(CUstream handle, CUstreamCaptureStatus* status, cuuint64_t*) {
  return streamIsCapturing(handle, status);
}

Result<void> streamGetCaptureInfo_v2(CUstream handle, CUstreamCaptureStatus* status, cuuint64_t*,
                                     CUgraph*, const CUgraphNode**, size_t*) {
  return streamIsCapturing(handle, status);
}

Result<void> streamGetCaptureInfo(CUstream handle, CUstreamCaptureStatus* status, cuuint64_t*,
                                  CUgraph*, const CUgraphNode**, const CUgraphEdgeData**, size_t*) {
  return streamIsCapturing(handle, status);
}

Result<void> threadExchangeStreamCaptureMode(CUstreamCaptureMode* mode) {
  AW_ARG(mode && *mode <= CU_STREAM_CAPTURE_MODE_RELAXED, "unknown capture mode");
  static thread_local CUstreamCaptureMode current = CU_STREAM_CAPTURE_MODE_GLOBAL;
  std::swap(*mode, current);
  return {};
}

} // namespace anywarp::cuda
