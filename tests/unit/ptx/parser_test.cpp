// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Module level, functions and statements.
#include "parse_text.h"

namespace anywarp::ptx::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Parser, header) {
  auto module = parse(std::make_shared<const std::string>(
      "// made by hand\n.version 8.10\n.target sm_90a, debug, texmode_independent\n"
      ".address_size 64\n.file 1 \"a dir/b.cu\", 1234, 56\n.file 2 \"c.h\"\n"));
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->versionMajor, 8u);
  EXPECT_EQ(module->versionMinor, 10u);
  EXPECT_THAT(module->targets, ElementsAre("sm_90a", "debug", "texmode_independent"));
  EXPECT_EQ(module->addressSize, 64u);
  ASSERT_EQ(module->files.size(), 2u);
  EXPECT_EQ(module->files[0].second, "a dir/b.cu");
  EXPECT_EQ(module->files[1].first, 2u);
}

TEST(Parser, newer_minor_versions_are_accepted) {
  auto module = parse(std::make_shared<const std::string>(".version 9.99\n.target sm_999\n"));
  ASSERT_TRUE(module);
  EXPECT_EQ(module->versionMajor, 9u);
  EXPECT_EQ(module->versionMinor, 99u);
}

// "Increments to the major number indicate incompatible changes to PTX".
TEST(Parser, newer_major_versions_are_refused) {
  auto module = parse(std::make_shared<const std::string>("\n.version 10.0\n.target sm_90\n"));
  ASSERT_FALSE(module);
  EXPECT_EQ(module.status(), Status::UnsupportedPtxVersion);
  EXPECT_THAT(module.error().message, HasSubstr("2:10: error: .version 10.0"));
}

TEST(Parser, text_without_version_is_refused) {
  for (std::string_view text : {"", "   ", "// only a comment", ".target sm_90",
                                "\x7f"
                                "ELF",
                                "hello", ".version", ".version 9", ".version 9.", ".version 0.1",
                                ".version x.1", ".version 9.0.1"}) {
    auto module = parse(std::make_shared<const std::string>(text));
    EXPECT_FALSE(module) << text;
    if (!module)
      EXPECT_EQ(module.status(), Status::InvalidPtx);
  }
  EXPECT_FALSE(parse(nullptr));
}

TEST(Parser, errors_name_line_and_column) {
  EXPECT_EQ(parseError(".entry k()\n{\n  add.s32 %r1 %r2;\n}"),
            "6:15: error: expected ';' after an instruction (at '%r2')");
  EXPECT_THAT(parseError(".entry k()\n{\n  ret;\n"), HasSubstr("7:1: error: "));
  EXPECT_THAT(parseError(".global .u32 x = `;"), HasSubstr("4:18: error: unexpected character"));
}

TEST(Parser, directives_of_a_ptx_to_come) {
  EXPECT_THAT(parseError(".entry k()\n.someday 3, 4\n{ ret; }"),
              HasSubstr("5:2: error: unknown directive '.someday'"));
  auto newer = std::make_shared<const std::string>(
      ".version 9.9\n.target sm_90\n.entry k()\n.someday 3, 4\n{ ret; }");
  EXPECT_TRUE(parse(newer));
}

