// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constant expressions: PTX ISA 4.5. Expected values are worked out by hand from its rules.
#include "parse_text.h"

#include <bit>

namespace anywarp::ptx::test {
namespace {

Operand valueOf(std::string_view expression) {
  Module module = parseBody("mov.b64 %rd1, " + std::string(expression) + ";");
  Instruction instruction = parseInstruction(module);
  if (instruction.operands.size() != 2)
    return {};
  Operand operand = instruction.operands[1];
  operand.name = {};
  return operand;
}

TEST(Constant, integer_operators_and_precedence) {
  const std::pair<std::string_view, int64_t> cases[] = {
      {"1+2*3", 7},
      {"(1+2)*3", 9},
      {"-7/2", -3},
      {"10-3-4", 3},
      {"1<<4|3", 19},
      {"6&3^1", 3},
      {"~0", -1},
      {"!0", 1},
      {"!5", 0},
      {"- -5", 5},
      {"-1 < 0", 1},
      {"-1 < 0U", 0}, // .u64 wins
      {"-1 >> 60", -1},
      {"0xffffffffffffffff >> 60", 15}, // .u64: shifts in zeros
      {"1 << 65", 2},                   // open in C; modulo 64 as ptxas 13.0 does
      {"-1 >> 64", -1},
      {"2 && 0 || 1", 1},
      {"1 == 1 != 0", 1},
      {"1 ? 10 : 20", 10},
      {"0 ? 10 : 1 ? 30 : 40", 30},
      {"7 % 4", 3},
      {"-1 % 10", 5}, // % takes .u64: 18446744073709551615 mod 10
      {"(.u64)-1 > 0", 1},
      {"(.s64)0xffffffffffffffff < 0", 1},
      {"WARP_SZ", 32},
      {"WARP_SZ*2-1", 63},
      {"0x8000000000000000 / -1", 0}, // both .u64
      {"(.s64)0x8000000000000000 / -1", std::numeric_limits<int64_t>::min()},
      {"010 + 0b11 + 0x10", 27},
  };
  for (const auto& [text, value] : cases) {
    Operand operand = valueOf(text);
    EXPECT_EQ(operand.kind, Operand::Kind::Int) << text;
    EXPECT_EQ(static_cast<int64_t>(operand.bits), value) << text;
  }
}

TEST(Constant, floating_point) {
  const std::pair<std::string_view, double> cases[] = {
      {"1.5", 1.5},      {"1.5+2.25*2.0", 6.0}, {"-0.5", -0.5},
      {"1.0/4.0", 0.25}, {".5", 0.5},           {"1 ? 2.5 : 3.5", 2.5},
  };
  for (const auto& [text, value] : cases) {
    Operand operand = valueOf(text);
    EXPECT_EQ(operand.kind, Operand::Kind::F64) << text;
    EXPECT_EQ(std::bit_cast<double>(operand.bits), value) << text;
  }
  EXPECT_EQ(valueOf("1.5 < 2.5").bits, 1u);
  EXPECT_EQ(valueOf("1.5 < 2.5").kind, Operand::Kind::Int);
  EXPECT_EQ(valueOf("0f7FC00001").kind, Operand::Kind::F32);
  EXPECT_EQ(valueOf("0f7FC00001").bits, 0x7fc00001u);
  EXPECT_EQ(valueOf("-0f3F800000").bits, 0xbf800000u);
}

TEST(Constant, wrong_expressions_are_errors) {
  for (std::string_view text :
       {"1/0", "1%0", "1+", "(1", "1.0+1", "1.0%2.0", "~1.0", "0f3F800000+1.0", "1 ? 2 : 3.0",
        "(.s64)1.0", "1.0 ? 1 : 2", "1 2", "%r1*2", ")"}) {
    std::string message = parseError(".entry k(){mov.b64 %rd1, " + std::string(text) + ";}");
    EXPECT_THAT(message, testing::HasSubstr(": error: ")) << text;
  }
}

TEST(Constant, deep_nesting_is_an_error_not_a_crash) {
  for (std::string_view piece : {"(", "-", "1?", "1-(", "!(", "(.u64)"}) {
    std::string text;
    for (int i = 0; i < 100000; ++i)
      text += piece;
    EXPECT_THAT(parseError(".entry k(){mov.b64 %rd1, " + text + "1;}"),
                testing::HasSubstr("nested too deeply"))
        << piece;
  }
}

} // namespace
} // namespace anywarp::ptx::test
