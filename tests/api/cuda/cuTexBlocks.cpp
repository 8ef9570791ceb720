// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Block-compressed arrays and resource views, read by a kernel. The blocks are put together by hand
// from the fields of the Khronos Data Format Specification (S3TC, RGTC, BPTC), and what a texel
// must be is computed from the same fields by its formulas.
#include "fixture.h"

#include <array>
#include <cmath>

namespace {

// read(out, texture, width): out[y * width + x] = texel (x, y), for the 8 x 4 threads of a block.
constexpr const char* kRead = R"(
.version 8.0
.target sm_70
.address_size 64
.visible .entry read(.param .u64 p_out, .param .u64 p_texture) {
  .reg .b32 %r<6>;
  .reg .f32 %f<7>;
  .reg .b64 %rd<5>;
  ld.param.u64 %rd1, [p_out];
  ld.param.u64 %rd2, [p_texture];
  mov.u32 %r1, %tid.x;
  mov.u32 %r2, %tid.y;
  mov.u32 %r3, %ntid.x;
  mad.lo.u32 %r4, %r2, %r3, %r1;
  mul.wide.u32 %rd3, %r4, 16;
  add.s64 %rd4, %rd1, %rd3;
  cvt.rn.f32.u32 %f5, %r1;
  cvt.rn.f32.u32 %f6, %r2;
  tex.2d.v4.f32.f32 {%f1, %f2, %f3, %f4}, [%rd2, {%f5, %f6}];
  st.global.v4.f32 [%rd4], {%f1, %f2, %f3, %f4};
  ret;
}
)";

using Color = std::array<float, 4>;

// Fields from the lowest bit on.
struct Block {
  std::array<uint64_t, 2> words = {};
  unsigned at = 0;
  Block& put(uint64_t value, unsigned bits) {
    for (unsigned i = 0; i < bits; ++i, ++at)
      words[at / 64] |= (value >> i & 1) << (at % 64);
    return *this;
  }
};

class cuTexBlocks : public WithContext {
protected:
  // The texels of one row of blocks, in an array of a block format or behind a view.
  std::vector<Color> texels(std::vector<Block> blocks, unsigned blockBytes, CUarray_format format,
                            unsigned channels, CUresourceViewFormat view, unsigned flags = 0) {
    std::vector<uint8_t> bytes;
    for (const Block& block : blocks) {
      auto* p = reinterpret_cast<const uint8_t*>(block.words.data());
      bytes.insert(bytes.end(), p, p + blockBytes);
    }
    auto count = unsigned(blocks.size());
    bool viewed = view != CU_RES_VIEW_FORMAT_NONE;
    CUDA_ARRAY3D_DESCRIPTOR d = {
        viewed ? count : 4 * count, viewed ? 1u : 4u, 0, format, channels, 0};
    CUarray array = nullptr;
    EXPECT_CU(cuArray3DCreate(&array, &d));
    CUDA_MEMCPY2D copy = {};
    copy.srcMemoryType = CU_MEMORYTYPE_HOST;
    copy.srcHost = bytes.data();
    copy.srcPitch = bytes.size();
    copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.dstArray = array;
    copy.WidthInBytes = bytes.size();
    copy.Height = 1;
    EXPECT_CU(cuMemcpy2D(&copy));
    CUDA_RESOURCE_DESC resource = {};
    resource.resType = CU_RESOURCE_TYPE_ARRAY;
    resource.res.array.hArray = array;
    CUDA_TEXTURE_DESC sampling = {};
    sampling.flags = flags;
    CUDA_RESOURCE_VIEW_DESC v = {};
    v.format = view;
    v.width = 4 * count;
    v.height = 4;
    CUtexObject texture = 0;
    EXPECT_CU(cuTexObjectCreate(&texture, &resource, &sampling, viewed ? &v : nullptr));
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    EXPECT_CU(cuModuleLoadData(&module, kRead));
    EXPECT_CU(cuModuleGetFunction(&function, module, "read"));
    std::vector<Color> result(16 * count);
    CUdeviceptr out = upload(result);
    void* params[] = {&out, &texture};
    EXPECT_CU(cuLaunchKernel(function, 1, 1, 1, 4 * count, 4, 1, 0, nullptr, params, nullptr));
    result = download<Color>(out, 16 * count);
    EXPECT_CU(cuMemFree(out));
    EXPECT_CU(cuModuleUnload(module));
    EXPECT_CU(cuTexObjectDestroy(texture));
    EXPECT_CU(cuArrayDestroy(array));
    return result;
  }
  // Through an array of the format and through a view of an array of integers.
  void check(const std::vector<Block>& blocks, unsigned blockBytes, CUarray_format format,
             unsigned channels, CUresourceViewFormat view, const std::vector<Color>& expected) {
    for (bool viewed : {false, true}) {
      auto got = viewed
                     ? texels(blocks, blockBytes, CU_AD_FORMAT_UNSIGNED_INT32, blockBytes / 4, view)
                     : texels(blocks, blockBytes, format, channels, CU_RES_VIEW_FORMAT_NONE);
      ASSERT_EQ(expected.size(), got.size());
      for (size_t i = 0; i < got.size(); ++i)
        for (int k = 0; k < 4; ++k) // both round a sum and a quotient or two
          ASSERT_NEAR(expected[i][k], got[i][k], 4e-7f) << "texel " << i << " channel " << k;
    }
  }
};