TEST(Parser, entry_with_directives) {
  Module module =
      parseModule(".visible .entry k(.param .u64 k_0, .param .align 8 .b8 k_1[24])\n"
                  ".maxntid 128, 2\n.reqntid 32,4,2\n.minnctapersm 3\n.maxnctapersm 5\n"
                  ".maxnreg 64 .reqnctapercluster 2\n.maxclusterrank 8\n.explicitcluster\n"
                  ".blocksareclusters .abi_preserve 3\n.pragma \"nounroll\";\n{ ret; }");
  ASSERT_EQ(module.functions.size(), 1u);
  const Function& k = module.functions[0];
  EXPECT_TRUE(k.isEntry);
  EXPECT_FALSE(k.isDeclaration);
  EXPECT_EQ(k.linkage, Linkage::Visible);
  EXPECT_EQ(k.name, "k");
  ASSERT_EQ(k.params.size(), 2u);
  EXPECT_EQ(k.params[0].space, Space::Param);
  EXPECT_EQ(k.params[0].type, Type::U64);
  EXPECT_EQ(k.params[1].align, 8u);
  EXPECT_THAT(k.params[1].dims, ElementsAre(24u));
  EXPECT_THAT(k.maxntid, ElementsAre(128u, 2u, 1u));
  EXPECT_THAT(k.reqntid, ElementsAre(32u, 4u, 2u));
  EXPECT_THAT(k.reqnctapercluster, ElementsAre(2u, 1u, 1u));
  EXPECT_EQ(k.minnctapersm, 3u);
  EXPECT_EQ(k.maxnctapersm, 5u);
  EXPECT_EQ(k.maxnreg, 64u);
  EXPECT_EQ(k.maxclusterrank, 8u);
  EXPECT_TRUE(k.explicitcluster);
  EXPECT_TRUE(k.blocksareclusters);
  EXPECT_THAT(k.pragmas, ElementsAre("nounroll"));
}

TEST(Parser, functions_and_declarations) {
  Module module =
      parseModule(".extern .func (.param .b32 r) vprintf (.param .b64 a, .param .b64 b);\n"
                  ".extern .func stop .noreturn;\n"
                  ".weak .func (.reg .f32 out) f (.reg .f32 in) { mov.f32 out, in; ret; }\n"
                  ".func g { ret; }\n"
                  ".visible .func .attribute(.unified(1, 2)) h () .abi_preserve 4;\n"
                  ".weak .func al();\n.alias al, g;\n");
  ASSERT_EQ(module.functions.size(), 6u);
  EXPECT_TRUE(module.functions[0].isDeclaration);
  EXPECT_EQ(module.functions[0].linkage, Linkage::Extern);
  EXPECT_EQ(module.functions[0].returns.size(), 1u);
  EXPECT_EQ(module.functions[0].params.size(), 2u);
  EXPECT_TRUE(module.functions[1].noreturn);
  EXPECT_EQ(module.functions[2].linkage, Linkage::Weak);
  EXPECT_EQ(module.functions[2].params[0].space, Space::Reg);
  // Names that parameters declare as registers are registers, without a %.
  EXPECT_EQ(module.functions[2].body.statements[0].instruction.operands[1].kind,
            Operand::Kind::Register);
  EXPECT_TRUE(module.functions[3].params.empty());
  EXPECT_EQ(module.functions[4].name, "h");
  EXPECT_EQ(module.functions[5].aliasOf, "g");
  EXPECT_THAT(parseError(".alias a, b;"), HasSubstr("declared as a function first"));
}

TEST(Parser, pointer_parameters) {
  Module module = parseModule(".entry k(.param .u64 .ptr .global .align 16 p, .param .u64 .ptr q,\n"
                              ".param .u64 .ptr .align 1 r) { ret; }");
  const auto& params = module.functions.at(0).params;
  EXPECT_TRUE(params[0].isPointer);
  EXPECT_EQ(params[0].pointerSpace, Space::Global);
  EXPECT_EQ(params[0].pointerAlign, 16u);
  EXPECT_EQ(params[0].align, 0u);
  EXPECT_TRUE(params[1].isPointer);
  EXPECT_EQ(params[1].pointerSpace, Space::Generic);
  EXPECT_EQ(params[2].pointerAlign, 1u);
}

