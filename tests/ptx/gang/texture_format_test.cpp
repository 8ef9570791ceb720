// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What texels become: formats, read modes, result types, residency, depth compare, offsets,
// gathers, queries and module variables. texture.ptx has a kernel for each record.
#include "texture_fixture.h"

namespace anywarp::ptxtest {
namespace {

using FormatTest = TextureTest;
constexpr const char* kTex2 = "tex.2d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y}];";

Lookup at(Texture& t, float x, float y) {
  Lookup l;
  l.handle = t.handle();
  l.x = x;
  l.y = y;
  return l;
}

// Integers come as they are, sign- or zero-extended; channels that are missing are 0, 0 and 1.
TEST_F(FormatTest, integers) {
  struct Case {
    AwChannel channel;
    unsigned channels;
    uint64_t bytes[2];
    std::array<uint32_t, 4> want;
  };
  const Case cases[] = {
      {AW_CHANNEL_U8, 1, {0xff}, {0xff, 0, 0, 1}},
      {AW_CHANNEL_U8, 4, {0xfe807f01}, {1, 0x7f, 0x80, 0xfe}},
      {AW_CHANNEL_S8, 2, {0x80ff}, {~0u, 0xffffff80, 0, 1}},
      {AW_CHANNEL_U16, 2, {0x8001ffff}, {0xffff, 0x8001, 0, 1}},
      {AW_CHANNEL_S16, 4, {0x7fff8000ffff0001}, {1, ~0u, 0xffff8000, 0x7fff}},
      {AW_CHANNEL_U32, 1, {0xdeadbeef}, {0xdeadbeef, 0, 0, 1}},
      {AW_CHANNEL_S32,
       4,
       {0x8000000000000001, 0xffffffff12345678},
       {1, 0x80000000, 0x12345678, ~0u}},
  };
  loadText(kernelText("tex.2d.v4.u32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y}];"));
  for (const Case& c : cases) {
    Texture t(AW_GEOMETRY_2D, c.channel, c.channels, {4, 4, 1});
    memcpy(t.at(0, 2, 1, 0), c.bytes, t->image.texel_bytes);
    t->sampler.filter = AW_FILTER_LINEAR; // integers are never filtered
    auto got = runLoaded({at(t, 2.9f, 1.1f)});
    for (int i = 0; i < 4; i++)
      EXPECT_EQ(got[0].bits[i], c.want[i]) << int(c.channel) << " channel " << i;
  }
}

TEST_F(FormatTest, normalizedNumbers) {
  struct Case {
    AwChannel channel;
    unsigned channels;
    uint64_t bytes[2];
    std::array<float, 4> want;
  };
  const Case cases[] = {
      {AW_CHANNEL_U8, 4, {0xff800100}, {0, 1 / 255.f, 128 / 255.f, 1}},
      {AW_CHANNEL_S8, 4, {0x80817f00}, {0, 1, -1, -1}}, // -128 and -127 are both -1
      {AW_CHANNEL_U16, 2, {0xffff0001}, {1 / 65535.f, 1, 0, 1}},
      {AW_CHANNEL_S16, 4, {0x7fff800080010001}, {1 / 32767.f, -1, -1, 1}},
      {AW_CHANNEL_F16, 4, {0x7bff3c00c0000001}, {0x1p-24f, -2, 1, 65504}},
      {AW_CHANNEL_F16, 1, {0x3555}, {0x1.554p-2f, 0, 0, 1}},
      {AW_CHANNEL_UNORM8, 2, {0xff33}, {0.2f, 1, 0, 1}},
      {AW_CHANNEL_SNORM16, 1, {0x8001}, {-1, 0, 0, 1}},
      {AW_CHANNEL_UNORM16, 1, {0xffff}, {1, 0, 0, 1}},
      {AW_CHANNEL_SNORM8, 1, {0x81}, {-1, 0, 0, 1}},
      {AW_CHANNEL_F32, 2, {0x40400000bf800000}, {-1, 3, 0, 1}},
  };
  loadText(kernelText(kTex2));
  for (const Case& c : cases)
    for (int filter : {0, 1}) {
      Texture t(AW_GEOMETRY_2D, c.channel, c.channels, {4, 4, 1});
      memcpy(t.at(0, 2, 1, 0), c.bytes, t->image.texel_bytes);
      t->sampler.flags = AW_SAMPLER_READ_FLOAT;
      t->sampler.filter = uint8_t(filter);
      auto got = runLoaded({at(t, 2.5f, 1.5f)});
      for (int i = 0; i < 4; i++)
        EXPECT_EQ(got[0].f(i), c.want[i]) << int(c.channel) << " channel " << i;
    }
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_UNORM10_10_10_2, 4, {4, 4, 1});
  t->image.texel_bytes = 4;
  t.get<uint32_t>(2, 1) = 1023u | 0u << 10 | 341u << 20 | 2u << 30;
  auto got = runLoaded({at(t, 2.5f, 1.5f)});
  EXPECT_EQ(got[0].f(0), 1);
  EXPECT_EQ(got[0].f(1), 0);
  EXPECT_FLOAT_EQ(got[0].f(2), 1 / 3.f);
  EXPECT_FLOAT_EQ(got[0].f(3), 2 / 3.f);
}

// IEC 61966-2-1; the fourth channel stays linear.
TEST_F(FormatTest, srgb) {
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_U8, 4, {256, 1, 1});
  for (unsigned i = 0; i < 256; i++)
    t.get<uint32_t>(i) = i * 0x01010101u;
  t->sampler.flags = AW_SAMPLER_READ_FLOAT | AW_SAMPLER_SRGB;
  std::vector<Lookup> lookups;
  for (int i = 0; i < 256; i++)
    lookups.push_back(at(t, float(i), 0));
  auto got = run(kTex2, lookups);
  for (int i = 0; i < 256; i++) {
    double c = i / 255.0, linear = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    for (int k = 0; k < 3; k++)
      EXPECT_NEAR(got[i].f(k), linear, 1e-6) << i;
    EXPECT_EQ(got[i].f(3), float(i) / 255.0f);
  }
}

