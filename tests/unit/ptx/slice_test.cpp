// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Slices: what one kernel needs of a program.
#include "parse_text.h"
#include "ptx/index.h"
#include "ptx/printer.h"

#include <algorithm>
#include <thread>

namespace anywarp::ptx::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

struct Sliced {
  std::shared_ptr<const Index> index;
  Index::Slice slice;

  std::vector<std::string_view> definitions() const { return functions(false); }
  std::vector<std::string_view> declarations() const { return functions(true); }
  std::vector<std::string_view> functions(bool declared) const {
    std::vector<std::string_view> names;
    for (const Function& function : slice.module.functions)
      if (function.isDeclaration == declared)
        names.push_back(function.name);
    return names;
  }
  std::vector<std::string_view> variables() const {
    std::vector<std::string_view> names;
    for (const Variable& variable : slice.module.variables)
      names.push_back(variable.name);
    return names;
  }
  std::string text() const { return print(slice.module); }
};

Sliced sliceOf(std::string_view kernel, std::initializer_list<std::string_view> bodies) {
  std::vector<PtxUnit> units;
  for (std::string_view body : bodies)
    units.push_back(unit(body));
  auto index = Index::build(std::move(units));
  if (!index) {
    ADD_FAILURE() << index.error().message;
    return {};
  }
  auto slice = (*index)->slice(kernel);
  if (!slice) {
    ADD_FAILURE() << slice.error().message;
    return {*index, {}};
  }
  EXPECT_EQ(slice->functionIds.size(), slice->module.functions.size());
  EXPECT_EQ(slice->variableIds.size(), slice->module.variables.size());
  // What a slice says must itself be PTX.
  auto again = parse(std::make_shared<const PtxText>(print(slice->module)));
  EXPECT_TRUE(again) << again.error().message;
  return {*index, std::move(*slice)};
}

TEST(Slice, takes_what_is_reached) {
  Sliced s =
      sliceOf("k", {".global .u32 used = 1; .global .u32 unused; .const .u32 deep;\n"
                    ".shared .b8 tile[64]; .extern .shared .b8 dyn[];\n"
                    ".func f() { call g; ret; }\n.func g() { ld.const.u32 %r1, [deep]; ret; }\n"
                    ".func h() { ret; }\n"
                    ".extern .func (.param .b32 r) vprintf(.param .b64 a, .param .b64 b);\n"
                    ".visible .entry k() { call f; mov.u64 %rd1, used; mov.u32 %r1, tile; "
                    "mov.u32 %r2, dyn+4; call (r), vprintf, (a, b); ret; }\n"
                    ".visible .entry other() { ret; }"});
  EXPECT_THAT(s.definitions(), ElementsAre("k", "f", "g"));
  EXPECT_THAT(s.declarations(), ElementsAre("vprintf"));
  EXPECT_THAT(s.variables(), UnorderedElementsAre("used", "deep", "tile", "dyn"));
  EXPECT_EQ(s.slice.functionIds[0], s.index->entry("k")->id);
  EXPECT_EQ(s.slice.functionIds[3], kNoId);
  for (size_t i = 0; i < s.slice.variableIds.size(); ++i) {
    const Variable& variable = s.slice.module.variables[i];
    if (variable.space == Space::Shared)
      EXPECT_EQ(s.slice.variableIds[i], kNoId);
    else
      EXPECT_EQ(s.slice.variableIds[i], s.index->variable(variable.name, 0)->id);
  }
  EXPECT_EQ(s.slice.module.versionMajor, 9u);
  EXPECT_THAT(s.slice.module.targets, ElementsAre("sm_90"));
}

TEST(Slice, recursion_ends) {
  Sliced s = sliceOf("k", {".func f();\n.func g() { call f; }\n.func f() { call g; call f; }\n"
                           ".entry k() { call f; }"});
  EXPECT_THAT(s.definitions(), ElementsAre("k", "f", "g"));
}

