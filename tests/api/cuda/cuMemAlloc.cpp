// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <cstring>

using cuMemAllocTest = WithContext;
using cuPointerGetAttributeTest = WithContext;
using cuMemAllocAsyncTest = WithContext;

TEST(cuMemAlloc, needs_a_context) {
  ASSERT_CU(cuInit(0));
  CUdeviceptr pointer = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_CONTEXT, cuMemAlloc(&pointer, 16));
}

TEST_F(cuMemAllocTest, zero_bytes_are_an_error) {
  CUdeviceptr pointer = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAlloc(&pointer, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAlloc(nullptr, 16));
}

TEST_F(cuMemAllocTest, too_much_is_out_of_memory) {
  CUdeviceptr pointer = 0;
  EXPECT_EQ(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc(&pointer, size_t(1) << 60));
}

TEST_F(cuMemAllocTest, knows_the_range_of_an_address) {
  CUdeviceptr pointer = 0, base = 0;
  size_t size = 0;
  ASSERT_CU(cuMemAlloc(&pointer, 1000));
  EXPECT_EQ(0u, pointer % 256);
  EXPECT_CU(cuMemGetAddressRange(&base, &size, pointer + 500));
  EXPECT_EQ(pointer, base);
  EXPECT_EQ(1000u, size);
  EXPECT_CU(cuMemFree(pointer));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuMemGetAddressRange(&base, &size, pointer));
}

TEST_F(cuMemAllocTest, free_takes_null_and_refuses_strangers) {
  EXPECT_CU(cuMemFree(0));
  CUdeviceptr pointer = 0;
  ASSERT_CU(cuMemAlloc(&pointer, 64));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemFree(pointer + 4));
  EXPECT_CU(cuMemFree(pointer));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemFree(pointer));
}

TEST_F(cuMemAllocTest, pitched_rows_are_aligned) {
  CUdeviceptr pointer = 0;
  size_t pitch = 0;
  ASSERT_CU(cuMemAllocPitch(&pointer, &pitch, 100, 10, 4));
  EXPECT_GE(pitch, 100u);
  EXPECT_EQ(0u, pitch % 32);
  EXPECT_CU(cuMemFree(pointer));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemAllocPitch(&pointer, &pitch, 100, 10, 3));
}

TEST_F(cuMemAllocTest, host_memory_maps_to_the_device) {
  void* host = nullptr;
  ASSERT_CU(cuMemHostAlloc(&host, 256, CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_PORTABLE));
  std::memset(host, 5, 256);
  CUdeviceptr pointer = 0;
  EXPECT_CU(cuMemHostGetDevicePointer(&pointer, host, 0));
  EXPECT_EQ(std::vector<char>(256, 5), download<char>(pointer, 256));
  unsigned flags = 0;
  EXPECT_CU(cuMemHostGetFlags(&flags, host));
  EXPECT_TRUE(flags & CU_MEMHOSTALLOC_PORTABLE);
  EXPECT_CU(cuMemFreeHost(host));
}

TEST_F(cuMemAllocTest, registered_memory_is_known_until_unregistered) {
  std::vector<int> data(4096, 3);
  ASSERT_CU(cuMemHostRegister(data.data(), data.size() * sizeof(int), 0));
  EXPECT_EQ(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
            cuMemHostRegister(data.data(), data.size() * sizeof(int), 0));
  CUdeviceptr pointer = 0;
  EXPECT_CU(cuMemHostGetDevicePointer(&pointer, data.data(), 0));
  EXPECT_CU(cuMemHostUnregister(data.data()));
  EXPECT_EQ(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, cuMemHostUnregister(data.data()));
}

