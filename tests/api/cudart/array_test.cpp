// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays of the runtime API: what is told about them, and all copies that take one, against plain
// host loops.
#include "fixture.h"

#include <numeric>

namespace anywarp::test {
namespace {

class Arrays : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    std::iota(in.begin(), in.end(), 1);
    ASSERT_OK(cudaMallocArray(&array, &desc, 16, 12));
  }
  void TearDown() override { EXPECT_OK(cudaFreeArray(array)); }
  std::vector<int> contents() {
    std::vector<int> all(16 * 12);
    EXPECT_OK(cudaMemcpy2DFromArray(all.data(), 64, array, 0, 0, 64, 12, cudaMemcpyDeviceToHost));
    return all;
  }
  void fill() {
    ASSERT_OK(cudaMemcpy2DToArray(array, 0, 0, in.data(), 64, 64, 12, cudaMemcpyHostToDevice));
  }
  const cudaChannelFormatDesc desc =
      cudaCreateChannelDesc(32, 0, 0, 0, cudaChannelFormatKindSigned);
  std::vector<int> in = std::vector<int>(16 * 12);
  cudaArray_t array = nullptr;
};

TEST_F(Arrays, info) {
  cudaChannelFormatDesc told;
  cudaExtent extent;
  unsigned flags = 99;
  ASSERT_OK(cudaArrayGetInfo(&told, &extent, &flags, array));
  EXPECT_EQ(told.x, 32);
  EXPECT_EQ(told.y, 0);
  EXPECT_EQ(told.f, cudaChannelFormatKindSigned);
  EXPECT_EQ(extent.width, 16u);
  EXPECT_EQ(extent.height, 12u);
  EXPECT_EQ(extent.depth, 0u);
  EXPECT_EQ(flags, unsigned(cudaArrayDefault));
  EXPECT_OK(cudaArrayGetInfo(nullptr, nullptr, nullptr, array));
  ASSERT_OK(cudaGetChannelDesc(&told, array));
  EXPECT_EQ(told.x, 32);

  cudaArray_t cube = nullptr;
  cudaChannelFormatDesc half4 = cudaCreateChannelDesc(16, 16, 16, 16, cudaChannelFormatKindFloat);
  ASSERT_OK(cudaMalloc3DArray(&cube, &half4, {4, 4, 6}, cudaArrayCubemap));
  ASSERT_OK(cudaArrayGetInfo(&told, &extent, &flags, cube));
  EXPECT_EQ(told.w, 16);
  EXPECT_EQ(extent.depth, 6u);
  EXPECT_EQ(flags, unsigned(cudaArrayCubemap));
  EXPECT_OK(cudaFreeArray(cube));
}

TEST_F(Arrays, channel_descriptors) {
  auto make = [](int x, int y, int z, int w, cudaChannelFormatKind kind) {
    cudaChannelFormatDesc d = {x, y, z, w, kind}, back = {};
    cudaArray_t made = nullptr;
    cudaError_t error = cudaMallocArray(&made, &d, 8, 8);
    if (error == cudaSuccess) {
      EXPECT_OK(cudaGetChannelDesc(&back, made));
      EXPECT_EQ(0, memcmp(&d, &back, sizeof d));
      EXPECT_OK(cudaFreeArray(made));
    }
    return error;
  };
  EXPECT_OK(make(8, 0, 0, 0, cudaChannelFormatKindUnsigned));
  EXPECT_OK(make(16, 16, 0, 0, cudaChannelFormatKindSigned));
  EXPECT_OK(make(32, 32, 32, 32, cudaChannelFormatKindFloat));
  EXPECT_OK(make(8, 8, 8, 8, cudaChannelFormatKindUnsignedNormalized8X4));
  EXPECT_OK(make(8, 8, 8, 0, cudaChannelFormatKindNV12));
  for (auto error :
       {make(32, 32, 32, 0, cudaChannelFormatKindFloat),
        make(8, 16, 0, 0, cudaChannelFormatKindSigned),
        make(8, 0, 8, 0, cudaChannelFormatKindSigned),
        make(64, 0, 0, 0, cudaChannelFormatKindUnsigned),
        make(8, 0, 0, 0, cudaChannelFormatKindFloat), make(0, 0, 0, 0, cudaChannelFormatKindNone)})
    EXPECT_EQ(error, cudaErrorInvalidChannelDescriptor);
}

