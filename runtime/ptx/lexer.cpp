// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/lexer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

namespace anywarp::ptx {
namespace {

enum CharClass : uint8_t {
  kBlank = 1,
  kWord = 2,       // may follow in an identifier: [A-Za-z0-9_$]
  kIdentStart = 4, // [A-Za-z_$%]
  kDigit = 8,
  kBraceStop = 16, // what skipBraces looks at
};

constexpr std::array<uint8_t, 256> makeClasses() {
  std::array<uint8_t, 256> classes{};
  for (char c : {' ', '\t', '\r', '\n', '\f', '\v'})
    classes[static_cast<uint8_t>(c)] |= kBlank;
  for (int c = 'a'; c <= 'z'; ++c) {
    classes[c] |= kWord | kIdentStart;
    classes[c - 'a' + 'A'] |= kWord | kIdentStart;
  }
  for (int c = '0'; c <= '9'; ++c)
    classes[c] |= kWord | kDigit;
  for (char c : {'_', '$'})
    classes[static_cast<uint8_t>(c)] |= kWord | kIdentStart;
  classes['%'] |= kIdentStart;
  for (char c : {'{', '}', '/', '"'})
    classes[static_cast<uint8_t>(c)] |= kBraceStop;
  return classes;
}
constexpr auto kClasses = makeClasses();

bool is(char c, uint8_t mask) {
  return kClasses[static_cast<uint8_t>(c)] & mask;
}

int digitValue(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return 99;
}

// False: empty, a wrong digit, or more than 64 bits.
bool parseDigits(std::string_view digits, unsigned base, uint64_t& value) {
  value = 0;
  for (char c : digits) {
    unsigned digit = digitValue(c);
    if (digit >= base || value > (~uint64_t(0) - digit) / base)
      return false;
    value = value * base + digit;
  }
  return !digits.empty();
}

} // namespace

Token Lexer::finish(Token token, Tok kind, uint32_t end) {
  token.kind = kind;
  token.end = end;
  position_ = end;
  return token;
}

Token Lexer::error(uint32_t begin, std::string_view message) {
  Token token;
  token.kind = Tok::Error;
  token.begin = begin;
  token.end = position_ = static_cast<uint32_t>(text_.size());
  token.text = message;
  return token;
}

void Lexer::skipLine() {
  size_t end = text_.find('\n', position_);
  position_ = static_cast<uint32_t>(end == std::string_view::npos ? text_.size() : end + 1);
}

void Lexer::skipBlank() {
  for (;;) {
    while (position_ < text_.size() && is(text_[position_], kBlank))
      ++position_;
    if (peek() != '/')
      return;
    if (peek(1) == '/') {
      skipLine();
    } else if (peek(1) == '*') {
      size_t end = text_.find("*/", position_ + 2);
      position_ = static_cast<uint32_t>(end == std::string_view::npos ? text_.size() : end + 2);
    } else {
      return;
    }
  }
}

bool Lexer::skipBraces() {
  const char* data = text_.data();
  const size_t size = text_.size();
  size_t p = position_;
  uint32_t depth = 1;
  while (p < size) {
    while (p + 4 <= size && !is(data[p], kBraceStop)) {
      // Bodies are long and braces rare: look at four bytes a turn.
      if ((kClasses[static_cast<uint8_t>(data[p + 1])] |
           kClasses[static_cast<uint8_t>(data[p + 2])] |
           kClasses[static_cast<uint8_t>(data[p + 3])]) &
          kBraceStop) {
        ++p;
        break;
      }
      p += 4;
    }
    while (p < size && !is(data[p], kBraceStop))
      ++p;
    if (p >= size)
      break;
    switch (data[p]) {
    case '{':
      ++depth;
      ++p;
      break;
    case '}':
      ++p;
      if (--depth == 0) {
        position_ = static_cast<uint32_t>(p);
        return true;
      }
      break;
    case '"':
      for (++p; p < size && data[p] != '"' && data[p] != '\n'; ++p)
        if (data[p] == '\\')
          ++p;
      ++p;
      break;
    default: { // '/'
      size_t end = p;
      if (p + 1 < size && data[p + 1] == '/')
        end = text_.find('\n', p);
      else if (p + 1 < size && data[p + 1] == '*')
        end = text_.find("*/", p + 2);
      bool block = end != p && end != std::string_view::npos && data[end] == '*';
      p = end == std::string_view::npos ? size : end + (block ? 2 : 1);
      break;
    }
    }
  }
  position_ = static_cast<uint32_t>(size);
  return false;
}

bool Lexer::skipComma() {
  if (peek() != ',')
    return false;
  ++position_;
  return true;
}

bool Lexer::decimalItem(uint64_t& value) {
  const char* p = text_.data() + position_;
  const char* end = text_.data() + text_.size();
  while (p != end && is(*p, kBlank))
    ++p;
  constexpr int kMaxDigits = 18; // cannot overflow
  const char* first = p;
  uint64_t number = 0;
  while (p != end && is(*p, kDigit) && p - first < kMaxDigits)
    number = number * 10 + static_cast<uint64_t>(*p++ - '0');
  const bool octal = p - first > 1 && *first == '0';
  if (p == first || octal || p == end || *p != ',')
    return false;
  value = number;
  position_ = static_cast<uint32_t>(p + 1 - text_.data());
  return true;
}

uint32_t Lexer::itemsBefore(char close) const {
  size_t end = text_.find(close, position_);
  if (end == std::string_view::npos)
    return 0;
  return static_cast<uint32_t>((end - position_) / 2 + 1); // "1," is the shortest
}

SourceLoc Lexer::locate(uint32_t position) {
  position = std::min<uint32_t>(position, static_cast<uint32_t>(text_.size()));
  if (position < anchor_) {
    Lexer again(text_, 0, static_cast<uint32_t>(text_.size()), {1, 1});
    return again.locate(position);
  }
  const char* from = text_.data() + anchor_;
  const char* to = text_.data() + position;
  auto lines = static_cast<uint32_t>(std::count(from, to, '\n'));
  if (lines == 0) {
    anchorLoc_.column += position - anchor_;
  } else {
    anchorLoc_.line += lines;
    const char* lineStart = to;
    while (lineStart[-1] != '\n')
      --lineStart;
    anchorLoc_.column = static_cast<uint32_t>(to - lineStart) + 1;
  }
  anchor_ = position;
  return anchorLoc_;
}

Token Lexer::number(uint32_t begin) {
  Token token;
  token.begin = begin;
  uint32_t end = begin;
  auto at = [&](uint32_t i) { return i < text_.size() ? text_[i] : '\0'; };
  while (is(at(end), kWord))
    ++end;
  std::string_view word = text_.substr(begin, end - begin);
  char second = word.size() > 1 ? word[1] : '\0';

  // PTX ISA 4.5.2: 0f and 0d give the exact machine representation.
  if (!word.empty() && word[0] == '0' &&
      (second == 'f' || second == 'F' || second == 'd' || second == 'D')) {
    bool single = second == 'f' || second == 'F';
    if (word.size() != (single ? 10 : 18) || !parseDigits(word.substr(2), 16, token.bits))
      return error(begin,
                   single ? "0f needs 8 hexadecimal digits" : "0d needs 16 hexadecimal digits");
    return finish(token, single ? Tok::F32 : Tok::F64, end);
  }

  bool prefixed = !word.empty() && word[0] == '0' &&
                  (second == 'x' || second == 'X' || second == 'b' || second == 'B');
  // Decimal floating point: digits '.' digits, an exponent, or both. "1.s32" is not one.
  bool exponent = !prefixed && word.find_first_of("eE") != std::string_view::npos;
  bool fraction = !prefixed && (at(end) == '.' && !is(at(end + 1), kIdentStart));
  if (word.empty() || exponent || fraction) {
    const char* first = text_.data() + begin;
    double value = 0;
    auto [stop, status] = std::from_chars(first, text_.data() + text_.size(), value);
    auto length = static_cast<uint32_t>(stop - first);
    if (status != std::errc() || is(at(begin + length), kWord))
      return error(begin, "malformed or out-of-range floating-point constant");
    token.bits = std::bit_cast<uint64_t>(value);
    return finish(token, Tok::F64, begin + length);
  }

  std::string_view digits = word;
  if (digits.size() > 1 && (digits.back() == 'U' || digits.back() == 'u')) {
    token.isUnsigned = true;
    digits.remove_suffix(1);
  }
  unsigned base = 10;
  if (prefixed) {
    base = second == 'x' || second == 'X' ? 16 : 2;
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits[0] == '0') {
    base = 8;
    digits.remove_prefix(1);
  }
  if (!parseDigits(digits, base, token.bits))
    return error(begin, "malformed integer constant, or one of more than 64 bits");
  token.isUnsigned |= token.bits >> 63 != 0;
  return finish(token, Tok::Int, end);
}

Token Lexer::next() {
  skipBlank();
  Token token;
  const uint32_t begin = token.begin = position_;
  if (begin >= text_.size())
    return finish(token, Tok::End, begin);
  const char c = text_[begin];
  uint32_t end = begin + 1;
  auto at = [&](uint32_t i) { return i < text_.size() ? text_[i] : '\0'; };

  if (is(c, kIdentStart) && (c != '%' || is(at(end), kWord))) {
    while (is(at(end), kWord))
      ++end;
    token.text = text_.substr(begin, end - begin);
    return finish(token, Tok::Ident, end);
  }
  if (is(c, kDigit))
    return number(begin);
  if (c == '.') {
    while (is(at(end), kWord) || (at(end) == ':' && at(end + 1) == ':' && is(at(end + 2), kWord)))
      end += at(end) == ':' ? 2 : 1;
    if (end == begin + 1)
      return error(begin, "'.' without a name after it");
    token.text = text_.substr(begin + 1, end - begin - 1);
    return finish(token, Tok::Dot, end);
  }
  if (c == '"') {
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\n')
      end += text_[end] == '\\' && end + 1 < text_.size() ? 2 : 1;
    if (at(end) != '"')
      return error(begin, "string without a closing quote");
    token.text = text_.substr(begin + 1, end - begin - 1);
    return finish(token, Tok::String, end + 1);
  }
  const char d = at(end);
  token.op = op(c);
  if (c != '\0' && d != '\0' &&
      ((d == '=' && std::strchr("<>=!", c)) || (c == d && std::strchr("<>&|", c)))) {
    token.op = op(c, d);
    ++end;
  } else if (c == '\0' || !std::strchr("{}()[]<>,;:=+-*/%&|^~!?@", c)) {
    return error(begin, "unexpected character");
  }
  return finish(token, Tok::Punct, end);
}

} // namespace anywarp::ptx