TEST(Parser, statements) {
  Module module =
      parseBody(".reg .b32 %r<5>, a, b<2>;\n"
                ".reg .v4 .f32 v;\n"
                ".shared .align 16 .b8 buffer[4][8];\n"
                "L: @%p1 bra.uni L;\n"
                "@!p ret;\n"
                "{ .reg .pred p; { exit; } }\n"
                "P: .callprototype (.param .b32 _) _ (.param .b64 _, .param .b8 _[4]) .noreturn;\n"
                "Q: .callprototype _ ();\n"
                "C: .calltargets f, g;\n"
                "B: .branchtargets L, M;\n"
                ".pragma \"used_bytes_mask 0xff\";\n"
                "M: ;");
  using Kind = Statement::Kind;
  std::vector<Kind> kinds;
  for (const Statement& statement : bodyOf(module))
    kinds.push_back(statement.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::Variable, Kind::Variable, Kind::Variable, Kind::Variable,
                                 Kind::Variable, Kind::Label, Kind::Instruction, Kind::Instruction,
                                 Kind::Block, Kind::Prototype, Kind::Prototype, Kind::Targets,
                                 Kind::Targets, Kind::Label));
  const auto& s = bodyOf(module);
  EXPECT_EQ(s[0].variable.count, 5u);
  EXPECT_EQ(s[1].variable.count, 0u);
  EXPECT_EQ(s[2].variable.count, 2u);
  EXPECT_EQ(s[2].variable.type, Type::B32);
  EXPECT_EQ(s[3].variable.vector, 4u);
  EXPECT_THAT(s[4].variable.dims, ElementsAre(4u, 8u));
  EXPECT_EQ(s[6].instruction.guard->reg, "%p1");
  EXPECT_FALSE(s[6].instruction.guard->negated);
  EXPECT_TRUE(s[7].instruction.guard->negated);
  EXPECT_EQ(s[8].block->statements.size(), 2u);
  EXPECT_EQ(s[9].prototype->returns.size(), 1u);
  EXPECT_EQ(s[9].prototype->params.size(), 2u);
  EXPECT_TRUE(s[11].targets->isCall);
  EXPECT_THAT(s[12].targets->targets, ElementsAre("L", "M"));
  EXPECT_THAT(module.functions[0].pragmas, ElementsAre("used_bytes_mask 0xff"));
}

TEST(Parser, loc_gives_instructions_their_line) {
  Module module = parseBody(".loc 1 17 5\nadd.s32 %r1, %r2, %r3;\n"
                            ".loc 2 8 9, function_name $L__info_string0, inlined_at 1 20 3\nret;\n"
                            ".loc 1 30 1, function_name $L+12, inlined_at 1 2 3\nexit;");
  const auto& s = bodyOf(module);
  ASSERT_EQ(s.size(), 3u);
  EXPECT_EQ(s[0].instruction.debugFile, 1u);
  EXPECT_EQ(s[0].instruction.debugLine, 17u);
  EXPECT_EQ(s[1].instruction.debugFile, 2u);
  EXPECT_EQ(s[1].instruction.debugLine, 8u);
  EXPECT_EQ(s[1].instruction.debugColumn, 9u);
  EXPECT_EQ(s[2].instruction.debugLine, 30u);
}

TEST(Parser, debug_sections_are_skipped) {
  Module module = parseModule(".section .debug_str\n{\n$L__info_string0:\n.b8 95,90,0\n}\n"
                              ".section .debug_info { .b32 .debug_abbrev // }\n.b8 1 }\n"
                              "@@DWARF .section .debug_line\n@@DWARF .byte 1, 2\n"
                              ".entry k() {\n@@DWARF anything at all {\n ret; }");
  ASSERT_EQ(module.functions.size(), 1u);
  EXPECT_EQ(module.functions[0].body.statements.size(), 1u);
}

TEST(Parser, instruction_modifiers_stay_in_order) {
  Module module =
      parseBody("ld .global.relaxed.gpu.L2::cache_hint.L2::128B.v4.f32 {%f1, %f2, %f3, _}, "
                "[%rd1+-16], %rd2;");
  Instruction instruction = parseInstruction(module);
  EXPECT_EQ(instruction.mnemonic, "ld");
  EXPECT_THAT(instruction.modifiers,
              ElementsAre("global", "relaxed", "gpu", "L2::cache_hint", "L2::128B", "v4", "f32"));
  ASSERT_EQ(instruction.operands.size(), 3u);
  EXPECT_EQ(instruction.operands[0].elements.size(), 4u);
  EXPECT_EQ(instruction.operands[0].elements[3].kind, Operand::Kind::Sink);
  EXPECT_EQ(instruction.operands[1].kind, Operand::Kind::Address);
  EXPECT_EQ(instruction.operands[1].offset, -16);
}

