// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <thread>

using cuCtxCreateTest = Driver;
using cuDevicePrimaryCtxTest = Driver;

namespace {

CUcontext current() {
  CUcontext context = nullptr;
  EXPECT_CU(cuCtxGetCurrent(&context));
  return context;
}

} // namespace

TEST_F(cuCtxCreateTest, makes_the_context_current) {
  CUcontext context = nullptr;
  ASSERT_CU(cuCtxCreate(&context, nullptr, CU_CTX_SCHED_SPIN, 0));
  EXPECT_EQ(context, current());
  unsigned flags = 0, version = 0;
  EXPECT_CU(cuCtxGetFlags(&flags));
  EXPECT_EQ(unsigned(CU_CTX_SCHED_SPIN), flags & CU_CTX_SCHED_MASK);
  EXPECT_CU(cuCtxGetApiVersion(context, &version));
  EXPECT_EQ(3020u, version);
  CUdevice device = -1;
  EXPECT_CU(cuCtxGetDevice(&device));
  EXPECT_EQ(0, device);
  EXPECT_CU(cuCtxDestroy(context));
  EXPECT_EQ(nullptr, current());
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy(context));
}

TEST_F(cuCtxCreateTest, stack_is_per_thread) {
  CUcontext a = nullptr, b = nullptr, popped = nullptr;
  ASSERT_CU(cuCtxCreate(&a, nullptr, 0, 0));
  ASSERT_CU(cuCtxCreate(&b, nullptr, 0, 0));
  EXPECT_EQ(b, current());
  EXPECT_CU(cuCtxPopCurrent(&popped));
  EXPECT_EQ(b, popped);
  EXPECT_EQ(a, current());
  std::thread([&] {
    EXPECT_EQ(nullptr, current());
    EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxSynchronize());
    EXPECT_CU(cuCtxSetCurrent(b));
    EXPECT_EQ(b, current());
    EXPECT_CU(cuCtxSetCurrent(nullptr));
    EXPECT_EQ(nullptr, current());
  }).join();
  EXPECT_EQ(a, current());
  EXPECT_CU(cuCtxDestroy(b));
  EXPECT_CU(cuCtxDestroy(a));
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuCtxPopCurrent(&popped));
}

TEST_F(cuCtxCreateTest, ids_differ) {
  CUcontext a = nullptr, b = nullptr;
  ASSERT_CU(cuCtxCreate(&a, nullptr, 0, 0));
  ASSERT_CU(cuCtxCreate(&b, nullptr, 0, 0));
  unsigned long long idA = 0, idB = 0;
  EXPECT_CU(cuCtxGetId(a, &idA));
  EXPECT_CU(cuCtxGetId(nullptr, &idB));
  EXPECT_NE(idA, idB);
  EXPECT_CU(cuCtxDestroy(b));
  EXPECT_CU(cuCtxDestroy(a));
}

TEST_F(cuCtxCreateTest, limits_read_back) {
  CUcontext context = nullptr;
  ASSERT_CU(cuCtxCreate(&context, nullptr, 0, 0));
  size_t value = 0;
  EXPECT_CU(cuCtxGetLimit(&value, CU_LIMIT_STACK_SIZE));
  EXPECT_CU(cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 16 << 20));
  EXPECT_CU(cuCtxGetLimit(&value, CU_LIMIT_MALLOC_HEAP_SIZE));
  EXPECT_GE(value, size_t(16) << 20);
  int least = 1, greatest = 1;
  EXPECT_CU(cuCtxGetStreamPriorityRange(&least, &greatest));
  EXPECT_EQ(0, least);
  EXPECT_LE(greatest, least);
  EXPECT_CU(cuCtxDestroy(context));
}

TEST_F(cuDevicePrimaryCtxTest, is_counted_and_stable) {
  CUcontext first = nullptr, second = nullptr;
  unsigned flags = 0;
  int active = -1;
  ASSERT_CU(cuDevicePrimaryCtxRetain(&first, 0));
  ASSERT_CU(cuDevicePrimaryCtxRetain(&second, 0));
  EXPECT_EQ(first, second);
  EXPECT_CU(cuDevicePrimaryCtxGetState(0, &flags, &active));
  EXPECT_EQ(1, active);
  EXPECT_EQ(nullptr, current()); // retaining does not make it current
  EXPECT_CU(cuDevicePrimaryCtxRelease(0));
  EXPECT_CU(cuDevicePrimaryCtxRelease(0));
  EXPECT_CU(cuDevicePrimaryCtxGetState(0, &flags, &active));
  EXPECT_EQ(0, active);
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuDevicePrimaryCtxRelease(0));
}
