// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <cstdint>

namespace anywarp::test {
namespace {

using Pools = CudartTest;

TEST_F(Pools, stream_ordered_allocation) {
  cudaStream_t stream;
  ASSERT_OK(cudaStreamCreate(&stream));
  void* p = nullptr;
  ASSERT_OK(cudaMallocAsync(&p, 256, stream));
  ASSERT_OK(cudaMemsetAsync(p, 1, 256, stream));
  ASSERT_OK(cudaFreeAsync(p, stream));
  EXPECT_OK(cudaStreamSynchronize(stream));
  EXPECT_OK(cudaStreamDestroy(stream));
  EXPECT_EQ(cudaFreeAsync(&p, nullptr), cudaErrorInvalidValue);
}

TEST_F(Pools, attributes_have_the_manuals_types) {
  cudaMemPool_t pool;
  ASSERT_OK(cudaDeviceGetDefaultMemPool(&pool, 0));
  uint64_t threshold = 1 << 20, seen = 0;
  ASSERT_OK(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &threshold));
  ASSERT_OK(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &seen));
  EXPECT_EQ(seen, threshold);
  struct {
    int value = -1, guard = 77;
  } flag;
  ASSERT_OK(cudaMemPoolGetAttribute(pool, cudaMemPoolReuseAllowOpportunistic, &flag.value));
  EXPECT_TRUE(flag.value == 0 || flag.value == 1);
  EXPECT_EQ(flag.guard, 77);
  EXPECT_EQ(cudaMemPoolDestroy(pool), cudaErrorInvalidValue);
}

TEST_F(Pools, own_pools) {
  cudaMemPoolProps props = {};
  props.allocType = cudaMemAllocationTypePinned;
  props.location = {cudaMemLocationTypeDevice, 0};
  cudaMemPool_t pool;
  ASSERT_OK(cudaMemPoolCreate(&pool, &props));
  void* p = nullptr;
  ASSERT_OK(cudaMallocFromPoolAsync(&p, 64, pool, nullptr));
  EXPECT_OK(cudaFreeAsync(p, nullptr));
  cudaMemAccessFlags access;
  cudaMemLocation here{cudaMemLocationTypeDevice, 0};
  ASSERT_OK(cudaMemPoolGetAccess(&access, pool, &here));
  EXPECT_EQ(access, cudaMemAccessFlagsProtReadWrite);
  cudaMemAccessDesc other = {{cudaMemLocationTypeDevice, 1}, cudaMemAccessFlagsProtReadWrite};
  EXPECT_OK(cudaMemPoolSetAccess(pool, &other, 1));
  ASSERT_OK(cudaDeviceSetMemPool(0, pool));
  cudaMemPool_t now;
  ASSERT_OK(cudaDeviceGetMemPool(&now, 0));
  EXPECT_EQ(now, pool);
  EXPECT_EQ(cudaDeviceSetMemPool(1, pool), cudaErrorInvalidValue);
  EXPECT_OK(cudaMemPoolTrimTo(pool, 0));
  EXPECT_OK(cudaMemPoolDestroy(pool));
}

} // namespace
} // namespace anywarp::test
