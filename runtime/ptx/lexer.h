// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tokens of PTX text (PTX ISA 4). One token at a time, no table, no allocation: the index runs it
// over tens of megabytes. Positions are byte offsets; lines are counted only when asked for.
// A Lexer is a cheap value: copy it to look ahead. It views the text and does not own it.
#pragma once

#include "ptx/ast.h"

#include <cstdint>
#include <string_view>

namespace anywarp::ptx {

enum class Tok : uint8_t {
  End,
  Error,  // text holds what is wrong
  Ident,  // text: "foo", "%r1", "_"
  Dot,    // text without the dot, with its ::parts: "s32", "shared::cta", "1d"
  Int,    // bits, isUnsigned
  F32,    // bits: 0f........
  F64,    // bits: 0d................ or decimal
  String, // text without the quotes, escapes as written
  Punct,  // op: op('{'), op('<', '<')
};

struct Token {
  Tok kind = Tok::End;
  bool isUnsigned = false; // U suffix, or does not fit into 63 bits
  uint16_t op = 0;
  uint32_t begin = 0, end = 0; // byte range
  uint64_t bits = 0;
  std::string_view text;
};

constexpr uint16_t op(char a, char b = 0) {
  return static_cast<uint16_t>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b) << 8);
}

class Lexer {
public:
  // Lexes text[begin, end); `start` is the place of `begin`.
  Lexer(std::string_view text, uint32_t begin, uint32_t end, SourceLoc start)
      : text_(text.substr(0, end)), position_(begin), anchor_(begin), anchorLoc_(start) {}

  Token next();
  // After an opening brace: goes behind the brace that closes it, over comments and strings.
  // False: there is none.
  bool skipBraces();
  void skipLine();
  // The number at `begin`, which may start with its point: ".5" lexes as a Dot where a name may be
  // meant.
  Token number(uint32_t begin);
  // Short cuts through lists of plain numbers. A comma right here: goes behind it.
  bool skipComma();
  // A decimal number with a comma right after it: goes behind both. False: stays where it is.
  bool decimalItem(uint64_t& value);
  // Upper bound of the number of list items before the next `close`.
  uint32_t itemsBefore(char close) const;
  uint32_t position() const { return position_; }
  std::string_view text() const { return text_; }
  // Place of a byte at or after the last one asked for (cheap), or before it (counts again).
  SourceLoc locate(uint32_t position);

private:
  void skipBlank();
  Token finish(Token token, Tok kind, uint32_t end);
  Token error(uint32_t begin, std::string_view message);
  char peek(uint32_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }

  std::string_view text_;
  uint32_t position_ = 0;
  uint32_t anchor_ = 0; // a position whose place is known
  SourceLoc anchorLoc_;
};

} // namespace anywarp::ptx
