// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Settings of single devices, peer access, and code for the device's capability.
#include <cstdlib>
#include <cstring>
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>
#include <string>

namespace {

class DevicesTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(CUDA_SUCCESS, cuInit(0));
    ASSERT_EQ(cudaSuccess, cudaGetDeviceCount(&count));
  }
  int count = 0;
};

// Not a test: writes what lists_test.py asks for.
TEST(DISABLED_Devices, print) {
  if (cuInit(0) != CUDA_SUCCESS) {
    printf("devices:\n");
    return;
  }
  int count = 0;
  cuDeviceGetCount(&count);
  printf("devices:");
  for (int i = 0; i < count; ++i) {
    char bus[32] = "";
    cuDeviceGetPCIBusId(bus, sizeof bus, i);
    int major = 0, minor = 0, multiprocessors = 0;
    cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, i);
    cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, i);
    cuDeviceGetAttribute(&multiprocessors, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, i);
    printf(" %.7s/%d.%d/%d", bus + 0, major, minor, multiprocessors);
  }
  printf("\n");
}

TEST_F(DevicesTest, settings) {
  ASSERT_EQ(5, count);
  cudaDeviceProp p;
  ASSERT_EQ(cudaSuccess, cudaGetDeviceProperties(&p, 0));
  EXPECT_EQ(2, p.multiProcessorCount); // one for each thread
  ASSERT_EQ(cudaSuccess, cudaGetDeviceProperties(&p, 1));
  EXPECT_EQ(size_t(1) << 30, p.totalGlobalMem);
  ASSERT_EQ(cudaSuccess, cudaGetDeviceProperties(&p, 2));
  EXPECT_EQ(40, p.multiProcessorCount);
  EXPECT_EQ(size_t(2) << 30, p.totalGlobalMem);
  ASSERT_EQ(cudaSuccess, cudaGetDeviceProperties(&p, 3));
  EXPECT_STREQ("Named", p.name);
  std::string addresses;
  for (int i = 0; i < count; ++i) {
    char bus[32];
    ASSERT_EQ(cudaSuccess, cudaDeviceGetPCIBusId(bus, sizeof bus, i));
    EXPECT_EQ(std::string::npos, addresses.find(bus)) << bus << " twice";
    addresses += bus;
    int device = -1;
    EXPECT_EQ(cudaSuccess, cudaDeviceGetByPCIBusId(&device, bus));
    EXPECT_EQ(i, device);
  }
}

TEST_F(DevicesTest, peers) {
  int can = -1;
  EXPECT_EQ(cudaSuccess, cudaDeviceCanAccessPeer(&can, 0, 1));
  EXPECT_EQ(1, can);
  EXPECT_EQ(cudaSuccess, cudaDeviceCanAccessPeer(&can, 1, 1));
  EXPECT_EQ(0, can);
  EXPECT_EQ(cudaErrorInvalidDevice, cudaDeviceCanAccessPeer(&can, 0, count));
  ASSERT_EQ(cudaSuccess, cudaSetDevice(0));
  int *a = nullptr, *b = nullptr;
  ASSERT_EQ(cudaSuccess, cudaMalloc(reinterpret_cast<void**>(&a), 4096));
  EXPECT_EQ(cudaSuccess, cudaDeviceEnablePeerAccess(1, 0));
  EXPECT_EQ(cudaErrorPeerAccessAlreadyEnabled, cudaDeviceEnablePeerAccess(1, 0));
  ASSERT_EQ(cudaSuccess, cudaSetDevice(1));
  ASSERT_EQ(cudaSuccess, cudaMalloc(reinterpret_cast<void**>(&b), 4096));
  EXPECT_EQ(cudaSuccess, cudaMemset(a, 7, 4096));
  EXPECT_EQ(cudaSuccess, cudaMemcpyPeer(b, 1, a, 0, 4096));
  int value = 0;
  EXPECT_EQ(cudaSuccess, cudaMemcpy(&value, b + 1000, sizeof value, cudaMemcpyDeviceToHost));
  EXPECT_EQ(0x07070707, value);
  cudaPointerAttributes where;
  EXPECT_EQ(cudaSuccess, cudaPointerGetAttributes(&where, a));
  EXPECT_EQ(0, where.device);
  EXPECT_EQ(cudaSuccess, cudaPointerGetAttributes(&where, b));
  EXPECT_EQ(1, where.device);
  EXPECT_EQ(cudaSuccess, cudaFree(b));
  ASSERT_EQ(cudaSuccess, cudaSetDevice(0));
  EXPECT_EQ(cudaSuccess, cudaDeviceDisablePeerAccess(1));
  EXPECT_EQ(cudaErrorPeerAccessNotEnabled, cudaDeviceDisablePeerAccess(1));
  EXPECT_EQ(cudaSuccess, cudaFree(a));
}

// CUDA programming guide, "Shared Memory": blocks may opt in to more than 48 KiB as far as their
// device has it.
TEST_F(DevicesTest, limits_hold_for_launches) {
  constexpr const char* kPtx = R"(
.version 7.0
.target sm_50
.address_size 64
.visible .entry nothing() { ret; }
)";
  struct {
    int device, most;
  } const rows[] = {{0, 227 << 10}, {1, 48 << 10}, {2, 64 << 10}, {3, 99 << 10}};
  for (auto [device, most] : rows) {
    CUcontext context;
    CUmodule module;
    CUfunction function;
    ASSERT_EQ(CUDA_SUCCESS, cuDevicePrimaryCtxRetain(&context, device));
    ASSERT_EQ(CUDA_SUCCESS, cuCtxSetCurrent(context));
    ASSERT_EQ(CUDA_SUCCESS, cuModuleLoadData(&module, kPtx));
    ASSERT_EQ(CUDA_SUCCESS, cuModuleGetFunction(&function, module, "nothing"));
    constexpr auto kDynamic = CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuFuncSetAttribute(function, kDynamic, most + 1)) << device;
    EXPECT_EQ(CUDA_SUCCESS, cuFuncSetAttribute(function, kDynamic, most)) << device;
    EXPECT_EQ(CUDA_SUCCESS, cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, unsigned(most), nullptr,
                                           nullptr, nullptr));
    EXPECT_EQ(CUDA_SUCCESS, cuCtxSynchronize());
    int blocks = 0, threads = 0, resident = 0;
    cuDeviceGetAttribute(&threads, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, device);
    cuDeviceGetAttribute(&resident, CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR, device);
    EXPECT_EQ(CUDA_SUCCESS, cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, 512, 0));
    EXPECT_EQ(std::min(resident, threads / 512), blocks) << device;
    EXPECT_EQ(CUDA_SUCCESS, cuModuleUnload(module));
    EXPECT_EQ(CUDA_SUCCESS, cuDevicePrimaryCtxRelease(device));
  }
}

} // namespace
