// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scanning and linking of units.
#include "parse_text.h"
#include "ptx/index.h"
#include "ptx/layout.h"

namespace anywarp::ptx::test {
namespace {

using testing::HasSubstr;

std::shared_ptr<const Index> buildIndex(std::initializer_list<std::string_view> bodies) {
  std::vector<PtxUnit> units;
  for (std::string_view body : bodies)
    units.push_back(unit(body));
  auto index = Index::build(std::move(units));
  if (!index) {
    ADD_FAILURE() << index.error().message;
    return std::make_shared<Index>();
  }
  return *index;
}

std::string buildError(std::initializer_list<std::string_view> bodies) {
  std::vector<PtxUnit> units;
  for (std::string_view body : bodies)
    units.push_back(unit(body));
  auto index = Index::build(std::move(units));
  if (index)
    return "no error";
  EXPECT_EQ(index.status(), Status::InvalidPtx);
  return index.error().message;
}

TEST(Index, finds_kernels_without_parsing_bodies) {
  auto index = buildIndex({".visible .entry a(.param .u64 p, .param .u32 n)\n.maxntid 96\n"
                           "{ this is ! not ptx \"}\" // }\n { } }\n"
                           ".entry b() { ret; }\n.func f() { ret; }"});
  auto kernels = index->kernels();
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0]->header.name, "a");
  EXPECT_EQ(kernels[0]->header.maxntid[0], 96u);
  uint32_t bytes = 0;
  layoutParams(kernels[0]->header.params, &bytes);
  EXPECT_EQ(bytes, 12u);
  EXPECT_EQ(index->entry("b"), kernels[1]); // static kernels are found as well
  EXPECT_EQ(index->entry("f"), nullptr);
  EXPECT_EQ(index->entry("nothing"), nullptr);
  const IndexedFunction* f = index->function("f", 0);
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(&index->functions()[f->id], f);
  std::string_view text = *index->units()[0];
  EXPECT_EQ(text.substr(f->begin, f->end - f->begin), ".func f() { ret; }");
}

TEST(Index, a_body_that_does_not_parse_fails_alone) {
  auto index = buildIndex({".entry bad() { this is ! not ptx; }\n.entry good() { ret; }"});
  EXPECT_TRUE(index->slice("good"));
  auto bad = index->slice("bad");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.status(), Status::InvalidPtx);
  EXPECT_THAT(bad.error().message, HasSubstr("ptx:4:"));
  EXPECT_EQ(index->slice("none").status(), Status::NotFound);
}

TEST(Index, numbers_variables_in_order) {
  auto index =
      buildIndex({".visible .global .align 8 .b8 a[24];\n.extern .shared .b8 dyn[];\n"
                  ".shared .u32 s;\n.const .v2 .f32 c;\n"
                  ".global .attribute(.managed) .u32 m = 3;\n.extern .global .u32 other;"});
  const auto& v = index->variables();
  ASSERT_EQ(v.size(), 3u);
  for (uint32_t i = 0; i < v.size(); ++i)
    EXPECT_EQ(v[i].id, i);
  EXPECT_EQ(v[0].size, 24u);
  EXPECT_EQ(v[0].align, 8u);
  EXPECT_EQ(v[1].size, 8u);
  EXPECT_EQ(v[1].align, 8u);
  EXPECT_TRUE(v[2].managed);
  EXPECT_FALSE(v[0].managed);
  EXPECT_EQ(index->visibleVariable("a"), &v[0]);
  EXPECT_EQ(index->visibleVariable("c"), &v[1]); // static, as cudaMemcpyToSymbol needs
  EXPECT_EQ(index->visibleVariable("other"), nullptr);
  EXPECT_EQ(index->variable("s", 0), nullptr);
}

TEST(Index, extern_finds_the_definition_of_another_unit) {
  auto index =
      buildIndex({".extern .global .u32 v;\n.extern .func f();\n.visible .entry k() { ret; }",
                  ".visible .global .u32 v = 4;\n.visible .func f() { ret; }"});
  ASSERT_NE(index->variable("v", 0), nullptr);
  EXPECT_EQ(index->variable("v", 0), index->variable("v", 1));
  EXPECT_EQ(index->variable("v", 0)->unit, 1u);
  EXPECT_EQ(index->function("f", 0), index->function("f", 1));
}

