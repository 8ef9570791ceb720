// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Filters, address modes and coordinates of tex against the Programming Guide
// (texture_reference.h).
#include "texture_fixture.h"
#include "texture_reference.h"

namespace anywarp::ptxtest {
namespace {

constexpr const char* kTex[] = {
    "",
    "tex.1d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x}];",
    "tex.2d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y}];",
    "tex.3d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y, %z, %z}];",
};

// Small integers, so that sums of weighted texels are exact in float.
float valueAt(unsigned x, unsigned y, unsigned z, unsigned channel) {
  return float((x * 37 + y * 101 + z * 53 + channel * 17) % 251);
}

void paint(Texture& t) {
  const AwImage& image = t->image;
  const AwLevel& l = image.level[0];
  for (unsigned z = 0; z < std::max(l.depth, image.layers); z++)
    for (unsigned y = 0; y < l.height; y++)
      for (unsigned x = 0; x < l.width; x++)
        for (unsigned c = 0; c < image.channels; c++) {
          float v = valueAt(x, y, z, c);
          if (image.channel == AW_CHANNEL_F32)
            (&t.get<float>(x, y, z))[c] = v;
          else
            (&t.get<uint8_t>(x, y, z))[c] = uint8_t(v);
        }
}

GuideTexture guide(Texture& t, int dims) {
  GuideTexture g;
  const AwImage& image = t->image;
  const AwSampler& s = t->sampler;
  g.dims = dims;
  g.size = {image.level[0].width, image.level[0].height, image.level[0].depth};
  unsigned channels = image.channels;
  double scale = image.channel == AW_CHANNEL_F32 ? 1 : 1 / 255.0;
  g.texel = [=](int64_t x, int64_t y, int64_t z) {
    Color c = {0, 0, 0, 1};
    for (unsigned i = 0; i < channels; i++)
      c[i] = valueAt(unsigned(x), unsigned(y), unsigned(z), i) * scale;
    return c;
  };
  for (int i = 0; i < 3; i++)
    g.address[i] = Address(s.address[i]);
  g.normalized = s.flags & AW_SAMPLER_NORMALIZED;
  g.linear = s.filter == AW_FILTER_LINEAR;
  for (int i = 0; i < 4; i++)
    g.border[i] = s.border[i];
  return g;
}

class FilterTest : public TextureTest, public testing::WithParamInterface<int> {
protected:
  // Coordinates in 1/256 texel from far outside on one side to far outside on the other: exact.
  // With `exact` false, anything: weights may then differ by one 256th where rounding is a tie.
  void check(Texture& t, int dims, bool exact) {
    GuideTexture g = guide(t, dims);
    std::mt19937 random(unsigned(dims) * 1000 + t->sampler.address[0] * 10 + exact);
    std::vector<Lookup> lookups;
    for (int i = 0; i < 200; i++) {
      Lookup l;
      l.handle = t.handle();
      float* x[3] = {&l.x, &l.y, &l.z};
      for (int d = 0; d < dims; d++) {
        double n = double(g.size[d]);
        double v = exact ? (int(random() % unsigned(n * 256 * 5)) - n * 512) / 256
                         : (random() % 100000 / 100000.0 * 5 - 2) * n;
        if (i % 7 == 0)
          v = std::floor(v) + (i % 2 ? 0.5 : 0);
        *x[d] = float(g.normalized ? v / n : v);
      }
      lookups.push_back(l);
    }
    auto got = runLoaded(lookups);
    double tolerance = exact ? 1e-3 : 2.5;
    if (t->image.channel != AW_CHANNEL_F32)
      tolerance /= 255;
    for (size_t i = 0; i < lookups.size(); i++) {
      const Lookup& l = lookups[i];
      Color want = guideFetch(g, {l.x, l.y, l.z});
      if (!g.linear && !exact) // coordinates next to a texel's edge may fall on either side
        continue;
      for (int c = 0; c < 4; c++)
        ASSERT_NEAR(got[i].f(c), want[c], tolerance)
            << dims << "D, lookup " << i << " channel " << c << " at " << l.x << " " << l.y << " "
            << l.z << " address " << int(t->sampler.address[0]) << " linear " << g.linear
            << " normalised " << g.normalized;
    }
  }
  void checkAll(AwChannel channel, unsigned channels) {
    int dims = GetParam();
    loadText(kernelText(kTex[dims]));
    // Powers of two, so that dividing by them is exact.
    Texture t(dims == 1   ? AW_GEOMETRY_1D
              : dims == 2 ? AW_GEOMETRY_2D
                          : AW_GEOMETRY_3D,
              channel, channels, {16, dims > 1 ? 8u : 1, dims > 2 ? 4u : 1});
    paint(t);
    for (int i = 0; i < 4; i++)
      t->sampler.border[i] = float(5 + i);
    for (int filter = 0; filter < 2; filter++)
      for (int normalized = 0; normalized < 2; normalized++)
        for (int mode = 0; mode < 4; mode++)
          for (bool exact : {true, false}) {
            t->sampler.filter = uint8_t(filter);
            t->sampler.flags = uint16_t((normalized ? AW_SAMPLER_NORMALIZED : 0) |
                                        (channel == AW_CHANNEL_F32 ? 0 : AW_SAMPLER_READ_FLOAT));
            for (int d = 0; d < 3; d++) // each dimension has its own
              t->sampler.address[d] = uint8_t((mode + d * (mode & 1)) % 4);
            check(t, dims, exact);
            if (HasFatalFailure())
              return;
          }
  }
};

TEST_P(FilterTest, oneFloat) {
  checkAll(AW_CHANNEL_F32, 1);
}
TEST_P(FilterTest, fourFloats) {
  checkAll(AW_CHANNEL_F32, 4);
}
TEST_P(FilterTest, fourBytes) {
  checkAll(AW_CHANNEL_U8, 4);
}
TEST_P(FilterTest, twoBytes) {
  checkAll(AW_CHANNEL_U8, 2);
}

INSTANTIATE_TEST_SUITE_P(dimensions, FilterTest, testing::Values(1, 2, 3));

using LookupTest = TextureTest;

// Sizes that are no powers of two, against the guide with room for rounding.
TEST_F(LookupTest, oddSizes) {
  loadText(kernelText(kTex[2]));
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_F32, 1, {7, 5, 1});
  paint(t);
  t->sampler.filter = AW_FILTER_LINEAR;
  for (int mode = 0; mode < 4; mode++) {
    t->sampler.flags = AW_SAMPLER_NORMALIZED;
    t->sampler.address[0] = t->sampler.address[1] = uint8_t(mode);
    GuideTexture g = guide(t, 2);
    std::vector<Lookup> lookups;
    for (int i = 0; i < 300; i++) {
      Lookup l;
      l.handle = t.handle();
      l.x = float(i * 0.017 - 2.1);
      l.y = float(i * -0.013 + 1.9);
      lookups.push_back(l);
    }
    auto got = runLoaded(lookups);
    for (size_t i = 0; i < lookups.size(); i++)
      ASSERT_NEAR(got[i].f(0), guideFetch(g, {lookups[i].x, lookups[i].y, 0})[0], 2.5)
          << mode << " " << i;
  }
}

// Infinite and NaN coordinates give some texel and no fault; so do huge ones.
TEST_F(LookupTest, wildCoordinates) {
  loadText(kernelText(kTex[2]));
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_F32, 1, {3, 3, 1});
  for (unsigned i = 0; i < 9; i++)
    t.get<float>(i % 3, i / 3) = 8;
  for (int mode = 0; mode < 4; mode++)
    for (int filter = 0; filter < 2; filter++)
      for (int flags = 0; flags < 2; flags++) {
        t->sampler.address[0] = t->sampler.address[1] = uint8_t(mode);
        t->sampler.filter = uint8_t(filter);
        t->sampler.flags = uint16_t(flags);
        t->sampler.border[0] = 8;
        std::vector<Lookup> lookups;
        for (float x :
             {INFINITY, -INFINITY, NAN, 3e38f, -3e38f, 1e10f, -1e10f, 16777217.f, -0.f, 1e-45f}) {
          Lookup l;
          l.handle = t.handle();
          l.x = x;
          l.y = -x;
          lookups.push_back(l);
        }
        for (auto& r : runLoaded(lookups))
          EXPECT_EQ(r.f(0), 8) << mode << filter << flags;
      }
}

