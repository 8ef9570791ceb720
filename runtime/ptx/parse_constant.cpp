// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constant expressions: PTX ISA 4.5. Operands are 64 bits wide; .u64 wins over .s64; floating point
// is always .f64.
#include "ptx/parser_internal.h"

#include <bit>

namespace anywarp::ptx {
namespace {

constexpr unsigned precedence(uint16_t code) {
  switch (code) {
  case op('|', '|'):
    return 1;
  case op('&', '&'):
    return 2;
  case op('|'):
    return 3;
  case op('^'):
    return 4;
  case op('&'):
    return 5;
  case op('=', '='):
  case op('!', '='):
    return 6;
  case op('<'):
  case op('>'):
  case op('<', '='):
  case op('>', '='):
    return 7;
  case op('<', '<'):
  case op('>', '>'):
    return 8;
  case op('+'):
  case op('-'):
    return 9;
  case op('*'):
  case op('/'):
  case op('%'):
    return 10;
  default:
    return 0;
  }
}

Constant s64(uint64_t bits) {
  return {Constant::Kind::S64, bits};
}
Constant u64(uint64_t bits) {
  return {Constant::Kind::U64, bits};
}
Constant f64(double value) {
  return {Constant::Kind::F64, std::bit_cast<uint64_t>(value)};
}

template <typename T> bool compare(uint16_t code, T a, T b) {
  switch (code) {
  case op('<'):
    return a < b;
  case op('>'):
    return a > b;
  case op('<', '='):
    return a <= b;
  case op('>', '='):
    return a >= b;
  case op('=', '='):
    return a == b;
  default:
    return a != b;
  }
}

// C leaves amounts above 63 open; ptxas takes them modulo 64, and so do we.
uint64_t shift(Constant value, uint64_t amount, bool left) {
  amount &= 63;
  if (left)
    return value.bits << amount;
  return value.kind == Constant::Kind::S64
             ? static_cast<uint64_t>(static_cast<int64_t>(value.bits) >> amount)
             : value.bits >> amount;
}

} // namespace

double Constant::asDouble() const {
  switch (kind) {
  case Kind::S64:
    return static_cast<double>(static_cast<int64_t>(bits));
  case Kind::U64:
    return static_cast<double>(bits);
  case Kind::F32:
    return std::bit_cast<float>(static_cast<uint32_t>(bits));
  case Kind::F64:
    break;
  }
  return std::bit_cast<double>(bits);
}

Constant Parser::expression() {
  return ternary(0);
}

Constant Parser::ternary(unsigned depth) {
  Constant condition = binary(1, depth);
  if (failed() || !isOp(op('?')))
    return condition;
  if (depth > kMaxDepth) {
    fail("constant expression is nested too deeply");
    return condition;
  }
  if (!condition.isInteger()) {
    fail("the condition of ?: must be an integer");
    return condition;
  }
  advance();
  Constant yes = ternary(depth + 1);
  expect(op(':'), "':' of a conditional expression");
  Constant no = ternary(depth + 1);
  if (yes.isInteger() != no.isInteger())
    fail("both values of ?: must be integers or both floating point");
  Constant result = condition.bits != 0 ? yes : no;
  if (yes.kind == Constant::Kind::U64 || no.kind == Constant::Kind::U64)
    result.kind = Constant::Kind::U64;
  return result;
}

Constant Parser::binary(unsigned minimum, unsigned depth) {
  Constant left = unary(depth);
  while (!failed() && token_.kind == Tok::Punct) {
    uint16_t code = token_.op;
    unsigned level = precedence(code);
    if (level < minimum || level == 0)
      break;
    if (depth > kMaxDepth) {
      fail("constant expression is nested too deeply");
      break;
    }
    advance();
    Constant right = binary(level + 1, depth + 1);
    if (!failed())
      left = apply(code, left, right);
  }
  return left;
}

Constant Parser::unary(unsigned depth) {
  if (depth > kMaxDepth) {
    fail("constant expression is nested too deeply");
    return {};
  }
  Token token = token_;
  switch (token.kind) {
  case Tok::Int:
    advance();
    return token.isUnsigned ? u64(token.bits) : s64(token.bits);
  case Tok::F32:
    advance();
    return {Constant::Kind::F32, token.bits};
  case Tok::F64:
    advance();
    return {Constant::Kind::F64, token.bits};
  case Tok::Ident:
    if (token.text == "WARP_SZ") {
      advance();
      return s64(32);
    }
    break;
  case Tok::Dot:
    if (!token.text.empty() && token.text[0] >= '0' && token.text[0] <= '9') {
      token_ = lexer_.number(token.begin);
      if (token_.kind == Tok::F64)
        return unary(depth + 1);
      fail(token_.kind == Tok::Error ? token_.text : "expected a constant");
      return {};
    }
    break;
  case Tok::Punct:
    break;
  default:
    fail("expected a constant");
    return {};
  }
  if (token.kind != Tok::Punct) {
    fail("expected a constant");
    return {};
  }

  advance();
  if (token.op == op('(')) {
    if (token_.kind == Tok::Dot && (isDot("s64") || isDot("u64"))) {
      bool isSigned = isDot("s64");
      advance();
      expect(op(')'), "')' of a cast");
      Constant value = unary(depth + 1);
      if (!value.isInteger())
        fail("casts between integer and floating point are not allowed");
      return isSigned ? s64(value.bits) : u64(value.bits);
    }
    Constant value = ternary(depth + 1);
    expect(op(')'), "')'");
    return value;
  }
  if (token.op != op('+') && token.op != op('-') && token.op != op('!') && token.op != op('~')) {
    failAt(token.begin, "expected a constant");
    return {};
  }
  Constant value = unary(depth + 1);
  if (token.op == op('+'))
    return value;
  if (token.op == op('-')) {
    if (value.kind == Constant::Kind::F32)
      return {value.kind, value.bits ^ uint64_t(1) << 31};
    if (value.kind == Constant::Kind::F64)
      return {value.kind, value.bits ^ uint64_t(1) << 63};
    return {value.kind, uint64_t(0) - value.bits};
  }
  if (!value.isInteger())
    failAt(token.begin, "this operator needs an integer");
  return token.op == op('!') ? s64(value.bits == 0) : u64(~value.bits);
}

Constant Parser::apply(uint16_t code, Constant left, Constant right) {
  const bool isComparison = precedence(code) == 6 || precedence(code) == 7;
  if (!left.isInteger() || !right.isInteger()) {
    // PTX ISA 4.5.2: 0f constants may not be used in expressions.
    if (left.kind != Constant::Kind::F64 || right.kind != Constant::Kind::F64) {
      fail("the operands of a constant expression must be integers or both .f64");
      return left;
    }
    double a = left.asDouble(), b = right.asDouble();
    if (isComparison)
      return s64(compare(code, a, b));
    switch (code) {
    case op('+'):
      return f64(a + b);
    case op('-'):
      return f64(a - b);
    case op('*'):
      return f64(a * b);
    case op('/'):
      return f64(a / b);
    default:
      fail("this operator needs integers");
      return left;
    }
  }

  const bool isUnsigned = left.kind == Constant::Kind::U64 || right.kind == Constant::Kind::U64;
  const uint64_t a = left.bits, b = right.bits;
  const auto sa = static_cast<int64_t>(a), sb = static_cast<int64_t>(b);
  auto converted = [&](uint64_t bits) { return isUnsigned ? u64(bits) : s64(bits); };
  if (isComparison)
    return s64(isUnsigned ? compare(code, a, b) : compare(code, sa, sb));
  switch (code) {
  case op('+'):
    return converted(a + b);
  case op('-'):
    return converted(a - b);
  case op('*'):
    return converted(a * b);
  case op('/'):
  case op('%'):
    if (b == 0) {
      fail("division by zero in a constant expression");
      return left;
    }
    if (code == op('%')) // PTX ISA 4.5.6: % takes .u64 and gives .s64
      return s64(a % b);
    if (isUnsigned)
      return u64(a / b);
    return s64(sb == -1 ? uint64_t(0) - a : static_cast<uint64_t>(sa / sb));
  case op('<', '<'):
    return {left.kind, shift(left, b, true)};
  case op('>', '>'):
    return {left.kind, shift(left, b, false)};
  case op('&'):
    return u64(a & b);
  case op('|'):
    return u64(a | b);
  case op('^'):
    return u64(a ^ b);
  case op('&', '&'):
    return s64(a != 0 && b != 0);
  default:
    return s64(a != 0 || b != 0);
  }
}

uint64_t Parser::integerExpression(std::string_view what) {
  uint32_t position = token_.begin;
  Constant value = expression();
  if (!failed() && !value.isInteger())
    failAt(position, what);
  return value.bits;
}

} // namespace anywarp::ptx
