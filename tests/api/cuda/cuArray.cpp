// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays: their descriptors, and copies between them and memory with host arithmetic beside. Texel
// (x, y, z) of a filled array holds x + 100 y + 10000 z.
#include "fixture.h"

#include <functional>
#include <numeric>
#include <thread>

namespace {

class cuArrayTest : public WithContext {
protected:
  CUarray make(size_t width, size_t height, size_t depth, CUarray_format format, unsigned channels,
               unsigned flags = 0) {
    CUDA_ARRAY3D_DESCRIPTOR d = {width, height, depth, format, channels, flags};
    CUarray array = nullptr;
    EXPECT_CU(cuArray3DCreate(&array, &d));
    return array;
  }
  CUresult create(size_t width, size_t height, size_t depth, unsigned flags = 0,
                  unsigned channels = 1, CUarray_format format = CU_AD_FORMAT_FLOAT) {
    CUDA_ARRAY3D_DESCRIPTOR d = {width, height, depth, format, channels, flags};
    CUarray array = nullptr;
    CUresult result = cuArray3DCreate(&array, &d);
    if (array)
      EXPECT_CU(cuArrayDestroy(array));
    return result;
  }
  static int texel(size_t x, size_t y, size_t z) { return int(x + 100 * y + 10000 * z); }
  // A whole array of ints at once, from or to tight host memory.
  static CUDA_MEMCPY3D whole(size_t width, size_t height, size_t depth) {
    CUDA_MEMCPY3D copy = {};
    copy.WidthInBytes = width * 4;
    copy.Height = height;
    copy.Depth = depth;
    return copy;
  }
  void fill(CUarray array, size_t width, size_t height, size_t depth) {
    std::vector<int> host(width * height * depth);
    for (size_t z = 0; z < depth; ++z)
      for (size_t y = 0; y < height; ++y)
        for (size_t x = 0; x < width; ++x)
          host[(z * height + y) * width + x] = texel(x, y, z);
    CUDA_MEMCPY3D copy = whole(width, height, depth);
    copy.srcMemoryType = CU_MEMORYTYPE_HOST;
    copy.srcHost = host.data();
    copy.srcPitch = width * 4;
    copy.srcHeight = height;
    copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.dstArray = array;
    ASSERT_CU(cuMemcpy3D(&copy));
  }
  std::vector<int> read(CUarray array, size_t width, size_t height, size_t depth) {
    std::vector<int> host(width * height * depth, -1);
    CUDA_MEMCPY3D copy = whole(width, height, depth);
    copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.srcArray = array;
    copy.dstMemoryType = CU_MEMORYTYPE_HOST;
    copy.dstHost = host.data();
    copy.dstPitch = width * 4;
    copy.dstHeight = height;
    EXPECT_CU(cuMemcpy3D(&copy));
    return host;
  }
  int attribute(CUdevice_attribute code) {
    int value = 0;
    EXPECT_CU(cuDeviceGetAttribute(&value, code, device));
    return value;
  }
};

} // namespace

TEST_F(cuArrayTest, descriptors_read_back) {
  CUDA_ARRAY_DESCRIPTOR flat = {31, 17, CU_AD_FORMAT_UNSIGNED_INT16, 2}, flatRead = {};
  CUarray array = nullptr;
  ASSERT_CU(cuArrayCreate(&array, &flat));
  EXPECT_CU(cuArrayGetDescriptor(&flatRead, array));
  EXPECT_EQ(31u, flatRead.Width);
  EXPECT_EQ(17u, flatRead.Height);
  EXPECT_EQ(CU_AD_FORMAT_UNSIGNED_INT16, flatRead.Format);
  EXPECT_EQ(2u, flatRead.NumChannels);
  CUDA_ARRAY3D_DESCRIPTOR d = {};
  EXPECT_CU(cuArray3DGetDescriptor(&d, array));
  EXPECT_EQ(0u, d.Depth);
  EXPECT_EQ(0u, d.Flags);
  EXPECT_CU(cuArrayDestroy(array));

  array = make(8, 8, 12, CU_AD_FORMAT_HALF, 4, CUDA_ARRAY3D_CUBEMAP | CUDA_ARRAY3D_LAYERED);
  EXPECT_CU(cuArray3DGetDescriptor(&d, array));
  EXPECT_EQ(12u, d.Depth);
  EXPECT_EQ(unsigned(CUDA_ARRAY3D_CUBEMAP | CUDA_ARRAY3D_LAYERED), d.Flags);
  EXPECT_CU(cuArrayDestroy(array));
}