TEST_F(Arrays, bad_arguments) {
  cudaArray_t other = nullptr;
  EXPECT_EQ(cudaMallocArray(nullptr, &desc, 4, 4), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMallocArray(&other, nullptr, 4, 4), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMallocArray(&other, &desc, 0, 4), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMallocArray(&other, &desc, 4, 4, cudaArrayLayered), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMalloc3DArray(&other, &desc, {4, 0, 4}), cudaErrorInvalidValue);
  EXPECT_OK(cudaFreeArray(nullptr));
  EXPECT_OK(cudaFreeMipmappedArray(nullptr));
  ASSERT_OK(cudaMallocArray(&other, &desc, 4, 0));
  EXPECT_OK(cudaFreeArray(other));
  EXPECT_EQ(cudaFreeArray(other), cudaErrorInvalidValue);
  EXPECT_EQ(cudaArrayGetInfo(nullptr, nullptr, nullptr, other), cudaErrorInvalidValue);
}

TEST_F(Arrays, memory_goes_with_the_device) {
  size_t before = liveAllocations();
  cudaArray_t other = nullptr;
  cudaMipmappedArray_t mipmap = nullptr;
  ASSERT_OK(cudaMallocArray(&other, &desc, 64, 64));
  ASSERT_OK(cudaMallocMipmappedArray(&mipmap, &desc, {64, 64, 0}, 7));
  EXPECT_EQ(liveAllocations(), before + 2);
  ASSERT_OK(cudaDeviceReset());
  EXPECT_EQ(liveAllocations(), before - 1); // and the fixture's
  EXPECT_EQ(cudaFreeArray(other), cudaErrorInvalidValue);
  ASSERT_OK(cudaMallocArray(&array, &desc, 16, 12));
}

TEST_F(Arrays, rectangles) {
  fill();
  EXPECT_EQ(contents(), in);
  // 3 x 2 texels from (4, 5) to (1, 1) of memory with 40 bytes a row, and on to (13, 10).
  std::vector<int> out(30, -1);
  ASSERT_OK(cudaMemcpy2DFromArray(&out[11], 40, array, 16, 5, 12, 2, cudaMemcpyDefault));
  for (size_t y = 0; y < 3; ++y)
    for (size_t x = 0; x < 10; ++x)
      EXPECT_EQ(out[y * 10 + x], y >= 1 && x >= 1 && x < 4 ? in[(y + 4) * 16 + x + 3] : -1);
  ASSERT_OK(cudaMemcpy2DToArrayAsync(array, 52, 10, &out[11], 40, 12, 2, cudaMemcpyHostToDevice,
                                     nullptr));
  std::vector<int> all = contents();
  for (size_t y = 0; y < 12; ++y)
    for (size_t x = 0; x < 16; ++x)
      EXPECT_EQ(all[y * 16 + x], in[x >= 13 && y >= 10 ? (y - 5) * 16 + x - 9 : y * 16 + x]);
  ASSERT_OK(cudaMemcpy2DArrayToArray(array, 0, 0, array, 52, 10, 12, 2));
  EXPECT_EQ(contents()[17], in[6 * 16 + 5]);
  ASSERT_OK(
      cudaMemcpy2DFromArrayAsync(out.data(), 8, array, 0, 0, 8, 2, cudaMemcpyDeviceToHost, 0));
  ASSERT_OK(cudaDeviceSynchronize());
  EXPECT_EQ(out[3], in[6 * 16 + 5]);
}

TEST_F(Arrays, rectangles_that_do_not_fit) {
  auto to = [&](size_t x, size_t y, size_t pitch, size_t width, size_t height,
                cudaMemcpyKind kind = cudaMemcpyHostToDevice) {
    return cudaMemcpy2DToArray(array, x, y, in.data(), pitch, width, height, kind);
  };
  EXPECT_OK(to(0, 0, 0, 0, 0));
  EXPECT_EQ(to(0, 0, 32, 64, 1), cudaErrorInvalidPitchValue);
  EXPECT_EQ(to(4, 0, 64, 64, 1), cudaErrorInvalidValue);
  EXPECT_EQ(to(0, 1, 64, 64, 12), cudaErrorInvalidValue);
  EXPECT_EQ(to(2, 0, 64, 4, 1), cudaErrorInvalidValue);
  EXPECT_EQ(to(0, 0, 64, 64, 1, cudaMemcpyDeviceToHost), cudaErrorInvalidMemcpyDirection);
  EXPECT_EQ(to(0, 0, 64, 64, 1, cudaMemcpyKind(9)), cudaErrorInvalidMemcpyDirection);
  EXPECT_EQ(cudaMemcpy2DFromArray(in.data(), 64, array, 0, 0, 64, 1, cudaMemcpyHostToDevice),
            cudaErrorInvalidMemcpyDirection);
  EXPECT_EQ(cudaMemcpy2DToArray(nullptr, 0, 0, in.data(), 64, 64, 1, cudaMemcpyHostToDevice),
            cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaMemcpy2DToArray(array, 0, 0, nullptr, 64, 64, 1, cudaMemcpyHostToDevice),
            cudaErrorInvalidValue);
}

