// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <cstdint>
#include <cstdlib>

namespace anywarp::test {
namespace {

using MemoryCalls = CudartTest;

TEST_F(MemoryCalls, malloc_and_free) {
  void* p = nullptr;
  ASSERT_OK(cudaMalloc(&p, 1000));
  ASSERT_NE(p, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(p) % 256, 0u);
  EXPECT_EQ(cudaFree(static_cast<char*>(p) + 8), cudaErrorInvalidValue);
  EXPECT_OK(cudaFree(p));
  EXPECT_EQ(cudaFree(p), cudaErrorInvalidValue);
  EXPECT_OK(cudaFree(nullptr));
}

TEST_F(MemoryCalls, malloc_of_nothing_and_of_too_much) {
  void* p = &p;
  EXPECT_OK(cudaMalloc(&p, 0));
  EXPECT_EQ(p, nullptr);
  EXPECT_EQ(cudaMalloc(&p, size_t(1) << 50), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaMalloc(nullptr, 4), cudaErrorInvalidValue);
}

TEST_F(MemoryCalls, pitched) {
  void* p = nullptr;
  size_t pitch = 0;
  ASSERT_OK(cudaMallocPitch(&p, &pitch, 100, 10));
  EXPECT_GE(pitch, 100u);
  EXPECT_EQ(pitch % 32, 0u);
  EXPECT_OK(cudaFree(p));
  cudaPitchedPtr box;
  ASSERT_OK(cudaMalloc3D(&box, cudaExtent{100, 10, 3}));
  EXPECT_EQ(box.xsize, 100u);
  EXPECT_EQ(box.ysize, 10u);
  EXPECT_OK(cudaFree(box.ptr));
  EXPECT_EQ(cudaMalloc3D(&box, cudaExtent{1, SIZE_MAX, 2}), cudaErrorInvalidValue);
}

TEST_F(MemoryCalls, managed) {
  int* p = nullptr;
  void** place = reinterpret_cast<void**>(&p);
  ASSERT_OK(cudaMallocManaged(place, 64, cudaMemAttachGlobal));
  p[15] = 4; // the host may use it
  EXPECT_OK(cudaFree(p));
  EXPECT_EQ(cudaMallocManaged(place, 0, cudaMemAttachGlobal), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMallocManaged(place, 64, 77), cudaErrorInvalidValue);
}

TEST_F(MemoryCalls, pinned) {
  void *p = nullptr, *device = nullptr;
  unsigned flags = 0;
  ASSERT_OK(cudaHostAlloc(&p, 64, cudaHostAllocMapped | cudaHostAllocPortable));
  ASSERT_OK(cudaHostGetFlags(&flags, p));
  EXPECT_EQ(flags & cudaHostAllocPortable, unsigned(cudaHostAllocPortable));
  ASSERT_OK(cudaHostGetDevicePointer(&device, p, 0));
  EXPECT_EQ(device, p);
  EXPECT_EQ(cudaHostGetDevicePointer(&device, p, 1), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(p), cudaErrorInvalidValue);
  EXPECT_OK(cudaFreeHost(p));
  EXPECT_EQ(cudaHostAlloc(&p, 64, 0x100), cudaErrorInvalidValue);
}

TEST_F(MemoryCalls, registered) {
  void* p = std::aligned_alloc(4096, 8192);
  EXPECT_EQ(cudaHostUnregister(p), cudaErrorHostMemoryNotRegistered);
  ASSERT_OK(cudaHostRegister(p, 8192, cudaHostRegisterDefault));
  EXPECT_EQ(cudaHostRegister(p, 8192, 0), cudaErrorHostMemoryAlreadyRegistered);
  EXPECT_OK(cudaHostUnregister(p));
  std::free(p);
}

TEST_F(MemoryCalls, pointer_attributes) {
  cudaPointerAttributes a;
  int local = 0;
  ASSERT_OK(cudaPointerGetAttributes(&a, &local));
  EXPECT_EQ(a.type, cudaMemoryTypeUnregistered);
  EXPECT_EQ(a.devicePointer, nullptr);
  void* p;
  ASSERT_OK(cudaMalloc(&p, 64));
  ASSERT_OK(cudaPointerGetAttributes(&a, static_cast<char*>(p) + 10));
  EXPECT_EQ(a.type, cudaMemoryTypeDevice);
  EXPECT_EQ(a.device, 0);
  EXPECT_EQ(a.devicePointer, static_cast<char*>(p) + 10);
  EXPECT_EQ(a.hostPointer, nullptr);
  EXPECT_OK(cudaFree(p));
  ASSERT_OK(cudaMallocHost(&p, 64));
  ASSERT_OK(cudaPointerGetAttributes(&a, p));
  EXPECT_EQ(a.type, cudaMemoryTypeHost);
  EXPECT_EQ(a.hostPointer, p);
  EXPECT_OK(cudaFreeHost(p));
  ASSERT_OK(cudaMallocManaged(&p, 64, cudaMemAttachGlobal));
  ASSERT_OK(cudaPointerGetAttributes(&a, p));
  EXPECT_EQ(a.type, cudaMemoryTypeManaged);
  EXPECT_OK(cudaFree(p));
  EXPECT_EQ(cudaPointerGetAttributes(nullptr, p), cudaErrorInvalidValue);
}

} // namespace
} // namespace anywarp::test