// The layer is an unsigned integer, clamped to the last.
TEST_F(LookupTest, layers) {
  Texture one(AW_GEOMETRY_1D_LAYERED, AW_CHANNEL_F32, 1, {8, 1, 1}, 5);
  Texture two(AW_GEOMETRY_2D_LAYERED, AW_CHANNEL_F32, 1, {8, 4, 1}, 5);
  for (unsigned z = 0; z < 5; z++)
    for (unsigned x = 0; x < 8; x++) {
      one.get<float>(x, 0, z) = float(100 * z + x);
      for (unsigned y = 0; y < 4; y++)
        two.get<float>(x, y, z) = float(100 * z + 10 * y + x);
    }
  for (auto* t : {&one, &two})
    (*t)->sampler.address[0] = (*t)->sampler.address[1] = AW_ADDRESS_CLAMP;
  std::vector<Lookup> lookups;
  for (int layer : {0, 1, 4, 5, 1000, -1}) {
    Lookup l;
    l.handle = one.handle();
    l.layer = layer;
    l.x = 3.75f;
    l.y = 2.25f;
    lookups.push_back(l);
  }
  float layerOf[] = {0, 1, 4, 4, 4, 4};
  auto got = run("tex.a1d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%layer, %x}];", lookups);
  for (int i = 0; i < 6; i++)
    EXPECT_EQ(got[i].f(0), 100 * layerOf[i] + 3) << i;
  for (Lookup& l : lookups)
    l.handle = two.handle();
  const char* tex2 = "tex.a2d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%layer, %x, %y, %y}];";
  got = run(tex2, lookups);
  for (int i = 0; i < 6; i++)
    EXPECT_EQ(got[i].f(0), 100 * layerOf[i] + 23) << i;
  // Filtering stays in the layer: x 3.75 is a quarter of texel 3 and three of 4 less half a texel.
  one->sampler.filter = two->sampler.filter = AW_FILTER_LINEAR;
  got = run(tex2, lookups);
  for (int i = 0; i < 6; i++)
    EXPECT_EQ(got[i].f(0), 100 * layerOf[i] + 17.5f + 3.25f) << i;
}