// The border's colour is bits where integers are read.
TEST_F(FormatTest, border) {
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_U32, 1, {4, 4, 1});
  t->sampler.address[0] = AW_ADDRESS_BORDER;
  uint32_t bits = 0xcafe;
  memcpy(t->sampler.border, &bits, 4);
  auto got = run("tex.2d.v4.s32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y}];", {at(t, -1, 0)});
  EXPECT_EQ(got[0].bits[0], 0xcafeu);
}

TEST_F(FormatTest, resultTypes) {
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_F32, 4, {1, 1, 1});
  float color[] = {1.0f, -2.5f, 65504.0f, 0x1.0008p0f};
  memcpy(t.at(0, 0, 0, 0), color, sizeof color);
  auto got =
      run("tex.2d.v4.f16.f32 {%h0, %h1, %h2, %h3}, [%handle, {%x, %y}];\n"
          "cvt.u32.u16 %r0, %h0; cvt.u32.u16 %r1, %h1; cvt.u32.u16 %r2, %h2; cvt.u32.u16 %r3, %h3;",
          {at(t, 0, 0)});
  EXPECT_EQ(got[0].bits[0], 0x3c00u);
  EXPECT_EQ(got[0].bits[1], 0xc100u);
  EXPECT_EQ(got[0].bits[2], 0x7bffu);
  EXPECT_EQ(got[0].bits[3], 0x3c00u);
  got = run("tex.2d.v2.f16x2.f32 {%r0, %r1}, [%handle, {%x, %y}];", {at(t, 0, 0)});
  EXPECT_EQ(got[0].bits[0], 0xc1003c00u);
  EXPECT_EQ(got[0].bits[1], 0x3c007bffu);
  got =
      run("tex.2d.v4.f32.f32 {_, %r1, _, _}|%p1, [%handle, {%x, %y}];\nselp.u32 %r3, 77, 78, %p1;",
          {at(t, 0, 0)});
  EXPECT_EQ(got[0].f(1), -2.5f);
  EXPECT_EQ(got[0].bits[3], 77u); // resident
}