TEST_F(cuArrayTest, shapes_that_the_manual_allows) {
  EXPECT_CU(create(1, 0, 0));
  EXPECT_CU(create(16, 16, 0, CUDA_ARRAY3D_TEXTURE_GATHER | CUDA_ARRAY3D_SURFACE_LDST));
  EXPECT_CU(create(16, 8, 4));
  EXPECT_CU(create(16, 0, 4, CUDA_ARRAY3D_LAYERED));
  EXPECT_CU(create(16, 8, 4, CUDA_ARRAY3D_LAYERED));
  EXPECT_CU(create(16, 16, 6, CUDA_ARRAY3D_CUBEMAP));
  EXPECT_CU(create(16, 16, 18, CUDA_ARRAY3D_CUBEMAP | CUDA_ARRAY3D_LAYERED));
}

TEST_F(cuArrayTest, shapes_that_it_does_not) {
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(0, 4, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(4, 0, 4)); // depth without height or layers
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(4, 4, 0, CUDA_ARRAY3D_LAYERED));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(16, 8, 6, CUDA_ARRAY3D_CUBEMAP));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(16, 16, 5, CUDA_ARRAY3D_CUBEMAP));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            create(16, 16, 8, CUDA_ARRAY3D_CUBEMAP | CUDA_ARRAY3D_LAYERED));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(16, 16, 4, CUDA_ARRAY3D_TEXTURE_GATHER));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(16, 16, 0, 0, 3));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(16, 16, 0, 0, 1, CUarray_format(0x77)));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(16, 16, 0, 0x8000));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(16, 16, 0, 0, 4, CU_AD_FORMAT_UNORM_INT8X2));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(16, 0, 0, CUDA_ARRAY3D_SPARSE));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArray3DCreate(nullptr, nullptr));
}

TEST_F(cuArrayTest, lengths_are_limited_by_attributes) {
  auto most = size_t(attribute(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_WIDTH));
  auto surface = size_t(attribute(CU_DEVICE_ATTRIBUTE_MAXIMUM_SURFACE1D_WIDTH));
  EXPECT_CU(create(most, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(most + 1, 0, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(surface + 1, 0, 0, CUDA_ARRAY3D_SURFACE_LDST));
  auto layers = size_t(attribute(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_LAYERED_LAYERS));
  EXPECT_CU(create(1, 1, layers, CUDA_ARRAY3D_LAYERED));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(1, 1, layers + 1, CUDA_ARRAY3D_LAYERED));
  // A 3D array may be deeper than MAXIMUM_TEXTURE3D_DEPTH where it is less wide.
  auto deep = size_t(attribute(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE3D_DEPTH_ALTERNATE));
  EXPECT_CU(create(1, 1, deep));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(1, 1, deep + 1));
}

TEST_F(cuArrayTest, dead_handles_are_errors) {
  CUarray array = make(4, 4, 0, CU_AD_FORMAT_FLOAT, 1);
  ASSERT_CU(cuArrayDestroy(array));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuArrayDestroy(array));
  CUDA_ARRAY3D_DESCRIPTOR d;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuArray3DGetDescriptor(&d, array));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuArray3DGetDescriptor(&d, nullptr));
  char data[16];
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMemcpyAtoH(data, array, 0, 16));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMipmappedArrayDestroy(CUmipmappedArray(data)));
  CUDA_RESOURCE_DESC resource = {};
  resource.res.array.hArray = array;
  CUDA_TEXTURE_DESC sampling = {};
  CUtexObject texture = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuTexObjectCreate(&texture, &resource, &sampling, nullptr));
}

TEST_F(cuArrayTest, a_context_takes_its_arrays_with_it) {
  CUarray array = make(4, 4, 0, CU_AD_FORMAT_FLOAT, 1);
  CUcontext second = nullptr;
  ASSERT_CU(cuCtxCreate(&second, nullptr, 0, device));
  CUarray other = make(4, 4, 0, CU_AD_FORMAT_FLOAT, 1);
  ASSERT_CU(cuCtxDestroy(second));
  CUDA_ARRAY3D_DESCRIPTOR d;
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuArray3DGetDescriptor(&d, other));
  EXPECT_CU(cuArray3DGetDescriptor(&d, array));
  EXPECT_CU(cuArrayDestroy(array));
}