// A run of bytes goes on in the next row.
TEST_F(Arrays, runs_over_the_ends_of_rows) {
  fill();
  std::vector<int> run(40);
  std::iota(run.begin(), run.end(), 1000);
  ASSERT_OK(cudaMemcpyToArrayAsync(array, 40, 3, run.data(), 80, cudaMemcpyHostToDevice, 0));
  ASSERT_OK(cudaMemcpyToArray(array, 40, 3, run.data(), 160, cudaMemcpyHostToDevice));
  std::vector<int> expected = in;
  std::copy(run.begin(), run.end(), expected.begin() + 3 * 16 + 10);
  EXPECT_EQ(contents(), expected);
  std::vector<int> back(30);
  ASSERT_OK(cudaMemcpyFromArray(back.data(), array, 60, 3, 120, cudaMemcpyDeviceToHost));
  for (size_t i = 0; i < 30; ++i)
    EXPECT_EQ(back[i], expected[3 * 16 + 15 + i]);
  cudaArray_t other = nullptr; // with other rows
  ASSERT_OK(cudaMallocArray(&other, &desc, 7, 9));
  ASSERT_OK(cudaMemcpyArrayToArray(other, 8, 1, array, 40, 3, 160));
  ASSERT_OK(cudaMemcpyFromArrayAsync(back.data(), other, 8, 1, 120, cudaMemcpyDeviceToHost, 0));
  ASSERT_OK(cudaDeviceSynchronize());
  EXPECT_TRUE(std::equal(back.begin(), back.end(), run.begin()));
  EXPECT_EQ(cudaMemcpyToArray(array, 0, 11, run.data(), 68, cudaMemcpyHostToDevice),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpyToArray(array, 64, 0, run.data(), 4, cudaMemcpyHostToDevice),
            cudaErrorInvalidValue);
  EXPECT_OK(cudaFreeArray(other));
}

class Boxes : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    std::iota(in.begin(), in.end(), 1);
    ASSERT_OK(cudaMalloc3DArray(&array, &desc, {6, 5, 4}));
    cudaMemcpy3DParms p = {};
    p.srcPtr = {in.data(), 24, 6, 5};
    p.dstArray = array;
    p.extent = {6, 5, 4}; // texels, as an array takes part
    p.kind = cudaMemcpyHostToDevice;
    ASSERT_OK(cudaMemcpy3D(&p));
  }
  void TearDown() override { EXPECT_OK(cudaFreeArray(array)); }
  int at(size_t x, size_t y, size_t z) const { return in[(z * 5 + y) * 6 + x]; }
  const cudaChannelFormatDesc desc = cudaCreateChannelDesc(32, 0, 0, 0, cudaChannelFormatKindFloat);
  std::vector<int> in = std::vector<int>(120);
  cudaArray_t array = nullptr;
};

TEST_F(Boxes, positions_count_texels_in_arrays_and_bytes_in_memory) {
  std::vector<int> out(5 * 4 * 3, -1);
  cudaMemcpy3DParms p = {};
  p.srcArray = array;
  p.srcPos = {2, 1, 1};
  p.dstPtr = {out.data(), 20, 5, 4};
  p.dstPos = {4, 1, 1};
  p.extent = {3, 2, 2};
  p.kind = cudaMemcpyDeviceToHost;
  ASSERT_OK(cudaMemcpy3DAsync(&p, nullptr));
  ASSERT_OK(cudaDeviceSynchronize());
  for (size_t z = 0; z < 3; ++z)
    for (size_t y = 0; y < 4; ++y)
      for (size_t x = 0; x < 5; ++x) {
        bool inside = z >= 1 && y >= 1 && y < 3 && x >= 1 && x < 4;
        EXPECT_EQ(out[(z * 4 + y) * 5 + x], inside ? at(x + 1, y, z) : -1);
      }
}

TEST_F(Boxes, between_arrays_and_devices) {
  cudaArray_t other = nullptr;
  ASSERT_OK(cudaMalloc3DArray(&other, &desc, {6, 5, 8}, cudaArrayLayered));
  cudaMemcpy3DPeerParms p = {};
  p.srcArray = array;
  p.srcPos = {1, 1, 1};
  p.dstArray = other;
  p.dstPos = {0, 0, 5};
  p.extent = {5, 4, 3};
  ASSERT_OK(cudaMemcpy3DPeer(&p));
  std::vector<int> out(60);
  cudaMemcpy3DParms q = {};
  q.srcArray = other;
  q.srcPos = {0, 0, 5};
  q.dstPtr = {out.data(), 20, 5, 4};
  q.extent = {5, 4, 3};
  q.kind = cudaMemcpyDefault;
  ASSERT_OK(cudaMemcpy3D(&q));
  for (size_t z = 0; z < 3; ++z)
    for (size_t y = 0; y < 4; ++y)
      for (size_t x = 0; x < 5; ++x)
        EXPECT_EQ(out[(z * 4 + y) * 5 + x], at(x + 1, y + 1, z + 1));
  EXPECT_OK(cudaFreeArray(other));
}

