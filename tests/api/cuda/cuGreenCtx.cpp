// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Green contexts. The device of these tests has as many multiprocessors as the machine has
// processors for it, so expectations are formulas of that number.
#include "fixture.h"
#include "kernels.h"

#include <atomic>
#include <thread>

namespace {

class cuGreenCtx : public Driver {
protected:
  void SetUp() override {
    Driver::SetUp();
    ASSERT_CU(cuDeviceGet(&device, 0));
    ASSERT_CU(cuDevicePrimaryCtxRetain(&primary, device));
    ASSERT_CU(cuCtxSetCurrent(primary));
    ASSERT_CU(cuDeviceGetDevResource(device, &whole, CU_DEV_RESOURCE_TYPE_SM));
  }
  void TearDown() override {
    EXPECT_CU(cuCtxSetCurrent(nullptr));
    EXPECT_CU(cuDevicePrimaryCtxRelease(device));
  }
  CUgreenCtx create(CUdevResource resource) {
    CUdevResourceDesc desc = nullptr;
    CUgreenCtx green = nullptr;
    EXPECT_CU(cuDevResourceGenerateDesc(&desc, &resource, 1));
    EXPECT_CU(cuGreenCtxCreate(&green, desc, device, CU_GREEN_CTX_DEFAULT_STREAM));
    return green;
  }

  CUdevice device = 0;
  CUcontext primary = nullptr;
  CUdevResource whole = {};
};

TEST_F(cuGreenCtx, resources_of_a_device) {
  int count = 0;
  ASSERT_CU(cuDeviceGetAttribute(&count, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
  EXPECT_EQ(CU_DEV_RESOURCE_TYPE_SM, whole.type);
  EXPECT_EQ(unsigned(count), whole.sm.smCount);
  // "On Compute Architecture 9.0+: The minimum count is 8 SMs and must be a multiple of 8."
  EXPECT_EQ(std::min(8u, unsigned(count)), whole.sm.minSmPartitionSize);
  EXPECT_EQ(std::min(8u, unsigned(count)), whole.sm.smCoscheduledAlignment);
  CUdevResource same = {};
  ASSERT_CU(cuCtxGetDevResource(primary, &same, CU_DEV_RESOURCE_TYPE_SM));
  EXPECT_EQ(whole.sm.smCount, same.sm.smCount);
  EXPECT_EQ(CUDA_ERROR_INVALID_RESOURCE_TYPE,
            cuDeviceGetDevResource(device, &same, CU_DEV_RESOURCE_TYPE_INVALID));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceGetDevResource(device, nullptr, CU_DEV_RESOURCE_TYPE_SM));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDeviceGetDevResource(999, &same, CU_DEV_RESOURCE_TYPE_SM));
}

TEST_F(cuGreenCtx, splits_are_disjoint_and_of_one_size) {
  unsigned groups = 0;
  ASSERT_CU(cuDevSmResourceSplitByCount(nullptr, &groups, &whole, nullptr, 0, 1));
  unsigned size = std::min(8u, whole.sm.smCount);
  EXPECT_EQ(whole.sm.smCount / size, groups);
  std::vector<CUdevResource> parts(groups);
  CUdevResource rest = {};
  ASSERT_CU(cuDevSmResourceSplitByCount(parts.data(), &groups, &whole, &rest, 0, 1));
  ASSERT_EQ(parts.size(), groups);
  for (CUdevResource& part : parts)
    EXPECT_EQ(size, part.sm.smCount);
  if (unsigned left = whole.sm.smCount % size)
    EXPECT_EQ(left, rest.sm.smCount);
  else
    EXPECT_EQ(CU_DEV_RESOURCE_TYPE_INVALID, rest.type);
  // A part can only be divided again by way of a green context.
  EXPECT_EQ(CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION,
            cuDevSmResourceSplitByCount(nullptr, &groups, &parts[0], nullptr, 0, 1));
}

TEST_F(cuGreenCtx, bad_splits_and_descriptors) {
  unsigned groups = 1;
  CUdevResource part = {};
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDevSmResourceSplitByCount(&part, &groups, &whole, nullptr, 0, whole.sm.smCount + 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDevSmResourceSplitByCount(&part, nullptr, &whole, nullptr, 0, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDevSmResourceSplitByCount(&part, &groups, nullptr, nullptr, 0, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDevSmResourceSplitByCount(&part, &groups, &whole, nullptr, 0x100, 1));
  CUdevResource garbage = {};
  EXPECT_EQ(CUDA_ERROR_INVALID_RESOURCE_TYPE,
            cuDevSmResourceSplitByCount(&part, &groups, &garbage, nullptr, 0, 1));
  garbage.type = CU_DEV_RESOURCE_TYPE_SM;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDevSmResourceSplitByCount(&part, &groups, &garbage, nullptr, 0, 1));
  CUdevResourceDesc desc = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDevResourceGenerateDesc(&desc, nullptr, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDevResourceGenerateDesc(&desc, &whole, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDevResourceGenerateDesc(nullptr, &whole, 1));
  CUdevResource twice[] = {whole, whole};
  EXPECT_EQ(CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION, cuDevResourceGenerateDesc(&desc, twice, 2));
  CUgreenCtx green = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuGreenCtxCreate(&green, nullptr, device, CU_GREEN_CTX_DEFAULT_STREAM));
  ASSERT_CU(cuDevResourceGenerateDesc(&desc, &whole, 1));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGreenCtxCreate(&green, desc, device, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuGreenCtxDestroy(nullptr));
}

TEST_F(cuGreenCtx, kernels_run_in_its_streams) {
  CUgreenCtx green = create(whole);
  CUstream stream = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGreenCtxStreamCreate(&stream, green, 0, 0));
  ASSERT_CU(cuGreenCtxStreamCreate(&stream, green, CU_STREAM_NON_BLOCKING, 0));
  CUgreenCtx owner = nullptr;
  EXPECT_CU(cuStreamGetGreenCtx(stream, &owner));
  EXPECT_EQ(green, owner);
  EXPECT_CU(cuStreamGetGreenCtx(nullptr, &owner));
  EXPECT_EQ(nullptr, owner);

  CUmodule module = nullptr;
  CUfunction kernel = nullptr;
  ASSERT_CU(cuModuleLoadData(&module, kPtx));
  ASSERT_CU(cuModuleGetFunction(&kernel, module, "add_one"));
  constexpr unsigned kCount = 100000;
  CUdeviceptr data = 0;
  ASSERT_CU(cuMemAlloc(&data, kCount * 4));
  ASSERT_CU(cuMemsetD32(data, 5, kCount));
  ASSERT_CU(cuStreamSynchronize(nullptr)); // the stream below does not wait for the default one
  unsigned count = kCount;
  void* params[] = {&data, &count};
  ASSERT_CU(
      cuLaunchKernel(kernel, (kCount + 127) / 128, 1, 1, 128, 1, 1, 0, stream, params, nullptr));
  ASSERT_CU(cuStreamSynchronize(stream));
  std::vector<unsigned> values(kCount);
  ASSERT_CU(cuMemcpyDtoH(values.data(), data, kCount * 4));
  EXPECT_EQ(std::vector<unsigned>(kCount, 6), values);
  EXPECT_CU(cuMemFree(data));
  EXPECT_CU(cuModuleUnload(module));
  EXPECT_CU(cuStreamDestroy(stream));
  EXPECT_CU(cuGreenCtxDestroy(green));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuGreenCtxDestroy(green));
}