TEST_F(cuArrayTest, memory_is_counted_and_given_back) {
  size_t before = 0, with = 0, after = 0, total = 0;
  ASSERT_CU(cuMemGetInfo(&before, &total));
  CUarray array = make(1024, 1024, 0, CU_AD_FORMAT_FLOAT, 4);
  ASSERT_CU(cuMemGetInfo(&with, &total));
  EXPECT_GE(before - with, size_t(1024) * 1024 * 16);
  EXPECT_CU(cuArrayDestroy(array));
  ASSERT_CU(cuMemGetInfo(&after, &total));
  EXPECT_EQ(before, after);
}

TEST_F(cuArrayTest, a_box_inside_a_3d_array) {
  CUarray array = make(10, 7, 5, CU_AD_FORMAT_SIGNED_INT32, 1);
  fill(array, 10, 7, 5);
  // 4 x 3 x 2 texels at (3, 2, 1) to device memory with gaps, and from there to (5, 4, 3).
  CUdeviceptr device = upload(std::vector<int>(8 * 5 * 2, -1));
  CUDA_MEMCPY3D copy = whole(4, 3, 2);
  copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
  copy.srcArray = array;
  copy.srcXInBytes = 12;
  copy.srcY = 2;
  copy.srcZ = 1;
  copy.dstMemoryType = CU_MEMORYTYPE_DEVICE;
  copy.dstDevice = device;
  copy.dstPitch = 32;
  copy.dstHeight = 5;
  copy.dstXInBytes = 4;
  copy.dstY = 1;
  ASSERT_CU(cuMemcpy3D(&copy));
  std::vector<int> result = download<int>(device, 80);
  for (size_t z = 0; z < 2; ++z)
    for (size_t y = 0; y < 5; ++y)
      for (size_t x = 0; x < 8; ++x) {
        bool inside = x >= 1 && x < 5 && y >= 1 && y < 4;
        EXPECT_EQ(inside ? texel(x + 2, y + 1, z + 1) : -1, result[(z * 5 + y) * 8 + x]);
      }
  std::swap(copy.srcMemoryType, copy.dstMemoryType);
  copy.srcMemoryType = CU_MEMORYTYPE_UNIFIED;
  copy.srcDevice = device;
  copy.srcPitch = 32;
  copy.srcHeight = 5;
  copy.srcXInBytes = 4;
  copy.srcY = 1;
  copy.srcZ = 0;
  copy.dstArray = array;
  copy.dstXInBytes = 20;
  copy.dstY = 4;
  copy.dstZ = 3;
  ASSERT_CU(cuMemcpy3D(&copy));
  result = read(array, 10, 7, 5);
  for (size_t z = 0; z < 5; ++z)
    for (size_t y = 0; y < 7; ++y)
      for (size_t x = 0; x < 10; ++x) {
        bool inside = x >= 5 && x < 9 && y >= 4 && z >= 3;
        EXPECT_EQ(inside ? texel(x - 2, y - 2, z - 2) : texel(x, y, z),
                  result[(z * 7 + y) * 10 + x]);
      }
  EXPECT_CU(cuMemFree(device));
  EXPECT_CU(cuArrayDestroy(array));
}

TEST_F(cuArrayTest, layers_and_faces_are_slices) {
  CUarray lines = make(6, 0, 4, CU_AD_FORMAT_SIGNED_INT32, 1, CUDA_ARRAY3D_LAYERED);
  fill(lines, 6, 1, 4);
  CUarray cube = make(6, 6, 6, CU_AD_FORMAT_SIGNED_INT32, 1, CUDA_ARRAY3D_CUBEMAP);
  fill(cube, 6, 6, 6);
  // Layer 2 of the lines into row 3 of face 5.
  CUDA_MEMCPY3D copy = whole(6, 1, 1);
  copy.srcMemoryType = copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  copy.srcArray = lines;
  copy.srcZ = 2;
  copy.dstArray = cube;
  copy.dstY = 3;
  copy.dstZ = 5;
  ASSERT_CU(cuMemcpy3D(&copy));
  std::vector<int> result = read(cube, 6, 6, 6);
  for (size_t z = 0; z < 6; ++z)
    for (size_t y = 0; y < 6; ++y)
      for (size_t x = 0; x < 6; ++x)
        EXPECT_EQ(z == 5 && y == 3 ? texel(x, 0, 2) : texel(x, y, z), result[(z * 6 + y) * 6 + x]);
  EXPECT_CU(cuArrayDestroy(lines));
  EXPECT_CU(cuArrayDestroy(cube));
}