// Colours of 5, 6 and 5 bits, in the order of the code.
struct Ends {
  unsigned r, g, b;
  unsigned packed() const { return r << 11 | g << 5 | b; }
  Color color() const { return {float(r / 31.), float(g / 63.), float(b / 31.), 1}; }
};
Color mix(const Color& a, const Color& b, double wa, double wb) {
  Color c;
  for (int k = 0; k < 4; ++k)
    c[k] = float((wa * a[k] + wb * b[k]) / (wa + wb));
  return c;
}

constexpr Ends kHigh = {29, 60, 1}, kLow = {20, 2, 30};

// Texel i has code i % 4, or the codes of a list.
Block colorBlock(const Ends& a, const Ends& b) {
  Block block;
  block.put(a.packed(), 16).put(b.packed(), 16);
  for (unsigned i = 0; i < 16; ++i)
    block.put(i % 4, 2);
  return block;
}
Color fourColors(const Ends& a, const Ends& b, unsigned code) {
  Color x = a.color(), y = b.color();
  return code == 0 ? x : code == 1 ? y : code == 2 ? mix(x, y, 2, 1) : mix(x, y, 1, 2);
}

} // namespace

TEST_F(cuTexBlocks, bc1) {
  std::vector<Color> expected(32);
  for (unsigned i = 0; i < 16; ++i) {
    unsigned at = i / 4 * 8 + i % 4;
    expected[at] = fourColors(kHigh, kLow, i % 4);
    expected[at + 4] = i % 4 == 2   ? mix(kLow.color(), kHigh.color(), 1, 1) // color0 <= color1
                       : i % 4 == 3 ? Color{0, 0, 0, 0}
                                    : fourColors(kLow, kHigh, i % 4);
  }
  check({colorBlock(kHigh, kLow), colorBlock(kLow, kHigh)}, 8, CU_AD_FORMAT_BC1_UNORM, 4,
        CU_RES_VIEW_FORMAT_UNSIGNED_BC1, expected);
}

