// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture and surface objects: what may be made and what is told about it. How kernels read them is
// tested in tests/ptx.
#include "fixture.h"

#include <thread>

namespace {

class cuTexObjectTest : public WithContext {
protected:
  void SetUp() override {
    WithContext::SetUp();
    if (HasFatalFailure())
      return;
    floats = make(CU_AD_FORMAT_FLOAT, 1, CUDA_ARRAY3D_SURFACE_LDST);
    bytes = make(CU_AD_FORMAT_UNSIGNED_INT8, 4, 0);
    words = make(CU_AD_FORMAT_UNSIGNED_INT32, 1, 0);
    ASSERT_CU(cuMemAlloc(&memory, 1 << 16));
  }
  CUarray make(CUarray_format format, unsigned channels, unsigned flags) {
    CUDA_ARRAY3D_DESCRIPTOR d = {32, 16, 0, format, channels, flags};
    CUarray array = nullptr;
    EXPECT_CU(cuArray3DCreate(&array, &d));
    return array;
  }
  static CUDA_RESOURCE_DESC of(CUarray array) {
    CUDA_RESOURCE_DESC d = {};
    d.resType = CU_RESOURCE_TYPE_ARRAY;
    d.res.array.hArray = array;
    return d;
  }
  CUDA_RESOURCE_DESC linear(size_t size, size_t offset = 0) {
    CUDA_RESOURCE_DESC d = {};
    d.resType = CU_RESOURCE_TYPE_LINEAR;
    d.res.linear.devPtr = memory + offset;
    d.res.linear.format = CU_AD_FORMAT_FLOAT;
    d.res.linear.numChannels = 2;
    d.res.linear.sizeInBytes = size;
    return d;
  }
  CUDA_RESOURCE_DESC pitched(size_t width, size_t height, size_t pitch) {
    CUDA_RESOURCE_DESC d = {};
    d.resType = CU_RESOURCE_TYPE_PITCH2D;
    d.res.pitch2D.devPtr = memory;
    d.res.pitch2D.format = CU_AD_FORMAT_FLOAT;
    d.res.pitch2D.numChannels = 1;
    d.res.pitch2D.width = width;
    d.res.pitch2D.height = height;
    d.res.pitch2D.pitchInBytes = pitch;
    return d;
  }
  CUresult create(const CUDA_RESOURCE_DESC& resource, const CUDA_TEXTURE_DESC& sampling = {},
                  const CUDA_RESOURCE_VIEW_DESC* view = nullptr) {
    CUtexObject texture = 0;
    CUresult result = cuTexObjectCreate(&texture, &resource, &sampling, view);
    EXPECT_EQ(result == CUDA_SUCCESS, texture != 0);
    if (texture)
      EXPECT_CU(cuTexObjectDestroy(texture));
    return result;
  }
  static CUDA_TEXTURE_DESC filtered(unsigned flags) {
    CUDA_TEXTURE_DESC d = {};
    d.filterMode = CU_TR_FILTER_MODE_LINEAR;
    d.flags = flags;
    return d;
  }

  CUarray floats = nullptr, bytes = nullptr, words = nullptr;
  CUdeviceptr memory = 0;
};

} // namespace