// Offsets count texels and come before address modes; a depth texel passes where it is not less.
TEST_F(FormatTest, offsetsAndDepth) {
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_F32, 1, {8, 8, 1});
  for (unsigned i = 0; i < 64; i++)
    t.get<float>(i % 8, i / 8) = float(i);
  t->sampler.flags = AW_SAMPLER_NORMALIZED;
  std::vector<Lookup> lookups;
  for (int i = -8; i < 8; i++) {
    Lookup l = at(t, 3.5f / 8, 4.5f / 8);
    l.ox = i, l.oy = 7 - (i + 8);
    l.ref = 30;
    lookups.push_back(l);
  }
  loadText(kernelText("tex.2d.v4.f32.f32 {%r0, _, _, _}, [%handle, {%x, %y}], {%ox, %oy};\n"
                      "tex.2d.v4.f32.f32 {%r1, _, _, _}, [%handle, {%x, %y}], {%ox, %oy}, %ref;\n"
                      "tex.2d.v4.f32.f32 {%r2, _, _, _}, [%handle, {%x, %y}], %ref;"));
  for (int mode : {AW_ADDRESS_WRAP, AW_ADDRESS_CLAMP, AW_ADDRESS_MIRROR}) {
    t->sampler.address[0] = t->sampler.address[1] = uint8_t(mode);
    auto got = runLoaded(lookups);
    auto place = [&](int i) {
      if (mode == AW_ADDRESS_CLAMP)
        return std::clamp(i, 0, 7);
      if (mode == AW_ADDRESS_WRAP)
        return i & 7;
      int j = i & 15;
      return j < 8 ? j : 15 - j;
    };
    for (size_t i = 0; i < got.size(); i++) {
      float want = float(place(3 + lookups[i].ox) + 8 * place(4 + lookups[i].oy));
      EXPECT_EQ(got[i].f(0), want) << mode << " " << i;
      EXPECT_EQ(got[i].f(1), want >= 30 ? 1 : 0) << mode << " " << i;
      EXPECT_EQ(got[i].f(2), 1);
    }
  }
  // Comparisons are filtered, not texels: half of the footprint passes.
  t->sampler.filter = AW_FILTER_LINEAR;
  Lookup l = at(t, 4.0f / 8, 4.0f / 8); // texels 27, 28, 35, 36
  l.ref = 28;
  EXPECT_EQ(runLoaded({l})[0].f(2), 0.75f);
  // One dimension: the offset may stand without braces.
  Texture line(AW_GEOMETRY_1D, AW_CHANNEL_F32, 1, {8, 1, 1});
  for (unsigned i = 0; i < 8; i++)
    line.get<float>(i) = float(i);
  l = at(line, 2.5f, 0);
  l.ox = 3;
  auto got = run("tex.1d.v4.f32.f32 {%r0, _, _, _}, [%handle, {%x}], {%ox};\n"
                 "tex.1d.v4.f32.f32 {%r1, _, _, _}, [%handle, %x], -1;",
                 {l});
  EXPECT_EQ(got[0].f(0), 5);
  EXPECT_EQ(got[0].f(1), 1);
}

// Counter-clockwise from the lower left, where t points down.
TEST_F(FormatTest, gather) {
  Texture t(AW_GEOMETRY_2D_LAYERED, AW_CHANNEL_F32, 4, {8, 8, 1}, 2);
  for (unsigned z = 0; z < 2; z++)
    for (unsigned i = 0; i < 64; i++)
      for (unsigned c = 0; c < 4; c++)
        (&t.get<float>(i % 8, i / 8, z))[c] = float(1000 * c + 100 * z + i);
  t->sampler.address[0] = t->sampler.address[1] = AW_ADDRESS_CLAMP;
  Lookup l = at(t, 3.75f, 5.25f); // texels 3, 4 in x; 4, 5 in y
  l.layer = 1;
  l.ox = 2, l.oy = -5;
  l.ref = 2136;
  auto check = [&](const std::string& text, std::array<float, 4> want) {
    auto got = run(text, {l, l});
    for (int i = 0; i < 4; i++)
      EXPECT_EQ(got[1].f(i), want[i]) << text << i;
  };
  check("tld4.r.2d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y}];", {43, 44, 36, 35});
  check("tld4.a.2d.v4.u32.f32 {%r0, %r1, %r2, %r3}|%p1, [%handle, {%x, %y}];",
        {3043, 3044, 3036, 3035});
  check("tld4.g.a2d.v4.s32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%layer, %x, %y, %y}];",
        {1143, 1144, 1136, 1135});
  check("tld4.b.a2d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%layer, %x, %y, %y}], %ref;",
        {1, 1, 1, 0});
  // Rows -1 and 0 become 0: the same twice.
  check("tld4.r.2d.v4.f32.f32 {%r0, %r1, %r2, %r3}, [%handle, {%x, %y}], {%ox, %oy};",
        {5, 6, 6, 5});
}

