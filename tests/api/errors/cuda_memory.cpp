// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory: more than there is, and addresses and locations that there are not.
#include "errors.h"

namespace {

using CudaMemoryErrors = CudaErrors;

TEST_F(CudaMemoryErrors, more_than_there_is) {
  CUdeviceptr p = 0;
  void* host = nullptr;
  size_t pitch = 0;
  FAILS(OUT_OF_MEMORY, cuMemAlloc(&p, kTooMuch));
  FAILS(OUT_OF_MEMORY, cuMemAllocAsync(&p, kTooMuch, stream));
  FAILS(OUT_OF_MEMORY, cuMemAllocHost(&host, kTooMuch));
  FAILS(OUT_OF_MEMORY, cuMemHostAlloc(&host, kTooMuch, 0));
  FAILS(OUT_OF_MEMORY, cuMemAllocManaged(&p, kTooMuch, CU_MEM_ATTACH_GLOBAL));
  FAILS(OUT_OF_MEMORY, cuMemAllocPitch(&p, &pitch, size_t(1) << 30, size_t(1) << 20, 4));
  CUmemGenericAllocationHandle handle = 0;
  CUmemAllocationProp prop = pinned();
  FAILS(OUT_OF_MEMORY, cuMemCreate(&handle, kTooMuch, &prop, 0));
  CUmemPoolProps poolProps = {};
  poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  poolProps.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  poolProps.handleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
  poolProps.maxSize = kTooMuch;
  CUmemoryPool pool = nullptr;
  FAILS(OUT_OF_MEMORY, cuMemPoolCreate(&pool, &poolProps));
}

TEST_F(CudaMemoryErrors, arrays_larger_than_memory) {
  CUDA_ARRAY3D_DESCRIPTOR deep = {16384, 16384, 16384, CU_AD_FORMAT_FLOAT, 4, 0};
  CUDA_ARRAY_DESCRIPTOR flat = {131072, 65536, CU_AD_FORMAT_FLOAT, 4}; // 128 GiB
  CUarray array = nullptr;
  CUmipmappedArray mipmaps = nullptr;
  FAILS(OUT_OF_MEMORY, cuArray3DCreate(&array, &deep));
  FAILS(OUT_OF_MEMORY, cuMipmappedArrayCreate(&mipmaps, &deep, 3));
  std::vector<CUarray> arrays;
  CUresult result = CUDA_SUCCESS;
  while (arrays.size() < 1000 && (result = cuArrayCreate(&array, &flat)) == CUDA_SUCCESS)
    arrays.push_back(array);
  FAILS(OUT_OF_MEMORY, result);
  for (CUarray a : arrays)
    EXPECT_CU(cuArrayDestroy(a));
}

TEST_F(CudaMemoryErrors, values) {
  CUdeviceptr base = 0;
  size_t size = 0;
  FAILS(INVALID_VALUE, cuMemHostUnregister(nullptr));
  FAILS(NOT_FOUND, cuMemGetAddressRange(&base, &size, CUdeviceptr(uintptr_t(&base))));
  CUDA_ARRAY_DESCRIPTOR flat = {16, 1, CU_AD_FORMAT_FLOAT, 1};
  CUarray a = nullptr, b = nullptr;
  ASSERT_CU(cuArrayCreate(&a, &flat));
  ASSERT_CU(cuArrayCreate(&b, &flat));
  FAILS(INVALID_VALUE, cuMemcpyAtoA(a, 32, b, 0, 64)); // behind the end
  CUDA_MEMCPY2D copy = {};
  copy.srcMemoryType = copy.dstMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = data, copy.dstHost = data + 8;
  copy.WidthInBytes = 4, copy.Height = 1;
  FAILS(INVALID_HANDLE, cuMemcpy2DAsync(&copy, CUstream(&copy)));
}

TEST_F(CudaMemoryErrors, devices_and_mappings) {
  CUmemGenericAllocationHandle handle = 0;
  CUmemAllocationProp prop = pinned();
  constexpr size_t kUnit = 2 << 20;
  CUdeviceptr range = 0;
  ASSERT_CU(cuMemCreate(&handle, kUnit, &prop, 0));
  ASSERT_CU(cuMemAddressReserve(&range, 2 * kUnit, 0, 0, 0));
  ASSERT_CU(cuMemMap(range, kUnit, 0, handle, 0));
  FAILS(INVALID_VALUE, cuMemMap(range, kUnit, 0, handle, 0)); // occupied
  FAILS(INVALID_VALUE, cuMemMap(range, kUnit, 0, handle, 1));
  EXPECT_CU(cuMemUnmap(range, kUnit));
  EXPECT_CU(cuMemAddressFree(range, 2 * kUnit));
  EXPECT_CU(cuMemRelease(handle));
}

TEST_F(CudaMemoryErrors, host_memory) {
  FAILS(INVALID_VALUE, cuMemHostRegister(nullptr, 4096, 0));
  FAILS(INVALID_VALUE, cuMemHostRegister(data, 0, 0));
  std::vector<char> own(8192);
  EXPECT_CU(cuMemHostRegister(own.data(), own.size(), 0));
  FAILS(HOST_MEMORY_ALREADY_REGISTERED, cuMemHostRegister(own.data(), own.size(), 0));
  EXPECT_CU(cuMemHostUnregister(own.data()));
  FAILS(HOST_MEMORY_NOT_REGISTERED, cuMemHostUnregister(own.data()));
  unsigned flags = 0;
  FAILS(INVALID_VALUE, cuMemHostGetFlags(&flags, own.data()));
}

} // namespace
