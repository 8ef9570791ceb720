// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <atomic>

using cuStreamCreateTest = WithContext;
using cuEventRecordTest = WithContext;

TEST_F(cuStreamCreateTest, has_flags_priority_and_owner) {
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreateWithPriority(&stream, CU_STREAM_NON_BLOCKING, -100));
  unsigned flags = 0;
  int priority = 1, least = 0, greatest = 0;
  EXPECT_CU(cuStreamGetFlags(stream, &flags));
  EXPECT_EQ(unsigned(CU_STREAM_NON_BLOCKING), flags);
  EXPECT_CU(cuCtxGetStreamPriorityRange(&least, &greatest));
  EXPECT_CU(cuStreamGetPriority(stream, &priority));
  EXPECT_EQ(greatest, priority); // clamped
  CUcontext owner = nullptr;
  EXPECT_CU(cuStreamGetCtx(stream, &owner));
  EXPECT_EQ(context, owner);
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_ACTIVE;
  EXPECT_CU(cuStreamIsCapturing(stream, &status));
  EXPECT_EQ(CU_STREAM_CAPTURE_STATUS_NONE, status);
  EXPECT_CU(cuStreamDestroy(stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamCreate(&stream, 0x10));
}

TEST_F(cuStreamCreateTest, ids_differ) {
  CUstream a = nullptr, b = nullptr;
  ASSERT_CU(cuStreamCreate(&a, 0));
  ASSERT_CU(cuStreamCreate(&b, 0));
  unsigned long long idA = 0, idB = 0, idDefault = 0;
  EXPECT_CU(cuStreamGetId(a, &idA));
  EXPECT_CU(cuStreamGetId(b, &idB));
  EXPECT_CU(cuStreamGetId(nullptr, &idDefault));
  EXPECT_NE(idA, idB);
  EXPECT_NE(idA, idDefault);
  EXPECT_CU(cuStreamDestroy(a));
  EXPECT_CU(cuStreamDestroy(b));
}

TEST_F(cuStreamCreateTest, garbage_is_no_stream) {
  int local = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuStreamSynchronize(reinterpret_cast<CUstream>(&local)));
}

TEST_F(cuStreamCreateTest, host_functions_run_in_order) {
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreate(&stream, 0));
  static std::vector<int> order;
  order.clear();
  static int numbers[] = {1, 2, 3};
  for (int& number : numbers)
    ASSERT_CU(cuLaunchHostFunc(
        stream, [](void* data) { order.push_back(*static_cast<int*>(data)); }, &number));
  ASSERT_CU(cuStreamAddCallback(
      stream,
      [](CUstream, CUresult result, void*) { order.push_back(result == CUDA_SUCCESS ? 4 : -1); },
      nullptr, 0));
  ASSERT_CU(cuStreamSynchronize(stream));
  EXPECT_CU(cuStreamQuery(stream));
  EXPECT_EQ((std::vector<int>{1, 2, 3, 4}), order);
  EXPECT_CU(cuStreamDestroy(stream));
}

TEST_F(cuEventRecordTest, orders_two_streams) {
  CUstream a = nullptr, b = nullptr;
  CUevent event = nullptr;
  ASSERT_CU(cuStreamCreate(&a, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
  static std::atomic<bool> release, sawFirst, first;
  release = sawFirst = first = false;
  ASSERT_CU(cuLaunchHostFunc(
      a,
      [](void*) {
        while (!release)
          ;
        first = true;
      },
      nullptr));
  ASSERT_CU(cuEventRecord(event, a));
  ASSERT_CU(cuStreamWaitEvent(b, event, 0));
  ASSERT_CU(cuLaunchHostFunc(b, [](void*) { sawFirst = first.load(); }, nullptr));
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuEventQuery(event));
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuStreamQuery(b));
  release = true;
  EXPECT_CU(cuStreamSynchronize(b));
  EXPECT_TRUE(sawFirst);
  EXPECT_CU(cuEventQuery(event));
  EXPECT_CU(cuEventDestroy(event));
  EXPECT_CU(cuStreamDestroy(a));
  EXPECT_CU(cuStreamDestroy(b));
}

TEST_F(cuEventRecordTest, times_are_not_negative) {
  CUevent start = nullptr, end = nullptr;
  ASSERT_CU(cuEventCreate(&start, 0));
  ASSERT_CU(cuEventCreate(&end, 0));
  float milliseconds = -1;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuEventElapsedTime(&milliseconds, start, end));
  ASSERT_CU(cuEventRecord(start, nullptr));
  ASSERT_CU(cuEventRecord(end, nullptr));
  ASSERT_CU(cuEventSynchronize(end));
  EXPECT_CU(cuEventElapsedTime(&milliseconds, start, end));
  EXPECT_GE(milliseconds, 0);
  EXPECT_CU(cuEventDestroy(start));
  EXPECT_CU(cuEventDestroy(end));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuEventDestroy(end));
}