TEST(Slice, clashing_static_names_are_renamed) {
  Sliced s = sliceOf(
      "k",
      {".global .u32 v = 1;\n.func f() { st.global.u32 [v], 1; ret; }\n"
       ".extern .func other();\n.entry k() { call f; call other; ld.global.u32 %r1, [v]; ret; }",
       ".global .u32 v = 2;\n.func f() { st.global.u32 [v+4], 2; ret; }\n"
       ".visible .func other() { call f; ret; }"});
  EXPECT_THAT(s.definitions(), UnorderedElementsAre("k", "f", "other", "f$1"));
  EXPECT_THAT(s.variables(), UnorderedElementsAre("v", "v$1"));
  EXPECT_THAT(s.text(), HasSubstr("st.global.u32 [v$1+4], 2;"));
  EXPECT_THAT(s.text(), HasSubstr("call f$1;"));
  EXPECT_NE(s.slice.variableIds[0], s.slice.variableIds[1]);
}

TEST(Slice, local_names_hide_module_names) {
  Sliced s = sliceOf(
      "k",
      {".global .u32 x; .global .u32 y; .global .u32 z; .global .u32 w1; .func L() { ret; }\n"
       ".entry k(.param .u32 x) { .reg .b32 y; .reg .b32 w<3>; { .reg .b32 z; mov.u32 z, 1; }\n"
       "ld.param.u32 y, [x]; bra L; mov.u32 w1, 2; L: mov.u32 %r1, z; ret; }"});
  EXPECT_THAT(s.variables(), ElementsAre("z")); // used outside the scope that hides it
  EXPECT_THAT(s.declarations(), testing::IsEmpty());
}

TEST(Slice, unresolved_externs_fail_only_who_reaches_them) {
  std::string_view text =
      ".extern .func gone();\n.extern .global .u32 lost;\n.func f() { call gone; ret; }\n"
      ".entry bad() { call f; }\n.entry worse() { ld.global.u32 %r1, [lost]; }\n"
      ".entry good() { ret; }";
  auto index = Index::build({unit(text)});
  ASSERT_TRUE(index);
  EXPECT_TRUE((*index)->slice("good"));
  auto bad = (*index)->slice("bad");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.status(), Status::InvalidPtx);
  EXPECT_EQ(bad.error().message, "ptx:6:18: error: 'gone' is not defined in this program");
  EXPECT_THAT((*index)->slice("worse").error().message, HasSubstr("'lost'"));
}

TEST(Slice, initialisers_pull_variables_and_name_functions) {
  Sliced s = sliceOf("k", {".func f() { ret; }\n.extern .func gone();\n.global .u32 a = 3;\n"
                           ".global .u64 table[4] = {generic(a), f, gone, 0};\n"
                           ".global .u64 top = table;\n"
                           ".entry k() { ld.global.u64 %rd1, [top]; ret; }"});
  EXPECT_THAT(s.variables(), ElementsAre("top", "table", "a"));
  EXPECT_THAT(s.declarations(), ElementsAre("f"));
  EXPECT_EQ(s.slice.functionIds[1], s.index->function("f", 0)->id); // its address is known
}

TEST(Slice, indirect_calls_reach_fitting_functions_whose_address_is_taken) {
  std::string_view text = ".func (.param .b32 r) one(.param .b32 x) { call three; ret; }\n"
                          ".func (.param .b32 r) two(.param .b32 x) { ret; }\n"
                          ".func three() { ret; }\n"
                          ".func (.param .b32 r) wide(.param .b64 x) { ret; }\n"
                          ".func (.param .b32 r) untaken(.param .b32 x) { ret; }\n"
                          ".global .u64 table[2] = {one, wide};\n"
                          ".entry other() { mov.u64 %rd1, two; ret; }\n"
                          ".entry direct() { call (r), untaken, (x); ret; }\n"
                          ".entry k() { P: .callprototype (.param .b32 _) _ (.param .b32 _);\n "
                          "call (r), %rd1, (x), P; ret; }\n"
                          ".entry any() { call %rd1; ret; }\n"
                          ".entry list() { T: .calltargets untaken; call (r), %rd1, (x), T; ret; }";
  EXPECT_THAT(sliceOf("k", {text}).definitions(), UnorderedElementsAre("k", "one", "two", "three"));
  EXPECT_THAT(sliceOf("direct", {text}).definitions(), UnorderedElementsAre("direct", "untaken"));
  EXPECT_THAT(sliceOf("other", {text}).definitions(), UnorderedElementsAre("other"));
  EXPECT_THAT(sliceOf("other", {text}).declarations(), UnorderedElementsAre("two"));
  EXPECT_THAT(sliceOf("any", {text}).definitions(),
              UnorderedElementsAre("any", "one", "two", "three", "wide"));
  EXPECT_THAT(sliceOf("list", {text}).definitions(), UnorderedElementsAre("list", "untaken"));
}

