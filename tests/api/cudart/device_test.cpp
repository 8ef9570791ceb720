// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <cstring>
#include <thread>

namespace anywarp::test {
namespace {

using Devices = CudartTest;

int current() {
  int device = -1;
  EXPECT_OK(cudaGetDevice(&device));
  return device;
}

TEST_F(Devices, count_and_choice) {
  int count = 0;
  ASSERT_OK(cudaGetDeviceCount(&count));
  EXPECT_EQ(count, 2);
  EXPECT_EQ(current(), 0);
  ASSERT_OK(cudaSetDevice(1));
  EXPECT_EQ(current(), 1);
  EXPECT_EQ(cudaSetDevice(2), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaSetDevice(-1), cudaErrorInvalidDevice);
  EXPECT_EQ(current(), 1);
}

TEST_F(Devices, each_thread_has_its_own_current_device) {
  ASSERT_OK(cudaSetDevice(1));
  int other = -1;
  std::thread([&] { other = current(); }).join();
  EXPECT_EQ(other, 0);
  EXPECT_EQ(current(), 1);
}

TEST_F(Devices, attributes) {
  int value = 0;
  ASSERT_OK(cudaDeviceGetAttribute(&value, cudaDevAttrMaxThreadsPerBlock, 1));
  EXPECT_EQ(value, 1024);
  EXPECT_EQ(cudaDeviceGetAttribute(&value, cudaDevAttrMaxThreadsPerBlock, 2),
            cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceGetAttribute(&value, cudaDeviceAttr(9999), 0), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceGetAttribute(nullptr, cudaDevAttrWarpSize, 0), cudaErrorInvalidValue);
}

TEST_F(Devices, pci_address_leads_back_to_the_device) {
  char id[32];
  ASSERT_OK(cudaDeviceGetPCIBusId(id, sizeof id, 0));
  EXPECT_EQ(strlen(id), 12u);
  int device = -1;
  ASSERT_OK(cudaDeviceGetByPCIBusId(&device, id));
  EXPECT_EQ(device, 0);
  EXPECT_EQ(cudaDeviceGetPCIBusId(id, 5, 0), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceGetByPCIBusId(&device, "nonsense"), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceGetByPCIBusId(&device, "0123:45:67.0"), cudaErrorInvalidDevice);
}

TEST_F(Devices, limits) {
  size_t value = 0;
  ASSERT_OK(cudaDeviceSetLimit(cudaLimitStackSize, 1 << 16));
  ASSERT_OK(cudaDeviceGetLimit(&value, cudaLimitStackSize));
  EXPECT_GE(value, size_t(1) << 16);
  EXPECT_EQ(cudaDeviceGetLimit(&value, cudaLimit(77)), cudaErrorUnsupportedLimit);
  EXPECT_EQ(cudaDeviceSetLimit(cudaLimit(77), 1), cudaErrorUnsupportedLimit);
}

TEST_F(Devices, flags) {
  unsigned flags = 0;
  ASSERT_OK(cudaSetDeviceFlags(cudaDeviceScheduleBlockingSync));
  ASSERT_OK(cudaGetDeviceFlags(&flags));
  EXPECT_EQ(flags & cudaDeviceScheduleMask, unsigned(cudaDeviceScheduleBlockingSync));
  EXPECT_EQ(cudaSetDeviceFlags(0x7000), cudaErrorInvalidValue);
  EXPECT_EQ(cudaSetDeviceFlags(cudaDeviceScheduleSpin | cudaDeviceScheduleYield),
            cudaErrorInvalidValue);
}

TEST_F(Devices, peers) {
  int can = -1;
  ASSERT_OK(cudaDeviceCanAccessPeer(&can, 0, 1));
  EXPECT_EQ(can, 1);
  ASSERT_OK(cudaDeviceCanAccessPeer(&can, 0, 0));
  EXPECT_EQ(can, 0);
  EXPECT_EQ(cudaDeviceEnablePeerAccess(0, 0), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceEnablePeerAccess(1, 1), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceDisablePeerAccess(1), cudaErrorPeerAccessNotEnabled);
  EXPECT_OK(cudaDeviceEnablePeerAccess(1, 0));
  EXPECT_EQ(cudaDeviceEnablePeerAccess(1, 0), cudaErrorPeerAccessAlreadyEnabled);
  EXPECT_OK(cudaDeviceDisablePeerAccess(1));
}

TEST_F(Devices, choose_prefers_what_was_asked_for) {
  cudaDeviceProp wanted = {};
  wanted.major = 3;
  int device = -1;
  ASSERT_OK(cudaChooseDevice(&device, &wanted));
  EXPECT_EQ(device, 0);
}

TEST_F(Devices, reset_frees_and_the_next_call_starts_afresh) {
  void* p = nullptr;
  ASSERT_OK(cudaMalloc(&p, 100));
  ASSERT_OK(cudaDeviceReset());
  EXPECT_EQ(cudaFree(p), cudaErrorInvalidValue);
  ASSERT_OK(cudaMalloc(&p, 100));
  EXPECT_OK(cudaFree(p));
}

TEST_F(Devices, memory_info) {
  size_t free = 0, total = 0;
  ASSERT_OK(cudaMemGetInfo(&free, &total));
  EXPECT_EQ(total, size_t(1) << 30);
  EXPECT_LE(free, total);
}

} // namespace
} // namespace anywarp::test
