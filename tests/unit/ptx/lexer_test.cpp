// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/lexer.h"

#include <bit>
#include <gtest/gtest.h>
#include <vector>

namespace anywarp::ptx {
namespace {

Lexer lexerOf(std::string_view text) {
  return Lexer(text, 0, static_cast<uint32_t>(text.size()), {1, 1});
}

Token single(std::string_view text) {
  return lexerOf(text).next();
}

TEST(Lexer, integer_literals_of_every_base) {
  // PTX ISA 4.5.1
  const std::pair<std::string_view, uint64_t> cases[] = {
      {"0", 0},
      {"42", 42},
      {"0x2A", 42},
      {"0X2a", 42},
      {"052", 42},
      {"0b101010", 42},
      {"0B101010", 42},
      {"42U", 42},
      {"0x2AU", 42},
      {"0xffffffffffffffff", ~uint64_t(0)},
      {"18446744073709551615", ~uint64_t(0)},
  };
  for (const auto& [text, value] : cases) {
    Token token = single(text);
    EXPECT_EQ(token.kind, Tok::Int) << text;
    EXPECT_EQ(token.bits, value) << text;
    EXPECT_EQ(token.end, text.size()) << text;
  }
  EXPECT_FALSE(single("0x7fffffffffffffff").isUnsigned);
  EXPECT_TRUE(single("0x8000000000000000").isUnsigned);
  EXPECT_TRUE(single("1U").isUnsigned);
}

TEST(Lexer, floating_literals) {
  EXPECT_EQ(single("0f3F800000").kind, Tok::F32);
  EXPECT_EQ(single("0F3f800000").bits, 0x3f800000u);
  EXPECT_EQ(single("0d3FF0000000000000").kind, Tok::F64);
  EXPECT_EQ(single("0d3FF0000000000000").bits, 0x3ff0000000000000u);
  for (std::string_view text : {"1.5", "15e-1", "1.5e0", "0.15E+1"}) {
    Token token = single(text);
    EXPECT_EQ(token.kind, Tok::F64) << text;
    EXPECT_EQ(std::bit_cast<double>(token.bits), 1.5) << text;
    EXPECT_EQ(token.end, text.size()) << text;
  }
}

TEST(Lexer, malformed_literals_are_errors) {
  for (std::string_view text :
       {"0x", "0xg", "08", "0b2", "12ab", "0f3F80", "0f3F8000000", "0d0", "0fz", "1e999",
        "99999999999999999999", "\"open", "\"a\nb\"", "`", "\x01", "\xff", ". "})
    EXPECT_EQ(single(text).kind, Tok::Error) << text;
  EXPECT_EQ(single(std::string_view("\0=", 2)).kind, Tok::Error);
}

TEST(Lexer, names_and_dots) {
  Lexer lexer = lexerOf("%r1 _ $L__BB0_1 a.x .shared::cta.1d %");
  EXPECT_EQ(lexer.next().text, "%r1");
  EXPECT_EQ(lexer.next().text, "_");
  EXPECT_EQ(lexer.next().text, "$L__BB0_1");
  EXPECT_EQ(lexer.next().text, "a");
  Token dot = lexer.next();
  EXPECT_EQ(dot.kind, Tok::Dot);
  EXPECT_EQ(dot.text, "x");
  EXPECT_EQ(lexer.next().text, "shared::cta");
  EXPECT_EQ(lexer.next().text, "1d");
  Token percent = lexer.next();
  EXPECT_EQ(percent.kind, Tok::Punct);
  EXPECT_EQ(percent.op, op('%'));
  EXPECT_EQ(lexer.next().kind, Tok::End);
  EXPECT_EQ(lexer.next().kind, Tok::End);
}

TEST(Lexer, two_character_operators) {
  Lexer lexer = lexerOf("<< >> <= >= == != && || < > = ! & |");
  for (uint16_t code :
       {op('<', '<'), op('>', '>'), op('<', '='), op('>', '='), op('=', '='), op('!', '='),
        op('&', '&'), op('|', '|'), op('<'), op('>'), op('='), op('!'), op('&'), op('|')})
    EXPECT_EQ(lexer.next().op, code);
}

TEST(Lexer, comments_are_blank) {
  Lexer lexer = lexerOf("a // b\n/* c */d/**/e/* no end");
  EXPECT_EQ(lexer.next().text, "a");
  EXPECT_EQ(lexer.next().text, "d");
  EXPECT_EQ(lexer.next().text, "e");
  EXPECT_EQ(lexer.next().kind, Tok::End);
}

TEST(Lexer, skip_braces_respects_comments_and_strings) {
  std::string_view text = "{ a { } // }\n /* } */ \"}\" \"\\\"}\" { { } } /**// }after";
  Lexer lexer = lexerOf(text);
  lexer.next();
  // The last comment is /**/ followed by a lone slash, then the closing brace.
  ASSERT_TRUE(lexer.skipBraces());
  EXPECT_EQ(lexer.next().text, "after");
  Lexer open = lexerOf("{ { }");
  open.next();
  EXPECT_FALSE(open.skipBraces());
  EXPECT_EQ(open.next().kind, Tok::End);
}

TEST(Lexer, locate_counts_lines_and_columns) {
  std::string_view text = "ab\ncd\n\nef";
  Lexer lexer = lexerOf(text);
  auto at = [&](uint32_t position) {
    SourceLoc loc = lexer.locate(position);
    return std::pair(loc.line, loc.column);
  };
  EXPECT_EQ(at(1), std::pair(1u, 2u));
  EXPECT_EQ(at(4), std::pair(2u, 2u));
  EXPECT_EQ(at(7), std::pair(4u, 1u));
  EXPECT_EQ(at(0), std::pair(1u, 1u)); // back
  EXPECT_EQ(at(8), std::pair(4u, 2u));
}

} // namespace
} // namespace anywarp::ptx
