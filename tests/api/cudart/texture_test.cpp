// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texture and surface objects: what kernels would read (a handle of the fake backend is the address
// of the description), what is told about them and what is refused.
#include "fixture.h"
#include "spmd/texture_abi.h"

#include <cstring>

namespace anywarp::test {
namespace {

class Textures : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    bytes = make(8, 4, cudaChannelFormatKindUnsigned, {32, 16, 0}, cudaArrayDefault);
  }
  static cudaChannelFormatDesc channels(int bits, int count, cudaChannelFormatKind kind) {
    return cudaCreateChannelDesc(bits, count > 1 ? bits : 0, count > 2 ? bits : 0,
                                 count > 2 ? bits : 0, kind);
  }
  static cudaArray_t make(int bits, int count, cudaChannelFormatKind kind, cudaExtent extent,
                          unsigned flags) {
    cudaChannelFormatDesc desc = channels(bits, count, kind);
    cudaArray_t array = nullptr;
    EXPECT_OK(cudaMalloc3DArray(&array, &desc, extent, flags));
    return array;
  }
  static cudaResourceDesc of(cudaArray_t array) {
    cudaResourceDesc d = {};
    d.resType = cudaResourceTypeArray;
    d.res.array.array = array;
    return d;
  }
  // The error; on success `seen` is what kernels would read.
  cudaError_t create(const cudaResourceDesc& resource, const cudaTextureDesc& how,
                     const cudaResourceViewDesc* view = nullptr) {
    cudaTextureObject_t texture = 0;
    cudaError_t error = cudaCreateTextureObject(&texture, &resource, &how, view);
    if (error == cudaSuccess) {
      memcpy(&seen, reinterpret_cast<void*>(texture), sizeof seen);
      EXPECT_EQ(seen.magic, AW_TEXTURE_MAGIC);
      EXPECT_OK(cudaDestroyTextureObject(texture));
    }
    return error;
  }
  static cudaTextureDesc reading(cudaTextureReadMode mode, cudaTextureFilterMode filter) {
    cudaTextureDesc d = {};
    d.readMode = mode;
    d.filterMode = filter;
    return d;
  }
  cudaArray_t bytes = nullptr;
  AwTexture seen = {};
};

TEST_F(Textures, sampling_reaches_the_kernel) {
  cudaTextureDesc how = reading(cudaReadModeNormalizedFloat, cudaFilterModeLinear);
  how.addressMode[0] = cudaAddressModeMirror;
  how.addressMode[1] = cudaAddressModeWrap;
  how.addressMode[2] = cudaAddressModeBorder;
  how.normalizedCoords = 1;
  how.sRGB = 1;
  how.maxAnisotropy = 100;
  how.borderColor[3] = 0.5f;
  how.maxMipmapLevelClamp = 9;
  ASSERT_OK(create(of(bytes), how));
  EXPECT_EQ(seen.sampler.address[0], AW_ADDRESS_MIRROR);
  EXPECT_EQ(seen.sampler.address[1], AW_ADDRESS_WRAP);
  EXPECT_EQ(seen.sampler.address[2], AW_ADDRESS_BORDER);
  EXPECT_EQ(seen.sampler.filter, AW_FILTER_LINEAR);
  EXPECT_EQ(seen.sampler.flags, AW_SAMPLER_NORMALIZED | AW_SAMPLER_READ_FLOAT | AW_SAMPLER_SRGB);
  EXPECT_EQ(seen.sampler.max_anisotropy, 16);
  EXPECT_EQ(seen.sampler.border[3], 0.5f);
  EXPECT_EQ(seen.sampler.mip_max, 9);
  EXPECT_EQ(seen.image.geometry, AW_GEOMETRY_2D);
  EXPECT_EQ(seen.image.channel, AW_CHANNEL_U8);
  EXPECT_EQ(seen.image.channels, 4);
  EXPECT_EQ(seen.image.texel_bytes, 4);
  EXPECT_EQ(seen.image.level[0].width, 32u);
  EXPECT_EQ(seen.image.level[0].height, 16u);
  how.normalizedCoords = 0; // wrap and mirror need it and become clamp
  ASSERT_OK(create(of(bytes), how));
  EXPECT_EQ(seen.sampler.address[0], AW_ADDRESS_CLAMP);
  EXPECT_EQ(seen.sampler.address[1], AW_ADDRESS_CLAMP);
  EXPECT_EQ(seen.sampler.address[2], AW_ADDRESS_BORDER);
}