TEST_F(FormatTest, queries) {
  Texture t(AW_GEOMETRY_2D_LAYERED, AW_CHANNEL_U8, 2, {64, 32, 1}, 3, 5);
  t->sampler.flags = AW_SAMPLER_NORMALIZED;
  t->sampler.filter = AW_FILTER_LINEAR;
  t->sampler.address[1] = AW_ADDRESS_BORDER;
  Lookup l;
  l.handle = t.handle();
  l.ilod = 2;
  checkQueries(l, {{"txq.width.b32 %, [%handle];", 64},
                   {"txq.height.b32 %, [%handle];", 32},
                   {"txq.depth.b32 %, [%handle];", 1},
                   {"txq.level.width.b32 %, [%handle], %ilod;", 16},
                   {"txq.level.height.b32 %, [%handle], 4;", 2},
                   {"txq.array_size.b32 %, [%handle];", 3},
                   {"txq.num_mipmap_levels.b32 %, [%handle];", 5},
                   {"txq.num_samples.b32 %, [%handle];", 0}, // not multisampled
                   {"txq.normalized_coords.b32 %, [%handle];", 1},
                   {"txq.channel_data_type.b32 %, [%handle];", 0x10da}, // CL_UNSIGNED_INT8
                   {"txq.channel_order.b32 %, [%handle];", 0x10b2},     // CL_RG
                   {"txq.filter_mode.b32 %, [%handle];", AW_FILTER_LINEAR},
                   {"txq.addr_mode_0.b32 %, [%handle];", 0}, // PTX ISA 9.7.10.5: wrap
                   {"txq.addr_mode_1.b32 %, [%handle];", 4}, // clamp_to_border
                   {"txq.addr_mode_2.b32 %, [%handle];", 0},
                   {"txq.force_unnormalized_coords.b32 %, [%handle];", 0}});
  Texture cube(AW_GEOMETRY_CUBE_LAYERED, AW_CHANNEL_F32, 4, {8, 8, 1}, 12);
  l.handle = cube.handle();
  checkQueries(l, {{"txq.array_size.b32 %, [%handle];", 2},
                   {"txq.channel_order.b32 %, [%handle];", 0x10b5},       // CL_RGBA
                   {"txq.channel_data_type.b32 %, [%handle];", 0x10de}}); // CL_FLOAT
}

// .texref and .surfref variables hold handles, .samplerref variables replace samplers.
TEST_F(FormatTest, moduleVariables) {
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_F32, 1, {4, 4, 1});
  for (unsigned i = 0; i < 16; i++)
    t.get<float>(i % 4, i / 4) = float(i);
  Surface s(AW_GEOMETRY_1D, AW_CHANNEL_U32, 1, {4, 1, 1});
  s.get<uint32_t>(1) = 99;
  loadText(kernelText("tex.2d.v4.f32.f32 {%r0, _, _, _}, [tex0, {%x, %y}];\n"
                      "mov.u64 %w0, tex1;\n"
                      "tex.2d.v4.f32.f32 {%r1, _, _, _}, [%w0, {%x, %y}];\n"
                      "suld.b.1d.b32.trap %r2, [surf0, {4}];\n"
                      "istypep.texref %p1, %w0;\nselp.u32 %r3, 1, 0, %p1;\n"
                      "istypep.surfref %p1, %w0;\n@%p1 add.u32 %r3, %r3, 2;\n"
                      "istypep.samplerref %p1, %w0;\n@%p1 add.u32 %r3, %r3, 4;\n"
                      "mov.u64 %w0, surf0;\nistypep.surfref %p1, %w0;\n@%p1 add.u32 %r3, %r3, 8;\n"
                      "istypep.surfref %p1, %handle;\n@%p1 add.u32 %r3, %r3, 16;\n",
                      ".global .texref tex0;\n.tex .u32 tex1;\n.global .surfref surf0;"));
  const ProgramVariable *tex = program_->variable("tex0"), *surf = program_->variable("surf0");
  const ProgramVariable* old = program_->variable("tex1"); // the spelling of PTX before 1.5
  ASSERT_TRUE(tex && surf && old);
  EXPECT_EQ(old->kind, VariableKind::Texref);
  EXPECT_EQ(old->size, 8u);
  *static_cast<uint64_t*>(old->address) = t.handle();
  EXPECT_EQ(tex->kind, VariableKind::Texref);
  EXPECT_EQ(surf->kind, VariableKind::Surfref);
  *static_cast<uint64_t*>(tex->address) = t.handle();
  *static_cast<uint64_t*>(surf->address) = s.handle();
  auto got = runLoaded({at(t, 2, 3)});
  EXPECT_EQ(got[0].f(0), 14);
  EXPECT_EQ(got[0].f(1), 14);
  EXPECT_EQ(got[0].bits[2], 99u);
  EXPECT_EQ(got[0].bits[3], 9u);

  t->sampler.flags = AW_SAMPLER_NORMALIZED;
  loadText(kernelText(
      "tex.2d.v4.f32.f32 {%r0, _, _, _}, [%handle, s0, {%x, %y}];\n" // linear, wraps
      "mov.u64 %w0, s1;\n"
      "tex.2d.v4.f32.f32 {%r1, _, _, _}, [%handle, %w0, {%x, %y}];\n" // nearest, texels, clamps
      "txq.filter_mode.b32 %r2, [s0];\ntxq.force_unnormalized_coords.b32 %r3, [s1];\n"
      "istypep.samplerref %p1, %w0;\n@%p1 add.u32 %r3, %r3, 4;\n"
      "txq.addr_mode_0.b32 %i3, [s1];\nmad.lo.u32 %r3, %i3, 16, %r3;",
      ".global .samplerref s0 = {addr_mode_0 = wrap, addr_mode_1 = wrap, filter_mode = linear};\n"
      ".global .samplerref s1 = {addr_mode_0 = clamp_to_edge, force_unnormalized_coords = 1};",
      "sm_90, texmode_independent"));
  got = runLoaded({at(t, 1.25f, 0.375f)});
  EXPECT_EQ(got[0].f(0), 4.5f); // (0.25, 0.375) are texels 0.5 and 1 from the first centre
  EXPECT_EQ(got[0].f(1), 1);
  EXPECT_EQ(got[0].bits[2], 1u);
  EXPECT_EQ(got[0].bits[3], 1u + 4 + 16 * 3); // clamp_to_edge
  auto bad = device->load({std::make_shared<const PtxText>(
      ".version 9.0\n.target sm_90, texmode_independent\n.address_size 64\n"
      ".global .samplerref s = {filter_mode = cubic};\n")});
  EXPECT_FALSE(bad);
}

