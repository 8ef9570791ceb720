// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Mipmap levels, gradients, anisotropy and cubemaps.
#include "texture_fixture.h"

namespace anywarp::ptxtest {
namespace {

using MipTest = TextureTest;

constexpr const char* kLevel =
    "tex.level.2d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y}], %lod;";
constexpr const char* kGrad =
    "tex.grad.2d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y}], {%dx, %dy}, {%ex, %ey};";

// Every texel of a level is the level's number.
struct Levels {
  Texture t{AW_GEOMETRY_2D, AW_CHANNEL_F32, 1, {64, 32, 1}, 1, 7};
  Levels() {
    for (unsigned i = 0; i < 7; i++)
      for (unsigned y = 0; y < t->image.level[i].height; y++)
        for (unsigned x = 0; x < t->image.level[i].width; x++)
          t.get<float>(x, y, 0, i) = float(i);
    t->sampler.flags = AW_SAMPLER_NORMALIZED;
    t->sampler.mip_max = 100;
  }
};

TEST_F(MipTest, explicitLevels) {
  Levels levels;
  AwSampler& s = levels.t->sampler;
  std::vector<Lookup> lookups;
  for (float lod :
       {-3.f, 0.f, 0.25f, 0.49f, 0.5f, 1.f, 2.75f, 5.999f, 6.f, 17.f, INFINITY, -INFINITY}) {
    Lookup l;
    l.handle = levels.t.handle();
    l.x = 0.3f, l.y = 0.6f, l.lod = lod;
    lookups.push_back(l);
  }
  loadText(kernelText(kLevel));
  struct Case {
    int filter, mipFilter;
    float bias, least, most;
  };
  for (Case c : {Case{0, 0, 0, 0, 100},
                 {0, 1, 0, 0, 100},
                 {1, 1, 0, 0, 100},
                 {1, 1, 0.5f, 0, 100},
                 {0, 1, 0, 1.25f, 3.5f},
                 {0, 0, -1, 2, 4}}) {
    s.filter = uint8_t(c.filter);
    s.mip_filter = uint8_t(c.mipFilter);
    s.mip_bias = c.bias, s.mip_min = c.least, s.mip_max = c.most;
    auto got = runLoaded(lookups);
    for (size_t i = 0; i < lookups.size(); i++) {
      double lod = std::clamp(double(lookups[i].lod) + c.bias, double(c.least), double(c.most));
      lod = std::clamp(lod, 0.0, 6.0);
      double want = c.mipFilter ? std::round(lod * 256) / 256 : std::floor(lod + 0.5);
      EXPECT_NEAR(got[i].f(0), want, 1e-6) << i << " " << c.mipFilter << " " << lookups[i].lod;
    }
  }
  // Without a level, and with .base: the base level.
  s = {};
  s.flags = AW_SAMPLER_NORMALIZED;
  s.mip_bias = 3, s.mip_max = 9, s.mip_min = 2;
  EXPECT_EQ(run("tex.2d.v4.f32.f32 {%r0, _, _, _}, [%handle, {%x, %y}];", {lookups[0]})[0].f(0), 0);
  EXPECT_EQ(
      run("tex.base.2d.v4.f32.f32 {%r0, _, _, _}, [%handle, {%x, %y}];", {lookups[0]})[0].f(0), 0);
  lookups[0].ilod = 4;
  EXPECT_EQ(
      run("tex.level.2d.v4.f32.s32 {%r0, _, _, _}, [%handle, {%ix, %iy}], %ilod;", {lookups[0]})[0]
          .f(0),
      4);
}

// Between levels, both are filtered: weights of 8 bits each.
TEST_F(MipTest, trilinear) {
  Texture t(AW_GEOMETRY_1D, AW_CHANNEL_F32, 1, {4, 1, 1}, 1, 3);
  float texels[] = {0, 64, 128, 256, 1000, 2000};
  for (int i = 0; i < 4; i++)
    t.get<float>(i) = texels[i];
  t.get<float>(0, 0, 0, 1) = texels[4];
  t.get<float>(1, 0, 0, 1) = texels[5];
  t->sampler.filter = t->sampler.mip_filter = AW_FILTER_LINEAR;
  t->sampler.flags = AW_SAMPLER_NORMALIZED;
  t->sampler.address[0] = AW_ADDRESS_CLAMP;
  t->sampler.mip_max = 10;
  Lookup l;
  l.handle = t.handle();
  l.x = 0.5f, l.lod = 0.25f;
  auto got = run("tex.level.1d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x}], %lod;", {l});
  EXPECT_FLOAT_EQ(got[0].f(0), 0.75f * 96 + 0.25f * 1500);
}

// The level is the logarithm of the longer derivative in texels.
TEST_F(MipTest, gradients) {
  Levels levels;
  AwSampler& s = levels.t->sampler;
  s.mip_filter = AW_FILTER_LINEAR;
  loadText(kernelText(kGrad));
  std::vector<Lookup> lookups;
  std::vector<double> want;
  for (double a : {0.0, 0.5, 1.0, 2.0, 3.0, 8.0, 64.0, 1000.0})
    for (int k = 0; k < 4; k++) {
      Lookup l;
      l.handle = levels.t.handle();
      l.x = l.y = 0.5f;
      (k == 0 ? l.dx : k == 1 ? l.dy : k == 2 ? l.ex : l.ey) = float(a / (k % 2 ? 32 : 64));
      lookups.push_back(l);
      want.push_back(std::clamp(std::log2(a), 0.0, 6.0));
    }
  auto got = runLoaded(lookups);
  for (size_t i = 0; i < lookups.size(); i++)
    EXPECT_NEAR(got[i].f(0), want[i], 1 / 250.0) << i;
  // Anisotropy: as many probes as the footprint is longer than wide, in the level of the short
  // side.
  s.filter = AW_FILTER_LINEAR;
  Lookup l;
  l.handle = levels.t.handle();
  l.x = l.y = 0.5f;
  l.dx = 8 / 64.f, l.ey = 2 / 32.f; // 8 by 2 texels
  for (auto [most, level] : {std::pair(1, 3.0), {2, 2.0}, {4, 1.0}, {16, 1.0}}) {
    s.max_anisotropy = uint8_t(most);
    EXPECT_NEAR(runLoaded({l})[0].f(0), level, 1 / 250.0) << most;
  }
  // Three dimensions and layers take their derivatives from the right places.
  Texture t(AW_GEOMETRY_3D, AW_CHANNEL_F32, 1, {16, 16, 16}, 1, 5);
  for (unsigned i = 0; i < 5; i++)
    for (unsigned k = 0; k < (16u >> i) * (16u >> i) * (16u >> i); k++)
      t.get<float>(k % (16 >> i), k / (16 >> i) % (16 >> i), k / (16 >> i) / (16 >> i), i) =
          float(i);
  t->sampler = s;
  t->sampler.max_anisotropy = 1;
  l.handle = t.handle();
  l.dx = l.ey = 0;
  l.ez = 4 / 16.f;
  auto r = run("tex.grad.3d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y, %z, %z}], "
               "{%dx, %dy, %dz, %dz}, {%ex, %ey, %ez, %ez};",
               {l});
  EXPECT_NEAR(r[0].f(0), 2, 1 / 250.0);
}

// The Guide's table: where s and t of each face come from.
TEST_F(MipTest, cubeFaces) {
  constexpr int n = 4;
  Texture t(AW_GEOMETRY_CUBE_LAYERED, AW_CHANNEL_F32, 1, {n, n, 1}, 12);
  for (unsigned z = 0; z < 12; z++)
    for (unsigned i = 0; i < n * n; i++)
      t.get<float>(i % n, i / n, z) = float(100 * z + i);
  for (auto& a : t->sampler.address)
    a = AW_ADDRESS_CLAMP;
  std::vector<Lookup> lookups;
  std::vector<float> want;
  std::mt19937 random(7);
  for (int i = 0; i < 300; i++) {
    Lookup l;
    l.handle = t.handle();
    auto number = [&] { return float(int(random() % 2001) - 1000) / 1000; };
    l.x = number(), l.y = number(), l.z = number();
    l.layer = int(random() % 3);
    double ax = std::fabs(l.x), ay = std::fabs(l.y), az = std::fabs(l.z);
    int face;
    double m, sc, tc;
    if (ax > ay && ax > az) {
      face = l.x > 0 ? 0 : 1, m = ax, sc = l.x > 0 ? -l.z : l.z, tc = -l.y;
    } else if (ay > ax && ay > az) {
      face = l.y > 0 ? 2 : 3, m = ay, sc = l.x, tc = l.y > 0 ? l.z : -l.z;
    } else if (az > ax && az > ay) {
      face = l.z > 0 ? 4 : 5, m = az, sc = l.z > 0 ? l.x : -l.x, tc = -l.y;
    } else {
      continue; // the Guide leaves ties open
    }
    double u = (sc / m + 1) / 2 * n, v = (tc / m + 1) / 2 * n;
    if (std::fabs(u - std::round(u)) < 1e-3 || std::fabs(v - std::round(v)) < 1e-3)
      continue;
    lookups.push_back(l);
    want.push_back(float(100 * (6 * std::min(l.layer, 1) + face) + int(v) * n + int(u)));
  }
  auto got =
      run("tex.acube.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%layer, %x, %y, %z}];", lookups);
  for (size_t i = 0; i < lookups.size(); i++)
    EXPECT_EQ(got[i].f(0), want[i]) << lookups[i].x << " " << lookups[i].y << " " << lookups[i].z;
  Texture one(AW_GEOMETRY_CUBE, AW_CHANNEL_F32, 1, {n, n, 1}, 6);
  for (unsigned z = 0; z < 6; z++)
    for (unsigned i = 0; i < n * n; i++)
      one.get<float>(i % n, i / n, z) = float(100 * z + i);
  for (Lookup& l : lookups)
    l.handle = one.handle();
  const char* grad = "tex.grad.cube.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y, %z, %z}], "
                     "{%dx, %dy, %dz, %dz}, {%ex, %ey, %ez, %ez};";
  for (const char* form :
       {"tex.cube.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y, %z, %z}];",
        "tex.level.cube.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y, %z, %z}], 0f00000000;",
        grad}) {
    got = run(form, lookups);
    for (size_t i = 0; i < lookups.size(); i++)
      EXPECT_EQ(got[i].f(0), std::fmod(want[i], 600.f)) << form << i;
  }
}

// With a seamless cubemap the colour is continuous over edges and corners: texels that hold a
// linear function of their own place on the cube give that function's value nearly everywhere.
TEST_F(MipTest, seamlessCube) {
  constexpr int n = 16;
  Texture t(AW_GEOMETRY_CUBE, AW_CHANNEL_F32, 4, {n, n, 1}, 6);
  for (unsigned face = 0; face < 6; face++)
    for (int j = 0; j < n; j++)
      for (int i = 0; i < n; i++) {
        float s = (2 * i + 1.f) / n - 1, u = (2 * j + 1.f) / n - 1;
        float v[6][3] = {{1, -u, -s}, {-1, -u, s}, {s, 1, u},
                         {s, -1, -u}, {s, -u, 1},  {-s, -u, -1}};
        memcpy(t.at(0, unsigned(i), unsigned(j), face), v[face], 12);
      }
  t->sampler.filter = AW_FILTER_LINEAR;
  std::vector<Lookup> lookups;
  std::mt19937 random(9);
  for (int i = 0; i < 500; i++) {
    Lookup l;
    l.handle = t.handle();
    // On the cube, near edges and corners above all.
    float v[3];
    for (float& c : v)
      c = float(int(random() % 2001) - 1000) / 1000;
    if (i % 3 == 0)
      v[1] = std::copysign(1.f, v[1]);
    v[i % 3] = std::copysign(1.f, v[i % 3]);
    if (i % 5 == 0)
      v[(i + 1) % 3] = std::copysign(0.999f, v[(i + 1) % 3]);
    l.x = v[0], l.y = v[1], l.z = v[2];
    lookups.push_back(l);
  }
  const char* form = "tex.cube.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y, %z, %z}];";
  auto error = [&](const std::vector<Result4>& got) {
    double worst = 0;
    for (size_t i = 0; i < lookups.size(); i++) {
      double e = std::fabs(got[i].f(0) - lookups[i].x) + std::fabs(got[i].f(1) - lookups[i].y) +
                 std::fabs(got[i].f(2) - lookups[i].z);
      worst = std::max(worst, e);
    }
    return worst;
  };
  t->sampler.flags = AW_SAMPLER_SEAMLESS;
  // At an edge the mean of both sides' texels lies 1/n inside the cube, at a corner on all three
  // sides.
  EXPECT_LT(error(run(form, lookups)), 3.2 / n);
  // The edge between +x and +z, from both sides: the mean of the texels there.
  Lookup l = lookups[0];
  l.x = 1, l.y = 0.0625f, l.z = 0.999999f;
  Lookup other = l;
  std::swap(other.x, other.z);
  auto got = run(form, {l, other});
  for (int c = 0; c < 3; c++)
    EXPECT_NEAR(got[0].f(c), got[1].f(c), 1 / 128.0) << c;
  EXPECT_NEAR(got[0].f(0), 1 - 0.5 / n, 1 / 128.0);
  EXPECT_NEAR(got[0].f(2), 1 - 0.5 / n, 1 / 128.0);
  // A corner: the mean of three texels.
  l.x = l.y = l.z = 1;
  got = run(form, {l});
  for (int c = 0; c < 3; c++)
    EXPECT_NEAR(got[0].f(c), (1 + 2 * (1 - 1.0 / n)) / 3, 1e-5) << c;
  // Not seamless: the face's own texels up to the edge.
  t->sampler.flags = 0;
  for (auto& a : t->sampler.address)
    a = AW_ADDRESS_CLAMP;
  l.x = 1, l.y = 0.0625f, l.z = 0.999f;
  EXPECT_EQ(run(form, {l})[0].f(0), 1);
  // Gathers across the edge take the other face's texels.
  t->sampler.flags = AW_SAMPLER_SEAMLESS;
  got = run("tld4.r.cube.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y, %z, %z}];", {l});
  int inside = 0, across = 0;
  for (int c = 0; c < 4; c++) {
    inside += got[0].f(c) == 1;
    across += got[0].f(c) == 1 - 1.0f / n;
  }
  EXPECT_EQ(inside, 2);
  EXPECT_EQ(across, 2);
}

} // namespace
} // namespace anywarp::ptxtest