TEST_F(cuArrayTest, boxes_outside_and_broken_texels_are_refused) {
  CUarray array = make(8, 4, 0, CU_AD_FORMAT_UNSIGNED_INT8, 4);
  std::vector<char> host(1024);
  CUDA_MEMCPY2D copy = {};
  copy.srcMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = host.data();
  copy.srcPitch = 64;
  copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  copy.dstArray = array;
  copy.WidthInBytes = 32;
  copy.Height = 4;
  EXPECT_CU(cuMemcpy2D(&copy));
  EXPECT_CU(cuMemcpy2DUnaligned(&copy));
  auto with = [&](auto change) {
    CUDA_MEMCPY2D other = copy;
    change(other);
    return cuMemcpy2D(&other);
  };
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.WidthInBytes = 36; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.Height = 5; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.dstY = 1; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.dstXInBytes = 4; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.dstXInBytes = SIZE_MAX - 3; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.WidthInBytes = 6; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.dstXInBytes = 2, c.WidthInBytes = 4; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.srcPitch = 16; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.srcPitch = size_t(1) << 33; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.srcHost = nullptr; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, with([](auto& c) { c.dstArray = nullptr; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, with([](auto& c) { c.dstMemoryType = CUmemorytype(9); }));
  EXPECT_CU(cuArrayDestroy(array));
}

TEST_F(cuArrayTest, arrays_of_different_texels_do_not_copy) {
  CUarray bytes = make(16, 4, 0, CU_AD_FORMAT_UNSIGNED_INT8, 1);
  CUarray words = make(4, 4, 0, CU_AD_FORMAT_UNSIGNED_INT8, 4);
  CUarray floats = make(4, 4, 0, CU_AD_FORMAT_FLOAT, 1);
  CUDA_MEMCPY2D copy = {};
  copy.srcMemoryType = copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  copy.srcArray = bytes;
  copy.dstArray = words;
  copy.WidthInBytes = 16;
  copy.Height = 4;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpy2D(&copy));
  copy.srcArray = floats; // another format of the same size
  EXPECT_CU(cuMemcpy2D(&copy));
  for (CUarray array : {bytes, words, floats})
    EXPECT_CU(cuArrayDestroy(array));
}

TEST_F(cuArrayTest, runs_of_bytes) {
  CUarray array = make(100, 0, 0, CU_AD_FORMAT_SIGNED_INT16, 2);
  CUarray other = make(100, 0, 0, CU_AD_FORMAT_FLOAT, 1);
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 7);
  ASSERT_CU(cuMemcpyHtoA(array, 0, values.data(), 400));
  CUdeviceptr device = upload(std::vector<int>(100, -1));
  EXPECT_CU(cuMemcpyAtoD(device + 8, array, 40, 80));
  std::vector<int> result = download<int>(device, 100);
  for (size_t i = 0; i < 100; ++i)
    EXPECT_EQ(i >= 2 && i < 22 ? values[i + 8] : -1, result[i]);
  EXPECT_CU(cuMemcpyDtoA(array, 0, device, 40));
  EXPECT_CU(cuMemcpyAtoA(other, 4, array, 0, 396));
  std::vector<int> back(99);
  EXPECT_CU(cuMemcpyAtoH(back.data(), other, 4, 396));
  for (size_t i = 0; i < 99; ++i)
    EXPECT_EQ(i < 10 ? result[i] : values[i], back[i]);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoA(array, 4, values.data(), 400));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoA(array, 2, values.data(), 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoA(array, 0, values.data(), 6));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyAtoD(device, array, 400, 4));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyAtoD(CUdeviceptr(values.data()), array, 0, 4));
  EXPECT_CU(cuMemFree(device));
  EXPECT_CU(cuArrayDestroy(array));
  EXPECT_CU(cuArrayDestroy(other));
}