TEST_F(cuPointerGetAttributeTest, tells_kinds_of_memory_apart) {
  CUdeviceptr device = 0, managed = 0;
  void* host = nullptr;
  ASSERT_CU(cuMemAlloc(&device, 64));
  ASSERT_CU(cuMemAllocManaged(&managed, 64, CU_MEM_ATTACH_GLOBAL));
  ASSERT_CU(cuMemAllocHost(&host, 64));
  auto type = [](CUdeviceptr pointer) {
    unsigned value = 0;
    EXPECT_CU(cuPointerGetAttribute(&value, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, pointer));
    return value;
  };
  EXPECT_EQ(unsigned(CU_MEMORYTYPE_DEVICE), type(device));
  EXPECT_EQ(unsigned(CU_MEMORYTYPE_HOST), type(CUdeviceptr(host)));
  CUcontext owner = nullptr;
  EXPECT_CU(cuPointerGetAttribute(&owner, CU_POINTER_ATTRIBUTE_CONTEXT, device));
  EXPECT_EQ(context, owner);
  CUdeviceptr same = 0;
  EXPECT_CU(cuPointerGetAttribute(&same, CU_POINTER_ATTRIBUTE_DEVICE_POINTER, device + 8));
  EXPECT_EQ(device + 8, same);
  unsigned isManaged = 0;
  EXPECT_CU(cuPointerGetAttribute(&isManaged, CU_POINTER_ATTRIBUTE_IS_MANAGED, managed));
  EXPECT_EQ(1u, isManaged);
  EXPECT_CU(cuMemFree(device));
  EXPECT_CU(cuMemFree(managed));
  EXPECT_CU(cuMemFreeHost(host));
}

// The manual: cuPointerGetAttributes does not fail for an address that CUDA does not know.
TEST_F(cuPointerGetAttributeTest, several_at_once_accept_unknown_addresses) {
  int local = 0;
  unsigned type = 9;
  CUcontext owner = context;
  int ordinal = 0;
  CUpointer_attribute names[] = {CU_POINTER_ATTRIBUTE_MEMORY_TYPE, CU_POINTER_ATTRIBUTE_CONTEXT,
                                 CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL};
  void* values[] = {&type, &owner, &ordinal};
  EXPECT_CU(cuPointerGetAttributes(3, names, values, CUdeviceptr(&local)));
  EXPECT_EQ(0u, type);
  EXPECT_EQ(nullptr, owner);
  EXPECT_EQ(CU_DEVICE_INVALID, ordinal);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, CUdeviceptr(&local)));
}

TEST_F(cuMemAllocAsyncTest, memory_works_in_stream_order) {
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  CUdeviceptr pointer = 0;
  ASSERT_CU(cuMemAllocAsync(&pointer, 1024, stream));
  ASSERT_CU(cuMemsetD32Async(pointer, 42, 256, stream));
  std::vector<unsigned> values(256);
  ASSERT_CU(cuMemcpyDtoHAsync(values.data(), pointer, 1024, stream));
  ASSERT_CU(cuMemFreeAsync(pointer, stream));
  ASSERT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ(std::vector<unsigned>(256, 42), values);
  EXPECT_CU(cuStreamDestroy(stream));
}

TEST_F(cuMemAllocAsyncTest, pool_keeps_its_threshold) {
  CUmemoryPool pool = nullptr, again = nullptr;
  ASSERT_CU(cuDeviceGetDefaultMemPool(&pool, 0));
  ASSERT_CU(cuDeviceGetMemPool(&again, 0));
  EXPECT_EQ(pool, again);
  CUmemPoolProps props = {};
  props.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  props.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  CUmemoryPool own = nullptr;
  ASSERT_CU(cuMemPoolCreate(&own, &props));
  cuuint64_t threshold = 1 << 20, read = 0;
  EXPECT_CU(cuMemPoolSetAttribute(own, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &threshold));
  EXPECT_CU(cuMemPoolGetAttribute(own, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &read));
  EXPECT_EQ(threshold, read);
  CUdeviceptr pointer = 0;
  EXPECT_CU(cuMemAllocFromPoolAsync(&pointer, 4096, own, nullptr));
  EXPECT_CU(cuMemPoolGetAttribute(own, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &read));
  EXPECT_GE(read, 4096u);
  EXPECT_CU(cuMemFreeAsync(pointer, nullptr));
  EXPECT_CU(cuStreamSynchronize(nullptr));
  EXPECT_CU(cuMemPoolDestroy(own));
}