TEST(Slice, weak_functions_and_dynamic_shared_come_once) {
  std::string_view common = ".weak .func w() { mov.u32 %r1, dyn; ret; }\n";
  std::string first = ".extern .shared .align 4 .b8 dyn[];\n" + std::string(common) +
                      ".extern .func o();\n.entry k() { call w; call o; ret; }";
  std::string second = ".extern .shared .align 16 .b8 dyn[];\n" + std::string(common) +
                       ".visible .func o() { call w; mov.u32 %r1, dyn; ret; }";
  Sliced s = sliceOf("k", {first, second});
  EXPECT_THAT(s.definitions(), UnorderedElementsAre("k", "w", "o"));
  ASSERT_THAT(s.variables(), ElementsAre("dyn"));
  EXPECT_EQ(s.slice.module.variables[0].align, 16u); // the strictest
}

TEST(Slice, aliases_are_replaced) {
  Sliced s = sliceOf(
      "k", {".visible .func a();\n.func f() { ret; }\n.alias a, f;\n.entry k() { call a; ret; }"});
  EXPECT_THAT(s.definitions(), ElementsAre("k", "f"));
  EXPECT_THAT(s.text(), HasSubstr("call f;"));
}

TEST(Slice, file_numbers_of_units_do_not_clash) {
  Sliced s = sliceOf(
      "k", {".extern .func o();\n.entry k() { .loc 2 5 1\n call o; ret; }\n.file 2 \"a.cu\"",
            ".visible .func o() { .loc 1 7 1\n ret; }\n.file 1 \"b.cu\""});
  auto fileOf = [&](size_t function) {
    const auto& body = s.slice.module.functions.at(function).body.statements;
    for (const auto& [number, name] : s.slice.module.files)
      if (number == body.at(0).instruction.debugFile)
        return std::string(name);
    return std::string();
  };
  EXPECT_EQ(fileOf(0), "a.cu");
  EXPECT_EQ(fileOf(1), "b.cu");
}

TEST(Slice, outlives_the_index) {
  Index::Slice slice;
  {
    auto index = Index::build(
        {unit(".global .u32 v; .extern .func o(); .entry k() { call o; ld.u32 %r1, [v]; }"),
         unit(".global .u32 v; .visible .func o() { ld.u32 %r1, [v]; }")});
    ASSERT_TRUE(index);
    auto result = (*index)->slice("k");
    ASSERT_TRUE(result);
    slice = std::move(*result);
  }
  EXPECT_THAT(print(slice.module), HasSubstr("v$1"));
}

TEST(Slice, many_threads_may_slice) {
  auto index =
      Index::build({unit(".func f() { ret; } .global .u64 t = f;\n.entry k() { call %rd1; }")});
  ASSERT_TRUE(index);
  std::vector<std::thread> threads;
  std::vector<size_t> counts(4);
  for (size_t i = 0; i < counts.size(); ++i)
    threads.emplace_back([&, i] {
      auto slice = (*index)->slice("k");
      counts[i] = slice ? slice->module.functions.size() : 0;
    });
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_THAT(counts, testing::Each(2u));
}

} // namespace
} // namespace anywarp::ptx::test
