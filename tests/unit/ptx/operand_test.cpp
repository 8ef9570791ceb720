// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operands in the forms that PTX ISA 6 and the instruction pages of PTX ISA 9 use.
#include "parse_text.h"

namespace anywarp::ptx::test {
namespace {

using Kind = Operand::Kind;

std::vector<Operand> operandsOf(const Module& module) {
  return parseInstruction(module).operands;
}

TEST(Operand, registers_and_symbols) {
  Module module = parseBody(".reg .b32 r<4>, plain; .local .b32 %odd; "
                            "x %r1, %tid.x, r3, plain, other, r, sym+8, sym-8, %r1+4, %odd, v.y;");
  auto operands = operandsOf(module);
  const std::pair<Kind, std::string_view> expected[] = {
      {Kind::Register, "%r1"},   {Kind::Register, "%tid.x"}, {Kind::Register, "r3"},
      {Kind::Register, "plain"}, {Kind::Symbol, "other"},    {Kind::Register, "r"},
      {Kind::Symbol, "sym"},     {Kind::Symbol, "sym"},      {Kind::Register, "%r1"},
      {Kind::Symbol, "%odd"},    {Kind::Register, "v.y"}};
  ASSERT_EQ(operands.size(), std::size(expected));
  for (size_t i = 0; i < operands.size(); ++i) {
    EXPECT_EQ(operands[i].kind, expected[i].first) << i;
    EXPECT_EQ(operands[i].name, expected[i].second) << i;
  }
  EXPECT_EQ(operands[6].offset, 8);
  EXPECT_EQ(operands[7].offset, -8);
  EXPECT_EQ(operands[8].offset, 4);
}

TEST(Operand, scopes_end_register_names) {
  Module module = parseBody("{ .reg .pred p; setp.ne.s32 p, 1, 0; } mov.u32 %r1, p;");
  EXPECT_EQ(operandsOf(module)[1].kind, Kind::Symbol);
  EXPECT_EQ(bodyOf(module)[0].block->statements[1].instruction.operands[0].kind, Kind::Register);
}

TEST(Operand, predicates_pairs_and_sinks) {
  Module module = parseBody("setp.lt.and.s32 %p1|%p2, %r1, -5, !%p3;");
  auto operands = operandsOf(module);
  ASSERT_EQ(operands.size(), 4u);
  EXPECT_EQ(operands[0].kind, Kind::Pair);
  EXPECT_EQ(operands[0].elements[1].name, "%p2");
  EXPECT_EQ(static_cast<int64_t>(operands[2].bits), -5);
  EXPECT_TRUE(operands[3].negated);
  Module elect = parseBody("elect.sync _|%p1, 0xffffffff;");
  EXPECT_EQ(operandsOf(elect)[0].elements[0].kind, Kind::Sink);
  EXPECT_EQ(operandsOf(elect)[1].bits, 0xffffffffu);
}

TEST(Operand, addresses) {
  Module module =
      parseBody("x [%rd1], [%rd1+4], [%rd1+-4], [%rd1-4], [sym], [sym+4*2+1], [16], [16+4],"
                "[sym[3]], [%rd1+8-2];");
  auto operands = operandsOf(module);
  const std::pair<Kind, int64_t> expected[] = {
      {Kind::Register, 0}, {Kind::Register, 4}, {Kind::Register, -4}, {Kind::Register, -4},
      {Kind::Symbol, 0},   {Kind::Symbol, 9},   {Kind::Int, 0},       {Kind::Int, 0},
      {Kind::Symbol, 0},   {Kind::Register, 6}};
  ASSERT_EQ(operands.size(), std::size(expected));
  for (size_t i = 0; i < operands.size(); ++i) {
    EXPECT_EQ(operands[i].kind, Kind::Address) << i;
    EXPECT_EQ(operands[i].elements.at(0).kind, expected[i].first) << i;
    EXPECT_EQ(operands[i].offset, expected[i].second) << i;
  }
  EXPECT_EQ(operands[7].elements[0].bits, 20u);
  EXPECT_EQ(operands[8].elements[0].elements.at(0).bits, 3u);
}

TEST(Operand, array_elements) { // PTX ISA 6.4.2
  Module module = parseBody("mov.u32 %r1, a[2]; ld.global.u32 s, a[%r2+4];");
  auto operands = operandsOf(module);
  EXPECT_EQ(operands[1].kind, Kind::Symbol);
  EXPECT_EQ(operands[1].elements.at(0).name, "%r2");
  EXPECT_EQ(operands[1].elements.at(0).offset, 4);
  EXPECT_EQ(bodyOf(module)[0].instruction.operands[1].elements.at(0).bits, 2u);
}

TEST(Operand, textures_and_tensors) {
  Module tex =
      parseBody("tex.2d.v4.f32.f32 {%f1, %f2, %f3, %f4}|%p1, [tex, smp, {%f5, %f6}], %f7;");
  auto operands = operandsOf(tex);
  ASSERT_EQ(operands.size(), 3u);
  EXPECT_EQ(operands[0].kind, Kind::Pair);
  EXPECT_EQ(operands[0].elements[0].kind, Kind::Vector);
  ASSERT_EQ(operands[1].elements.size(), 3u);
  EXPECT_EQ(operands[1].elements[2].kind, Kind::Vector);

  Module bulk = parseBody("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::"
                          "bytes.multicast::cluster "
                          "[%r1], [%rd1, {%r2, %r3}], [%r4], {%rs1}, %rs2;");
  Instruction instruction = parseInstruction(bulk);
  EXPECT_THAT(instruction.modifiers,
              testing::ElementsAre("async", "bulk", "tensor", "2d", "shared::cluster", "global",
                                   "mbarrier::complete_tx::bytes", "multicast::cluster"));
  EXPECT_EQ(instruction.operands.size(), 5u);
}

TEST(Operand, calls) {
  Module direct = parseBody("call.uni (retval0), f, (param0, 3, _);");
  auto operands = operandsOf(direct);
  ASSERT_EQ(operands.size(), 3u);
  EXPECT_EQ(operands[0].kind, Kind::List);
  EXPECT_EQ(operands[1].name, "f");
  EXPECT_EQ(operands[2].elements.size(), 3u);
  Module indirect = parseBody("call (r), %rd1, (), proto;");
  ASSERT_EQ(operandsOf(indirect).size(), 4u);
  EXPECT_EQ(operandsOf(indirect)[1].kind, Kind::Register);
  EXPECT_TRUE(operandsOf(indirect)[2].elements.empty());
  Module bare = parseBody("call f;");
  EXPECT_EQ(operandsOf(bare).size(), 1u);
  // Outside a call, parentheses are arithmetic.
  Module sum = parseBody("mov.u32 %r1, (1+2);");
  EXPECT_EQ(operandsOf(sum)[1].bits, 3u);
}

TEST(Operand, video_selectors_and_minus) {
  Module module = parseBody("vmad.s32.s32.u32.sat %r1, -%r2.h1, %r3.b0, -%r4;");
  auto operands = operandsOf(module);
  EXPECT_TRUE(operands[1].minus);
  EXPECT_EQ(operands[1].name, "%r2.h1");
  EXPECT_EQ(operands[2].name, "%r3.b0");
  EXPECT_TRUE(operands[3].minus);
}

TEST(Operand, unknown_instructions_parse) {
  Module module =
      parseBody("tcgen99.frob.cta_group::1.kind::mxf4.scale_vec::4X [%r1], {%r2}, 1, -1, p;");
  EXPECT_EQ(parseInstruction(module).mnemonic, "tcgen99");
  EXPECT_EQ(operandsOf(module).size(), 5u);
}

} // namespace
} // namespace anywarp::ptx::test