// Lanes of one warp with different textures.
TEST_F(LookupTest, texturesOfALane) {
  Texture a(AW_GEOMETRY_2D, AW_CHANNEL_F32, 1, {2, 2, 1}),
      b(AW_GEOMETRY_2D, AW_CHANNEL_U8, 4, {2, 2, 1});
  a.get<float>(0, 0) = 42;
  b.get<uint32_t>(0, 0) = 0x04030201;
  std::vector<Lookup> lookups(40);
  for (size_t i = 0; i < lookups.size(); i++)
    lookups[i].handle = i % 3 ? a.handle() : b.handle();
  auto got = run(kTex[2], lookups);
  for (size_t i = 0; i < lookups.size(); i++)
    if (i % 3)
      EXPECT_EQ(got[i].f(0), 42);
    else
      EXPECT_EQ(got[i].bits[3], 4u);
}

// Linear memory has no filter and no address mode; outside is 0.
TEST_F(LookupTest, linearMemory) {
  Texture t(AW_GEOMETRY_LINEAR, AW_CHANNEL_S16, 2, {100, 1, 1});
  for (unsigned x = 0; x < 100; x++) {
    (&t.get<int16_t>(x))[0] = int16_t(-x);
    (&t.get<int16_t>(x))[1] = int16_t(300 + x);
  }
  t->sampler.address[0] = AW_ADDRESS_CLAMP;
  std::vector<Lookup> lookups;
  for (int x : {0, 1, 99, 100, -1, 1 << 30, INT32_MIN}) {
    Lookup l;
    l.handle = t.handle();
    l.ix = x;
    lookups.push_back(l);
  }
  const char* fetch = "tex.1d.v4.s32.s32 {%r0, %r1, %r2, %r3}, [%handle, {%ix}];";
  auto got = run(fetch, lookups);
  for (int i = 0; i < 3; i++) {
    EXPECT_EQ(int32_t(got[i].bits[0]), -lookups[i].ix);
    EXPECT_EQ(int32_t(got[i].bits[1]), 300 + lookups[i].ix);
  }
  for (int i = 3; i < 7; i++)
    EXPECT_EQ(got[i].bits[0], 0u);
  t->sampler.flags = AW_SAMPLER_READ_FLOAT;
  got = run(fetch, lookups);
  EXPECT_EQ(got[2].f(0), -99 / 32767.0f);
  EXPECT_EQ(got[2].f(1), 399 / 32767.0f);
}