TEST(Parser, wrong_text_is_refused) {
  for (std::string_view text : {".entry",
                                ".entry k",
                                ".entry k(",
                                ".entry k()",
                                ".entry k() {",
                                ".entry k() } ",
                                ".func (",
                                "add.s32 a, b;",
                                ".visible",
                                ".visible 3",
                                ".global .u32",
                                ".global x;",
                                ".u32 x;",
                                ".global .u32 .u32 x;",
                                ".global .shared .u32 x;",
                                ".global .align 3 .u32 x;",
                                ".global .align 0 .u32 x;",
                                ".global .align 131072 .u32 x;",
                                ".global .q32 x;",
                                ".global .u32 x[-1];",
                                ".global .u32 x[1][];",
                                ".global .u32 x[1.5];",
                                ".global .u32 x = ;",
                                ".global .u8 x = 1.0;",
                                ".global .u32 x[2] = {1,2,3};",
                                ".global .u32 x = {{1}};",
                                ".global .u32 x[1<<30][1<<30] = {{1},{2}};",
                                ".global .u64 x = 0xf0(y);",
                                ".section x",
                                ".section .x {",
                                ".file x",
                                ".target 3",
                                ".address_size 16",
                                ".reg .b32 %r<0>;",
                                ".reg .b32 %r<99999999>;",
                                ".entry k() .maxntid x { ret; }",
                                ".entry k() { @ ret; }",
                                ".entry k() { ret }",
                                ".entry k() { 3: }",
                                ".entry k() { mov.u32 %r1, ; }",
                                ".entry k() { ld.u32 %r1, [; }",
                                ".entry k() { ld.u32 %r1, [[%r1]; }",
                                ".entry k() { mov.b64 {{{{{{%r1, 2; }",
                                ".entry k() { call (((((a))))); }",
                                ".entry k() { P: .callprototype _ (; }",
                                ".entry k() { .loc 1; }",
                                ".pragma nounroll;"}) {
    EXPECT_THAT(parseError(text), HasSubstr(": error: ")) << text;
  }
}

TEST(Parser, deep_scopes_are_an_error_not_a_crash) {
  EXPECT_THAT(parseError(".entry k() {" + std::string(1000000, '{')),
              HasSubstr("nested too deeply"));
  EXPECT_THAT(parseError(".entry k() { mov.b32 x, " + std::string(1000000, '[')),
              HasSubstr("nested too deeply"));
  std::string indices;
  for (int i = 0; i < 100000; ++i)
    indices += "a[";
  EXPECT_THAT(parseError(".entry k() { mov.b32 x, " + indices), HasSubstr("array index"));
}

TEST(ParseFunction, takes_a_range_and_keeps_its_place) {
  std::string text = "garbage (\n  .weak .func f(.param .b32 a)\n{\n  ret;\n} more garbage";
  auto begin = static_cast<uint32_t>(text.find(".weak"));
  auto end = static_cast<uint32_t>(text.find("} more") + 1);
  auto function = parseFunction(text, begin, end);
  ASSERT_TRUE(function) << function.error().message;
  EXPECT_EQ(function->name, "f");
  EXPECT_EQ(function->loc.line, 2u);
  EXPECT_EQ(function->loc.column, 3u);
  EXPECT_EQ(function->body.statements.at(0).instruction.loc.line, 4u);
  auto known = parseFunction(text, begin, end, {2, 3});
  ASSERT_TRUE(known);
  EXPECT_EQ(known->body.statements.at(0).instruction.loc.line, 4u);
  EXPECT_FALSE(parseFunction(text, begin, end + 5));
  EXPECT_FALSE(parseFunction(text, 0, end));
  EXPECT_FALSE(parseFunction(text, end, begin));
}

} // namespace
} // namespace anywarp::ptx::test
