// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decompression. The compressed data are written by hand from the descriptions of the formats (RFC
// 1951, Snappy's format_description.txt, LZ4's block format).
#include "fixture.h"

#include <cstring>
#include <string>

namespace {

class cuMemBatchDecompressAsyncTest : public WithContext {
protected:
  static constexpr auto kDeflate = CU_MEM_DECOMPRESS_ALGORITHM_DEFLATE;
  static constexpr auto kSnappy = CU_MEM_DECOMPRESS_ALGORITHM_SNAPPY;
  static constexpr auto kLz4 = CU_MEM_DECOMPRESS_ALGORITHM_LZ4;

  CUmemDecompressParams make(CUmemDecompressAlgorithm algorithm, const std::string& data,
                             size_t room) {
    CUmemDecompressParams params = {};
    CUdeviceptr source = upload(std::vector<char>(data.begin(), data.end()));
    CUdeviceptr target = upload(std::vector<char>(room, '?'));
    CUdeviceptr actual = upload(std::vector<uint32_t>{77});
    params.srcNumBytes = data.size();
    params.dstActBytes = reinterpret_cast<cuuint32_t*>(actual);
    params.src = reinterpret_cast<void*>(source);
    params.dst = reinterpret_cast<void*>(target);
    params.algo = algorithm;
    return params;
  }
  void release(const CUmemDecompressParams& params) {
    EXPECT_CU(cuMemFree(CUdeviceptr(params.src)));
    EXPECT_CU(cuMemFree(CUdeviceptr(params.dst)));
    EXPECT_CU(cuMemFree(CUdeviceptr(params.dstActBytes)));
  }
  std::string result(const CUmemDecompressParams& params) {
    uint32_t bytes = download<uint32_t>(CUdeviceptr(params.dstActBytes), 1)[0];
    std::vector<char> text = download<char>(CUdeviceptr(params.dst), bytes);
    return std::string(text.begin(), text.end());
  }
  // 26 bytes. LZ4 wants the last ones as literals.
  const std::string tail = "! Hello, World";
  const std::string text = "abcabcabcabc" + tail;
  // A stored block: its header, the length, the length's complement.
  const std::string deflated = std::string("\x01\x1a\x00\xe5\xff", 5) + text;
  // The length; a literal of 3; a copy of 9 from 3 back; a literal of 14.
  const std::string snapped = std::string("\x1a\x08"
                                          "abc"
                                          "\x15\x03\x34",
                                          8) +
                              tail;
  // 3 literals and a match of 4 + 5 from 3 back; 14 literals.
  const std::string lz4 = std::string("\x35"
                                      "abc"
                                      "\x03\x00\xe0",
                                      7) +
                          tail;
};

} // namespace

TEST_F(cuMemBatchDecompressAsyncTest, knows_three_formats) {
  int mask = 0, longest = 0;
  EXPECT_CU(cuDeviceGetAttribute(&mask, CU_DEVICE_ATTRIBUTE_MEM_DECOMPRESS_ALGORITHM_MASK, 0));
  EXPECT_EQ(kDeflate | kSnappy | kLz4, mask);
  EXPECT_CU(cuDeviceGetAttribute(&longest, CU_DEVICE_ATTRIBUTE_MEM_DECOMPRESS_MAXIMUM_LENGTH, 0));
  EXPECT_GE(longest, 1 << 20);
  CUmemDecompressParams batch[] = {make(kDeflate, deflated, 64), make(kSnappy, snapped, 26),
                                   make(kLz4, lz4, 100)};
  batch[2].dstNumBytes = 26;
  size_t index = 42;
  ASSERT_CU(cuMemBatchDecompressAsync(batch, 3, 0, &index, nullptr));
  EXPECT_CU(cuStreamSynchronize(nullptr));
  for (const CUmemDecompressParams& params : batch) {
    EXPECT_EQ(text, result(params));
    release(params);
  }
}