TEST_F(cuTexBlocks, bc1_srgb) {
  auto linear = [](double c) {
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  auto got =
      texels({colorBlock(kHigh, kLow)}, 8, CU_AD_FORMAT_BC1_UNORM_SRGB, 4, CU_RES_VIEW_FORMAT_NONE);
  auto asked = texels({colorBlock(kHigh, kLow)}, 8, CU_AD_FORMAT_UNSIGNED_INT32, 2,
                      CU_RES_VIEW_FORMAT_UNSIGNED_BC1, CU_TRSF_SRGB);
  for (unsigned i = 0; i < 16; ++i) {
    Color c = fourColors(kHigh, kLow, i % 4);
    for (int k = 0; k < 3; ++k) {
      EXPECT_NEAR(linear(c[k]), got[i][k], 1e-6);
      EXPECT_NEAR(linear(c[k]), asked[i][k], 1e-6);
    }
    EXPECT_EQ(1, got[i][3]);
  }
}

TEST_F(cuTexBlocks, bc2_and_bc3) {
  std::vector<Color> second(16), third(32);
  // Colours always have four codes here, in whatever order the ends are.
  Block alpha2;
  for (unsigned i = 0; i < 16; ++i)
    alpha2.put(15 - i, 4);
  Block block2 = alpha2;
  block2.words[1] = colorBlock(kLow, kHigh).words[0];
  Block block3a, block3b;
  block3a.put(200, 8).put(40, 8); // eight values
  block3b.put(40, 8).put(200, 8); // six, 0 and 1
  for (unsigned i = 0; i < 16; ++i) {
    block3a.put(i % 8, 3);
    block3b.put(i % 8, 3);
  }
  block3a.words[1] = block3b.words[1] = colorBlock(kHigh, kLow).words[0];
  for (unsigned i = 0; i < 16; ++i) {
    second[i] = fourColors(kLow, kHigh, i % 4);
    second[i][3] = float((15 - i) / 15.);
    unsigned at = i / 4 * 8 + i % 4, code = i % 8;
    third[at] = third[at + 4] = fourColors(kHigh, kLow, i % 4);
    third[at][3] = float((code == 0   ? 200
                          : code == 1 ? 40
                                      : ((8 - code) * 200 + (code - 1) * 40) / 7.) /
                         255.);
    third[at + 4][3] = float((code == 0   ? 40
                              : code == 1 ? 200
                              : code == 6 ? 0
                              : code == 7 ? 255
                                          : ((6 - code) * 40 + (code - 1) * 200) / 5.) /
                             255.);
  }
  check({block2}, 16, CU_AD_FORMAT_BC2_UNORM, 4, CU_RES_VIEW_FORMAT_UNSIGNED_BC2, second);
  check({block3a, block3b}, 16, CU_AD_FORMAT_BC3_UNORM, 4, CU_RES_VIEW_FORMAT_UNSIGNED_BC3, third);
}

TEST_F(cuTexBlocks, bc4_and_bc5) {
  // -128 is -1 as -127 is.
  Block one, two, both;
  one.put(uint8_t(-128), 8).put(100, 8);
  two.put(90, 8).put(uint8_t(-60), 8);
  for (unsigned i = 0; i < 16; ++i) {
    one.put(i % 8, 3);
    two.put((i + 3) % 8, 3);
  }
  both.words = {two.words[0], one.words[0]};
  std::vector<Color> red(16), redGreen(16);
  for (unsigned i = 0; i < 16; ++i) {
    unsigned code = i % 8, other = (i + 3) % 8;
    auto six = float(code == 0   ? -1
                     : code == 1 ? 100 / 127.
                     : code == 6 ? -1
                     : code == 7 ? 1
                                 : (-(6. - code) + (code - 1) * (100 / 127.)) / 5);
    auto eight = float((other == 0   ? 90
                        : other == 1 ? -60
                                     : ((8. - other) * 90 + (other - 1.) * -60) / 7) /
                       127.);
    red[i] = {six, 0, 0, 1};
    redGreen[i] = {eight, six, 0, 1};
  }
  check({one}, 8, CU_AD_FORMAT_BC4_SNORM, 1, CU_RES_VIEW_FORMAT_SIGNED_BC4, red);
  check({both}, 16, CU_AD_FORMAT_BC5_SNORM, 2, CU_RES_VIEW_FORMAT_SIGNED_BC5, redGreen);
  Block plain;
  plain.put(255, 8).put(0, 8);
  for (unsigned i = 0; i < 16; ++i) {
    plain.put(i % 8, 3);
    unsigned code = i % 8;
    red[i] = {float(code == 0 ? 1 : code == 1 ? 0 : (8. - code) / 7), 0, 0, 1};
    redGreen[i] = {red[i][0], red[i][0], 0, 1};
  }
  both.words = {plain.words[0], plain.words[0]};
  check({plain}, 8, CU_AD_FORMAT_BC4_UNORM, 1, CU_RES_VIEW_FORMAT_UNSIGNED_BC4, red);
  check({both}, 16, CU_AD_FORMAT_BC5_UNORM, 2, CU_RES_VIEW_FORMAT_UNSIGNED_BC5, redGreen);
}

namespace {

int interpolate(int a, int b, int weight) {
  return ((64 - weight) * a + weight * b + 32) >> 6;
}
constexpr int kWeights2[] = {0, 21, 43, 64}, kWeights3[] = {0, 9, 18, 27, 37, 46, 55, 64},
              kWeights4[] = {0, 4, 9, 13, 17, 21, 26, 30, 34, 38, 43, 47, 51, 55, 60, 64};

} // namespace

TEST_F(cuTexBlocks, bc7) {
  std::vector<Color> expected(48);
  // Mode 6: one subset, 7 bits and a P bit for each end, indices of 4 bits; the first has 3.
  const int ends6[2][4] = {{3, 70, 127, 90}, {100, 5, 64, 1}};
  Block six;
  six.put(1 << 6, 7);
  for (int k = 0; k < 4; ++k)
    six.put(ends6[0][k], 7).put(ends6[1][k], 7);
  six.put(1, 1).put(0, 1);
  for (unsigned i = 0; i < 16; ++i)
    six.put((i * 7) % 16, i ? 4 : 3);
  ASSERT_EQ(128u, six.at);
  // Mode 1: two subsets by partition 13, whose lower two rows are the second one and whose anchor
  // is texel 15; 6 bits and a P bit that both ends share, so 7, indices of 3 bits.
  const int ends1[4][3] = {{10, 63, 0}, {50, 1, 32}, {7, 7, 60}, {33, 20, 5}};
  Block one;
  one.put(0b10, 2).put(13, 6);
  for (int k = 0; k < 3; ++k)
    for (const auto& end : ends1)
      one.put(end[k], 6);
  one.put(1, 1).put(0, 1);
  for (unsigned i = 0; i < 16; ++i)
    one.put(i % 4, i == 0 || i == 15 ? 2 : 3);
  ASSERT_EQ(128u, one.at);
  // Mode 4: colours of 5 bits, alpha of 6, rotated with green; the selection bit gives colours the
  // indices of 3 bits and alpha those of 2.
  const int ends4[2][4] = {{31, 4, 9, 50}, {2, 30, 17, 11}};
  Block four;
  four.put(1 << 4, 5).put(2, 2).put(1, 1);
  for (int k = 0; k < 4; ++k)
    four.put(ends4[0][k], k < 3 ? 5 : 6).put(ends4[1][k], k < 3 ? 5 : 6);
  for (unsigned i = 0; i < 16; ++i)
    four.put(i / 4, i ? 2 : 1);
  for (unsigned i = 0; i < 16; ++i)
    four.put(i % 8, i ? 3 : 2);
  ASSERT_EQ(128u, four.at);
  for (unsigned i = 0; i < 16; ++i) {
    unsigned at = i / 4 * 12 + i % 4;
    for (int k = 0; k < 4; ++k) {
      int a = ends6[0][k] * 2 + 1, b = ends6[1][k] * 2;
      expected[at][k] = float(interpolate(a, b, kWeights4[(i * 7) % 16]) / 255.);
      if (k < 3) {
        int subset = i < 8 ? 0 : 1, low = subset == 0 ? 1 : 0;
        auto wide = [&](int v) { return (v << 2 | low << 1) | v >> 5; };
        expected[at + 4][k] = float(interpolate(wide(ends1[2 * subset][k]),
                                                wide(ends1[2 * subset + 1][k]), kWeights3[i % 4]) /
                                    255.);
      }
    }
    expected[at + 4][3] = 1;
    auto five = [](int v) { return v << 3 | v >> 2; };
    auto sixBits = [](int v) { return v << 2 | v >> 4; };
    auto color = [&](int k) {
      return float(interpolate(five(ends4[0][k]), five(ends4[1][k]), kWeights3[i % 8]) / 255.);
    };
    auto alpha =
        float(interpolate(sixBits(ends4[0][3]), sixBits(ends4[1][3]), kWeights2[i / 4]) / 255.);
    expected[at + 8] = {color(0), alpha, color(2), color(1)};
  }
  check({six, one, four}, 16, CU_AD_FORMAT_BC7_UNORM, 4, CU_RES_VIEW_FORMAT_UNSIGNED_BC7, expected);
  // A block of zeros is reserved: all channels are 0.
  check({Block()}, 16, CU_AD_FORMAT_BC7_UNORM, 4, CU_RES_VIEW_FORMAT_UNSIGNED_BC7,
        std::vector<Color>(16, Color{0, 0, 0, 0}));
}

// Mode 2, three subsets. Partition 6 is the specification's own example: the lower two rows are
// subset 1, whose anchor is texel 15, the upper right is subset 2, whose anchor is texel 3.
TEST_F(cuTexBlocks, bc7_of_three_subsets) {
  const int ends[6][3] = {{31, 0, 5},  {4, 30, 11}, {8, 9, 10},
                          {25, 1, 31}, {17, 17, 0}, {3, 29, 6}};
  Block block;
  block.put(1 << 2, 3).put(6, 6);
  for (int k = 0; k < 3; ++k)
    for (const auto& end : ends)
      block.put(uint64_t(end[k]), 5);
  auto index = [](unsigned i) { return i == 0 || i == 3 || i == 15 ? i % 2 : (i * 3) % 4; };
  for (unsigned i = 0; i < 16; ++i)
    block.put(index(i), i == 0 || i == 3 || i == 15 ? 1 : 2);
  ASSERT_EQ(128u, block.at);
  std::vector<Color> expected(16);
  for (unsigned i = 0; i < 16; ++i) {
    unsigned subset = i >= 8 ? 1 : i % 4 >= 2 ? 2 : 0;
    auto wide = [](int v) { return v << 3 | v >> 2; };
    for (int k = 0; k < 3; ++k)
      expected[i][k] = float(interpolate(wide(ends[2 * subset][k]), wide(ends[2 * subset + 1][k]),
                                         kWeights2[index(i)]) /
                             255.);
    expected[i][3] = 1;
  }
  check({block}, 16, CU_AD_FORMAT_BC7_UNORM, 4, CU_RES_VIEW_FORMAT_UNSIGNED_BC7, expected);
}

namespace {

float halfValue(unsigned bits) {
  int exponent = int(bits >> 10 & 31), mantissa = int(bits & 1023);
  double v = exponent ? std::ldexp(1024 + mantissa, exponent - 25) : std::ldexp(mantissa, -24);
  return float(bits & 0x8000 ? -v : v);
}

} // namespace

TEST_F(cuTexBlocks, bc6h) {
  for (bool isSigned : {false, true}) {
    std::vector<Color> expected(32);
    // Mode 3: two ends of 10 bits each, indices of 4 bits.
    const int ends[2][3] = {{1023, 300, 0}, {17, 1000, 512}};
    Block plain;
    plain.put(3, 5);
    for (const auto& end : ends)
      for (int v : end)
        plain.put(uint64_t(v), 10);
    for (unsigned i = 0; i < 16; ++i)
      plain.put((i * 5) % 16, i ? 4 : 3);
    ASSERT_EQ(128u, plain.at);
    // Mode 11: the second end is 8 bits away from the first of 12, whose upper two bits come later
    // and the other way round.
    const int first[3] = {0xa5c, 0x123, 0x7ff}, delta[3] = {-100, 127, 5};
    Block moved;
    moved.put(11, 5);
    for (int v : first)
      moved.put(uint64_t(v & 0x3ff), 10);
    for (int k = 0; k < 3; ++k)
      moved.put(uint64_t(delta[k] & 0xff), 8).put(first[k] >> 11 & 1, 1).put(first[k] >> 10 & 1, 1);
    for (unsigned i = 0; i < 16; ++i)
      moved.put(i, i ? 4 : 3);
    ASSERT_EQ(128u, moved.at);
    auto unquantize = [&](int x, int bits) {
      if (!isSigned)
        return x == 0 ? 0 : x == (1 << bits) - 1 ? 0xffff : ((x << 15) + 0x4000) >> (bits - 1);
      x = x >= 1 << (bits - 1) ? x - (1 << bits) : x;
      int size = std::abs(x);
      int v = size == 0                       ? 0
              : size >= (1 << (bits - 1)) - 1 ? 0x7fff
                                              : ((size << 15) + 0x4000) >> (bits - 1);
      return x < 0 ? -v : v;
    };
    auto finish = [&](int v) {
      return halfValue(unsigned(!isSigned ? (v * 31) >> 6
                                : v < 0   ? (-v * 31) >> 5 | 0x8000
                                          : (v * 31) >> 5));
    };
    for (unsigned i = 0; i < 16; ++i) {
      unsigned at = i / 4 * 8 + i % 4;
      for (int k = 0; k < 3; ++k) {
        expected[at][k] = finish(interpolate(unquantize(ends[0][k], 10), unquantize(ends[1][k], 10),
                                             kWeights4[(i * 5) % 16]));
        expected[at + 4][k] = finish(interpolate(
            unquantize(first[k], 12), unquantize((first[k] + delta[k]) & 0xfff, 12), kWeights4[i]));
      }
      expected[at][3] = expected[at + 4][3] = 1;
    }
    check({plain, moved}, 16, isSigned ? CU_AD_FORMAT_BC6H_SF16 : CU_AD_FORMAT_BC6H_UF16, 3,
          isSigned ? CU_RES_VIEW_FORMAT_SIGNED_BC6H : CU_RES_VIEW_FORMAT_UNSIGNED_BC6H, expected);
  }
}

// Mode 30: two subsets of plain ends of 6 bits, which lie in pieces; mode 1: the other ends are 6
// bits away from the first of 7. Partition 13 as above.
TEST_F(cuTexBlocks, bc6h_of_two_subsets) {
  const unsigned e[4][3] = {{63, 20, 0}, {1, 45, 33}, {50, 10, 62}, {7, 61, 29}};
  auto bit = [](unsigned v, unsigned i) { return v >> i & 1; };
  auto indices = [](Block& block) {
    for (unsigned i = 0; i < 16; ++i)
      block.put(i % 4, i == 0 || i == 15 ? 2 : 3);
    EXPECT_EQ(128u, block.at);
  };
  const auto& [r0, g0, b0] = e[0];
  const auto& [r1, g1, b1] = e[1];
  const auto& [r2, g2, b2] = e[2];
  const auto& [r3, g3, b3] = e[3];
  Block plain;
  plain.put(30, 5).put(r0, 6).put(bit(g3, 4), 1).put(bit(b3, 0), 1).put(bit(b3, 1), 1);
  plain.put(bit(b2, 4), 1).put(g0, 6).put(bit(g2, 5), 1).put(bit(b2, 5), 1).put(bit(b3, 2), 1);
  plain.put(bit(g2, 4), 1).put(b0, 6).put(bit(g3, 5), 1).put(bit(b3, 3), 1).put(bit(b3, 5), 1);
  plain.put(bit(b3, 4), 1).put(r1, 6).put(g2 & 15, 4).put(g1, 6).put(g3 & 15, 4).put(b1, 6);
  plain.put(b2 & 15, 4).put(r2, 6).put(r3, 6).put(13, 5);
  indices(plain);
  // The same numbers of 6 bits as distances from other first ends.
  const unsigned f[3] = {100, 3, 64};
  Block moved;
  moved.put(1, 2).put(bit(g2, 5), 1).put(bit(g3, 4), 1).put(bit(g3, 5), 1).put(f[0], 7);
  moved.put(bit(b3, 0), 1).put(bit(b3, 1), 1).put(bit(b2, 4), 1).put(f[1], 7).put(bit(b2, 5), 1);
  moved.put(bit(b3, 2), 1).put(bit(g2, 4), 1).put(f[2], 7).put(bit(b3, 3), 1).put(bit(b3, 5), 1);
  moved.put(bit(b3, 4), 1).put(r1, 6).put(g2 & 15, 4).put(g1, 6).put(g3 & 15, 4).put(b1, 6);
  moved.put(b2 & 15, 4).put(r2, 6).put(r3, 6).put(13, 5);
  indices(moved);
  std::vector<Color> expected(32);
  for (unsigned i = 0; i < 16; ++i) {
    unsigned at = i / 4 * 8 + i % 4, base = i < 8 ? 0 : 2;
    for (int k = 0; k < 3; ++k) {
      auto wide = [](unsigned x, int bits) {
        return x == 0                      ? 0
               : int(x) == (1 << bits) - 1 ? 0xffff
                                           : (int(x << 15) + 0x4000) >> (bits - 1);
      };
      auto end = [&](unsigned n) { // of the second block
        int distance = e[n][k] >= 32 ? int(e[n][k]) - 64 : int(e[n][k]);
        return n == 0 ? f[k] : unsigned(int(f[k]) + distance) & 127;
      };
      int weight = kWeights3[i % 4];
      expected[at][k] = halfValue(
          unsigned(interpolate(wide(e[base][k], 6), wide(e[base + 1][k], 6), weight) * 31 >> 6));
      expected[at + 4][k] = halfValue(
          unsigned(interpolate(wide(end(base), 7), wide(end(base + 1), 7), weight) * 31 >> 6));
    }
    expected[at][3] = expected[at + 4][3] = 1;
  }
  check({plain, moved}, 16, CU_AD_FORMAT_BC6H_UF16, 3, CU_RES_VIEW_FORMAT_UNSIGNED_BC6H, expected);
  // Reserved modes are black.
  Block reserved;
  reserved.put(19, 5).put(~0ull, 64);
  check({reserved}, 16, CU_AD_FORMAT_BC6H_UF16, 3, CU_RES_VIEW_FORMAT_UNSIGNED_BC6H,
        std::vector<Color>(16, Color{0, 0, 0, 1}));
}

TEST_F(cuTexBlocks, what_may_be_made) {
  CUarray array = nullptr;
  auto create = [&](CUDA_ARRAY3D_DESCRIPTOR d) { return cuArray3DCreate(&array, &d); };
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create({16, 0, 0, CU_AD_FORMAT_BC1_UNORM, 4, 0}));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, create({16, 16, 0, CU_AD_FORMAT_BC1_UNORM, 3, 0}));
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE,
            create({16, 16, 0, CU_AD_FORMAT_BC7_UNORM, 4, CUDA_ARRAY3D_SURFACE_LDST}));
  // 9 x 5 texels are 3 x 2 blocks; 5 levels down to one texel.
  CUDA_ARRAY3D_DESCRIPTOR d = {9, 5, 0, CU_AD_FORMAT_BC1_UNORM, 4, 0}, read = {};
  ASSERT_CU(cuArray3DCreate(&array, &d));
  EXPECT_CU(cuArray3DGetDescriptor(&read, array));
  EXPECT_EQ(9u, read.Width);
  std::vector<uint64_t> blocks = {1, 2, 3, 4, 5, 6}, back(6);
  CUDA_MEMCPY2D copy = {};
  copy.srcMemoryType = CU_MEMORYTYPE_HOST;
  copy.srcHost = blocks.data();
  copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  copy.dstArray = array;
  copy.WidthInBytes = 24;
  copy.Height = 2;
  EXPECT_CU(cuMemcpy2D(&copy));
  std::swap(copy.srcMemoryType, copy.dstMemoryType);
  copy.srcArray = array;
  copy.dstHost = back.data();
  EXPECT_CU(cuMemcpy2D(&copy));
  EXPECT_EQ(blocks, back);
  copy.Height = 3;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuMemcpy2D(&copy));
  CUDA_RESOURCE_DESC resource = {};
  resource.resType = CU_RESOURCE_TYPE_ARRAY;
  resource.res.array.hArray = array;
  CUsurfObject surface = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuSurfObjectCreate(&surface, &resource));
  EXPECT_CU(cuArrayDestroy(array));
  CUmipmappedArray mipmap = nullptr;
  ASSERT_CU(cuMipmappedArrayCreate(&mipmap, &d, 99));
  EXPECT_CU(cuMipmappedArrayGetLevel(&array, mipmap, 3));
  EXPECT_CU(cuMipmappedArrayDestroy(mipmap));
  // Views are of 32-bit integers, as many as a block has, and four times as large.
  d = {4, 4, 0, CU_AD_FORMAT_FLOAT, 2, 0};
  ASSERT_CU(cuArray3DCreate(&array, &d));
  resource.res.array.hArray = array;
  CUDA_TEXTURE_DESC sampling = {};
  CUDA_RESOURCE_VIEW_DESC view = {};
  view.format = CU_RES_VIEW_FORMAT_UNSIGNED_BC1;
  view.width = view.height = 16;
  CUtexObject texture = 0;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectCreate(&texture, &resource, &sampling, &view));
  EXPECT_CU(cuArrayDestroy(array));
  d.Format = CU_AD_FORMAT_UNSIGNED_INT32;
  ASSERT_CU(cuArray3DCreate(&array, &d));
  resource.res.array.hArray = array;
  ASSERT_CU(cuTexObjectCreate(&texture, &resource, &sampling, &view));
  EXPECT_CU(cuTexObjectDestroy(texture));
  view.format = CU_RES_VIEW_FORMAT_UNSIGNED_BC2;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectCreate(&texture, &resource, &sampling, &view));
  view.format = CU_RES_VIEW_FORMAT_UNSIGNED_BC1;
  view.width = 4;
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuTexObjectCreate(&texture, &resource, &sampling, &view));
  EXPECT_CU(cuArrayDestroy(array));
}
