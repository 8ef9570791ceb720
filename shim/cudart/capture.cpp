// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What programs ask about stream capture without capturing: no stream ever is captured yet.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/current.h"

namespace anywarp::cudart {
namespace {

thread_local constinit cudaStreamCaptureMode tlsMode = cudaStreamCaptureModeGlobal;

Result<void> notCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  AW_ARG(status, "the place for the status is null");
  AW_TRY(resolveStream(stream));
  *status = cudaStreamCaptureStatusNone;
  return {};
}

} // namespace

Result<void> streamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* pCaptureStatus) {
  return notCapturing(stream, pCaptureStatus);
}

#if CUDART_VERSION < 13000
Result<void> streamGetCaptureInfo_v1(cudaStream_t stream, cudaStreamCaptureStatus* pCaptureStatus,
                                     unsigned long long*) {
  return notCapturing(stream, pCaptureStatus);
}
Result<void> streamGetCaptureInfo_v2(cudaStream_t stream,
                                     cudaStreamCaptureStatus* captureStatus_out,
                                     unsigned long long*, cudaGraph_t*, const cudaGraphNode_t**,
                                     size_t*) {
  return notCapturing(stream, captureStatus_out);
}
#endif
#if CUDART_VERSION >= 12000
Result<void> streamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus* captureStatus_out,
                                  unsigned long long*, cudaGraph_t*, const cudaGraphNode_t**,
                                  const cudaGraphEdgeData**, size_t*) {
  return notCapturing(stream, captureStatus_out);
}
#endif

Result<void> threadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  AW_ARG(mode && unsigned(*mode) <= unsigned(cudaStreamCaptureModeRelaxed),
         "mode is null or unknown");
  std::swap(*mode, tlsMode);
  return {};
}

} // namespace anywarp::cudart
