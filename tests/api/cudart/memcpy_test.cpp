// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies and fills, against plain host loops.
#include "fixture.h"

#include <atomic>
#include <chrono>
#include <cstring>
#include <numeric>
#include <thread>

namespace anywarp::test {
namespace {

class Copies : public CudartTest {
protected:
  void SetUp() override {
    CudartTest::SetUp();
    std::iota(in.begin(), in.end(), 1);
    ASSERT_OK(cudaMalloc(&device, in.size()));
  }
  void TearDown() override { EXPECT_OK(cudaFree(device)); }
  std::vector<unsigned char> in = std::vector<unsigned char>(240);
  std::vector<unsigned char> out = std::vector<unsigned char>(240);
  void* device = nullptr;
};

TEST_F(Copies, linear_there_and_back) {
  ASSERT_OK(cudaMemcpy(device, in.data(), in.size(), cudaMemcpyHostToDevice));
  ASSERT_OK(cudaMemcpy(out.data(), device, out.size(), cudaMemcpyDefault));
  EXPECT_EQ(in, out);
  std::fill(out.begin(), out.end(), 0);
  ASSERT_OK(cudaMemcpyAsync(out.data(), device, out.size(), cudaMemcpyDeviceToHost, nullptr));
  ASSERT_OK(cudaStreamSynchronize(nullptr));
  EXPECT_EQ(in, out);
}

TEST_F(Copies, bad_arguments) {
  EXPECT_EQ(cudaMemcpy(device, in.data(), 4, cudaMemcpyKind(9)), cudaErrorInvalidMemcpyDirection);
  EXPECT_EQ(cudaMemcpy(nullptr, in.data(), 4, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(device, in.data(), in.size() * 1000, cudaMemcpyHostToDevice),
            cudaErrorInvalidValue);
  EXPECT_OK(cudaMemcpy(nullptr, nullptr, 0, cudaMemcpyDefault));
  EXPECT_EQ(cudaMemcpyAsync(device, in.data(), 4, cudaMemcpyDefault,
                            reinterpret_cast<cudaStream_t>(&device)),
            cudaErrorInvalidResourceHandle);
}

TEST_F(Copies, rectangles) {
  // A window of 5 x 4 in rows of 16 bytes becomes tight rows.
  ASSERT_OK(cudaMemcpy(device, in.data(), in.size(), cudaMemcpyHostToDevice));
  ASSERT_OK(cudaMemcpy2D(out.data(), 5, static_cast<char*>(device) + 3, 16, 5, 4,
                         cudaMemcpyDeviceToHost));
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 5; ++x)
      EXPECT_EQ(out[y * 5 + x], in[y * 16 + x + 3]);
  EXPECT_EQ(cudaMemcpy2D(out.data(), 4, device, 16, 5, 4, cudaMemcpyDeviceToHost),
            cudaErrorInvalidPitchValue);
  EXPECT_OK(cudaMemcpy2D(out.data(), 4, device, 16, 5, 0, cudaMemcpyDeviceToHost));
}

TEST_F(Copies, boxes) {
  ASSERT_OK(cudaMemcpy(device, in.data(), in.size(), cudaMemcpyHostToDevice));
  cudaMemcpy3DParms p = {};
  p.srcPtr = {device, 10, 10, 6}; // 10 bytes a row, 6 rows a slice, 4 slices
  p.srcPos = {2, 1, 1};
  p.dstPtr = {out.data(), 4, 4, 3};
  p.extent = {4, 3, 2};
  p.kind = cudaMemcpyDeviceToHost;
  ASSERT_OK(cudaMemcpy3D(&p));
  for (int z = 0; z < 2; ++z)
    for (int y = 0; y < 3; ++y)
      for (int x = 0; x < 4; ++x)
        EXPECT_EQ(out[(z * 3 + y) * 4 + x], in[((z + 1) * 6 + y + 1) * 10 + x + 2]);
  p.extent.width = 9;
  EXPECT_EQ(cudaMemcpy3D(&p), cudaErrorInvalidPitchValue);
  EXPECT_EQ(cudaMemcpy3D(nullptr), cudaErrorInvalidValue);
}

TEST_F(Copies, fills) {
  ASSERT_OK(cudaMemset(device, 0x5a, in.size()));
  ASSERT_OK(cudaMemset2D(static_cast<char*>(device) + 1, 16, 7, 3, 2));
  ASSERT_OK(cudaMemcpy(out.data(), device, out.size(), cudaMemcpyDeviceToHost));
  for (size_t i = 0; i < out.size(); ++i) {
    size_t x = i % 16, y = i / 16;
    EXPECT_EQ(out[i], y < 2 && x >= 1 && x < 4 ? 7 : 0x5a) << i;
  }
  cudaPitchedPtr box{device, 10, 10, 6};
  ASSERT_OK(cudaMemset3D(box, 9, cudaExtent{4, 3, 2}));
  ASSERT_OK(cudaMemcpy(out.data(), device, out.size(), cudaMemcpyDeviceToHost));
  EXPECT_EQ(out[0], 9);
  EXPECT_EQ(out[60 + 2 * 10 + 3], 9);
  EXPECT_NE(out[60 + 3 * 10], 9);
  EXPECT_EQ(cudaMemset(nullptr, 0, 4), cudaErrorInvalidValue);
}

TEST_F(Copies, between_devices) {
  ASSERT_OK(cudaMemcpy(device, in.data(), in.size(), cudaMemcpyHostToDevice));
  ASSERT_OK(cudaSetDevice(1));
  void* other = nullptr;
  ASSERT_OK(cudaMalloc(&other, in.size()));
  ASSERT_OK(cudaMemcpyPeer(other, 1, device, 0, in.size()));
  ASSERT_OK(cudaMemcpy(out.data(), other, out.size(), cudaMemcpyDeviceToHost));
  EXPECT_EQ(in, out);
  EXPECT_EQ(cudaMemcpyPeer(other, 5, device, 0, 4), cudaErrorInvalidDevice);
  EXPECT_OK(cudaFree(other));
  ASSERT_OK(cudaSetDevice(0));
}

TEST_F(Copies, batches) {
  cudaStream_t stream;
  ASSERT_OK(cudaStreamCreate(&stream));
  void* dsts[] = {device, static_cast<char*>(device) + 100};
  const void* srcs[] = {in.data(), in.data() + 100};
  size_t sizes[] = {100, 140};
  ASSERT_OK(cudaMemcpyBatchAsync(dsts, srcs, sizes, 2, nullptr, nullptr, 0, stream));
  ASSERT_OK(cudaStreamSynchronize(stream));
  ASSERT_OK(cudaMemcpy(out.data(), device, out.size(), cudaMemcpyDeviceToHost));
  EXPECT_EQ(in, out);
  EXPECT_OK(cudaStreamDestroy(stream));
}

// "the source is accessed only during the API call": the program may write it at once.
TEST_F(Copies, batches_read_sources_when_their_attributes_say) {
  cudaStream_t stream;
  ASSERT_OK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  std::atomic<bool> open{false};
  std::vector<unsigned char> first(100, 1);
  void* pinned = nullptr; // nothing else copies it early
  ASSERT_OK(cudaMallocHost(&pinned, 100));
  std::memset(pinned, 2, 100);
  void* dsts[] = {device, static_cast<char*>(device) + 100};
  const void* srcs[] = {first.data(), pinned};
  size_t sizes[] = {100, 100}, indices[] = {0, 1};
  cudaMemcpyAttributes attributes[2] = {};
  attributes[0].srcAccessOrder = cudaMemcpySrcAccessOrderStream;
  attributes[1].srcAccessOrder = cudaMemcpySrcAccessOrderDuringApiCall;
  auto wrong = [&](size_t count, cudaMemcpyAttributes* list, size_t* from, size_t number) {
    return cudaMemcpyBatchAsync(dsts, srcs, sizes, count, list, from, number, stream);
  };
  EXPECT_EQ(wrong(0, attributes, indices, 1), cudaErrorInvalidValue);
  EXPECT_EQ(wrong(2, nullptr, indices, 2), cudaErrorInvalidValue);
  EXPECT_EQ(wrong(2, attributes, nullptr, 2), cudaErrorInvalidValue);
  EXPECT_EQ(wrong(1, attributes, indices, 2), cudaErrorInvalidValue);
  size_t descending[] = {0, 0};
  EXPECT_EQ(wrong(2, attributes, descending, 2), cudaErrorInvalidValue);
  attributes[0].srcAccessOrder = cudaMemcpySrcAccessOrderInvalid;
  EXPECT_EQ(wrong(2, attributes, indices, 2), cudaErrorInvalidValue);
  attributes[0].srcAccessOrder = cudaMemcpySrcAccessOrderStream;
  ASSERT_OK(cudaLaunchHostFunc(
      stream,
      [](void* data) {
        while (!static_cast<std::atomic<bool>*>(data)->load())
          std::this_thread::yield();
      },
      &open));
  std::thread opener([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    open = true;
  });
  ASSERT_OK(wrong(2, attributes, indices, 2));
  std::memset(pinned, 9, 100);
  ASSERT_OK(cudaStreamSynchronize(stream));
  opener.join();
  ASSERT_OK(cudaMemcpy(out.data(), device, 200, cudaMemcpyDeviceToHost));
  EXPECT_EQ(std::vector<unsigned char>(out.begin(), out.begin() + 100),
            std::vector<unsigned char>(100, 1));
  EXPECT_EQ(std::vector<unsigned char>(out.begin() + 100, out.begin() + 200),
            std::vector<unsigned char>(100, 2));
  EXPECT_OK(cudaFreeHost(pinned));
  EXPECT_OK(cudaStreamDestroy(stream));
}

} // namespace
} // namespace anywarp::test
