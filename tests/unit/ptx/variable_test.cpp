// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Variables, initialisers and their layout: PTX ISA 5.
#include "parse_text.h"
#include "ptx/layout.h"

#include <bit>

namespace anywarp::ptx::test {
namespace {

using testing::ElementsAre;

std::vector<uint64_t> bitsOf(const Variable& variable) {
  std::vector<uint64_t> bits;
  if (variable.init)
    for (const auto& element : variable.init->elements)
      bits.push_back(element.bits);
  return bits;
}

TEST(Variable, qualifiers_in_any_order) {
  Module module = parseModule(".visible .global .align 16 .v4 .f32 a;\n"
                              ".const .f32 .align 8 b[2];\n"
                              ".global .attribute(.managed) .align 4 .u32 c = 5;\n"
                              ".extern .shared .align 16 .b8 d[];\n"
                              ".weak .global .attribute(.managed, .unified(19, 95)) .u64 e;\n"
                              ".common .global .b32 f[4];\n"
                              ".global .texref t;\n"
                              ".global .samplerref s = { addr_mode_0 = clamp_to_border, "
                              "filter_mode = nearest, force_unnormalized_coords = 1 };\n"
                              ".const[3] .u32 old;");
  const auto& v = module.variables;
  ASSERT_EQ(v.size(), 9u);
  EXPECT_EQ(v[0].linkage, Linkage::Visible);
  EXPECT_EQ(v[0].vector, 4u);
  EXPECT_EQ(v[0].align, 16u);
  EXPECT_EQ(v[1].space, Space::Const);
  EXPECT_EQ(v[1].align, 8u);
  EXPECT_EQ(v[2].attributes.at(0).first, "managed");
  EXPECT_EQ(v[3].linkage, Linkage::Extern);
  EXPECT_THAT(v[3].dims, ElementsAre(0u));
  EXPECT_EQ(v[4].attributes.at(1).second, "19, 95");
  EXPECT_EQ(v[5].linkage, Linkage::Common);
  EXPECT_EQ(v[6].type, Type::TexRef);
  ASSERT_EQ(v[7].opaque.size(), 3u);
  EXPECT_EQ(v[7].opaque[1].second, "nearest");
  EXPECT_EQ(v[8].space, Space::Const);
}

TEST(Variable, several_names_share_the_head) {
  Module module = parseModule(".global .u32 a, b[3] = {1, 2}, c = 7;");
  ASSERT_EQ(module.variables.size(), 3u);
  EXPECT_TRUE(module.variables[0].dims.empty());
  EXPECT_THAT(bitsOf(module.variables[1]), ElementsAre(1u, 2u));
  EXPECT_THAT(bitsOf(module.variables[2]), ElementsAre(7u));
}

TEST(Initializer, nested_braces_fill_rows) {
  Module module = parseModule(".global .s32 a[][2] = {{-1, 0}, {0, -1}, {1}, {}, 5};\n"
                              ".global .v2 .u16 b[2] = {{1}, {2, 3}};\n"
                              ".global .u8 c[2][2][2] = {{{1}, {2}}, {3, 4, {5}}};");
  const uint64_t minusOne = ~uint64_t(0);
  EXPECT_THAT(bitsOf(module.variables[0]),
              ElementsAre(minusOne, 0u, 0u, minusOne, 1u, 0u, 0u, 0u, 5u));
  EXPECT_EQ(sizeOf(module.variables[0]), 5u * 2 * 4);
  EXPECT_THAT(bitsOf(module.variables[1]), ElementsAre(1u, 0u, 2u, 3u));
  EXPECT_THAT(bitsOf(module.variables[2]), ElementsAre(1u, 0u, 2u, 0u, 3u, 4u, 5u, 0u));
}

TEST(Initializer, lists_of_plain_numbers_take_the_short_cut) {
  Module module = parseModule(".global .u8 a[9] = {1,2, 3,\n4 ,010,0x10,7+1,9,};\n"
                              ".global .u64 b[] = {1,18446744073709551615,0,x,5,6};\n");
  EXPECT_THAT(bitsOf(module.variables[0]), ElementsAre(1u, 2u, 3u, 4u, 8u, 16u, 8u, 9u));
  EXPECT_THAT(bitsOf(module.variables[1]), ElementsAre(1u, ~uint64_t(0), 0u, 0u, 5u, 6u));
  EXPECT_THAT(parseError(".global .u8 a[2] = {1,2,3};"), testing::HasSubstr("more initialisers"));
  EXPECT_THAT(parseError(".global .u8 a[2] = {1,2,3,4};"), testing::HasSubstr("more initialisers"));
  EXPECT_THAT(parseError(".global .u8 a[2] = {1,08};"), testing::HasSubstr("malformed"));
}

TEST(Initializer, floats_take_the_pattern_of_the_variable) {
  Module module = parseModule(".global .f32 a[4] = {0f7FC00001, 1.5, 2, 0d3FF8000000000000};\n"
                              ".global .f64 b[2] = {3.0, 2.5};\n"
                              ".global .b32 c = 0f3F800000;\n"
                              ".global .b64 d = 1.0;\n"
                              ".global .b64 e = 0f3F800000;");
  EXPECT_THAT(bitsOf(module.variables[0]),
              ElementsAre(0x7fc00001u, 0x3fc00000u, 0x40000000u, 0x3fc00000u));
  EXPECT_THAT(bitsOf(module.variables[1]),
              ElementsAre(std::bit_cast<uint64_t>(3.0), std::bit_cast<uint64_t>(2.5)));
  EXPECT_TRUE(module.variables[1].init->elements[0].isFloat);
  EXPECT_THAT(bitsOf(module.variables[2]), ElementsAre(0x3f800000u));
  EXPECT_THAT(bitsOf(module.variables[3]), ElementsAre(std::bit_cast<uint64_t>(1.0)));
  EXPECT_THAT(bitsOf(module.variables[4]), ElementsAre(0x3f800000u)); // a pattern, not a value
}

TEST(Initializer, addresses) {
  Module module =
      parseModule(".global .u64 a[] = {x, x+8, generic(x), generic(x)+4, generic(x+12), x-4, 0};\n"
                  ".global .u8 b[3] = {0xff(x), 0xff00(generic(x)+4), 0xff00000000000000(x)};");
  const auto& a = module.variables[0].init->elements;
  ASSERT_EQ(a.size(), 7u);
  EXPECT_EQ(a[0].symbol, "x");
  EXPECT_FALSE(a[0].generic);
  EXPECT_EQ(a[1].offset, 8);
  EXPECT_TRUE(a[2].generic);
  EXPECT_EQ(a[3].offset, 4);
  EXPECT_EQ(a[4].offset, 12);
  EXPECT_EQ(a[5].offset, -4);
  EXPECT_TRUE(a[6].symbol.empty());
  EXPECT_EQ(a[6].maskShift, 0xff);
  const auto& b = module.variables[1].init->elements;
  ASSERT_EQ(b.size(), 3u);
  EXPECT_EQ(b[0].maskShift, 0);
  EXPECT_EQ(b[1].maskShift, 1);
  EXPECT_TRUE(b[1].generic);
  EXPECT_EQ(b[1].offset, 4);
  EXPECT_EQ(b[2].maskShift, 7);
}

TEST(Layout, sizes_and_alignments) {
  Module module =
      parseModule(".global .u8 a; .global .v4 .f32 b; .global .f64 c[3][5];\n"
                  ".global .align 2 .b8 d[6]; .global .b8 e[1<<62][8]; .global .u32 f[];\n"
                  ".global .texref g; .global .v4 .f64 h; .global .b128 i;");
  const std::pair<uint64_t, uint32_t> expected[] = {
      {1, 1}, {16, 16}, {120, 8}, {6, 2}, {~uint64_t(0), 1}, {0, 4}, {8, 8}, {32, 32}, {16, 16}};
  ASSERT_EQ(module.variables.size(), std::size(expected));
  for (size_t i = 0; i < module.variables.size(); ++i) {
    EXPECT_EQ(sizeOf(module.variables[i]), expected[i].first) << i;
    EXPECT_EQ(alignOf(module.variables[i]), expected[i].second) << i;
  }
}

TEST(Layout, parameters_stand_at_their_alignment) {
  Module module =
      parseModule(".entry k(.param .u8 a, .param .u32 b, .param .u16 c, .param .u64 d,\n"
                  ".param .align 1 .b8 e[3], .param .align 16 .b8 f[20], .param .u8 g) { ret; }");
  uint32_t total = 0;
  auto layout = layoutParams(module.functions.at(0).params, &total);
  std::vector<uint32_t> offsets, sizes;
  for (const ParamLayout& param : layout) {
    offsets.push_back(param.offset);
    sizes.push_back(param.size);
  }
  EXPECT_THAT(offsets, ElementsAre(0u, 4u, 8u, 16u, 24u, 32u, 52u));
  EXPECT_THAT(sizes, ElementsAre(1u, 4u, 2u, 8u, 3u, 20u, 1u));
  EXPECT_EQ(total, 53u);
}

TEST(Layout, huge_parameters_saturate) {
  Module module = parseModule(
      ".entry k(.param .b8 a[0xfffffff0], .param .b8 b[0xffffffff], .param .u64 c) { ret; }");
  uint32_t total = 0;
  auto layout = layoutParams(module.functions.at(0).params, &total);
  EXPECT_EQ(total, 0xffffffffu);
  EXPECT_EQ(layout.size(), 3u);
}

TEST(Layout, prototype_fits_by_sizes) {
  Module module = parseBody("P: .callprototype (.param .b32 _) _ (.param .b64 _);");
  const Prototype& prototype = *bodyOf(module)[0].prototype;
  Module functions = parseModule(".func (.param .f32 r) a (.param .u64 x) { ret; }\n"
                                 ".func (.param .f32 r) b (.param .u32 x) { ret; }\n"
                                 ".func c (.param .u64 x) { ret; }\n"
                                 ".func (.param .b32 r) d (.param .align 4 .b8 x[8]) { ret; }");
  EXPECT_TRUE(fits(prototype, functions.functions[0]));
  EXPECT_FALSE(fits(prototype, functions.functions[1]));
  EXPECT_FALSE(fits(prototype, functions.functions[2]));
  EXPECT_TRUE(fits(prototype, functions.functions[3]));
}

} // namespace
} // namespace anywarp::ptx::test