TEST_F(cuTexObjectTest, descriptions_read_back) {
  CUDA_RESOURCE_DESC resource = of(bytes), resourceRead = {};
  CUDA_TEXTURE_DESC sampling = {}, samplingRead = {};
  sampling.addressMode[0] = CU_TR_ADDRESS_MODE_MIRROR;
  sampling.addressMode[1] = CU_TR_ADDRESS_MODE_BORDER;
  sampling.filterMode = CU_TR_FILTER_MODE_LINEAR;
  sampling.flags = CU_TRSF_NORMALIZED_COORDINATES | CU_TRSF_SRGB;
  sampling.maxAnisotropy = 4;
  sampling.mipmapFilterMode = CU_TR_FILTER_MODE_LINEAR;
  sampling.mipmapLevelBias = 0.5f;
  sampling.minMipmapLevelClamp = 1;
  sampling.maxMipmapLevelClamp = 7;
  sampling.borderColor[2] = 0.25f;
  CUDA_RESOURCE_VIEW_DESC view = {}, viewRead = {};
  view.format = CU_RES_VIEW_FORMAT_UINT_4X8;
  view.width = 32;
  view.height = 16;
  CUtexObject texture = 0;
  ASSERT_CU(cuTexObjectCreate(&texture, &resource, &sampling, &view));
  EXPECT_CU(cuTexObjectGetResourceDesc(&resourceRead, texture));
  EXPECT_EQ(CU_RESOURCE_TYPE_ARRAY, resourceRead.resType);
  EXPECT_EQ(bytes, resourceRead.res.array.hArray);
  EXPECT_CU(cuTexObjectGetTextureDesc(&samplingRead, texture));
  EXPECT_EQ(0, memcmp(&sampling, &samplingRead, sizeof sampling));
  EXPECT_CU(cuTexObjectGetResourceViewDesc(&viewRead, texture));
  EXPECT_EQ(0, memcmp(&view, &viewRead, sizeof view));
  EXPECT_CU(cuTexObjectDestroy(texture));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectDestroy(texture));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectGetTextureDesc(&samplingRead, texture));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectGetResourceDesc(&resourceRead, 5));

  ASSERT_CU(cuTexObjectCreate(&texture, &resource, &sampling, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectGetResourceViewDesc(&viewRead, texture));
  EXPECT_CU(cuTexObjectDestroy(texture));
}

TEST_F(cuTexObjectTest, integers_are_filtered_only_when_read_as_numbers) {
  EXPECT_CU(create(of(floats), filtered(0)));
  EXPECT_CU(create(of(floats), filtered(CU_TRSF_READ_AS_INTEGER)));
  EXPECT_CU(create(of(bytes), filtered(0)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(bytes), filtered(CU_TRSF_READ_AS_INTEGER)));
  EXPECT_CU(create(of(words))); // 32-bit integers stay integers
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(words), filtered(0)));
}

TEST_F(cuTexObjectTest, modes_and_flags_out_of_range) {
  CUDA_TEXTURE_DESC d = {};
  d.addressMode[1] = CUaddress_mode(4);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(floats), d));
  d = {};
  d.filterMode = CUfilter_mode(2);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(floats), d));
  d = {};
  d.mipmapFilterMode = CUfilter_mode(2);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(floats), d));
  d = {};
  d.flags = 0x100;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(floats), d));
  // Wrapping without normalized coordinates becomes clamping.
  d = {};
  d.addressMode[0] = CU_TR_ADDRESS_MODE_WRAP;
  EXPECT_CU(create(of(floats), d));
  CUDA_RESOURCE_DESC resource = of(floats);
  resource.flags = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(resource));
  resource = of(floats);
  resource.resType = CUresourcetype(7);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(resource));
  CUtexObject texture = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectCreate(nullptr, &resource, &d, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectCreate(&texture, nullptr, &d, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectCreate(&texture, &resource, nullptr, nullptr));
}

TEST_F(cuTexObjectTest, linear_memory) {
  EXPECT_CU(create(linear(1 << 16)));
  EXPECT_CU(create(linear(1 << 15, 512)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(linear(1 << 15, 256)));  // TEXTURE_ALIGNMENT is 512
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(linear((1 << 16) + 8))); // beyond the allocation
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(linear(0)));
  CUDA_RESOURCE_DESC resource = linear(64);
  resource.res.linear.devPtr = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(resource));
  resource = linear(64);
  resource.res.linear.numChannels = 3;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(resource));
  resource.res.linear.numChannels = 4;
  resource.res.linear.format = CU_AD_FORMAT_UNORM_INT8X4; // for arrays only
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(resource));
  size_t most = 0;
  ASSERT_CU(cuDeviceGetTexture1DLinearMaxWidth(&most, CU_AD_FORMAT_UNSIGNED_INT8, 1, device));
  CUdeviceptr large = 0;
  ASSERT_CU(cuMemAlloc(&large, most + 1)); // never touched
  resource.res.linear.devPtr = large;
  resource.res.linear.format = CU_AD_FORMAT_UNSIGNED_INT8;
  resource.res.linear.numChannels = 1;
  resource.res.linear.sizeInBytes = most;
  EXPECT_CU(create(resource));
  resource.res.linear.sizeInBytes = most + 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(resource));
  EXPECT_CU(cuMemFree(large));
}

