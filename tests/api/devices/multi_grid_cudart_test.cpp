// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cudaLaunchCooperativeKernelMultiDevice, which cudart has before CUDA 13: a program as a compiler
// makes it, and the errors of the manual.
#include "api/cudart/registration.h"
#include "image/writer.h"
#include "multi_grid.h"

namespace {

class CudartMultiGridTest : public ::testing::Test {
protected:
  void SetUp() override {
    anywarp::image::NewImage image;
    image.kind = anywarp::image::Kind::Ptx;
    image.arch = 70;
    image.bytes = kMultiGridPtx;
    fatbin = anywarp::image::writeFatbin({&image, 1});
    wrapper.data = fatbin.data();
    handle = __cudaRegisterFatBinary(&wrapper);
    for (const char* stub : {kRing, kMeet})
      __cudaRegisterFunction(handle, stub, nullptr, stub, -1, nullptr, nullptr, nullptr, nullptr,
                             nullptr);
    __cudaRegisterFatBinaryEnd(handle);
    for (int d = 0; d < 4; d++) {
      ASSERT_EQ(cudaSuccess, cudaSetDevice(d));
      ASSERT_EQ(cudaSuccess, cudaStreamCreate(&streams[d]));
    }
    ASSERT_EQ(cudaSuccess, cudaSetDevice(0));
  }
  void TearDown() override {
    for (cudaStream_t stream : streams)
      cudaStreamDestroy(stream);
    __cudaUnregisterFatBinary(handle);
  }
  cudaLaunchParams on(int device, const char* stub, void** args, unsigned blocks = 2) {
    return {const_cast<char*>(stub), dim3(blocks), dim3(32), args, 0, streams[device]};
  }

  static constexpr const char *kRing = "ring", *kMeet = "meet"; // stubs are any addresses
  std::vector<std::byte> fatbin;
  anywarp::image::Wrapper wrapper;
  void** handle = nullptr;
  cudaStream_t streams[4] = {};
};

TEST_F(CudartMultiGridTest, grids_wait_for_each_other) {
  constexpr uint32_t kSize = 2 * 2 * 32, kStride = 70;
  Managed slots(kSize), sums(kSize), numbers(kSize * 4);
  RingParams params{slots.address, sums.address, numbers.address, kStride, 3};
  for (unsigned flags : {0u, unsigned(cudaCooperativeLaunchMultiDeviceNoPreSync |
                                      cudaCooperativeLaunchMultiDeviceNoPostSync)}) {
    cudaLaunchParams list[] = {on(0, kRing, params.addresses), on(1, kRing, params.addresses)};
    ASSERT_EQ(cudaSuccess, cudaLaunchCooperativeKernelMultiDevice(list, 2, flags));
    for (int d = 0; d < 2; d++)
      ASSERT_EQ(cudaSuccess, cudaStreamSynchronize(streams[d]));
    for (uint32_t rank = 0; rank < kSize; rank++) {
      EXPECT_EQ(3 * ((rank + kStride) % kSize) + 3000, sums[rank]) << rank;
      sums[rank] = 0;
    }
  }
}

TEST_F(CudartMultiGridTest, wrong_lists) {
  void* pointer = nullptr;
  void* args[] = {&pointer};
  auto call = [&](auto change, unsigned count = 2, unsigned flags = 0) {
    cudaLaunchParams list[8] = {on(0, kMeet, args), on(1, kMeet, args)};
    change(list);
    return cudaLaunchCooperativeKernelMultiDevice(list, count, flags);
  };
  auto nothing = [](cudaLaunchParams*) {};
  EXPECT_EQ(cudaSuccess, call(nothing));
  EXPECT_EQ(cudaErrorInvalidValue, cudaLaunchCooperativeKernelMultiDevice(nullptr, 2, 0));
  EXPECT_EQ(cudaErrorInvalidValue, call(nothing, 0));
  EXPECT_EQ(cudaErrorInvalidValue, call(nothing, 8));
  EXPECT_EQ(cudaErrorInvalidValue, call(nothing, 2, 4));
  for (cudaStream_t stream : {cudaStream_t(nullptr), cudaStreamLegacy, cudaStreamPerThread})
    EXPECT_EQ(cudaErrorInvalidResourceHandle,
              call([&](cudaLaunchParams* l) { l[1].stream = stream; }));
  EXPECT_EQ(cudaErrorInvalidValue, call([&](cudaLaunchParams* l) { l[1].stream = l[0].stream; }));
  EXPECT_EQ(cudaErrorInvalidValue, call([&](cudaLaunchParams* l) { l[1].stream = streams[3]; }));
  EXPECT_EQ(cudaErrorInvalidDeviceFunction,
            call([&](cudaLaunchParams* l) { l[1].func = &pointer; }));
  EXPECT_EQ(cudaErrorInvalidValue,
            call([&](cudaLaunchParams* l) { l[1].func = const_cast<char*>(kRing); }));
  EXPECT_EQ(cudaErrorInvalidValue, call([&](cudaLaunchParams* l) { l[1].gridDim.x = 3; }));
  EXPECT_EQ(cudaErrorInvalidConfiguration,
            call([&](cudaLaunchParams* l) { l[0].blockDim.x = l[1].blockDim.x = 4096; }));
  EXPECT_EQ(cudaErrorCooperativeLaunchTooLarge,
            call([&](cudaLaunchParams* l) { l[0].gridDim.x = l[1].gridDim.x = 33; }));
  for (int d = 0; d < 2; d++)
    EXPECT_EQ(cudaSuccess, cudaStreamSynchronize(streams[d]));
  cudaGetLastError();
}

} // namespace
