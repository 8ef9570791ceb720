// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The last error (CUDA Runtime API manual, "Error Handling").
#include "fixture.h"

#include <thread>

namespace anywarp::test {
namespace {

using Errors = CudartTest;

TEST_F(Errors, get_clears_and_peek_keeps) {
  EXPECT_EQ(cudaSetDevice(99), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaPeekAtLastError(), cudaErrorInvalidDevice);
  EXPECT_OK(cudaDeviceSynchronize()); // a success leaves it
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidDevice);
  EXPECT_OK(cudaGetLastError());
}

TEST_F(Errors, each_thread_has_its_own) {
  EXPECT_EQ(cudaSetDevice(99), cudaErrorInvalidDevice);
  cudaError_t other = cudaErrorUnknown;
  std::thread([&] { other = cudaGetLastError(); }).join();
  EXPECT_OK(other);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidDevice);
}

TEST_F(Errors, names_and_texts) {
  EXPECT_STREQ(cudaGetErrorName(cudaSuccess), "cudaSuccess");
  EXPECT_STREQ(cudaGetErrorString(cudaSuccess), "no error");
  EXPECT_STREQ(cudaGetErrorName(cudaErrorInvalidValue), "cudaErrorInvalidValue");
  EXPECT_STREQ(cudaGetErrorString(cudaErrorMemoryAllocation), "out of memory");
  EXPECT_STREQ(cudaGetErrorName(cudaErrorInvalidDeviceFunction), "cudaErrorInvalidDeviceFunction");
  EXPECT_STREQ(cudaGetErrorName(cudaError_t(12345)), "unrecognized error code");
  EXPECT_STREQ(cudaGetErrorString(cudaError_t(12345)), "unrecognized error code");
}

TEST_F(Errors, a_fault_sticks_until_the_device_is_reset) {
  FakeKernelSpec spec;
  spec.body = [](const LaunchConfig&) {
    return Result<void>(makeError(Status::IllegalAddress, "test"));
  };
  declareKernel("fault", spec);
  Unit unit({"fault"});
  EXPECT_OK(cudaLaunchKernel(unit.host("fault"), dim3(1), dim3(1), nullptr, 0, nullptr));
  EXPECT_EQ(cudaDeviceSynchronize(), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaGetLastError(), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaGetLastError(), cudaErrorIllegalAddress);
  void* p;
  EXPECT_EQ(cudaMalloc(&p, 4), cudaErrorIllegalAddress);
  EXPECT_OK(cudaDeviceReset());
  EXPECT_OK(cudaMalloc(&p, 4));
  EXPECT_OK(cudaGetLastError());
}

// Not in our headers: its own has to be included, and that needs the other library.
extern "C" cudaError_t cudaVDPAUGetDevice(int* device, unsigned vdpDevice, void* getProcAddress);

TEST_F(Errors, functions_that_are_missing_say_not_supported) {
  int device = 0;
  EXPECT_EQ(cudaVDPAUGetDevice(&device, 0, nullptr), cudaErrorNotSupported);
  EXPECT_EQ(cudaGetLastError(), cudaErrorNotSupported);
}

} // namespace
} // namespace anywarp::test