TEST_F(cuMemBatchDecompressAsyncTest, damaged_data_do_no_harm) {
  std::vector<std::pair<CUmemDecompressAlgorithm, std::string>> formats = {
      {kDeflate, deflated}, {kSnappy, snapped}, {kLz4, lz4}};
  CUstream stream = nullptr;
  ASSERT_CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  for (const auto& [algorithm, data] : formats) {
    // Cut off, and with every bit of every byte changed: an error or some other text, never more.
    for (size_t length = 1; length < data.size(); ++length) {
      CUmemDecompressParams params = make(algorithm, data.substr(0, length), 32);
      EXPECT_CU(cuMemBatchDecompressAsync(&params, 1, 0, nullptr, stream));
      (void)cuStreamSynchronize(stream);
      EXPECT_LE(result(params).size(), 32u);
      release(params);
    }
    for (size_t bit = 0; bit < 8 * data.size(); ++bit) {
      std::string changed = data;
      changed[bit / 8] = char(changed[bit / 8] ^ 1 << bit % 8);
      CUmemDecompressParams params = make(algorithm, changed, 32);
      EXPECT_CU(cuMemBatchDecompressAsync(&params, 1, 0, nullptr, stream));
      (void)cuStreamSynchronize(stream);
      EXPECT_LE(result(params).size(), 32u);
      release(params);
    }
    CUmemDecompressParams params = make(algorithm, data, 25); // a byte too few
    EXPECT_CU(cuMemBatchDecompressAsync(&params, 1, 0, nullptr, stream));
    EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuStreamSynchronize(stream));
    EXPECT_EQ("", result(params));
    EXPECT_CU(cuStreamSynchronize(stream)); // it does not stick
    release(params);
  }
  EXPECT_CU(cuStreamDestroy(stream));
}

TEST_F(cuMemBatchDecompressAsyncTest, arguments_are_checked) {
  CUmemDecompressParams batch[] = {make(kLz4, lz4, 64), make(kLz4, lz4, 64)};
  size_t index = 42;
  auto refused = [&](auto change) {
    CUmemDecompressParams bad[] = {batch[0], batch[1]};
    change(bad[1]);
    index = 42;
    return cuMemBatchDecompressAsync(bad, 2, 0, &index, nullptr);
  };
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemBatchDecompressAsync(nullptr, 2, 0, &index, nullptr));
  EXPECT_EQ(SIZE_MAX, index);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemBatchDecompressAsync(batch, 0, 0, nullptr, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemBatchDecompressAsync(batch, 2, 1, &index, nullptr));
  EXPECT_EQ(CUDA_ERROR_INVALID_HANDLE,
            cuMemBatchDecompressAsync(batch, 2, 0, &index, CUstream(&index)));
  int host = 0;
  void* pinned = nullptr;
  ASSERT_CU(cuMemAllocHost(&pinned, 64)); // not of an allocator that is good for this
  using P = CUmemDecompressParams;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](P& p) { p.algo = CU_MEM_DECOMPRESS_UNSUPPORTED; }));
  EXPECT_EQ(1u, index);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            refused([](P& p) { p.algo = CUmemDecompressAlgorithm(kLz4 | kSnappy); }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](P& p) { p.srcNumBytes = 0; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](P& p) { p.srcNumBytes = 99; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](P& p) { p.dstNumBytes = 65; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](P& p) { p.src = nullptr; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](P& p) { p.src = &host; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([&](P& p) { p.dst = pinned; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](P& p) { p.dstActBytes = nullptr; }));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, refused([](P& p) { p.padding[19] = 1; }));
  EXPECT_EQ(1u, index);
  for (const CUmemDecompressParams& params : batch) {
    // Nothing was started.
    EXPECT_EQ(77u, download<uint32_t>(CUdeviceptr(params.dstActBytes), 1)[0]);
    release(params);
  }
  int capable = -1;
  EXPECT_EQ(CUDA_SUCCESS,
            cuPointerGetAttribute(&capable, CU_POINTER_ATTRIBUTE_IS_HW_DECOMPRESS_CAPABLE,
                                  CUdeviceptr(pinned)));
  EXPECT_EQ(0, capable);
  EXPECT_CU(cuMemFreeHost(pinned));
}