TEST_F(FormatTest, everyInstruction) {
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_F32, 1, {4, 4, 1});
  for (unsigned i = 0; i < 16; i++)
    t.get<float>(i % 4, i / 4) = 2;
  t->sampler.address[0] = AW_ADDRESS_MIRROR;
  Surface s(AW_GEOMETRY_2D, AW_CHANNEL_U32, 1, {4, 4, 1});
  s.get<uint32_t>(0, 0) = 10;
  load("texture.ptx");
  uint32_t out[9] = {};
  auto ok = launch("all", 1, 1, &out[0], t.handle(), s.handle());
  ASSERT_TRUE(ok) << ok.error().message;
  // No array; mirror.
  const uint32_t want[] = {0x40000000, 0x00004000, 0x40000000, 4, 0, 1, 1, 4, 10};
  for (int i = 0; i < 9; i++)
    EXPECT_EQ(out[i], want[i]) << i;
  EXPECT_EQ(s.get<uint32_t>(1, 0), 24u);
  EXPECT_EQ(s.get<uint32_t>(2, 0), 26u);
}

// A handle that is none fails the launch; the device goes on.
TEST_F(FormatTest, badHandles) {
  Texture t(AW_GEOMETRY_2D, AW_CHANNEL_F32, 1, {4, 4, 1});
  t.get<float>(0, 0) = 3;
  Surface s(AW_GEOMETRY_2D, AW_CHANNEL_F32, 1, {4, 4, 1});
  alignas(128) static uint64_t nothing[64] = {};
  loadText(kernelText(kTex2));
  for (uint64_t handle :
       {uint64_t(0), uint64_t(0x1000), ~uint64_t(127), uint64_t(nothing), s.handle()}) {
    Lookup bad = at(t, 0, 0);
    bad.handle = handle;
    auto result = tryLoaded({at(t, 0, 0), bad, at(t, 0, 0)});
    ASSERT_FALSE(result) << handle;
    EXPECT_EQ(result.error().status, Status::IllegalAddress);
  }
  t->magic = 0; // destroyed
  EXPECT_FALSE(tryLoaded({at(t, 0, 0)}));
  t->magic = AW_TEXTURE_MAGIC;
  EXPECT_EQ(runLoaded({at(t, 0, 0)})[0].f(0), 3);
}

} // namespace
} // namespace anywarp::ptxtest
