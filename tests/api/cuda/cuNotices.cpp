// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Notices, atomics, affinity, unified functions, graphics resources: what there is to ask, and what
// there is not.
#include "fixture.h"
#include "kernels.h"

namespace {

using cuDevices = WithContext;

TEST_F(cuDevices, notices_and_atomics) {
  CUasyncCallbackHandle handle = nullptr;
  auto callback = [](CUasyncNotificationInfo*, void*, CUasyncCallbackHandle) {};
  ASSERT_CU(cuDeviceRegisterAsyncNotification(device, callback, nullptr, &handle));
  EXPECT_CU(cuDeviceUnregisterAsyncNotification(device, handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuDeviceUnregisterAsyncNotification(device, handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceRegisterAsyncNotification(device, nullptr, nullptr, &handle));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuDeviceRegisterAsyncNotification(99, callback, nullptr, &handle));

  CUatomicOperation operations[] = {CU_ATOMIC_OPERATION_CAS, CU_ATOMIC_OPERATION_FLOAT_ADD};
  unsigned capabilities[2] = {};
  EXPECT_CU(cuDeviceGetHostAtomicCapabilities(capabilities, operations, 2, device));
  EXPECT_TRUE(capabilities[0] & CU_ATOMIC_CAPABILITY_SCALAR_32);
  EXPECT_TRUE(capabilities[0] & CU_ATOMIC_CAPABILITY_SCALAR_64);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceGetHostAtomicCapabilities(capabilities, operations, 0, device));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceGetHostAtomicCapabilities(capabilities, nullptr, 1, device));
  operations[0] = CUatomicOperation(77);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuDeviceGetHostAtomicCapabilities(capabilities, operations, 1, device));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE,
            cuDeviceGetP2PAtomicCapabilities(capabilities, operations, 1, device, 99));
}

TEST_F(cuDevices, execution_affinity_and_unified_functions) {
  CUexecAffinityParam affinity = {};
  int count = 0;
  ASSERT_CU(cuDeviceGetAttribute(&count, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
  EXPECT_CU(cuCtxGetExecAffinity(&affinity, CU_EXEC_AFFINITY_TYPE_SM_COUNT));
  EXPECT_EQ(unsigned(count), affinity.param.smCount.val);
  EXPECT_EQ(CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY,
            cuCtxGetExecAffinity(&affinity, CU_EXEC_AFFINITY_TYPE_MAX));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuCtxGetExecAffinity(nullptr, CU_EXEC_AFFINITY_TYPE_SM_COUNT));
  CUlibrary library = nullptr;
  void* function = nullptr;
  ASSERT_CU(cuLibraryLoadData(&library, kPtx, nullptr, nullptr, 0, nullptr, nullptr, 0));
  EXPECT_EQ(CUDA_ERROR_NOT_FOUND, cuLibraryGetUnifiedFunction(&function, library, "add_one"));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuLibraryGetUnifiedFunction(nullptr, library, "add_one"));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuLibraryGetUnifiedFunction(&function, nullptr, "add_one"));
  EXPECT_CU(cuLibraryUnload(library));
}

using cuGraphics = WithContext;

TEST_F(cuGraphics, no_handle_is_a_resource) {
  int garbage = 0;
  auto resource = reinterpret_cast<CUgraphicsResource>(&garbage);
  CUarray array = nullptr;
  CUdeviceptr pointer = 0;
  size_t size = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphicsUnregisterResource(resource));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphicsUnregisterResource(nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphicsMapResources(1, &resource, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphicsUnmapResources(1, &resource, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphicsResourceSetMapFlags(resource, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuGraphicsResourceGetMappedPointer(&pointer, &size, resource));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuGraphicsSubResourceGetMappedArray(&array, resource, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGraphicsMapResources(1, nullptr, nullptr));
  EXPECT_CU(cuGraphicsMapResources(0, nullptr, nullptr));
}

} // namespace
