// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <cstring>
#include <string>

using cuDeviceGetAttributeTest = Driver;
using cuDeviceGetTest = Driver;

// cudart reads about 110 codes at its start and gives up when one of them fails.
TEST_F(cuDeviceGetAttributeTest, answers_every_code_of_cuda_13) {
  for (int code = 1; code < CU_DEVICE_ATTRIBUTE_MAX; ++code) {
    int value = 0;
    EXPECT_CU(cuDeviceGetAttribute(&value, CUdevice_attribute(code), 0)) << "code " << code;
  }
}

TEST_F(cuDeviceGetAttributeTest, values_that_programs_depend_on) {
  auto read = [](CUdevice_attribute code) {
    int value = -1;
    EXPECT_CU(cuDeviceGetAttribute(&value, code, 0));
    return value;
  };
  EXPECT_EQ(32, read(CU_DEVICE_ATTRIBUTE_WARP_SIZE));
  EXPECT_EQ(1024, read(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK));
  EXPECT_EQ(2147483647, read(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X));
  EXPECT_EQ(65535, read(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED));
  EXPECT_GT(read(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT), 0);
  // What memory can do: the tests of these functions rely on it.
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_HOST_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_HOST_NUMA_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED));
  EXPECT_EQ(0, read(CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_FABRIC_SUPPORTED));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_HOST_MEMORY_POOLS_SUPPORTED));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_HOST_NUMA_MEMORY_POOLS_SUPPORTED));
  EXPECT_EQ(CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR,
            read(CU_DEVICE_ATTRIBUTE_MEMPOOL_SUPPORTED_HANDLE_TYPES));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_TIMELINE_SEMAPHORE_INTEROP_SUPPORTED));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_DEFERRED_MAPPING_CUDA_ARRAY_SUPPORTED));
  EXPECT_EQ(1, read(CU_DEVICE_ATTRIBUTE_SPARSE_CUDA_ARRAY_SUPPORTED));
  EXPECT_EQ(0, read(CU_DEVICE_ATTRIBUTE_DMA_BUF_SUPPORTED));
}

TEST_F(cuDeviceGetAttributeTest, there_are_no_dma_bufs) {
  CUcontext context = nullptr;
  ASSERT_CU(cuCtxCreate(&context, nullptr, 0, 0));
  CUdeviceptr memory = 0;
  ASSERT_CU(cuMemAlloc(&memory, 8192));
  int file = -1;
  constexpr auto kBuf = CU_MEM_RANGE_HANDLE_TYPE_DMA_BUF_FD;
  EXPECT_EQ(CUDA_ERROR_NOT_SUPPORTED, cuMemGetHandleForAddressRange(&file, memory, 8192, kBuf, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemGetHandleForAddressRange(nullptr, memory, 8192, kBuf, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetHandleForAddressRange(&file, memory, 0, kBuf, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetHandleForAddressRange(&file, memory, 9000, kBuf, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemGetHandleForAddressRange(&file, memory, 8192, kBuf, 2));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemGetHandleForAddressRange(&file, memory, 8192, CUmemRangeHandleType(5), 0));
  EXPECT_CU(cuMemFree(memory));
  EXPECT_CU(cuCtxDestroy(context));
}

TEST_F(cuDeviceGetAttributeTest, rejects_bad_arguments) {
  int value = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceGetAttribute(nullptr, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDeviceGetAttribute(&value, CUdevice_attribute(100000), 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 4711));
}

TEST_F(cuDeviceGetTest, describes_device_0) {
  int count = 0;
  EXPECT_CU(cuDeviceGetCount(&count));
  ASSERT_GE(count, 1);
  CUdevice device = -1;
  EXPECT_CU(cuDeviceGet(&device, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDeviceGet(&device, count));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDeviceGet(&device, -1));
  char name[64] = {};
  EXPECT_CU(cuDeviceGetName(name, sizeof name, 0));
  EXPECT_NE('\0', name[0]);
  char small[4];
  EXPECT_CU(cuDeviceGetName(small, sizeof small, 0));
  EXPECT_EQ('\0', small[3]);
  size_t bytes = 0;
  EXPECT_CU(cuDeviceTotalMem(&bytes, 0));
  EXPECT_GT(bytes, size_t(1) << 20);
}

TEST_F(cuDeviceGetTest, pci_bus_id_finds_its_device) {
  char id[32];
  ASSERT_CU(cuDeviceGetPCIBusId(id, sizeof id, 0));
  CUdevice device = -1;
  EXPECT_CU(cuDeviceGetByPCIBusId(&device, id));
  EXPECT_EQ(0, device);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDeviceGetByPCIBusId(&device, "nonsense"));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuDeviceGetByPCIBusId(&device, "7fff:7f:1f.0"));
}