TEST_F(cuArrayTest, copies_run_in_stream_order) {
  CUarray array = make(256, 256, 0, CU_AD_FORMAT_SIGNED_INT32, 1);
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  void* pinned = nullptr;
  ASSERT_CU(cuMemHostAlloc(&pinned, 256 * 256 * 4, 0));
  auto* values = static_cast<int*>(pinned);
  CUdeviceptr device = upload(std::vector<int>(256 * 256, 0));
  CUDA_MEMCPY2D in = {}, out = {};
  in.srcMemoryType = CU_MEMORYTYPE_DEVICE;
  in.srcDevice = device;
  in.srcPitch = 1024;
  in.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  in.dstArray = array;
  in.WidthInBytes = 1024;
  in.Height = 256;
  out.srcMemoryType = CU_MEMORYTYPE_ARRAY;
  out.srcArray = array;
  out.dstMemoryType = CU_MEMORYTYPE_HOST;
  out.dstHost = pinned;
  out.dstPitch = 1024;
  out.WidthInBytes = 1024;
  out.Height = 256;
  for (unsigned round = 1; round <= 20; ++round) {
    EXPECT_CU(cuMemsetD32Async(device, round, 256 * 256, stream));
    EXPECT_CU(cuMemcpy2DAsync(&in, stream));
    EXPECT_CU(cuMemsetD32Async(device, 0, 256 * 256, stream));
    EXPECT_CU(cuMemcpy2DAsync(&out, stream));
    EXPECT_CU(cuStreamSynchronize(stream));
    EXPECT_EQ(int(round), values[0]);
    EXPECT_EQ(int(round), values[256 * 256 - 1]);
  }
  // Freed while a copy is on its way.
  EXPECT_CU(cuMemcpy2DAsync(&out, stream));
  EXPECT_CU(cuArrayDestroy(array));
  EXPECT_CU(cuStreamSynchronize(stream));
  EXPECT_CU(cuMemFree(device));
  EXPECT_CU(cuMemFreeHost(pinned));
  EXPECT_CU(cuStreamDestroy(stream));
}

TEST_F(cuArrayTest, between_contexts) {
  CUarray array = make(5, 3, 0, CU_AD_FORMAT_SIGNED_INT32, 1);
  fill(array, 5, 3, 1);
  CUcontext second = nullptr;
  ASSERT_CU(cuCtxCreate(&second, nullptr, 0, device));
  CUarray other = make(5, 3, 0, CU_AD_FORMAT_SIGNED_INT32, 1);
  CUDA_MEMCPY3D_PEER copy = {};
  copy.srcMemoryType = copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  copy.srcArray = array;
  copy.srcContext = context;
  copy.dstArray = other;
  copy.dstContext = second;
  copy.WidthInBytes = 20;
  copy.Height = 3;
  copy.Depth = 1;
  EXPECT_CU(cuMemcpy3DPeer(&copy));
  EXPECT_EQ(texel(4, 2, 0), read(other, 5, 3, 1)[14]);
  EXPECT_CU(cuCtxDestroy(second));
  EXPECT_CU(cuArrayDestroy(array));
}

TEST_F(cuArrayTest, mipmap_levels_halve) {
  CUDA_ARRAY3D_DESCRIPTOR d = {40, 12, 0, CU_AD_FORMAT_SIGNED_INT32, 1, 0}, read3D = {};
  CUmipmappedArray mipmap = nullptr;
  ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &d, 100)); // clamped to 1 + floor(log2(40))
  size_t expected[][2] = {{40, 12}, {20, 6}, {10, 3}, {5, 1}, {2, 1}, {1, 1}};
  std::vector<CUarray> levels;
  for (unsigned i = 0; i < 6; ++i) {
    CUarray level = nullptr;
    ASSERT_CU(cuMipmappedArrayGetLevel(&level, mipmap, i));
    ASSERT_CU(cuArray3DGetDescriptor(&read3D, level));
    EXPECT_EQ(expected[i][0], read3D.Width);
    EXPECT_EQ(expected[i][1], read3D.Height);
    fill(level, read3D.Width, read3D.Height, 1);
    EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuArrayDestroy(level));
    levels.push_back(level);
  }
  CUarray beyond = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMipmappedArrayGetLevel(&beyond, mipmap, 6));
  for (unsigned i = 0; i < 6; ++i) {
    std::vector<int> values = read(levels[i], expected[i][0], expected[i][1], 1);
    EXPECT_EQ(texel(expected[i][0] - 1, expected[i][1] - 1, 0), values.back());
  }
  EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuMipmappedArrayDestroy(mipmap));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuArray3DGetDescriptor(&read3D, levels[0]));
}