TEST_F(Textures, texels_lie_where_copies_put_them) {
  cudaArray_t array = make(32, 1, cudaChannelFormatKindSigned, {5, 3, 2}, cudaArrayLayered);
  std::vector<int> in(30);
  for (size_t i = 0; i < 30; ++i)
    in[i] = int(i);
  cudaMemcpy3DParms p = {};
  p.srcPtr = {in.data(), 20, 5, 3};
  p.dstArray = array;
  p.extent = {5, 3, 2};
  p.kind = cudaMemcpyHostToDevice;
  ASSERT_OK(cudaMemcpy3D(&p));
  ASSERT_OK(create(of(array), {}));
  EXPECT_EQ(seen.image.geometry, AW_GEOMETRY_2D_LAYERED);
  EXPECT_EQ(seen.image.layers, 2u);
  const AwLevel& level = seen.image.level[0];
  EXPECT_EQ(level.depth, 1u);
  for (size_t i = 0; i < 30; ++i) {
    int value;
    memcpy(&value,
           static_cast<char*>(level.base) + i / 15 * level.slice + i / 5 % 3 * level.pitch +
               i % 5 * 4,
           4);
    EXPECT_EQ(value, int(i));
  }
}

TEST_F(Textures, shapes) {
  struct {
    cudaExtent extent;
    unsigned flags;
    AwGeometry geometry;
    uint32_t layers, depth;
  } cases[] = {{{8, 0, 0}, 0, AW_GEOMETRY_1D, 1, 1},
               {{8, 4, 2}, 0, AW_GEOMETRY_3D, 1, 2},
               {{8, 0, 3}, cudaArrayLayered, AW_GEOMETRY_1D_LAYERED, 3, 1},
               {{8, 8, 6}, cudaArrayCubemap, AW_GEOMETRY_CUBE, 6, 1},
               {{8, 8, 12}, cudaArrayCubemap | cudaArrayLayered, AW_GEOMETRY_CUBE_LAYERED, 12, 1}};
  for (auto& c : cases) {
    ASSERT_OK(create(of(make(32, 1, cudaChannelFormatKindFloat, c.extent, c.flags)), {}));
    EXPECT_EQ(seen.image.geometry, c.geometry);
    EXPECT_EQ(seen.image.layers, c.layers);
    EXPECT_EQ(seen.image.level[0].depth, c.depth);
    EXPECT_EQ(seen.image.level[0].height, c.extent.height ? c.extent.height : 1);
  }
}

TEST_F(Textures, read_modes_that_do_not_go) {
  cudaArray_t words = make(32, 1, cudaChannelFormatKindUnsigned, {8, 8, 0}, 0);
  cudaArray_t floats = make(32, 1, cudaChannelFormatKindFloat, {8, 8, 0}, 0);
  auto element = cudaReadModeElementType;
  auto normalized = cudaReadModeNormalizedFloat;
  EXPECT_EQ(create(of(words), reading(normalized, cudaFilterModePoint)),
            cudaErrorInvalidNormSetting);
  EXPECT_EQ(create(of(words), reading(element, cudaFilterModeLinear)),
            cudaErrorInvalidFilterSetting);
  EXPECT_EQ(create(of(bytes), reading(element, cudaFilterModeLinear)),
            cudaErrorInvalidFilterSetting);
  EXPECT_OK(create(of(bytes), reading(normalized, cudaFilterModeLinear)));
  EXPECT_OK(create(of(bytes), reading(element, cudaFilterModePoint)));
  EXPECT_EQ(seen.sampler.flags & AW_SAMPLER_READ_FLOAT, 0);
  EXPECT_OK(create(of(floats), reading(element, cudaFilterModeLinear)));
  EXPECT_OK(create(of(floats), reading(normalized, cudaFilterModeLinear)));
  EXPECT_EQ(create(of(floats), reading(cudaTextureReadMode(5), cudaFilterModePoint)),
            cudaErrorInvalidValue);
}