TEST_F(Boxes, that_do_not_fit) {
  std::vector<int> out(120);
  cudaMemcpy3DParms p = {};
  p.srcArray = array;
  p.dstPtr = {out.data(), 24, 6, 5};
  p.extent = {6, 5, 4};
  p.kind = cudaMemcpyDeviceToHost;
  auto with = [&](auto change) {
    cudaMemcpy3DParms other = p;
    change(other);
    return cudaMemcpy3D(&other);
  };
  EXPECT_EQ(with([](auto& c) { c.srcPos.x = 1; }), cudaErrorInvalidValue);
  EXPECT_EQ(with([](auto& c) { c.srcPos.z = 1; }), cudaErrorInvalidValue);
  EXPECT_EQ(with([](auto& c) { c.extent.width = SIZE_MAX / 2; }), cudaErrorInvalidValue);
  EXPECT_EQ(with([](auto& c) { c.dstPtr.pitch = 20; }), cudaErrorInvalidPitchValue);
  EXPECT_EQ(with([](auto& c) { c.dstPtr.ysize = 4; }), cudaErrorInvalidValue);
  EXPECT_EQ(with([](auto& c) { c.srcPtr = c.dstPtr; }), cudaErrorInvalidValue);
  EXPECT_EQ(with([](auto& c) { c.kind = cudaMemcpyHostToDevice; }),
            cudaErrorInvalidMemcpyDirection);
  EXPECT_EQ(with([](auto& c) { c.srcArray = cudaArray_t(&c); }), cudaErrorInvalidResourceHandle);
  EXPECT_OK(with([](auto& c) { c.extent.depth = 0; }));
}

#if CUDART_VERSION >= 13000
TEST_F(Boxes, in_a_batch) {
  std::vector<int> out(12);
  cudaStream_t stream = nullptr;
  ASSERT_OK(cudaStreamCreate(&stream));
  cudaMemcpy3DBatchOp op = {};
  op.src.type = cudaMemcpyOperandTypeArray;
  op.src.op.array = {array, {3, 2, 1}};
  op.dst.type = cudaMemcpyOperandTypePointer;
  op.dst.op.ptr.ptr = out.data();
  op.extent = {3, 2, 2};
  op.srcAccessOrder = cudaMemcpySrcAccessOrderStream;
  ASSERT_OK(cudaMemcpy3DBatchAsync(1, &op, 0, stream));
  ASSERT_OK(cudaStreamSynchronize(stream));
  for (size_t i = 0; i < 12; ++i)
    EXPECT_EQ(out[i], at(3 + i % 3, 2 + i / 3 % 2, 1 + i / 6));
  EXPECT_EQ(cudaMemcpy3DBatchAsync(1, &op, 1, stream), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy3DBatchAsync(0, &op, 0, stream), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy3DBatchAsync(1, &op, 0, nullptr), cudaErrorInvalidValue);
  op.srcAccessOrder = cudaMemcpySrcAccessOrderInvalid;
  EXPECT_EQ(cudaMemcpy3DBatchAsync(1, &op, 0, stream), cudaErrorInvalidValue);
  EXPECT_OK(cudaStreamDestroy(stream));
}
#endif

TEST_F(Boxes, mipmap_levels) {
  cudaMipmappedArray_t mipmap = nullptr;
  cudaArray_t level = nullptr;
  ASSERT_OK(cudaMallocMipmappedArray(&mipmap, &desc, {12, 10, 8}, 2));
  ASSERT_OK(cudaGetMipmappedArrayLevel(&level, mipmap, 1));
  cudaExtent extent;
  ASSERT_OK(cudaArrayGetInfo(nullptr, &extent, nullptr, level));
  EXPECT_EQ(extent.width, 6u);
  EXPECT_EQ(extent.height, 5u);
  EXPECT_EQ(extent.depth, 4u);
  EXPECT_EQ(cudaGetMipmappedArrayLevel(&level, mipmap, 2), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFreeArray(level), cudaErrorInvalidResourceHandle);
  EXPECT_OK(cudaFreeMipmappedArray(mipmap));
  EXPECT_EQ(cudaFreeMipmappedArray(mipmap), cudaErrorInvalidValue);
}

} // namespace
} // namespace anywarp::test