TEST_F(cuArrayTest, layers_do_not_halve_but_depth_does) {
  CUDA_ARRAY3D_DESCRIPTOR d = {8, 8, 6, CU_AD_FORMAT_FLOAT, 1, CUDA_ARRAY3D_LAYERED}, level = {};
  for (unsigned flags : {unsigned(CUDA_ARRAY3D_LAYERED), 0u}) {
    d.Flags = flags;
    CUmipmappedArray mipmap = nullptr;
    CUarray array = nullptr;
    ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &d, 0)); // at least one level
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMipmappedArrayGetLevel(&array, mipmap, 1));
    EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
    ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &d, 3));
    ASSERT_CU(cuMipmappedArrayGetLevel(&array, mipmap, 1));
    EXPECT_CU(cuArray3DGetDescriptor(&level, array));
    EXPECT_EQ(flags ? 6u : 3u, level.Depth);
    EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
  }
}

TEST_F(cuArrayTest, planes_of_nv12) {
  CUarray array = make(32, 16, 0, CU_AD_FORMAT_NV12, 3), luma = nullptr, chroma = nullptr;
  ASSERT_CU(cuArrayGetPlane(&luma, array, 0));
  ASSERT_CU(cuArrayGetPlane(&chroma, array, 1));
  CUDA_ARRAY3D_DESCRIPTOR d = {};
  EXPECT_CU(cuArray3DGetDescriptor(&d, luma));
  EXPECT_EQ(32u, d.Width);
  EXPECT_EQ(1u, d.NumChannels);
  EXPECT_EQ(CU_AD_FORMAT_UNSIGNED_INT8, d.Format);
  EXPECT_CU(cuArray3DGetDescriptor(&d, chroma));
  EXPECT_EQ(16u, d.Width);
  EXPECT_EQ(8u, d.Height);
  EXPECT_EQ(2u, d.NumChannels);
  CUarray none = nullptr;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetPlane(&none, array, 2));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetPlane(&none, luma, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(31, 16, 0, 0, 3, CU_AD_FORMAT_NV12));
  EXPECT_CU(cuArrayDestroy(array));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE, cuArray3DGetDescriptor(&d, chroma));
}