TEST_F(Textures, of_memory) {
  char* memory = nullptr;
  ASSERT_OK(cudaMalloc(reinterpret_cast<void**>(&memory), 1 << 14));
  cudaResourceDesc d = {};
  d.resType = cudaResourceTypeLinear;
  d.res.linear.devPtr = memory;
  d.res.linear.desc = channels(32, 2, cudaChannelFormatKindFloat);
  d.res.linear.sizeInBytes = 1 << 14;
  // The filter of linear memory is ignored.
  ASSERT_OK(create(d, reading(cudaReadModeElementType, cudaFilterModeLinear)));
  EXPECT_EQ(seen.image.geometry, AW_GEOMETRY_LINEAR);
  EXPECT_EQ(seen.image.level[0].width, 2048u);
  EXPECT_EQ(seen.image.level[0].base, memory);
  d.res.linear.devPtr = memory + 8;
  EXPECT_EQ(create(d, {}), cudaErrorInvalidValue);
  d.res.linear.devPtr = memory;
  d.res.linear.desc = channels(32, 3, cudaChannelFormatKindFloat);
  d.res.linear.desc.w = 0;
  EXPECT_EQ(create(d, {}), cudaErrorInvalidChannelDescriptor);

  d = {};
  d.resType = cudaResourceTypePitch2D;
  d.res.pitch2D.devPtr = memory;
  d.res.pitch2D.desc = channels(8, 1, cudaChannelFormatKindUnsigned);
  d.res.pitch2D.width = 60;
  d.res.pitch2D.height = 100;
  d.res.pitch2D.pitchInBytes = 64;
  ASSERT_OK(create(d, {}));
  EXPECT_EQ(seen.image.geometry, AW_GEOMETRY_2D);
  EXPECT_EQ(seen.image.level[0].pitch, 64u);
  d.res.pitch2D.pitchInBytes = 60;
  EXPECT_EQ(create(d, {}), cudaErrorInvalidValue);
  EXPECT_OK(cudaFree(memory));
}

TEST_F(Textures, views_of_layers_and_levels) {
  cudaArray_t array = make(8, 4, cudaChannelFormatKindUnsigned, {8, 8, 10}, cudaArrayLayered);
  ASSERT_OK(create(of(array), {}));
  AwLevel whole = seen.image.level[0];
  cudaResourceViewDesc view = {};
  view.format = cudaResViewFormatUnsignedInt1;
  view.width = view.height = 8;
  view.depth = 10;
  view.firstLayer = 3;
  view.lastLayer = 6;
  ASSERT_OK(create(of(array), {}, &view));
  EXPECT_EQ(seen.image.channel, AW_CHANNEL_U32);
  EXPECT_EQ(seen.image.channels, 1);
  EXPECT_EQ(seen.image.layers, 4u);
  EXPECT_EQ(seen.image.level[0].base, static_cast<char*>(whole.base) + 3 * whole.slice);
  view.lastLayer = 10;
  EXPECT_EQ(create(of(array), {}, &view), cudaErrorInvalidValue);

  cudaMipmappedArray_t mipmap = nullptr;
  cudaChannelFormatDesc floats = channels(32, 1, cudaChannelFormatKindFloat);
  ASSERT_OK(cudaMallocMipmappedArray(&mipmap, &floats, {16, 8, 0}, 5));
  cudaResourceDesc d = {};
  d.resType = cudaResourceTypeMipmappedArray;
  d.res.mipmap.mipmap = mipmap;
  cudaTextureDesc how = {};
  how.normalizedCoords = 1;
  ASSERT_OK(create(d, how));
  EXPECT_EQ(seen.image.levels, 5u);
  EXPECT_EQ(seen.image.level[2].width, 4u);
  EXPECT_EQ(seen.image.level[4].height, 1u);
  view = {};
  view.width = 16;
  view.height = 8;
  view.firstMipmapLevel = 1;
  view.lastMipmapLevel = 3;
  ASSERT_OK(create(d, how, &view));
  EXPECT_EQ(seen.image.levels, 3u);
  EXPECT_EQ(seen.image.level[0].width, 8u);
  EXPECT_OK(cudaFreeMipmappedArray(mipmap));
}

TEST_F(Textures, tell_what_they_were_made_of) {
  cudaTextureDesc how = reading(cudaReadModeNormalizedFloat, cudaFilterModeLinear), howRead = {};
  how.addressMode[1] = cudaAddressModeBorder;
  how.normalizedCoords = 1;
  how.minMipmapLevelClamp = 2;
  cudaResourceDesc resource = of(bytes), resourceRead = {};
  cudaTextureObject_t texture = 0;
  ASSERT_OK(cudaCreateTextureObject(&texture, &resource, &how, nullptr));
  ASSERT_OK(cudaGetTextureObjectTextureDesc(&howRead, texture));
  EXPECT_EQ(0, memcmp(&how, &howRead, sizeof how));
  ASSERT_OK(cudaGetTextureObjectResourceDesc(&resourceRead, texture));
  EXPECT_EQ(resourceRead.resType, cudaResourceTypeArray);
  EXPECT_EQ(resourceRead.res.array.array, bytes);
  cudaResourceViewDesc view;
  EXPECT_EQ(cudaGetTextureObjectResourceViewDesc(&view, texture), cudaErrorInvalidValue);
  ASSERT_OK(cudaDestroyTextureObject(texture));
  EXPECT_EQ(cudaDestroyTextureObject(texture), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetTextureObjectTextureDesc(&howRead, texture), cudaErrorInvalidValue);
  EXPECT_EQ(cudaCreateTextureObject(nullptr, &resource, &how, nullptr), cudaErrorInvalidValue);
}