TEST(Index, static_names_of_units_are_kept_apart) {
  auto index = buildIndex(
      {".global .u32 v = 1;\n.func f() { ret; }", ".global .u32 v = 2;\n.func f() { ret; }"});
  ASSERT_NE(index->variable("v", 0), nullptr);
  EXPECT_NE(index->variable("v", 0), index->variable("v", 1));
  EXPECT_NE(index->function("f", 0), index->function("f", 1));
  EXPECT_EQ(index->variables().size(), 2u);
}

TEST(Index, static_hides_the_programs_name) {
  auto index = buildIndex(
      {".visible .global .u32 v = 1;", ".global .u32 v = 2;", ".extern .global .u32 v;"});
  EXPECT_EQ(index->variable("v", 1)->unit, 1u);
  EXPECT_EQ(index->variable("v", 2)->unit, 0u);
  EXPECT_EQ(index->visibleVariable("v")->unit, 0u);
}

TEST(Index, weak_and_common) {
  auto index = buildIndex(
      {".weak .func w() { ret; }\n.common .global .b32 c[2];\n.weak .global .u32 x = 1;",
       ".weak .func w() { exit; }\n.common .global .b32 c[8];\n.visible .global .u32 x = 2;",
       ".common .global .b32 c[4];"});
  EXPECT_EQ(index->functions().size(), 1u);
  EXPECT_EQ(index->function("w", 1)->unit, 0u);
  ASSERT_EQ(index->variables().size(), 2u);
  EXPECT_EQ(index->variable("c", 2)->size, 32u); // the largest
  EXPECT_EQ(index->variable("x", 0)->unit, 1u);  // the strong one
  EXPECT_EQ(index->variable("x", 0)->variable.init->elements[0].bits, 2u);
}

TEST(Index, a_strong_function_replaces_a_weak_one) {
  auto index = buildIndex({".weak .func w() { ret; }", ".visible .func w() { exit; }"});
  ASSERT_EQ(index->functions().size(), 1u);
  EXPECT_EQ(index->function("w", 0)->unit, 1u);
  EXPECT_EQ(index->function("w", 0)->id, 0u);
}

TEST(Index, two_strong_definitions_are_an_error) {
  EXPECT_EQ(buildError({".visible .func f() { ret; }", "\n.visible .func f() { ret; }"}),
            "ptx[1]:5:1: error: 'f' is already defined in ptx[0]");
  EXPECT_THAT(buildError({".visible .global .u32 v;", ".visible .global .u32 v;"}),
              HasSubstr("'v' is already defined in ptx[0]"));
  EXPECT_THAT(buildError({".visible .entry k() { ret; }", ".visible .global .u32 k;"}),
              HasSubstr("'k' is already defined in ptx[0]"));
  EXPECT_THAT(buildError({".func f() { ret; } .func f() { ret; }"}), HasSubstr("already defined"));
  EXPECT_THAT(buildError({".weak .global .u32 k;", ".visible .func k() { ret; }"}),
              HasSubstr("already defined"));
}

TEST(Index, text_that_cannot_be_scanned_is_an_error) {
  EXPECT_THAT(buildError({".visible .entry k() { ret; }", ".visible .entry k() { ret;"}),
              HasSubstr("ptx[1]:4:21: error: "));
  EXPECT_FALSE(Index::build({nullptr}));
  EXPECT_FALSE(Index::build({std::make_shared<const PtxText>("ELF")}));
  EXPECT_TRUE(Index::build({}));
}

TEST(Index, aliases_are_other_names_of_a_function) {
  auto index =
      buildIndex({".visible .func a();\n.func b();\n.func f() { ret; }\n.alias b, a;\n.alias a, f;",
                  ".extern .func a();"});
  ASSERT_NE(index->function("f", 0), nullptr);
  EXPECT_EQ(index->function("a", 0), index->function("f", 0));
  EXPECT_EQ(index->function("b", 0), index->function("f", 0));
  EXPECT_EQ(index->function("a", 1), index->function("f", 0));
}

TEST(Index, hash_follows_the_text) {
  auto a = buildIndex({".entry k() { ret; }"});
  auto b = buildIndex({".entry k() { ret; }"});
  auto c = buildIndex({".entry k() { rey; }"});
  auto d = buildIndex({".entry k() { ret; }", ""});
  EXPECT_EQ(a->hash(), b->hash());
  EXPECT_NE(a->hash(), c->hash());
  EXPECT_NE(a->hash(), d->hash());
}

} // namespace
} // namespace anywarp::ptx::test
