// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fixture.h"

#include <numeric>

using cuMemcpyTest = WithContext;
using cuMemsetTest = WithContext;

namespace {

std::vector<int> counting(int count) {
  std::vector<int> values(static_cast<size_t>(count));
  std::iota(values.begin(), values.end(), 0);
  return values;
}

} // namespace

TEST_F(cuMemcpyTest, every_direction) {
  std::vector<int> values = counting(1000);
  CUdeviceptr a = upload(values), b = 0;
  ASSERT_CU(cuMemAlloc(&b, 4000));
  EXPECT_CU(cuMemcpyDtoD(b, a, 4000));
  EXPECT_EQ(values, download<int>(b, 1000));
  std::vector<int> other(1000);
  EXPECT_CU(cuMemcpy(CUdeviceptr(other.data()), b, 4000)); // unified addressing
  EXPECT_EQ(values, other);
  EXPECT_CU(cuMemcpyPeer(b, context, a, context, 4000));
  EXPECT_CU(cuMemFree(a));
  EXPECT_CU(cuMemFree(b));
}

TEST_F(cuMemcpyTest, nothing_and_too_much) {
  CUdeviceptr pointer = 0;
  ASSERT_CU(cuMemAlloc(&pointer, 64));
  char data[128] = {};
  EXPECT_CU(cuMemcpyHtoD(pointer, data, 0));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD(pointer, data, 128));
  EXPECT_CU(cuMemFree(pointer));
}

TEST_F(cuMemcpyTest, rectangle_between_pitches) {
  // 4 x 3 ints out of a host array with 10 ints a row, to x = 2, y = 1 of one with 8 a row.
  std::vector<int> host = counting(100);
  CUdeviceptr device = upload(std::vector<int>(64, -1));
  CUDA_MEMCPY2D copy = {};
  copy.srcMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = host.data();
  copy.srcPitch = 40;
  copy.srcXInBytes = 4;
  copy.srcY = 2;
  copy.dstMemoryType = CU_MEMORYTYPE_DEVICE;
  copy.dstDevice = device;
  copy.dstPitch = 32;
  copy.dstXInBytes = 8;
  copy.dstY = 1;
  copy.WidthInBytes = 16;
  copy.Height = 3;
  ASSERT_CU(cuMemcpy2D(&copy));
  std::vector<int> result = download<int>(device, 64);
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x) {
      bool inside = x >= 2 && x < 6 && y >= 1 && y < 4;
      EXPECT_EQ(inside ? (y - 1 + 2) * 10 + (x - 2 + 1) : -1, result[size_t(y * 8 + x)]);
    }
  copy.dstPitch = 8;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpy2D(&copy));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpy2D(nullptr));
  EXPECT_CU(cuMemFree(device));
}

TEST_F(cuMemcpyTest, box_keeps_its_slices) {
  // 2 x 2 x 2 ints out of a 4 x 3 x 2 box.
  std::vector<int> host = counting(24);
  CUdeviceptr device = upload(std::vector<int>(8, -1));
  CUDA_MEMCPY3D copy = {};
  copy.srcMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = host.data();
  copy.srcPitch = 16;
  copy.srcHeight = 3;
  copy.srcXInBytes = 8;
  copy.srcY = 1;
  copy.dstMemoryType = CU_MEMORYTYPE_DEVICE;
  copy.dstDevice = device;
  copy.dstPitch = 8;
  copy.dstHeight = 2;
  copy.WidthInBytes = 8;
  copy.Height = 2;
  copy.Depth = 2;
  ASSERT_CU(cuMemcpy3D(&copy));
  // x 2..3, y 1..2, z 0..1 of z * 12 + y * 4 + x
  EXPECT_EQ((std::vector<int>{6, 7, 10, 11, 18, 19, 22, 23}), download<int>(device, 8));
  EXPECT_CU(cuMemFree(device));
}

TEST_F(cuMemsetTest, widths_and_rectangles) {
  CUdeviceptr device = upload(std::vector<unsigned char>(64, 0));
  EXPECT_CU(cuMemsetD8(device, 0xab, 3));
  EXPECT_CU(cuMemsetD16(device + 4, 0x1234, 2));
  EXPECT_CU(cuMemsetD32(device + 8, 0xdeadbeef, 1));
  std::vector<unsigned char> head = {0xab, 0xab, 0xab, 0,    0x34, 0x12,
                                     0x34, 0x12, 0xef, 0xbe, 0xad, 0xde};
  EXPECT_EQ(head, download<unsigned char>(device, 12));
  EXPECT_CU(cuMemsetD8(device, 0, 64));
  EXPECT_CU(cuMemsetD2D8(device + 1, 8, 7, 2, 3));
  std::vector<unsigned char> result = download<unsigned char>(device, 64);
  for (size_t i = 0; i < 64; ++i)
    EXPECT_EQ((i / 8 < 3 && (i % 8 == 1 || i % 8 == 2)) ? 7 : 0, result[i]) << i;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemsetD32(device + 2, 0, 1));
  EXPECT_CU(cuMemFree(device));
}
