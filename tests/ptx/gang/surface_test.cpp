// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// suld, sust, sured and suq: places, vector forms, what happens outside, formatted stores, errors.
#include "texture_fixture.h"

namespace anywarp::ptxtest {
namespace {

using SurfaceTest = TextureTest;

struct Shape {
  const char* name;
  const char* coordinates;
  AwGeometry geometry;
  std::array<uint32_t, 3> extent;
  unsigned layers;
};
const Shape kShapes[] = {
    {"1d", "{%ix}", AW_GEOMETRY_1D, {8, 1, 1}, 1},
    {"2d", "{%ix, %iy}", AW_GEOMETRY_2D, {8, 4, 1}, 1},
    {"3d", "{%ix, %iy, %iz, %iz}", AW_GEOMETRY_3D, {8, 4, 3}, 1},
    {"a1d", "{%layer, %ix}", AW_GEOMETRY_1D_LAYERED, {8, 1, 1}, 3},
    {"a2d", "{%layer, %ix, %iy, %iy}", AW_GEOMETRY_2D_LAYERED, {8, 4, 1}, 3},
    {"a2d", "{%layer, %ix, %iy, %iy}", AW_GEOMETRY_CUBE, {4, 4, 1}, 6},
};

// Every place of a shape and some outside; x in texels.
std::vector<Lookup> places(Surface& s) {
  std::vector<Lookup> all;
  const AwLevel& l = s->image.level[0];
  int depth = int(std::max(l.depth, s->image.layers));
  for (int z = -1; z <= depth; z++)
    for (int y = -1; y <= int(l.height); y++)
      for (int x = -2; x <= int(l.width) + 1; x++) {
        if ((l.height == 1 && y) || (depth == 1 && z))
          continue;
        Lookup at;
        at.handle = s.handle();
        at.ix = x, at.iy = y, at.iz = at.layer = z;
        all.push_back(at);
      }
  return all;
}
bool isInside(Surface& s, const Lookup& l) {
  const AwLevel& v = s->image.level[0];
  return l.ix >= 0 && l.ix < int(v.width) && l.iy >= 0 && l.iy < int(v.height) && l.iz >= 0 &&
         l.iz < int(std::max(v.depth, s->image.layers));
}
uint32_t number(const Lookup& l) {
  return uint32_t(10000 * l.iz + 100 * l.iy + l.ix + 1);
}

TEST_F(SurfaceTest, loadsOfEveryShape) {
  for (const Shape& shape : kShapes) {
    Surface s(shape.geometry, AW_CHANNEL_U32, 1, shape.extent, shape.layers);
    auto all = places(s);
    for (Lookup& l : all)
      if (isInside(s, l))
        s.get<uint32_t>(l.ix, l.iy, l.iz) = number(l);
    std::vector<Lookup> bytes = all;
    for (Lookup& l : bytes)
      l.ix *= 4;
    std::string form = std::string("suld.b.") + shape.name + ".b32.";
    auto got = run(form + "zero {%r0}, [%handle, " + shape.coordinates + "];\n" + form +
                       "clamp %r1, [%handle, " + shape.coordinates + "];",
                   bytes);
    for (size_t i = 0; i < all.size(); i++) {
      EXPECT_EQ(got[i].bits[0], isInside(s, all[i]) ? number(all[i]) : 0) << shape.name << i;
      Lookup near = all[i];
      const AwLevel& v = s->image.level[0];
      near.ix = std::clamp(near.ix, 0, int(v.width) - 1);
      near.iy = std::clamp(near.iy, 0, int(v.height) - 1);
      int last = int(std::max(v.depth, s->image.layers)) - 1;
      // Layers are counted without a sign.
      near.iz = shape.layers > 1 && near.iz < 0 ? last : std::clamp(near.iz, 0, last);
      EXPECT_EQ(got[i].bits[1], number(near)) << shape.name << i;
    }
    std::vector<Lookup> within;
    for (size_t i = 0; i < all.size(); i++)
      if (isInside(s, all[i]))
        within.push_back(bytes[i]);
    loadText(kernelText(form + "trap %r0, [%handle, " + shape.coordinates + "];"));
    got = runLoaded(within);
    size_t k = 0;
    for (auto& l : all)
      if (isInside(s, l))
        EXPECT_EQ(got[k++].bits[0], number(l)) << shape.name;
    for (size_t i = 0; i < all.size(); i += 7)
      if (!isInside(s, all[i])) {
        auto result = tryLoaded({within[0], bytes[i]});
        ASSERT_FALSE(result) << shape.name << i;
        EXPECT_EQ(result.error().status, Status::LaunchFailed);
      }
  }
}

TEST_F(SurfaceTest, storesOfEveryShape) {
  for (const Shape& shape : kShapes)
    for (const char* mode : {"zero", "clamp", "trap"}) {
      if (*mode != 'z' && &shape != &kShapes[1]) // the place is the same code in every mode
        continue;
      Surface s(shape.geometry, AW_CHANNEL_U32, 1, shape.extent, shape.layers);
      std::vector<Lookup> use;
      for (Lookup l : places(s)) {
        bool inside = isInside(s, l);
        if (inside)
          s.get<uint32_t>(l.ix, l.iy, l.iz) = 7;
        if (!inside && *mode != 'z') // clamped stores would race
          continue;
        l.v0 = number(l);
        l.ix *= 4;
        use.push_back(l);
      }
      run(std::string("sust.b.") + shape.name + ".b32." + mode + " [%handle, " + shape.coordinates +
              "], {%v0};",
          use);
      for (Lookup l : places(s))
        if (isInside(s, l))
          EXPECT_EQ(s.get<uint32_t>(l.ix, l.iy, l.iz), number(l)) << shape.name << mode;
    }
  Surface s(AW_GEOMETRY_2D, AW_CHANNEL_U32, 1, {4, 4, 1});
  Lookup l;
  l.handle = s.handle();
  l.ix = -50, l.iy = 9, l.v0 = 5;
  run("sust.b.2d.b32.clamp [%handle, {%ix, %iy}], %v0;", {l});
  EXPECT_EQ(s.get<uint32_t>(0, 3), 5u);
  loadText(kernelText("sust.b.2d.b32.trap [%handle, {%ix, %iy}], %v0;"));
  EXPECT_FALSE(tryLoaded({l}));
}

// Vectors and sizes; the access must lie inside as a whole.
TEST_F(SurfaceTest, vectors) {
  Surface s(AW_GEOMETRY_2D, AW_CHANNEL_U32, 4, {4, 2, 1});
  auto* row = reinterpret_cast<uint8_t*>(s.at(0, 0, 1, 0));
  for (int i = 0; i < 64; i++)
    row[i] = uint8_t(i + 0x80);
  Lookup l;
  l.handle = s.handle();
  l.ix = 48, l.iy = 1;
  auto got = run("suld.b.2d.v4.b32.trap {%r0, %r1, %r2, %r3}, [%handle, {%ix, %iy}];", {l})[0];
  EXPECT_EQ(got.bits[0], 0xb3b2b1b0u);
  EXPECT_EQ(got.bits[3], 0xbfbebdbcu);
  got = run("suld.b.2d.v2.b64.trap {%q0, %q1}, [%handle, {%ix, %iy}];", {l})[0];
  EXPECT_EQ(got.wide[0], 0xb7b6b5b4b3b2b1b0u);
  EXPECT_EQ(got.wide[1], 0xbfbebdbcbbbab9b8u);
  got = run("suld.b.2d.ca.v4.b8.zero {%r0, %r1, %r2, %r3}, [%handle, {%ix, %iy}];", {l})[0];
  EXPECT_EQ(got.bits[0], 0xb0u);
  EXPECT_EQ(got.bits[3], 0xb3u);
  got = run("suld.b.2d.v2.b16.zero {%h0, %h1}, [%handle, {%ix, %iy}];\n"
            "cvt.u32.u16 %r0, %h0; cvt.u32.u16 %r1, %h1;",
            {l})[0];
  EXPECT_EQ(got.bits[0], 0xb1b0u);
  EXPECT_EQ(got.bits[1], 0xb3b2u);
  l.ix = 56;
  got = run("suld.b.2d.v4.b32.zero {%r0, %r1, %r2, %r3}, [%handle, {%ix, %iy}];", {l})[0];
  EXPECT_EQ(got.bits[0], 0u);
  got = run("suld.b.2d.v4.b32.clamp {%r0, %r1, %r2, %r3}, [%handle, {%ix, %iy}];", {l})[0];
  EXPECT_EQ(got.bits[0], 0xb3b2b1b0u);
  got = run("suld.b.2d.b64.trap %q0, [%handle, {%ix, %iy}];", {l})[0];
  EXPECT_EQ(got.wide[0], 0xbfbebdbcbbbab9b8u);

  l.ix = 16, l.v0 = 0x11, l.v1 = 0x22, l.v2 = 0x33, l.v3 = 0x44;
  l.w0 = 0x0102030405060708, l.w1 = 0x1112131415161718;
  run("sust.b.2d.v4.b32.trap [%handle, {%ix, %iy}], {%v0, %v1, %v2, %v3};", {l});
  EXPECT_EQ(row[16], 0x11);
  EXPECT_EQ(row[28], 0x44);
  run("sust.b.2d.wt.v2.b64.trap [%handle, {%ix, %iy}], {%w0, %w1};", {l});
  EXPECT_EQ(row[16], 0x08);
  EXPECT_EQ(row[31], 0x11);
  run("sust.b.2d.v4.b8.trap [%handle, {%ix, %iy}], {%v0, %v1, %v2, %v3};", {l});
  EXPECT_EQ(row[19], 0x44);
  EXPECT_EQ(row[20], 0x04);
  run("mov.b16 %h0, 0x1234; sust.b.2d.b16.zero [%handle, {%ix, %iy}], %h0;", {l});
  EXPECT_EQ(row[17], 0x12);
  EXPECT_EQ(row[18], 0x33);
}

// Many threads update few texels.
TEST_F(SurfaceTest, atomics) {
  Surface s(AW_GEOMETRY_2D, AW_CHANNEL_S32, 2, {4, 4, 1});
  std::vector<Lookup> lookups;
  for (int i = 0; i < 200; i++) {
    Lookup l;
    l.handle = s.handle();
    l.ix = 8 * (i % 3), l.iy = 2, l.v0 = uint32_t(i - 100), l.w0 = uint64_t(int64_t(i - 100) << 20);
    lookups.push_back(l);
  }
  auto check = [&](const std::string& form, const char* value, uint64_t start, auto expected) {
    for (int x = 0; x < 3; x++)
      s.get<uint64_t>(x, 2) = start;
    run(form + " [%handle, {%ix, %iy}], " + value + ";", lookups);
    bool wide = form.find("64") != std::string::npos;
    for (int x = 0; x < 3; x++) {
      uint64_t want = start;
      for (auto& l : lookups)
        if (l.ix * (form[6] != 'p' ? 1 : wide ? 8 : 4) == 8 * x)
          want = expected(want, wide ? l.w0 : l.v0);
      if (!wide)
        want = uint32_t(want) | (start & 0xffffffff00000000);
      EXPECT_EQ(s.get<uint64_t>(x, 2), want) << form << x;
    }
  };
  using U = uint64_t;
  auto s32 = [](U v) { return int32_t(uint32_t(v)); };
  auto add = [](U a, U b) { return a + b; };
  auto smin = [=](U a, U b) { return U(std::min(s32(a), s32(b))); };
  check("sured.b.add.2d.u32.trap", "%v0", 1000, add);
  check("sured.b.add.2d.s32.zero", "%v0", 1000, add);
  check("sured.b.add.2d.u64.clamp", "%w0", 1000, add);
  check("sured.b.min.2d.s32.trap", "%v0", 50, smin);
  check("sured.b.max.2d.u32.trap", "%v0", 50,
        [](U a, U b) { return U(std::max(uint32_t(a), uint32_t(b))); });
  check("sured.b.max.2d.s64.trap", "%w0", 5,
        [](U a, U b) { return U(std::max(int64_t(a), int64_t(b))); });
  check("sured.b.min.2d.u64.trap", "%w0", ~0ull, [](U a, U b) { return std::min(a, b); });
  check("sured.b.and.2d.b32.trap", "%v0", 0xffff, [](U a, U b) { return a & b; });
  check("sured.b.or.2d.b32.trap", "%v0", 0, [](U a, U b) { return a | b; });
  // .p counts values of the type and compares as the format says.
  for (auto& l : lookups)
    l.ix /= 4;
  check("sured.p.min.2d.b32.trap", "%v0", 50, smin);
  check("sured.p.add.2d.b32.zero", "%v0", 50, add);
  s->image.channel = AW_CHANNEL_U32;
  check("sured.p.min.2d.b32.trap", "%v0", 50,
        [](U a, U b) { return U(std::min(uint32_t(a), uint32_t(b))); });
  for (auto& l : lookups)
    l.ix /= 2;
  check("sured.p.max.2d.b64.trap", "%w0", 50, [](U a, U b) { return std::max(a, b); });
}

TEST_F(SurfaceTest, formattedStores) {
  struct Case {
    AwChannel channel;
    const char* type;
    uint32_t values[4];
    uint64_t want[2];
  };
  auto bits = [](float f) {
    uint32_t u;
    memcpy(&u, &f, 4);
    return u;
  };
  const Case cases[] = {
      {AW_CHANNEL_U8, "b32", {1, 255, 256, ~0u}, {0xffffff01}},
      {AW_CHANNEL_U8, "s32", {1, ~0u, 300, 2}, {0x02ff0001}},
      {AW_CHANNEL_S8, "b32", {127, 128, uint32_t(-5), uint32_t(-500)}, {0x80fb7f7f}},
      {AW_CHANNEL_U16, "u32", {1, 2, 70000, 65535}, {0xffffffff00020001}},
      {AW_CHANNEL_S16, "s32", {uint32_t(-1), 40000, uint32_t(-40000), 3}, {0x000380007fffffff}},
      {AW_CHANNEL_U32, "b32", {1, 2, 3, ~0u}, {0x0000000200000001, 0xffffffff00000003}},
      {AW_CHANNEL_F32, "f32", {5, 6, 7, 8}, {0x0000000600000005, 0x0000000800000007}},
      {AW_CHANNEL_F16, "b32", {bits(1), bits(-2), bits(1e9f), bits(0.5f)}, {0x38007c00c0003c00}},
      {AW_CHANNEL_UNORM8, "f32", {bits(0), bits(1), bits(0.5f), bits(7)}, {0xff80ff00}},
      {AW_CHANNEL_SNORM8, "f32", {bits(-1), bits(1), bits(-7), bits(0)}, {0x00817f81}},
      {AW_CHANNEL_UNORM16, "b32", {bits(-1), bits(1), bits(0), bits(1)}, {0xffff0000ffff0000}},
  };
  for (const Case& c : cases) {
    Surface s(AW_GEOMETRY_2D, c.channel, 4, {4, 4, 1});
    Lookup l;
    l.handle = s.handle();
    l.ix = 2, l.iy = 3; // texels
    l.v0 = c.values[0], l.v1 = c.values[1], l.v2 = c.values[2], l.v3 = c.values[3];
    Lookup outside = l;
    outside.ix = 4;
    run(std::string("sust.p.2d.v4.") + c.type +
            ".zero [%handle, {%ix, %iy}], {%v0, %v1, %v2, %v3};",
        {outside, l, outside});
    EXPECT_EQ(memcmp(s.at(0, 2, 3, 0), c.want, s->image.texel_bytes), 0)
        << int(c.channel) << " " << std::hex << *reinterpret_cast<uint64_t*>(s.at(0, 2, 3, 0));
  }
}

TEST_F(SurfaceTest, queriesAndErrors) {
  Surface s(AW_GEOMETRY_2D_LAYERED, AW_CHANNEL_F16, 4, {64, 32, 1}, 3);
  Lookup l;
  l.handle = s.handle();
  checkQueries(l, {{"suq.width.b32 %, [%handle];", 64},
                   {"suq.height.b32 %, [%handle];", 32},
                   {"suq.depth.b32 %, [%handle];", 1},
                   {"suq.array_size.b32 %, [%handle];", 3},
                   {"suq.channel_data_type.b32 %, [%handle];", 0x10dd}, // CL_HALF_FLOAT
                   {"suq.channel_order.b32 %, [%handle];", 0x10b5},     // CL_RGBA
                   {"suq.memory_layout.b32 %, [%handle];", 0}});
  loadText(kernelText("suld.b.2d.b32.zero %r0, [%handle, {%ix, %iy}];"));
  alignas(128) static uint64_t nothing[16] = {};
  for (uint64_t handle : {uint64_t(0), uint64_t(0x1000), uint64_t(nothing)}) {
    l.handle = handle;
    EXPECT_FALSE(tryLoaded({l})) << handle;
  }
  for (const char* form :
       {"suld.b.2d.v4.b64.zero {%q0, %q1, %q0, %q1}, [%handle, {%ix, %iy}];",
        "suld.b.2d.b32.zero %r0, [%handle, {%ix}];",
        "sured.b.and.2d.u32.zero [%handle, {%ix, %iy}], %v0;",
        "sured.b.add.2d.s64.zero [%handle, {%ix, %iy}], %w0;",
        "sured.p.add.2d.b64.zero [%handle, {%ix, %iy}], %w0;",
        "tex.cube.v4.f32.s32 {%r0, %r1, %r2, %r3}, [%handle, {%ix, %iy, %iz, %iz}];",
        "tex.2d.v4.f32.f32 {%r0, %r1}, [%handle, {%x, %y}];",
        "tex.2d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x}];"}) {
    loadText(kernelText(form));
    auto result = tryLoaded({l});
    ASSERT_FALSE(result) << form;
    EXPECT_EQ(result.error().status, Status::InvalidPtx) << form;
  }
}

} // namespace
} // namespace anywarp::ptxtest
