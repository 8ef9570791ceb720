// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays whose memory is mapped later, from a tile pool.
#include "tile_pool.h"

namespace {

class cuMemMapArrayAsyncTest : public WithTilePool {
protected:
  cuMemMapArrayAsyncTest() : WithTilePool(kPool) {
    desc.Width = 64;
    desc.Height = 32;
    desc.Flags = CUDA_ARRAY3D_DEFERRED_MAPPING;
  }
  CUarrayMapInfo map(CUarray array, unsigned long long offset) { return mapping(array, offset); }
  CUarrayMapInfo unmap(CUarray array) {
    CUarrayMapInfo info = mapping(array, 0);
    WithTilePool::unmap(info);
    return info;
  }
  CUresult fill(CUarray array, uint32_t first) {
    std::vector<uint32_t> texels(64 * 32);
    for (size_t i = 0; i < texels.size(); ++i)
      texels[i] = first + uint32_t(i);
    CUDA_MEMCPY2D copy = {};
    copy.srcMemoryType = CU_MEMORYTYPE_HOST;
    copy.srcHost = texels.data();
    copy.srcPitch = 256;
    copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.dstArray = array;
    copy.WidthInBytes = 256;
    copy.Height = 32;
    return cuMemcpy2D(&copy);
  }
  uint32_t texel(CUarray array, size_t x, size_t y) {
    uint32_t value = 0;
    CUDA_MEMCPY2D copy = {};
    copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.srcArray = array;
    copy.srcXInBytes = 4 * x;
    copy.srcY = y;
    copy.dstMemoryType = CU_MEMORYTYPE_HOST;
    copy.dstHost = &value;
    copy.WidthInBytes = 4;
    copy.Height = 1;
    EXPECT_CU(cuMemcpy2D(&copy));
    return value;
  }
  static constexpr size_t kPool = 4 << 20;
};

} // namespace

TEST_F(cuMemMapArrayAsyncTest, arrays_get_their_memory_in_stream_order) {
  int supported = 0;
  EXPECT_CU(cuDeviceGetAttribute(&supported,
                                 CU_DEVICE_ATTRIBUTE_DEFERRED_MAPPING_CUDA_ARRAY_SUPPORTED, 0));
  EXPECT_EQ(1, supported);
  CUarray first = nullptr, second = nullptr;
  ASSERT_CU(cuArray3DCreate(&first, &desc));
  ASSERT_CU(cuArray3DCreate(&second, &desc));
  CUDA_ARRAY_MEMORY_REQUIREMENTS need = {};
  ASSERT_CU(cuArrayGetMemoryRequirements(&need, first, 0));
  EXPECT_GE(need.size, 64u * 32 * 4);
  EXPECT_EQ(0u, need.size % need.alignment);
  CUarrayMapInfo list[] = {map(first, 0), map(second, need.size)};
  ASSERT_CU(cuMemMapArrayAsync(list, 2, nullptr));
  ASSERT_CU(fill(first, 1000));
  ASSERT_CU(fill(second, 5000));
  EXPECT_EQ(1000u + 64 * 3 + 5, texel(first, 5, 3));
  EXPECT_EQ(5000u + 64 * 31 + 63, texel(second, 63, 31));
  // The memory stays what it is when the arrays change places.
  list[0] = map(first, need.size);
  list[1] = unmap(second);
  ASSERT_CU(cuMemMapArrayAsync(list, 2, nullptr));
  EXPECT_EQ(5000u + 7, texel(first, 7, 0));
  EXPECT_CU(cuArrayDestroy(first));
  EXPECT_CU(cuArrayDestroy(second));

  CUmipmappedArray mipmap = nullptr;
  ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &desc, 3));
  ASSERT_CU(cuMipmappedArrayGetMemoryRequirements(&need, mipmap, 0));
  list[0].resourceType = CU_RESOURCE_TYPE_MIPMAPPED_ARRAY;
  list[0].resource.mipmap = mipmap;
  list[0].offset = 0;
  ASSERT_CU(cuMemMapArrayAsync(list, 1, nullptr));
  CUarray level = nullptr;
  ASSERT_CU(cuMipmappedArrayGetLevel(&level, mipmap, 0));
  EXPECT_EQ(1000u + 5, texel(level, 5, 0));
  list[0] = map(level, 0); // a level is no array of its own
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMapArrayAsync(list, 1, nullptr));
  EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
}

TEST_F(cuMemMapArrayAsyncTest, an_array_without_memory_faults) {
  CUarray array = nullptr;
  ASSERT_CU(cuArray3DCreate(&array, &desc));
  EXPECT_EQ(CUDA_ERROR_ILLEGAL_ADDRESS, fill(array, 0));
  cuCtxDestroy(context);
  context = nullptr;
}

TEST_F(cuMemMapArrayAsyncTest, arguments_are_checked) {
  CUarray array = nullptr, plain = nullptr;
  ASSERT_CU(cuArray3DCreate(&array, &desc));
  auto refused = [&](auto change) {
    CUarrayMapInfo info = map(array, 0);
    change(info);
    return cuMemMapArrayAsync(&info, 1, nullptr);
  };
  using Info = CUarrayMapInfo;
  CUarrayMapInfo good = map(array, 0);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMapArrayAsync(nullptr, 1, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMapArrayAsync(&good, 0, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemMapArrayAsync(&good, 1, CUstream(&good)));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, refused([](Info& i) { i.resource.array = nullptr; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, refused([](Info& i) { i.memHandle.memHandle = 17; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Info& i) { i.flags = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Info& i) { i.reserved[1] = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Info& i) { i.deviceBitMask = 0; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Info& i) { i.deviceBitMask = 3; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Info& i) { i.offset = 100; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](Info& i) { i.offset = kPool; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Info& i) { i.memOperationType = CUmemOperationType(3); }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Info& i) { i.memOperationType = CU_MEM_OPERATION_TYPE_UNMAP; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](Info& i) { i.resourceType = CU_RESOURCE_TYPE_LINEAR; }));
  prop.allocFlags.usage = 0;
  CUmemGenericAllocationHandle memory = 0;
  ASSERT_CU(cuMemCreate(&memory, kPool, &prop, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { i.memHandle.memHandle = memory; }));
  EXPECT_CU(cuMemRelease(memory));
  // A tile pool is for arrays alone.
  CUdeviceptr range = 0;
  ASSERT_CU(cuMemAddressReserve(&range, kPool, 0, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemMap(range, kPool, 0, pool, 0));
  EXPECT_CU(cuMemAddressFree(range, kPool));
  CUDA_ARRAY_MEMORY_REQUIREMENTS need = {};
  desc.Flags = 0;
  ASSERT_CU(cuArray3DCreate(&plain, &desc));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](Info& i) { i.resource.array = plain; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetMemoryRequirements(&need, plain, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetMemoryRequirements(nullptr, array, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuArrayGetMemoryRequirements(&need, array, 99));
  EXPECT_CU(cuArrayDestroy(array));
  EXPECT_CU(cuArrayDestroy(plain));
  desc.Flags = CUDA_ARRAY3D_SPARSE | CUDA_ARRAY3D_DEFERRED_MAPPING;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArray3DCreate(&plain, &desc));
}
