// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Variables, parameters and initialisers: PTX ISA 5.3 and 5.4.
#include "ptx/layout.h"
#include "ptx/names.h"
#include "ptx/parser_internal.h"

#include <algorithm>
#include <bit>

namespace anywarp::ptx {
namespace {

constexpr uint32_t kMaxAlign = 1 << 16;
constexpr uint32_t kMaxRange = 1 << 24; // registers in one %r<n>
constexpr size_t kMaxDimensions = 32;

uint64_t product(const std::vector<uint64_t>& extents, size_t from) {
  uint64_t result = 1;
  for (size_t i = from; i < extents.size(); ++i)
    if (__builtin_mul_overflow(result, extents[i], &result))
      return ~uint64_t(0);
  return result;
}

// 0xff, 0xff00, ...: the byte that a mask() operator picks; 0xff: not a mask.
uint8_t maskIndex(uint64_t bits) {
  for (uint8_t i = 0; i < 8; ++i)
    if (bits == uint64_t(0xff) << (8 * i))
      return i;
  return 0xff;
}

} // namespace

void Parser::attributes(std::vector<std::pair<std::string_view, std::string_view>>& out) {
  expect(op('('), "'(' of .attribute");
  while (!failed()) {
    if (token_.kind != Tok::Dot) {
      fail("expected an attribute");
      return;
    }
    std::string_view name = token_.text;
    std::string_view value;
    advance();
    if (accept(op('('))) {
      uint32_t begin = token_.begin, end = begin;
      while (more() && !isOp(op(')'))) {
        end = token_.end;
        advance();
      }
      value = textBetween(begin, end);
      expect(op(')'), "')'");
    }
    out.emplace_back(name, value);
    if (!accept(op(',')))
      break;
  }
  expect(op(')'), "')' of .attribute");
}

// At the state space. Qualifiers come in any order.
Variable Parser::variableHead(Linkage linkage, bool isParameter) {
  Variable variable;
  variable.loc = here();
  variable.linkage = linkage;
  while (token_.kind == Tok::Dot) {
    std::string_view word = token_.text;
    uint32_t position = token_.begin;
    if (word == "align") {
      advance();
      uint32_t align = expectUint("an alignment");
      if (!failed() && (!std::has_single_bit(align) || align > kMaxAlign))
        failAt(position, "an alignment must be a power of two of at most 65536");
      (variable.isPointer ? variable.pointerAlign : variable.align) = align;
    } else if (word == "ptr" && isParameter) {
      variable.isPointer = true;
      advance();
    } else if (word == "attribute") {
      advance();
      attributes(variable.attributes);
    } else if (word == "v2" || word == "v4" || word == "v8") {
      variable.vector = static_cast<uint32_t>(word[1] - '0');
      advance();
    } else if (auto space = spaceFromName(word)) {
      if (variable.isPointer)
        variable.pointerSpace = *space;
      else if (variable.space == Space::Generic)
        variable.space = *space;
      else
        fail("a variable has one state space");
      advance();
      if (space == Space::Const && accept(op('['))) { // banks of PTX before 2.2
        expectUint("a bank");
        expect(op(']'), "']'");
      }
    } else if (auto type = typeFromName(word)) {
      if (variable.type != Type::None)
        fail("a variable has one type");
      variable.type = *type;
      advance();
    } else {
      fail("unknown type or variable qualifier");
    }
  }
  if (failed())
    return variable;
  if (variable.space == Space::Generic)
    fail("a variable needs a state space");
  else if (variable.type == Type::None)
    fail("a variable needs a type");
  return variable;
}

// name, range, dimensions.
void Parser::variableName(Variable& variable, bool isParameter) {
  variable.loc = here();
  variable.name = expectName("a variable name");
  if (isOp(op('<')) && !isParameter) {
    advance();
    uint32_t position = token_.begin;
    variable.count = expectUint("a number of registers");
    expect(op('>'), "'>'");
    if (!failed() && (variable.count == 0 || variable.count > kMaxRange))
      failAt(position, "a register range must have 1 to 2^24 registers");
  }
  while (isOp(op('[')) && !failed()) {
    advance();
    uint64_t extent = 0;
    uint32_t position = token_.begin;
    if (!isOp(op(']'))) {
      extent = integerExpression("an array dimension must be an integer");
      if (!failed() && (extent >> 63))
        failAt(position, "an array dimension is negative");
    }
    if (!failed() && isOp(op(']')) && position == token_.begin && !variable.dims.empty())
      fail("only the first dimension of an array may be empty");
    expect(op(']'), "']'");
    variable.dims.push_back(extent);
    if (variable.dims.size() > kMaxDimensions)
      fail("too many array dimensions");
  }
}

std::vector<Variable> Parser::variables(Linkage linkage) {
  std::vector<Variable> result;
  Variable head = variableHead(linkage, false);
  while (!failed()) {
    Variable variable = head;
    variableName(variable, false);
    if (accept(op('=')))
      initializer(variable);
    result.push_back(std::move(variable));
    if (!accept(op(',')))
      break;
  }
  expect(op(';'), "';' after a variable");
  return result;
}

void Parser::initializer(Variable& variable) {
  if (variable.type == Type::TexRef || variable.type == Type::SamplerRef ||
      variable.type == Type::SurfRef) {
    opaqueInitializer(variable);
    return;
  }
  variable.init.emplace();
  if (!isOp(op('{'))) {
    variable.init->elements.push_back(initializerElement(variable));
    return;
  }
  std::vector<uint64_t> extents = variable.dims;
  if (variable.vector > 1)
    extents.push_back(variable.vector);
  uint64_t padding = 0;
  initializerList(variable, extents, 0, &padding);
}

// Braces fill the dimension they stand for, as in C; what an inner list leaves open is zero.
void Parser::initializerList(Variable& variable, const std::vector<uint64_t>& extents, size_t level,
                             uint64_t* padding) {
  auto& elements = variable.init->elements;
  const size_t start = elements.size();
  const bool open = level == 0 && !extents.empty() && extents[0] == 0;
  const uint64_t capacity = product(extents, level);
  const uint64_t inner = product(extents, level + 1);
  Initializer::Element zero;
  zero.isFloat = variable.type == Type::F32 || variable.type == Type::F64;
  const bool plainInteger = !zero.isFloat;
  auto room = [&] { return open || elements.size() - start < capacity; };
  auto padTo = [&](uint64_t multiple) {
    if (multiple == 0)
      return;
    uint64_t used = (elements.size() - start) % multiple;
    uint64_t missing = used == 0 ? 0 : multiple - used;
    *padding += std::min(missing, kMaxPadding + 1);
    if (*padding > kMaxPadding) {
      fail("this initialiser leaves too much of the array open");
      return;
    }
    elements.resize(elements.size() + missing, zero);
  };

  if (level == 0) // rows grow the list by doubling
    elements.reserve(std::min<uint64_t>(capacity, lexer_.itemsBefore('}')));
  advance(); // the brace
  while (!failed() && !isOp(op('}'))) {
    if (isOp(op('{'))) {
      if (level + 1 >= extents.size()) {
        fail("more braces than the variable has dimensions");
        return;
      }
      padTo(inner);
      size_t before = elements.size();
      initializerList(variable, extents, level + 1, padding);
      if (elements.size() == before && inner != 0) // {} stands for one zero row
        elements.push_back(zero);
      padTo(inner);
    } else if (plainInteger && token_.kind == Tok::Int && room() && lexer_.skipComma()) {
      // Tables of bytes are megabytes long in some programs.
      elements.emplace_back().bits = token_.bits;
      uint64_t value = 0;
      while (room() && lexer_.decimalItem(value))
        elements.emplace_back().bits = value;
      advance();
      continue;
    } else {
      elements.push_back(initializerElement(variable));
    }
    if (!open && elements.size() - start > capacity)
      fail("more initialisers than the variable has elements");
    if (!accept(op(',')))
      break;
  }
  expect(op('}'), "'}' of an initialiser");
}

// name, generic(name), either with + or - a constant.
void Parser::symbolElement(Initializer::Element& element) {
  std::string_view name = expectName("a name");
  if (name == "generic" && accept(op('('))) {
    element.generic = true;
    element.symbol = expectName("a name");
    element.offset = offset();
    expect(op(')'), "')' of generic()");
  } else {
    element.symbol = name;
  }
  element.offset =
      static_cast<int64_t>(static_cast<uint64_t>(element.offset) + static_cast<uint64_t>(offset()));
}

Initializer::Element Parser::initializerElement(const Variable& variable) {
  Initializer::Element element;
  if (token_.kind == Tok::Ident && token_.text != "WARP_SZ") {
    symbolElement(element);
    return element;
  }
  if (token_.kind == Tok::Int) { // PTX ISA 5.4.4: 0xff00(name) is one byte of an address
    Lexer ahead = lexer_;
    Token next = ahead.next();
    if (next.kind == Tok::Punct && next.op == op('(')) {
      element.maskShift = maskIndex(token_.bits);
      if (element.maskShift == 0xff) {
        fail("a mask must be 0xff, 0xff00 and so on");
        return element;
      }
      advance();
      advance();
      symbolElement(element);
      expect(op(')'), "')' of a mask");
      return element;
    }
  }
  const uint32_t position = token_.begin;
  const Constant value = expression();
  if (failed())
    return element;
  const bool isFloatType = variable.type == Type::F32 || variable.type == Type::F64;
  if (value.isInteger() && !isFloatType) {
    element.bits = value.bits;
    return element;
  }
  element.isFloat = true;
  switch (sizeOf(variable.type)) {
  case 4:
    element.bits = value.kind == Constant::Kind::F32
                       ? value.bits
                       : std::bit_cast<uint32_t>(static_cast<float>(value.asDouble()));
    break;
  case 8:
    // 0f is a bit pattern; ptxas puts it as it is into an eight-byte variable.
    element.bits =
        value.kind == Constant::Kind::F32 ? value.bits : std::bit_cast<uint64_t>(value.asDouble());
    break;
  default:
    failAt(position, "a floating-point constant does not fit the type of this variable");
  }
  return element;
}

void Parser::opaqueInitializer(Variable& variable) {
  expect(op('{'), "'{'");
  while (!failed() && !isOp(op('}'))) {
    std::string_view name = expectName("a texture or sampler property");
    expect(op('='), "'='");
    if (token_.kind != Tok::Ident && token_.kind != Tok::Int)
      fail("expected a property value");
    variable.opaque.emplace_back(name, textBetween(token_.begin, token_.end));
    advance();
    if (!accept(op(',')))
      break;
  }
  expect(op('}'), "'}'");
}

} // namespace anywarp::ptx
