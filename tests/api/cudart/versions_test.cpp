// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What differs between libcudart 11, 12 and 13.
#include "fixture.h"

#include <cstring>

#if CUDART_VERSION >= 12000 && CUDART_VERSION < 13000
#include "../../../shim/cudart/device_prop_v1.h"
// What binaries of CUDA 12 that were compiled before 12.0's new layout call.
extern "C" cudaError_t propertiesV1(cudaDevicePropV1* prop,
                                    int device) __asm__("cudaGetDeviceProperties");
#endif

namespace anywarp::test {
namespace {

using Versions = CudartTest;

TEST_F(Versions, runtime_says_the_version_it_was_built_for) {
  int version = 0;
  ASSERT_OK(cudaRuntimeGetVersion(&version));
  EXPECT_EQ(version, CUDART_VERSION);
  ASSERT_OK(cudaDriverGetVersion(&version));
  EXPECT_GE(version, CUDART_VERSION);
  EXPECT_EQ(cudaRuntimeGetVersion(nullptr), cudaErrorInvalidValue);
}

// The last fields of the layout are where a wrong layout shows.
TEST_F(Versions, properties_have_this_versions_layout) {
  struct {
    cudaDeviceProp prop;
    unsigned guard;
  } room;
  memset(&room, 0xab, sizeof room);
  ASSERT_OK(cudaGetDeviceProperties(&room.prop, 0));
  EXPECT_EQ(room.guard, 0xababababu);
  EXPECT_STREQ(room.prop.name, "Fake");
  EXPECT_EQ(room.prop.totalGlobalMem, size_t(1) << 30);
  EXPECT_EQ(room.prop.major, 9);
  EXPECT_EQ(room.prop.warpSize, 32);
  EXPECT_EQ(room.prop.multiProcessorCount, 4);
  EXPECT_EQ(room.prop.maxThreadsDim[2], 64);
  EXPECT_EQ(room.prop.maxBlocksPerMultiProcessor, 32);
  EXPECT_EQ(room.prop.reservedSharedMemPerBlock, 1024u);
#if CUDART_VERSION >= 12000
  EXPECT_EQ(room.prop.memoryPoolsSupported, 1);
  EXPECT_EQ(room.prop.hostRegisterSupported, 1);
#endif
#if CUDART_VERSION < 13000
  EXPECT_EQ(room.prop.deviceOverlap, 1);
#endif
  EXPECT_EQ(cudaGetDeviceProperties(&room.prop, 2), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaGetDeviceProperties(nullptr, 0), cudaErrorInvalidValue);
}

#if CUDART_VERSION >= 12000 && CUDART_VERSION < 13000
TEST_F(Versions, the_old_name_keeps_the_old_layout) {
  struct {
    cudaDevicePropV1 prop;
    unsigned guard;
  } room;
  memset(&room, 0xab, sizeof room);
  ASSERT_OK(propertiesV1(&room.prop, 0));
  EXPECT_EQ(room.guard, 0xababababu);
  EXPECT_STREQ(room.prop.name, "Fake");
  EXPECT_EQ(room.prop.maxBlocksPerMultiProcessor, 32);
  EXPECT_EQ(room.prop.reservedSharedMemPerBlock, 1024u);
}
#endif

TEST_F(Versions, properties_agree_with_attributes) {
  cudaDeviceProp prop;
  ASSERT_OK(cudaGetDeviceProperties(&prop, 0));
  auto attribute = [](cudaDeviceAttr code) {
    int value = -1;
    EXPECT_OK(cudaDeviceGetAttribute(&value, code, 0));
    return value;
  };
  EXPECT_EQ(prop.maxThreadsPerBlock, attribute(cudaDevAttrMaxThreadsPerBlock));
  EXPECT_EQ(int(prop.sharedMemPerBlockOptin), attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin));
  EXPECT_EQ(prop.maxGridSize[0], attribute(cudaDevAttrMaxGridDimX));
  EXPECT_EQ(prop.maxTexture3DAlt[2], attribute(cudaDevAttrMaxTexture3DDepthAlt));
  EXPECT_EQ(prop.concurrentManagedAccess, attribute(cudaDevAttrConcurrentManagedAccess));
}

TEST_F(Versions, advice_and_prefetch_take_this_versions_location) {
  void* p = nullptr;
  ASSERT_OK(cudaMallocManaged(&p, 4096, cudaMemAttachGlobal));
#if CUDART_VERSION >= 13000
  cudaMemLocation here{cudaMemLocationTypeDevice, 0}, nowhere{cudaMemLocationTypeDevice, 9};
  cudaMemLocation host{cudaMemLocationTypeHost, 0};
  EXPECT_OK(cudaMemPrefetchAsync(p, 4096, host, 0, nullptr));
  EXPECT_OK(cudaMemPrefetchAsync(p, 4096, here, 0, nullptr));
  EXPECT_EQ(cudaMemPrefetchAsync(p, 4096, nowhere, 0, nullptr), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaMemPrefetchAsync(p, 8192, here, 0, nullptr), cudaErrorInvalidValue);
#else
  int here = 0, nowhere = 9;
  EXPECT_OK(cudaMemPrefetchAsync(p, 4096, cudaCpuDeviceId, nullptr));
  EXPECT_OK(cudaMemPrefetchAsync(p, 4096, here, nullptr));
  EXPECT_EQ(cudaMemPrefetchAsync(p, 4096, nowhere, nullptr), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaMemPrefetchAsync(p, 8192, here, nullptr), cudaErrorInvalidValue);
#endif
  EXPECT_OK(cudaMemAdvise(p, 4096, cudaMemAdviseSetPreferredLocation, here));
  int preferred = -77, last = -77, mostly = -77, by[2] = {-77, -77};
  EXPECT_OK(
      cudaMemRangeGetAttribute(&preferred, 4, cudaMemRangeAttributePreferredLocation, p, 4096));
  EXPECT_EQ(preferred, 0);
  EXPECT_OK(cudaMemRangeGetAttribute(&last, 4, cudaMemRangeAttributeLastPrefetchLocation, p, 4096));
  EXPECT_EQ(last, 0);
  EXPECT_OK(cudaMemAdvise(p, 4096, cudaMemAdviseSetReadMostly, nowhere)); // has no location
  EXPECT_OK(cudaMemRangeGetAttribute(&mostly, 4, cudaMemRangeAttributeReadMostly, p, 4096));
  EXPECT_EQ(mostly, 1);
  EXPECT_OK(cudaMemAdvise(p, 4096, cudaMemAdviseSetAccessedBy, here));
  EXPECT_OK(cudaMemRangeGetAttribute(by, 8, cudaMemRangeAttributeAccessedBy, p, 4096));
  EXPECT_EQ(by[0], 0);
  EXPECT_EQ(by[1], cudaInvalidDeviceId);
  EXPECT_EQ(cudaMemRangeGetAttribute(by, 8, cudaMemRangeAttributeReadMostly, p, 4096),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemAdvise(p, 4096, cudaMemAdviseSetAccessedBy, nowhere), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaMemAdvise(p, 4096, cudaMemoryAdvise(77), here), cudaErrorInvalidValue);
  EXPECT_OK(cudaFree(p));
}

TEST_F(Versions, capture_info_says_that_nothing_is_captured) {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusActive;
  unsigned long long id = 7;
#if CUDART_VERSION >= 13000
  EXPECT_OK(cudaStreamGetCaptureInfo(nullptr, &status, &id, nullptr, nullptr, nullptr, nullptr));
#elif CUDART_VERSION >= 12000
  EXPECT_OK(cudaStreamGetCaptureInfo(nullptr, &status, &id, nullptr, nullptr, nullptr));
#else
  EXPECT_OK(cudaStreamGetCaptureInfo(nullptr, &status, &id));
#endif
  EXPECT_EQ(status, cudaStreamCaptureStatusNone);
}

#if CUDART_VERSION < 13000
TEST_F(Versions, old_names_still_work) {
  size_t limit = 0;
  EXPECT_OK(cudaThreadSynchronize());
  EXPECT_OK(cudaThreadGetLimit(&limit, cudaLimitStackSize));
  EXPECT_GT(limit, 0u);
  EXPECT_OK(cudaThreadSetLimit(cudaLimitStackSize, 4096));
  EXPECT_OK(cudaThreadGetLimit(&limit, cudaLimitStackSize));
  EXPECT_GE(limit, size_t(4096));
  EXPECT_EQ(cudaThreadSetLimit(cudaLimit(77), 1), cudaErrorUnsupportedLimit);
  cudaFuncCache cache = cudaFuncCachePreferNone;
  EXPECT_OK(cudaThreadSetCacheConfig(cudaFuncCachePreferL1));
  EXPECT_OK(cudaThreadGetCacheConfig(&cache));
  EXPECT_EQ(cache, cudaFuncCachePreferL1);
  EXPECT_EQ(cudaThreadSetCacheConfig(cudaFuncCache(9)), cudaErrorInvalidValue);
  EXPECT_EQ(cudaThreadGetCacheConfig(nullptr), cudaErrorInvalidValue);
  double number = 2.5; // "no longer does anything"
  EXPECT_OK(cudaSetDoubleForDevice(&number));
  EXPECT_OK(cudaSetDoubleForHost(&number));
  EXPECT_EQ(number, 2.5);
  EXPECT_OK(cudaThreadExit());
}
#endif

} // namespace
} // namespace anywarp::test
