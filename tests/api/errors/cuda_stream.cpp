// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Streams, events and captures.
#include "errors.h"

#include <unistd.h>

namespace {

using CudaStreamErrors = CudaErrors;

TEST_F(CudaStreamErrors, streams) {
  CUstream garbage = CUstream(&stream);
  CUstreamCallback callback = [](CUstream, CUresult, void*) {};
  FAILS(INVALID_HANDLE, cuStreamAddCallback(garbage, callback, nullptr, 0));
  FAILS(INVALID_VALUE, cuStreamCopyAttributes(garbage, stream));
  FAILS(INVALID_VALUE, cuStreamCopyAttributes(stream, garbage));
  // "The operation on a stream's device has no remote writes to flush": see the attribute.
  int flushes = -1;
  EXPECT_CU(cuDeviceGetAttribute(&flushes, CU_DEVICE_ATTRIBUTE_CAN_FLUSH_REMOTE_WRITES, device));
  if (!flushes) {
    FAILS(NOT_SUPPORTED, cuStreamWaitValue32(stream, pointer, 0, CU_STREAM_WAIT_VALUE_FLUSH));
    FAILS(NOT_SUPPORTED, cuStreamWaitValue64(stream, pointer, 0, CU_STREAM_WAIT_VALUE_FLUSH));
  }
}

TEST_F(CudaStreamErrors, events) {
  CUevent end = nullptr;
  float time = 0;
  ASSERT_CU(cuEventCreate(&end, 0));
  ASSERT_CU(cuEventRecord(event, stream));
  Gate gate(stream);
  ASSERT_CU(cuEventRecord(end, stream));
  FAILS(NOT_READY, cuEventElapsedTime(&time, event, end));
  FAILS(NOT_READY, cuEventQuery(end));
  gate.open();
  EXPECT_CU(cuEventSynchronize(end));
  EXPECT_CU(cuEventElapsedTime(&time, event, end));
  CUcontext other = nullptr;
  CUevent elsewhere = nullptr;
  ASSERT_CU(cuCtxCreate(&other, nullptr, 0, device));
  ASSERT_CU(cuEventCreate(&elsewhere, 0));
  FAILS(INVALID_HANDLE, cuEventRecord(elsewhere, stream));
  EXPECT_CU(cuCtxDestroy(other));
  EXPECT_CU(cuEventDestroy(end));
}

// cuStreamIsCapturing: "if this is called on CU_STREAM_LEGACY while a blocking stream in the same
// context is capturing, it will return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT ... The blocking stream
// capture is not invalidated." cuStreamGetCaptureInfo says the same.
TEST_F(CudaStreamErrors, the_legacy_stream_while_another_is_captured) {
  CUstream blocking = nullptr;
  ASSERT_CU(cuStreamCreate(&blocking, CU_STREAM_DEFAULT));
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
  cuuint64_t id = 0;
  auto info = [&](CUstream of) {
    return cuStreamGetCaptureInfo(of, &status, &id, nullptr, nullptr, nullptr, nullptr);
  };
  ASSERT_CU(cuStreamBeginCapture(blocking, CU_STREAM_CAPTURE_MODE_RELAXED));
  for (CUstream legacy : {CUstream(nullptr), CU_STREAM_LEGACY}) {
    FAILS(STREAM_CAPTURE_IMPLICIT, cuStreamIsCapturing(legacy, &status));
    FAILS(STREAM_CAPTURE_IMPLICIT, info(legacy));
  }
  EXPECT_CU(cuStreamIsCapturing(CU_STREAM_PER_THREAD, &status));
  EXPECT_EQ(CU_STREAM_CAPTURE_STATUS_NONE, status);
  CUgraph captured = nullptr;
  EXPECT_CU(cuStreamEndCapture(blocking, &captured));
  EXPECT_CU(cuStreamIsCapturing(nullptr, &status));
  EXPECT_EQ(CU_STREAM_CAPTURE_STATUS_NONE, status);
  EXPECT_CU(info(nullptr));
  // A stream that the legacy one does not wait for.
  ASSERT_CU(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_CU(cuStreamIsCapturing(nullptr, &status));
  EXPECT_EQ(CU_STREAM_CAPTURE_STATUS_NONE, status);
  EXPECT_CU(cuStreamEndCapture(stream, &captured));
  EXPECT_CU(cuStreamDestroy(blocking));
}

TEST_F(CudaStreamErrors, checkpoints) {
  int self = getpid(), other = getppid(), thread = 0;
  CUprocessState state;
  CUcheckpointUnlockArgs unlock = {};
  CUcheckpointCheckpointArgs checkpoint = {};
  CUcheckpointRestoreArgs restore = {};
  reinterpret_cast<char*>(&unlock)[0] = reinterpret_cast<char*>(&checkpoint)[0] = 1;
  restore.gpuPairsCount = 1; // of no list
  FAILS(INVALID_VALUE, cuCheckpointProcessUnlock(self, &unlock));
  FAILS(INVALID_VALUE, cuCheckpointProcessCheckpoint(self, &checkpoint));
  FAILS(INVALID_VALUE, cuCheckpointProcessRestore(self, &restore));
  FAILS(NOT_SUPPORTED, cuCheckpointProcessLock(other, nullptr));
  FAILS(NOT_SUPPORTED, cuCheckpointProcessUnlock(other, nullptr));
  FAILS(NOT_SUPPORTED, cuCheckpointProcessCheckpoint(other, nullptr));
  FAILS(NOT_SUPPORTED, cuCheckpointProcessRestore(other, nullptr));
  FAILS(NOT_SUPPORTED, cuCheckpointProcessGetState(other, &state));
  FAILS(NOT_SUPPORTED, cuCheckpointProcessGetRestoreThreadId(other, &thread));
}

TEST(CudaCheckpointErrors, DISABLED_before_init) {
  int self = getpid(), thread = 0;
  CUprocessState state;
  const std::vector<ErrorCase> cases = {CASE(cuCheckpointProcessLock(self, nullptr)),
                                        CASE(cuCheckpointProcessUnlock(self, nullptr)),
                                        CASE(cuCheckpointProcessCheckpoint(self, nullptr)),
                                        CASE(cuCheckpointProcessRestore(self, nullptr)),
                                        CASE(cuCheckpointProcessGetState(self, &state)),
                                        CASE(cuCheckpointProcessGetRestoreThreadId(self, &thread))};
  expectAll(CUDA_ERROR_NOT_INITIALIZED, cases);
}

TEST(CudaCheckpointErrors, before_init) {
  EXPECT_EQ(0, anywarp::test::Peer::start("CudaCheckpointErrors.DISABLED_before_init").finish());
}

} // namespace
