// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <atomic>
#include <thread>

namespace anywarp::test {
namespace {

using Streams = CudartTest;

TEST_F(Streams, flags_and_priorities) {
  int least = -9, greatest = 9;
  ASSERT_OK(cudaDeviceGetStreamPriorityRange(&least, &greatest));
  EXPECT_LE(greatest, least);
  cudaStream_t stream;
  ASSERT_OK(cudaStreamCreateWithPriority(&stream, cudaStreamNonBlocking, greatest - 100));
  int priority = 1;
  unsigned flags = 0;
  ASSERT_OK(cudaStreamGetPriority(stream, &priority));
  EXPECT_EQ(priority, greatest);
  ASSERT_OK(cudaStreamGetFlags(stream, &flags));
  EXPECT_EQ(flags, unsigned(cudaStreamNonBlocking));
  unsigned long long id = 0, other = 0;
  ASSERT_OK(cudaStreamGetId(stream, &id));
  ASSERT_OK(cudaStreamGetId(nullptr, &other));
  EXPECT_NE(id, other);
  EXPECT_OK(cudaStreamDestroy(stream));
  EXPECT_EQ(cudaStreamCreateWithFlags(&stream, 0x80), cudaErrorInvalidValue);
  EXPECT_EQ(cudaStreamDestroy(nullptr), cudaErrorInvalidResourceHandle);
}

TEST_F(Streams, not_ready_is_an_answer_and_no_error) {
  static std::atomic<bool> open;
  open = false;
  cudaStream_t stream;
  cudaEvent_t event;
  ASSERT_OK(cudaStreamCreate(&stream));
  ASSERT_OK(cudaEventCreate(&event));
  ASSERT_OK(cudaLaunchHostFunc(
      stream,
      [](void*) {
        while (!open)
          std::this_thread::yield();
      },
      nullptr));
  ASSERT_OK(cudaEventRecord(event, stream));
  EXPECT_EQ(cudaStreamQuery(stream), cudaErrorNotReady);
  EXPECT_EQ(cudaEventQuery(event), cudaErrorNotReady);
  EXPECT_OK(cudaGetLastError());
  open = true;
  EXPECT_OK(cudaEventSynchronize(event));
  EXPECT_OK(cudaStreamSynchronize(stream));
  EXPECT_OK(cudaStreamQuery(stream));
  EXPECT_OK(cudaEventDestroy(event));
  EXPECT_OK(cudaStreamDestroy(stream));
}

TEST_F(Streams, callbacks_see_their_stream) {
  struct Seen {
    cudaStream_t stream = nullptr;
    cudaError_t status = cudaErrorUnknown;
  } seen;
  cudaStream_t stream;
  ASSERT_OK(cudaStreamCreate(&stream));
  auto callback = [](cudaStream_t s, cudaError_t status, void* data) {
    *static_cast<Seen*>(data) = {s, status};
  };
  ASSERT_OK(cudaStreamAddCallback(stream, callback, &seen, 0));
  ASSERT_OK(cudaStreamSynchronize(stream));
  EXPECT_EQ(seen.stream, stream);
  EXPECT_OK(seen.status);
  EXPECT_EQ(cudaStreamAddCallback(stream, callback, &seen, 1), cudaErrorInvalidValue);
  EXPECT_OK(cudaStreamDestroy(stream));
}

TEST_F(Streams, events) {
  cudaEvent_t start, end, untimed;
  ASSERT_OK(cudaEventCreate(&start));
  ASSERT_OK(cudaEventCreate(&end));
  ASSERT_OK(cudaEventCreateWithFlags(&untimed, cudaEventDisableTiming));
  float ms = -1;
  EXPECT_EQ(cudaEventElapsedTime(&ms, start, end), cudaErrorInvalidResourceHandle);
  ASSERT_OK(cudaEventRecord(start, nullptr));
  ASSERT_OK(cudaEventRecord(end, nullptr));
  ASSERT_OK(cudaEventRecord(untimed, nullptr));
  ASSERT_OK(cudaEventSynchronize(end));
  ASSERT_OK(cudaEventElapsedTime(&ms, start, end));
  EXPECT_GE(ms, 0.0f);
  ASSERT_OK(cudaEventSynchronize(untimed));
  EXPECT_EQ(cudaEventElapsedTime(&ms, start, untimed), cudaErrorInvalidResourceHandle);
  EXPECT_OK(cudaStreamWaitEvent(cudaStreamPerThread, end, 0));
  for (cudaEvent_t event : {start, end, untimed})
    EXPECT_OK(cudaEventDestroy(event));
  EXPECT_EQ(cudaEventRecord(end, nullptr), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventCreateWithFlags(&end, 0x100), cudaErrorInvalidValue);
  EXPECT_EQ(cudaEventCreateWithFlags(&end, cudaEventInterprocess), cudaErrorInvalidValue);
}

TEST_F(Streams, attributes) {
  cudaLaunchAttributeValue value;
  ASSERT_OK(cudaStreamGetAttribute(nullptr, cudaLaunchAttributePriority, &value));
  EXPECT_EQ(value.priority, 0);
  EXPECT_OK(cudaStreamSetAttribute(nullptr, cudaLaunchAttributeAccessPolicyWindow, &value));
  EXPECT_EQ(cudaStreamGetAttribute(nullptr, cudaLaunchAttributeCooperative, &value),
            cudaErrorInvalidValue);
}

} // namespace
} // namespace anywarp::test