// Integer coordinates: texels without filter, whatever the sampler says.
TEST_F(LookupTest, integerCoordinates) {
  Texture t(AW_GEOMETRY_3D, AW_CHANNEL_F32, 1, {4, 4, 4});
  paint(t);
  t->sampler.filter = AW_FILTER_LINEAR;
  t->sampler.flags = AW_SAMPLER_NORMALIZED;
  for (auto& a : t->sampler.address)
    a = AW_ADDRESS_CLAMP;
  std::vector<Lookup> lookups;
  for (int i = -2; i < 6; i++) {
    Lookup l;
    l.handle = t.handle();
    l.ix = i, l.iy = 3 - i, l.iz = i;
    lookups.push_back(l);
  }
  auto got =
      run("tex.3d.v4.f32.s32 {%r0, %r1, %r2, %r3}, [%handle, {%ix, %iy, %iz, %iz}];", lookups);
  for (size_t i = 0; i < got.size(); i++) {
    auto in = [](int v) { return unsigned(std::clamp(v, 0, 3)); };
    const Lookup& l = lookups[i];
    EXPECT_EQ(got[i].f(0), valueAt(in(l.ix), in(l.iy), in(l.iz), 0)) << i;
  }
}

// Samples of a texel lie side by side.
TEST_F(LookupTest, multisample) {
  Texture t(AW_GEOMETRY_2D_LAYERED, AW_CHANNEL_U32, 1, {4, 4, 1}, 2, 1, 4);
  for (unsigned z = 0; z < 2; z++)
    for (unsigned y = 0; y < 4; y++)
      for (unsigned x = 0; x < 4; x++)
        for (unsigned s = 0; s < 4; s++)
          t.get<uint32_t>(4 * x + s, y, z) = 1000 * z + 100 * y + 10 * x + s;
  std::vector<Lookup> lookups;
  for (int i = 0; i < 32; i++) {
    Lookup l;
    l.handle = t.handle();
    l.ix = i % 4, l.iy = i / 8, l.sample = i % 5 % 4, l.layer = i % 2;
    lookups.push_back(l);
  }
  auto one = run("tex.2dms.v4.u32.s32 {%r0, %r1, %r2, %r3}, [%handle, {%sample, %ix, %iy, %iy}];",
                 lookups);
  auto two =
      run("tex.a2dms.v4.u32.s32 {%r0, %r1, %r2, %r3}, [%handle, {%sample, %layer, %ix, %iy}];",
          lookups);
  for (size_t i = 0; i < lookups.size(); i++) {
    const Lookup& l = lookups[i];
    uint32_t want = uint32_t(100 * l.iy + 10 * l.ix + l.sample);
    EXPECT_EQ(one[i].bits[0], want) << i;
    EXPECT_EQ(two[i].bits[0], want + 1000 * uint32_t(l.layer)) << i;
  }
}

} // namespace
} // namespace anywarp::ptxtest