#if CUDART_VERSION < 12000
TEST_F(Textures, second_form_knows_seamless_cubemaps) {
  cudaTextureDesc_v2 how = {}, howRead = {};
  how.seamlessCubemap = 1;
  how.normalizedCoords = 1;
  cudaResourceDesc resource = of(bytes);
  cudaTextureObject_t texture = 0;
  ASSERT_OK(cudaCreateTextureObject_v2(&texture, &resource, &how, nullptr));
  EXPECT_TRUE(reinterpret_cast<AwTexture*>(texture)->sampler.flags & AW_SAMPLER_SEAMLESS);
  ASSERT_OK(cudaGetTextureObjectTextureDesc_v2(&howRead, texture));
  EXPECT_EQ(howRead.seamlessCubemap, 1);
  EXPECT_OK(cudaDestroyTextureObject(texture));
}
#endif

TEST_F(Textures, surfaces) {
  cudaArray_t target =
      make(32, 1, cudaChannelFormatKindFloat, {8, 8, 0}, cudaArraySurfaceLoadStore);
  cudaResourceDesc resource = of(target), read = {};
  cudaSurfaceObject_t surface = 0;
  ASSERT_OK(cudaCreateSurfaceObject(&surface, &resource));
  const auto* description = reinterpret_cast<AwSurface*>(surface);
  EXPECT_EQ(description->magic, AW_SURFACE_MAGIC);
  EXPECT_EQ(description->image.level[0].width, 8u);
  EXPECT_EQ(description->image.levels, 1u);
  ASSERT_OK(cudaGetSurfaceObjectResourceDesc(&read, surface));
  EXPECT_EQ(read.res.array.array, target);
  EXPECT_OK(cudaDestroySurfaceObject(surface));
  EXPECT_EQ(cudaDestroySurfaceObject(surface), cudaErrorInvalidValue);
  resource = {};
  resource.resType = cudaResourceTypeLinear;
  ASSERT_OK(cudaMalloc(&resource.res.linear.devPtr, 64));
  resource.res.linear.desc = channels(32, 1, cudaChannelFormatKindFloat);
  resource.res.linear.sizeInBytes = 64;
  EXPECT_EQ(cudaCreateSurfaceObject(&surface, &resource), cudaErrorInvalidValue);
  EXPECT_OK(cudaFree(resource.res.linear.devPtr));
}

// Programs that make their mipmaps on the device do this; cudaArraySurfaceLoadStore is documented
// for references.
TEST_F(Textures, surfaces_of_levels_made_without_a_flag) {
  cudaChannelFormatDesc desc = channels(8, 4, cudaChannelFormatKindUnsigned);
  cudaMipmappedArray_t mipmap = nullptr;
  ASSERT_OK(cudaMallocMipmappedArray(&mipmap, &desc, {32, 16, 0}, 3));
  cudaArray_t level = nullptr;
  ASSERT_OK(cudaGetMipmappedArrayLevel(&level, mipmap, 1));
  cudaResourceDesc resource = of(level);
  cudaSurfaceObject_t surface = 0;
  ASSERT_OK(cudaCreateSurfaceObject(&surface, &resource));
  const auto* description = reinterpret_cast<AwSurface*>(surface);
  EXPECT_EQ(description->image.level[0].width, 16u);
  EXPECT_EQ(description->image.level[0].height, 8u);
  EXPECT_OK(cudaDestroySurfaceObject(surface));
  EXPECT_OK(cudaFreeMipmappedArray(mipmap));
}

TEST_F(Textures, largest_linear_texture) {
  size_t width = 0;
  cudaChannelFormatDesc desc = channels(32, 4, cudaChannelFormatKindFloat);
  EXPECT_OK(cudaDeviceGetTexture1DLinearMaxWidth(&width, &desc, 0));
  EXPECT_EQ(width, size_t(1) << 28); // programming guide, compute capability 9.0
  desc.y = 0;
  EXPECT_EQ(cudaDeviceGetTexture1DLinearMaxWidth(&width, &desc, 0),
            cudaErrorInvalidChannelDescriptor);
}

} // namespace
} // namespace anywarp::test