TEST_F(cuGreenCtx, as_the_current_context) {
  CUgreenCtx green = create(whole), owner = nullptr;
  CUcontext context = nullptr, current = nullptr;
  ASSERT_CU(cuCtxFromGreenCtx(&context, green));
  EXPECT_NE(primary, context);
  ASSERT_CU(cuCtxPushCurrent(context));
  EXPECT_CU(cuCtxGetCurrent(&current));
  EXPECT_EQ(context, current);
  CUdevResource resource = {};
  EXPECT_CU(cuCtxGetDevResource(nullptr, &resource, CU_DEV_RESOURCE_TYPE_SM));
  EXPECT_EQ(whole.sm.smCount, resource.sm.smCount);
  EXPECT_CU(cuGreenCtxGetDevResource(green, &resource, CU_DEV_RESOURCE_TYPE_SM));
  EXPECT_EQ(whole.sm.smCount, resource.sm.smCount);
  unsigned long long mine = 0, its = 0, primarys = 0;
  EXPECT_CU(cuGreenCtxGetId(green, &mine));
  EXPECT_CU(cuCtxGetId(context, &its));
  EXPECT_CU(cuCtxGetId(primary, &primarys));
  EXPECT_EQ(mine, its);
  EXPECT_NE(mine, primarys);

  // The null stream is the green context's; a new stream belongs to it as well.
  EXPECT_CU(cuStreamGetGreenCtx(nullptr, &owner));
  EXPECT_EQ(green, owner);
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreate(&stream, 0));
  EXPECT_CU(cuStreamGetGreenCtx(stream, &owner));
  EXPECT_EQ(green, owner);
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuStreamQuery(CU_STREAM_PER_THREAD));

  // Memory is shared with the primary context.
  CUdeviceptr data = 0;
  ASSERT_CU(cuMemAlloc(&data, 16));
  ASSERT_CU(cuMemsetD32Async(data, 7, 4, stream));
  EXPECT_CU(cuCtxSynchronize());
  EXPECT_CU(cuCtxPopCurrent(&current));
  EXPECT_EQ(context, current);
  unsigned value = 0;
  EXPECT_CU(cuMemcpyDtoH(&value, data, 4));
  EXPECT_EQ(7u, value);
  EXPECT_CU(cuMemFree(data));
  EXPECT_CU(cuStreamGetCtx(stream, &current));
  EXPECT_CU(cuStreamGetCtx_v2(stream, &current, &owner));
  EXPECT_EQ(primary, current);
  EXPECT_EQ(green, owner);
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy(context));

  // "any subsequent API calls involving these streams (including cuStreamDestroy) will return
  // CUDA_ERROR_CONTEXT_IS_DESTROYED"
  EXPECT_CU(cuGreenCtxDestroy(green));
  EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuStreamSynchronize(stream));
  EXPECT_EQ(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuStreamDestroy(stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetCurrent(context));
}

