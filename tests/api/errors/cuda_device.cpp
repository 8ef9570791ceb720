// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Devices, peers, other processes and other APIs.
#include "../two_processes.h"
#include "errors.h"

namespace {

using anywarp::test::Peer;
using CudaDeviceErrors = CudaErrors;

TEST_F(CudaDeviceErrors, peers) {
  CUcontext other = nullptr;
  ASSERT_CU(cuCtxCreate(&other, nullptr, 0, 1));
  ASSERT_CU(cuCtxSetCurrent(context));
  FAILS(INVALID_VALUE, cuCtxEnablePeerAccess(other, 1));
  FAILS(INVALID_CONTEXT, cuCtxEnablePeerAccess(nullptr, 0));
  FAILS(INVALID_CONTEXT, cuCtxEnablePeerAccess(context, 0)); // no peer of itself
  FAILS(PEER_ACCESS_NOT_ENABLED, cuCtxDisablePeerAccess(other));
  EXPECT_CU(cuCtxEnablePeerAccess(other, 0));
  FAILS(PEER_ACCESS_ALREADY_ENABLED, cuCtxEnablePeerAccess(other, 0));
  EXPECT_CU(cuCtxDisablePeerAccess(other));
  FAILS(PEER_ACCESS_NOT_ENABLED, cuCtxDisablePeerAccess(other));
  elsewhere([&] {
    FAILS(INVALID_CONTEXT, cuCtxEnablePeerAccess(other, 0));
    FAILS(INVALID_CONTEXT, cuCtxDisablePeerAccess(other));
  });
  EXPECT_CU(cuCtxDestroy(other));

  int value = 0;
  unsigned capabilities = 0;
  CUatomicOperation add = CU_ATOMIC_OPERATION_INTEGER_ADD;
  EXPECT_CU(cuDeviceGetP2PAttribute(&value, CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED, 0, 1));
  FAILS(INVALID_DEVICE,
        cuDeviceGetP2PAttribute(&value, CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED, 0, 2));
  FAILS(INVALID_VALUE, cuDeviceGetP2PAttribute(&value, CUdevice_P2PAttribute(99), 0, 1));
  EXPECT_CU(cuDeviceGetP2PAtomicCapabilities(&capabilities, &add, 1, 0, 1));
  FAILS(INVALID_DEVICE, cuDeviceGetP2PAtomicCapabilities(&capabilities, &add, 1, 0, 2));
  FAILS(INVALID_VALUE, cuDeviceGetP2PAtomicCapabilities(&capabilities, nullptr, 1, 0, 1));
}

TEST_F(CudaDeviceErrors, devices) {
  size_t width = 0;
  FAILS(INVALID_DEVICE, cuDeviceGetTexture1DLinearMaxWidth(&width, CU_AD_FORMAT_FLOAT, 1, 2));
  CUmemoryPool pool = nullptr, current = nullptr;
  ASSERT_CU(cuDeviceGetDefaultMemPool(&pool, 0));
  EXPECT_CU(cuDeviceSetMemPool(0, pool));
  EXPECT_CU(cuDeviceGetMemPool(&current, 0));
  EXPECT_EQ(pool, current);
  FAILS(INVALID_VALUE, cuDeviceSetMemPool(0, nullptr));
  FAILS(INVALID_VALUE, cuDeviceSetMemPool(1, pool)); // the other device's
  // Since CUDA 4.0 the state before the first retain does not matter: a reset is no error then.
  EXPECT_CU(cuDevicePrimaryCtxReset(1));
}

TEST_F(CudaDeviceErrors, other_processes) {
  CUipcMemHandle memoryHandle = {};
  CUipcEventHandle eventHandle = {};
  CUdeviceptr p = 0;
  CUevent e = nullptr;
  FAILS(INVALID_VALUE, cuIpcGetMemHandle(&memoryHandle, CUdeviceptr(uintptr_t(&p))));
  FAILS(INVALID_HANDLE, cuIpcGetEventHandle(&eventHandle, nullptr));
  FAILS(INVALID_VALUE, cuIpcOpenEventHandle(nullptr, eventHandle));
  // Of a process that has ended.
  {
    Peer peer = Peer::start("CudaDeviceErrors.DISABLED_shares");
    peer.receive(memoryHandle);
    peer.receive(eventHandle);
    ASSERT_TRUE(peer.good());
    ASSERT_EQ(0, peer.finish());
  }
  FAILS(INVALID_HANDLE, cuIpcOpenMemHandle(&p, memoryHandle, CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS));
  FAILS(INVALID_HANDLE, cuIpcOpenEventHandle(&e, eventHandle));
}

TEST_F(CudaDeviceErrors, DISABLED_shares) {
  Peer peer = Peer::other();
  CUipcMemHandle memoryHandle;
  CUipcEventHandle eventHandle;
  CUevent shared = nullptr;
  ASSERT_CU(cuEventCreate(&shared, CU_EVENT_INTERPROCESS | CU_EVENT_DISABLE_TIMING));
  ASSERT_CU(cuIpcGetMemHandle(&memoryHandle, pointer));
  ASSERT_CU(cuIpcGetEventHandle(&eventHandle, shared));
  EXPECT_TRUE(peer.send(memoryHandle) && peer.send(eventHandle));
}

TEST_F(CudaDeviceErrors, ranges_have_no_dma_buf) {
  int file = -1;
  FAILS(INVALID_VALUE,
        cuMemGetHandleForAddressRange(&file, pointer, 0, CU_MEM_RANGE_HANDLE_TYPE_DMA_BUF_FD, 0));
  FAILS(NOT_SUPPORTED, cuMemGetHandleForAddressRange(&file, pointer, 4096,
                                                     CU_MEM_RANGE_HANDLE_TYPE_DMA_BUF_FD, 0));
}

} // namespace