// The samplings and depths that cuda.h names beside the formats: 4:2:0 halves both lengths of
// chroma, 4:2:2 the width, 4:4:4 none; more than 8 bits take 16.
TEST_F(cuArrayTest, planes_of_other_formats) {
  struct Row {
    CUarray_format format;
    unsigned bytes, planes, width, height;
  } const rows[] = {
      {CU_AD_FORMAT_P010, 2, 2, 16, 8},
      {CU_AD_FORMAT_P016, 2, 2, 16, 8},
      {CU_AD_FORMAT_NV16, 1, 2, 16, 16},
      {CU_AD_FORMAT_P210, 2, 2, 16, 16},
      {CU_AD_FORMAT_P216, 2, 2, 16, 16},
      {CU_AD_FORMAT_Y444_PLANAR8, 1, 3, 32, 16},
      {CU_AD_FORMAT_Y444_PLANAR10, 2, 3, 32, 16},
      {CU_AD_FORMAT_YUV444_8bit_SemiPlanar, 1, 2, 32, 16},
      {CU_AD_FORMAT_YUV444_16bit_SemiPlanar, 2, 2, 32, 16},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(int(row.format));
    CUarray array = make(32, 16, 0, row.format, 3), plane = nullptr;
    for (unsigned i = 0; i < row.planes; ++i) {
      ASSERT_CU(cuArrayGetPlane(&plane, array, i));
      CUDA_ARRAY3D_DESCRIPTOR d = {};
      ASSERT_CU(cuArray3DGetDescriptor(&d, plane));
      EXPECT_EQ(i ? row.width : 32, d.Width);
      EXPECT_EQ(i ? row.height : 16, d.Height);
      EXPECT_EQ(i && row.planes == 2 ? 2u : 1u, d.NumChannels);
      EXPECT_EQ(row.bytes == 1 ? CU_AD_FORMAT_UNSIGNED_INT8 : CU_AD_FORMAT_UNSIGNED_INT16,
                d.Format);
    }
    // No plane lies in another one: each keeps what was written, whatever comes after.
    for (bool read : {false, true})
      for (unsigned i = 0; i < row.planes; ++i) {
        ASSERT_CU(cuArrayGetPlane(&plane, array, i));
        size_t width = (i ? row.width : 32) * row.bytes * (i && row.planes == 2 ? 2 : 1);
        size_t height = i ? row.height : 16;
        std::vector<unsigned char> bytes(width * height, read ? 0 : (unsigned char)(i + 1));
        CUDA_MEMCPY2D copy = {};
        copy.srcMemoryType = read ? CU_MEMORYTYPE_ARRAY : CU_MEMORYTYPE_HOST;
        copy.dstMemoryType = read ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_ARRAY;
        copy.srcHost = copy.dstHost = bytes.data();
        copy.srcPitch = copy.dstPitch = width;
        copy.srcArray = copy.dstArray = plane;
        copy.WidthInBytes = width;
        copy.Height = height;
        ASSERT_CU(cuMemcpy2D(&copy));
        EXPECT_EQ(std::vector<unsigned char>(width * height, (unsigned char)(i + 1)), bytes);
      }
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetPlane(&plane, array, row.planes));
    EXPECT_EQ(row.width < 32 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS,
              create(31, 16, 0, 0, 3, row.format));
    EXPECT_EQ(row.height < 16 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS,
              create(32, 15, 0, 0, 3, row.format));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(32, 16, 0, 0, 2, row.format));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(32, 0, 0, 0, 3, row.format));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(32, 16, 0, CUDA_ARRAY3D_SPARSE, 3, row.format));
    CUDA_ARRAY3D_DESCRIPTOR d = {32, 16, 0, row.format, 3, 0};
    CUmipmappedArray mipmap = nullptr;
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMipmappedArrayCreate(&mipmap, &d, 1));
    EXPECT_CU(cuArrayDestroy(array));
  }
}

// Packed formats have one plane, whose texels have as many channels as cuda.h says.
TEST_F(cuArrayTest, packed_video_formats) {
  struct Row {
    CUarray_format format;
    unsigned channels, bytes;
  } const rows[] = {{CU_AD_FORMAT_YUY2, 2, 2},
                    {CU_AD_FORMAT_Y210, 2, 4},
                    {CU_AD_FORMAT_Y216, 2, 4},
                    {CU_AD_FORMAT_AYUV, 4, 4},
                    {CU_AD_FORMAT_Y416, 4, 8}};
  for (const Row& row : rows) {
    SCOPED_TRACE(int(row.format));
    CUarray array = make(6, 3, 0, row.format, row.channels), plane = nullptr;
    std::vector<unsigned char> bytes(6 * 3 * row.bytes), back(bytes.size());
    for (size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = (unsigned char)(3 * i + 1);
    for (bool read : {false, true}) {
      CUDA_MEMCPY2D copy = {};
      copy.srcMemoryType = read ? CU_MEMORYTYPE_ARRAY : CU_MEMORYTYPE_HOST;
      copy.dstMemoryType = read ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_ARRAY;
      copy.srcHost = bytes.data();
      copy.dstHost = back.data();
      copy.srcPitch = copy.dstPitch = copy.WidthInBytes = 6 * row.bytes;
      copy.srcArray = copy.dstArray = array;
      copy.Height = 3;
      ASSERT_CU(cuMemcpy2D(&copy));
      ++copy.WidthInBytes; // wider than a row
      EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpy2D(&copy));
    }
    EXPECT_EQ(bytes, back);
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetPlane(&plane, array, 0));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create(6, 3, 0, 0, 3, row.format));
    EXPECT_CU(cuArrayDestroy(array));
  }
}