TEST_F(cuGreenCtx, the_primary_context_lives_while_a_green_one_does) {
  CUgreenCtx green = create(whole);
  EXPECT_CU(cuDevicePrimaryCtxRelease(device));
  unsigned flags = 0;
  int active = 0;
  EXPECT_CU(cuDevicePrimaryCtxGetState(device, &flags, &active));
  EXPECT_EQ(1, active);
  EXPECT_CU(cuGreenCtxDestroy(green));
  EXPECT_CU(cuDevicePrimaryCtxGetState(device, &flags, &active));
  EXPECT_EQ(0, active);
  ASSERT_CU(cuDevicePrimaryCtxRetain(&primary, device));
}

// Events of whole contexts: what they hold back, host functions show.
TEST_F(cuGreenCtx, events_of_a_green_context) {
  CUgreenCtx green = create(whole);
  CUstream a = nullptr, b = nullptr, outside = nullptr;
  CUevent event = nullptr;
  ASSERT_CU(cuGreenCtxStreamCreate(&a, green, CU_STREAM_NON_BLOCKING, 0));
  ASSERT_CU(cuGreenCtxStreamCreate(&b, green, CU_STREAM_NON_BLOCKING, 0));
  ASSERT_CU(cuStreamCreate(&outside, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
  Gate inside(a), other(outside);
  ASSERT_CU(cuGreenCtxRecordEvent(green, event));
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuEventQuery(event));
  inside.open();
  EXPECT_CU(cuEventSynchronize(event)); // what is outside does not count
  EXPECT_TRUE(inside.passed());
  EXPECT_FALSE(other.passed());
  // All of the green context waits for the stream outside, streams that come later too.
  ASSERT_CU(cuEventRecord(event, outside));
  ASSERT_CU(cuGreenCtxWaitEvent(green, event));
  CUstream later = nullptr;
  ASSERT_CU(cuGreenCtxStreamCreate(&later, green, CU_STREAM_NON_BLOCKING, 0));
  static std::atomic<int> ran;
  ran = 0;
  for (CUstream each : {a, b, later})
    ASSERT_CU(cuLaunchHostFunc(each, [](void*) { ++ran; }, nullptr));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(0, ran);
  other.open();
  EXPECT_CU(cuCtxSynchronize());
  EXPECT_EQ(3, ran);
  for (CUstream each : {a, b, later, outside})
    EXPECT_CU(cuStreamDestroy(each));
  EXPECT_CU(cuEventDestroy(event));
  EXPECT_CU(cuGreenCtxDestroy(green));
}

TEST_F(cuGreenCtx, events_of_a_context) {
  CUstream a = nullptr, b = nullptr;
  CUevent event = nullptr;
  ASSERT_CU(cuStreamCreate(&a, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuStreamCreate(&b, CU_STREAM_NON_BLOCKING));
  ASSERT_CU(cuEventCreate(&event, 0));
  Gate gate(a);
  ASSERT_CU(cuCtxRecordEvent(primary, event));
  EXPECT_EQ(CUDA_ERROR_NOT_READY, cuEventQuery(event));
  ASSERT_CU(cuCtxWaitEvent(primary, event));
  static std::atomic<bool> ran;
  ran = false;
  ASSERT_CU(cuLaunchHostFunc(b, [](void*) { ran = true; }, nullptr));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(ran);
  gate.open();
  EXPECT_CU(cuStreamSynchronize(b));
  EXPECT_TRUE(ran);
  EXPECT_CU(cuEventQuery(event));

  // Captures get in the way, and are spoiled.
  ASSERT_CU(cuStreamBeginCapture(a, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuCtxRecordEvent(primary, event));
  CUgraph graph = nullptr;
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(a, &graph));
  ASSERT_CU(cuStreamBeginCapture(a, CU_STREAM_CAPTURE_MODE_RELAXED));
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, cuCtxWaitEvent(primary, event));
  EXPECT_EQ(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, cuStreamEndCapture(a, &graph));

  // An event of another context.
  CUcontext other = nullptr;
  CUevent foreign = nullptr;
  ASSERT_CU(cuCtxCreate(&other, nullptr, 0, device));
  ASSERT_CU(cuEventCreate(&foreign, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuCtxRecordEvent(primary, foreign));
  EXPECT_CU(cuCtxWaitEvent(primary, foreign)); // may be from a different context
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuCtxRecordEvent(primary, nullptr));
  EXPECT_CU(cuEventDestroy(foreign));
  EXPECT_CU(cuCtxDestroy(other));
  ASSERT_CU(cuCtxSetCurrent(primary));
  for (CUstream each : {a, b})
    EXPECT_CU(cuStreamDestroy(each));
  EXPECT_CU(cuEventDestroy(event));
}

} // namespace