TEST_F(cuTexObjectTest, pitched_memory) {
  EXPECT_CU(create(pitched(64, 256, 256)));
  EXPECT_CU(create(pitched(60, 200, 288)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(pitched(60, 200, 272))); // not 32-byte aligned
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(pitched(65, 100, 256)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(pitched(64, 257, 256)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(pitched(0, 16, 256)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(pitched(1, 1, 2097152)));
}

TEST_F(cuTexObjectTest, views) {
  CUDA_RESOURCE_VIEW_DESC view = {};
  view.format = CU_RES_VIEW_FORMAT_UINT_1X32; // the same four bytes
  view.width = 32;
  view.height = 16;
  EXPECT_CU(create(of(bytes), {}, &view));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(linear(64), {}, &view));
  view.format = CU_RES_VIEW_FORMAT_UINT_1X16;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(bytes), {}, &view));
  view.format = CU_RES_VIEW_FORMAT_NONE;
  view.width = 16;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(bytes), {}, &view));
  view.width = 32;
  view.lastMipmapLevel = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(bytes), {}, &view));
  view.lastMipmapLevel = 0;
  view.lastLayer = 1;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(bytes), {}, &view));
  view.lastLayer = 0;
  view.format = CUresourceViewFormat(99);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(of(bytes), {}, &view));
}

TEST_F(cuTexObjectTest, mipmaps_want_normalized_coordinates) {
  CUDA_ARRAY3D_DESCRIPTOR d = {32, 16, 0, CU_AD_FORMAT_FLOAT, 1, 0};
  CUmipmappedArray mipmap = nullptr;
  ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &d, 3));
  CUDA_RESOURCE_DESC resource = {};
  resource.resType = CU_RESOURCE_TYPE_MIPMAPPED_ARRAY;
  resource.res.mipmap.hMipmappedArray = mipmap;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(resource));
  CUDA_TEXTURE_DESC sampling = {};
  sampling.flags = CU_TRSF_NORMALIZED_COORDINATES;
  EXPECT_CU(create(resource, sampling));
  CUDA_RESOURCE_VIEW_DESC view = {};
  view.width = 32;
  view.height = 16;
  view.firstMipmapLevel = 1;
  view.lastMipmapLevel = 2;
  EXPECT_CU(create(resource, sampling, &view));
  view.lastMipmapLevel = 3;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(resource, sampling, &view));
  EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
}

TEST_F(cuTexObjectTest, surfaces) {
  CUsurfObject surface = 0;
  CUDA_RESOURCE_DESC resource = of(floats), back = {};
  ASSERT_CU(cuSurfObjectCreate(&surface, &resource));
  EXPECT_CU(cuSurfObjectGetResourceDesc(&back, surface));
  EXPECT_EQ(floats, back.res.array.hArray);
  EXPECT_CU(cuSurfObjectDestroy(surface));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuSurfObjectDestroy(surface));
  EXPECT_CU(cuSurfObjectDestroy(0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuSurfObjectGetResourceDesc(&back, surface));
  resource = of(bytes); // SURFACE_LDST is asked of surface references only
  ASSERT_CU(cuSurfObjectCreate(&surface, &resource));
  EXPECT_CU(cuSurfObjectDestroy(surface));
  resource = linear(64);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuSurfObjectCreate(&surface, &resource));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuSurfObjectCreate(&surface, nullptr));
}

TEST_F(cuTexObjectTest, many_threads_make_and_destroy) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this] {
      ASSERT_CU(cuCtxSetCurrent(context));
      for (int i = 0; i < 100; ++i)
        EXPECT_CU(create(of(floats)));
    });
  for (std::thread& thread : threads)
    thread.join();
}