TEST_F(cuArrayTest, questions_for_other_kinds_of_arrays) {
  CUarray array = make(32, 16, 0, CU_AD_FORMAT_FLOAT, 1);
  CUDA_ARRAY_SPARSE_PROPERTIES sparse;
  CUDA_ARRAY_MEMORY_REQUIREMENTS needs;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetSparseProperties(&sparse, array));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuArrayGetMemoryRequirements(&needs, array, device));
  EXPECT_EQ(CUDA_ERROR_INVALID_DEVICE, cuArrayGetMemoryRequirements(&needs, array, 99));
  EXPECT_CU(cuArrayDestroy(array));
}

TEST_F(cuArrayTest, many_threads_make_copy_and_destroy) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this, t] {
      ASSERT_CU(cuCtxSetCurrent(context));
      for (size_t i = 1; i < 30; ++i) {
        CUarray array = make(i, size_t(t) + 1, 2, CU_AD_FORMAT_SIGNED_INT32, 1);
        fill(array, i, size_t(t) + 1, 2);
        EXPECT_EQ(texel(i - 1, size_t(t), 1), read(array, i, size_t(t) + 1, 2).back());
        EXPECT_CU(cuArrayDestroy(array));
      }
    });
  for (std::thread& thread : threads)
    thread.join();
}

TEST_F(cuArrayTest, boxes_in_a_batch) {
  CUarray array = make(10, 7, 5, CU_AD_FORMAT_SIGNED_INT32, 1);
  fill(array, 10, 7, 5);
  CUdeviceptr device = upload(std::vector<int>(24, -1));
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  CUDA_MEMCPY3D_BATCH_OP op = {};
  op.src.type = CU_MEMCPY_OPERAND_TYPE_ARRAY;
  op.src.op.array = {array, {3, 2, 1}};
  op.dst.type = CU_MEMCPY_OPERAND_TYPE_POINTER;
  op.dst.op.ptr.ptr = device;
  op.dst.op.ptr.rowLength = 4;
  op.extent = {3, 3, 2};
  op.srcAccessOrder = CU_MEMCPY_SRC_ACCESS_ORDER_STREAM;
  ASSERT_CU(cuMemcpy3DBatchAsync(1, &op, 0, stream));
  ASSERT_CU(cuStreamSynchronize(stream));
  std::vector<int> result = download<int>(device, 24);
  for (size_t i = 0; i < 24; ++i)
    EXPECT_EQ(i % 4 < 3 ? texel(3 + i % 4, 2 + i / 4 % 3, 1 + i / 12) : -1, result[i]);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpy3DBatchAsync(1, &op, 1, stream));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpy3DBatchAsync(1, &op, 0, nullptr));
  op.src.op.array.offset.x = 8;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpy3DBatchAsync(1, &op, 0, stream));
  EXPECT_CU(cuStreamDestroy(stream));
  EXPECT_CU(cuMemFree(device));
  EXPECT_CU(cuArrayDestroy(array));
}

TEST_F(cuArrayTest, runs_in_a_batch) {
  CUdeviceptr device = upload(std::vector<int>(8, -1));
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  int values[] = {1, 2, 3, 4}, zero = 0;
  CUdeviceptr dsts[] = {device, device + 16, device + 4};
  CUdeviceptr srcs[] = {CUdeviceptr(values), CUdeviceptr(values + 1), CUdeviceptr(&zero)};
  size_t sizes[] = {8, 12, 4}, first[] = {0, 2};
  CUmemcpyAttributes attributes[2] = {};
  attributes[0].srcAccessOrder = CU_MEMCPY_SRC_ACCESS_ORDER_STREAM;
  attributes[1].srcAccessOrder = CU_MEMCPY_SRC_ACCESS_ORDER_DURING_API_CALL;
  ASSERT_CU(cuMemcpyBatchAsync(dsts, srcs, sizes, 3, attributes, first, 2, stream));
  ASSERT_CU(cuStreamSynchronize(stream));
  EXPECT_EQ((std::vector<int>{1, 0, -1, -1, 2, 3, 4, -1}), download<int>(device, 8));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemcpyBatchAsync(dsts, srcs, sizes, 3, attributes, first, 4, stream));
  attributes[1].srcAccessOrder = CUmemcpySrcAccessOrder(7);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            cuMemcpyBatchAsync(dsts, srcs, sizes, 3, attributes, first, 2, stream));
  EXPECT_CU(cuStreamDestroy(stream));
  EXPECT_CU(cuMemFree(device));
}
