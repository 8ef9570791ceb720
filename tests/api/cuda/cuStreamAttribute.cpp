// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attributes of streams, host functions that call CUDA, launches on several devices.
#include "fixture.h"
#include "kernels.h"

#include <atomic>

namespace {

using cuStreamAttribute = WithContext;

TEST_F(cuStreamAttribute, are_kept_and_copied) {
  CUstream a = nullptr, b = nullptr;
  ASSERT_CU(cuStreamCreate(&a, 0));
  ASSERT_CU(cuStreamCreate(&b, 0));
  CUstreamAttrValue value = {};
  EXPECT_CU(cuStreamGetAttribute(a, CU_STREAM_ATTRIBUTE_SYNCHRONIZATION_POLICY, &value));
  EXPECT_EQ(CU_SYNC_POLICY_AUTO, value.syncPolicy);
  value.syncPolicy = CU_SYNC_POLICY_BLOCKING_SYNC;
  EXPECT_CU(cuStreamSetAttribute(a, CU_STREAM_ATTRIBUTE_SYNCHRONIZATION_POLICY, &value));
  value.priority = -3;
  EXPECT_CU(cuStreamSetAttribute(a, CU_STREAM_ATTRIBUTE_PRIORITY, &value));
  int priority = 0;
  EXPECT_CU(cuStreamGetPriority(a, &priority));
  EXPECT_EQ(-3, priority);
  EXPECT_CU(cuStreamCopyAttributes(b, a));
  EXPECT_CU(cuStreamGetPriority(b, &priority));
  EXPECT_EQ(-3, priority);
  EXPECT_CU(cuStreamGetAttribute(b, CU_STREAM_ATTRIBUTE_SYNCHRONIZATION_POLICY, &value));
  EXPECT_EQ(CU_SYNC_POLICY_BLOCKING_SYNC, value.syncPolicy);

  value = {};
  value.syncPolicy = CUsynchronizationPolicy(9);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamSetAttribute(a, CU_STREAM_ATTRIBUTE_SYNCHRONIZATION_POLICY, &value));
  int most = 0;
  EXPECT_CU(cuDeviceGetAttribute(&most, CU_DEVICE_ATTRIBUTE_MAX_ACCESS_POLICY_WINDOW_SIZE, device));
  value = {};
  value.accessPolicyWindow.num_bytes = size_t(most) + 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamSetAttribute(a, CU_STREAM_ATTRIBUTE_ACCESS_POLICY_WINDOW, &value));
  value.accessPolicyWindow.num_bytes = 0;
  value.accessPolicyWindow.hitRatio = 2;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamSetAttribute(a, CU_STREAM_ATTRIBUTE_ACCESS_POLICY_WINDOW, &value));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamGetAttribute(a, CUstreamAttrID(99), &value));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuStreamGetAttribute(a, CU_STREAM_ATTRIBUTE_PRIORITY, nullptr));
  EXPECT_CU(cuStreamDestroy(a));
  EXPECT_CU(cuStreamDestroy(b));
}

using cuHostFunction = WithContext;

// "The host function must not make any CUDA API calls."
TEST_F(cuHostFunction, may_not_call_cuda) {
  static std::atomic<int> result;
  result = -1;
  auto call = [](void*) {
    CUdeviceptr pointer = 0;
    result = cuMemAlloc(&pointer, 4);
  };
  ASSERT_CU(cuLaunchHostFunc(nullptr, call, nullptr));
  ASSERT_CU(cuCtxSynchronize());
  EXPECT_EQ(CUDA_ERROR_NOT_PERMITTED, result);
  result = -1;
  ASSERT_CU(cuStreamAddCallback(
      nullptr, [](CUstream, CUresult, void*) { result = cuStreamSynchronize(nullptr); }, nullptr,
      0));
  ASSERT_CU(cuCtxSynchronize());
  EXPECT_EQ(CUDA_ERROR_NOT_PERMITTED, result);
  CUdeviceptr pointer = 0;
  EXPECT_CU(cuMemAlloc(&pointer, 4)); // outside it is as always
  EXPECT_CU(cuMemFree(pointer));
}

using cuLaunchCooperativeKernelMultiDeviceTest = WithContext;

TEST_F(cuLaunchCooperativeKernelMultiDeviceTest, on_the_devices_there_are) {
  CUmodule module = nullptr;
  CUfunction kernel = nullptr;
  CUstream stream = nullptr;
  ASSERT_CU(cuModuleLoadData(&module, kPtx));
  ASSERT_CU(cuModuleGetFunction(&kernel, module, "add_one"));
  ASSERT_CU(cuStreamCreate(&stream, 0));
  CUdeviceptr data = upload<int>({1, 2, 3, 4});
  unsigned count = 4;
  void* params[] = {&data, &count};
  CUDA_LAUNCH_PARAMS launch = {kernel, 1, 1, 1, 32, 1, 1, 0, stream, params};
  EXPECT_CU(cuLaunchCooperativeKernelMultiDevice(&launch, 1, 0));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ((std::vector<int>{2, 3, 4, 5}), download<int>(data, 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLaunchCooperativeKernelMultiDevice(&launch, 1, 8));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLaunchCooperativeKernelMultiDevice(&launch, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLaunchCooperativeKernelMultiDevice(nullptr, 1, 0));
  std::vector<CUDA_LAUNCH_PARAMS> many(100, launch);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLaunchCooperativeKernelMultiDevice(many.data(), 100, 0));
  launch.hStream = nullptr;
  EXPECT_NE(CUDA_SUCCESS, cuLaunchCooperativeKernelMultiDevice(&launch, 1, 0));
  EXPECT_CU(cuMemFree(data));
  EXPECT_CU(cuStreamDestroy(stream));
  EXPECT_CU(cuModuleUnload(module));
}

} // namespace
