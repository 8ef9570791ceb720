// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Statements and operands: PTX ISA 4.2, 6 and 7.1.
#include "ptx/names.h"
#include "ptx/parser_internal.h"

namespace anywarp::ptx {
namespace {

std::string_view withoutTrailingDigits(std::string_view name) {
  size_t end = name.find_last_not_of("0123456789");
  return end == std::string_view::npos ? name : name.substr(0, end + 1);
}

} // namespace

void Parser::declare(const Variable& variable) {
  if (scopes_.empty())
    return;
  const bool isReg = variable.space == Space::Reg;
  const bool looksLikeRegister = variable.name.starts_with('%');
  if (isReg == looksLikeRegister)
    return;
  if (variable.count != 0)
    scopes_.back().ranges[variable.name] = isReg;
  else
    scopes_.back().isRegister[variable.name] = isReg;
}

bool Parser::isRegister(std::string_view name) const {
  for (size_t i = scopes_.size(); i-- > 0;) {
    const Scope& scope = scopes_[i];
    if (!scope.isRegister.empty())
      if (auto it = scope.isRegister.find(name); it != scope.isRegister.end())
        return it->second;
    if (!scope.ranges.empty())
      if (auto it = scope.ranges.find(withoutTrailingDigits(name)); it != scope.ranges.end())
        return it->second;
  }
  return name.starts_with('%');
}

// After the opening brace.
Block Parser::block(unsigned depth) {
  Block result;
  if (depth > kMaxDepth) {
    fail("scopes are nested too deeply");
    return result;
  }
  while (!failed() && !isOp(op('}'))) {
    if (!more()) {
      fail("a '{' without its '}'");
      return result;
    }
    statement(result, depth);
  }
  return result;
}

void Parser::statement(Block& block, unsigned depth) {
  if (token_.kind == Tok::Dot) {
    bodyDirective(block);
    return;
  }
  if (token_.kind == Tok::Punct) {
    if (accept(op(';'))) // an empty statement
      return;
    if (accept(op('{'))) {
      Statement inner;
      inner.kind = Statement::Kind::Block;
      scopes_.emplace_back();
      inner.block = std::make_unique<Block>(this->block(depth + 1));
      scopes_.pop_back();
      expect(op('}'), "'}'");
      block.statements.push_back(std::move(inner));
      return;
    }
    if (isOp(op('@'))) {
      if (lexer_.text().substr(token_.end).starts_with("@DWARF")) { // debug lines of PTX before 2.3
        lexer_.skipLine();
        advance();
        return;
      }
      instruction(block);
      return;
    }
    fail("expected a statement");
    return;
  }
  if (token_.kind != Tok::Ident) {
    fail("expected a statement");
    return;
  }
  Lexer ahead = lexer_;
  Token next = ahead.next();
  if (next.kind == Tok::Punct && next.op == op(':')) {
    SourceLoc loc = here();
    std::string_view name = token_.text;
    advance();
    advance();
    labelled(block, name, loc);
    return;
  }
  instruction(block);
}

void Parser::labelled(Block& block, std::string_view name, SourceLoc loc) {
  if (isDot("callprototype")) {
    prototype(block, name);
  } else if (isDot("calltargets") || isDot("branchtargets")) {
    targets(block, name, isDot("calltargets"));
  } else {
    Statement label;
    label.kind = Statement::Kind::Label;
    label.label = {name, loc};
    block.statements.push_back(std::move(label));
  }
}

void Parser::bodyDirective(Block& block) {
  std::string_view word = token_.text;
  if (word == "loc") {
    location();
  } else if (word == "file") {
    file(nullptr);
  } else if (word == "pragma") {
    advance();
    do {
      if (token_.kind != Tok::String) {
        fail("expected a string after .pragma");
        return;
      }
      if (pragmas_)
        pragmas_->push_back(token_.text);
      advance();
    } while (accept(op(',')));
    expect(op(';'), "';'");
  } else {
    Linkage linkage = linkageFromName(word);
    if (linkage != Linkage::None)
      advance();
    for (Variable& variable : variables(linkage)) {
      declare(variable);
      Statement statement;
      statement.kind = Statement::Kind::Variable;
      statement.variable = std::move(variable);
      block.statements.push_back(std::move(statement));
    }
  }
}

// .loc file line column [, function_name label[+n], inlined_at file line column]
void Parser::location() {
  advance();
  debugFile_ = expectUint("a file number");
  debugLine_ = expectUint("a line number");
  debugColumn_ = token_.kind == Tok::Int ? expectUint("a column") : 0;
  skipLoc();
}

void Parser::skipLoc() {
  while (!failed() && accept(op(','))) {
    std::string_view word = expectName("function_name or inlined_at");
    if (word == "function_name") {
      expectName("a label");
      offset();
    } else if (word == "inlined_at") {
      for (int i = 0; i < 3; ++i)
        expectUint("a position");
    } else if (!failed()) {
      fail("expected function_name or inlined_at");
    }
  }
  accept(op(';'));
}

// label: .callprototype [(return)] _ (parameters) [directives];
void Parser::prototype(Block& block, std::string_view name) {
  advance();
  Statement statement;
  statement.kind = Statement::Kind::Prototype;
  statement.prototype = std::make_unique<Prototype>();
  statement.prototype->name = name;
  if (isOp(op('(')))
    statement.prototype->returns = parameterList();
  expectName("'_'");
  if (isOp(op('(')))
    statement.prototype->params = parameterList();
  while (!failed() && token_.kind == Tok::Dot) { // .noreturn, .abi_preserve n
    advance();
    if (token_.kind == Tok::Int)
      advance();
  }
  expect(op(';'), "';'");
  block.statements.push_back(std::move(statement));
}

void Parser::targets(Block& block, std::string_view name, bool isCall) {
  advance();
  Statement statement;
  statement.kind = Statement::Kind::Targets;
  statement.targets = std::make_unique<Targets>();
  statement.targets->name = name;
  statement.targets->isCall = isCall;
  do
    statement.targets->targets.push_back(expectName("a target"));
  while (!failed() && accept(op(',')));
  expect(op(';'), "';'");
  block.statements.push_back(std::move(statement));
}

// [@[!]p] mnemonic{.modifier} [operand {, operand}];
void Parser::instruction(Block& block) {
  Statement statement;
  statement.kind = Statement::Kind::Instruction;
  Instruction& result = statement.instruction;
  result.loc = here();
  result.debugFile = debugFile_;
  result.debugLine = debugLine_;
  result.debugColumn = debugColumn_;
  if (accept(op('@'))) {
    Guard guard;
    guard.negated = accept(op('!'));
    guard.reg = expectName("a predicate");
    result.guard = guard;
  }
  result.mnemonic = expectName("an instruction");
  while (token_.kind == Tok::Dot) {
    result.modifiers.push_back(token_.text);
    advance();
  }
  const bool inCall = result.mnemonic == "call";
  if (!isOp(op(';'))) {
    do
      result.operands.push_back(operand(inCall, 0));
    while (!failed() && accept(op(',')));
  }
  expect(op(';'), "';' after an instruction");
  block.statements.push_back(std::move(statement));
}

// A simple operand, or a pair a|b.
Operand Parser::operand(bool inCall, unsigned depth) {
  Operand first = simpleOperand(inCall, depth);
  if (!isOp(op('|')) || failed())
    return first;
  advance();
  Operand pair;
  pair.kind = Operand::Kind::Pair;
  pair.loc = first.loc;
  pair.elements.push_back(std::move(first));
  pair.elements.push_back(simpleOperand(false, depth + 1));
  return pair;
}

Operand Parser::simpleOperand(bool inCall, unsigned depth) {
  constexpr unsigned kMaxOperandDepth = 4; // [tex, {a, b}] is the deepest that PTX has
  if (depth > kMaxOperandDepth) {
    fail("operand is nested too deeply");
    return {};
  }
  if (token_.kind == Tok::Ident)
    return token_.text == "WARP_SZ" ? constant() : named();
  if (token_.kind != Tok::Punct)
    return constant();
  switch (token_.op) {
  case op('['):
    return address(depth);
  case op('{'):
    return sequence(Operand::Kind::Vector, op('}'), "'}' of a vector", false, depth);
  case op('('):
    if (inCall)
      return sequence(Operand::Kind::List, op(')'), "')' of a call list", false, depth);
    return constant();
  case op('!'):
  case op('-'): {
    Lexer ahead = lexer_;
    Token next = ahead.next();
    if (next.kind != Tok::Ident || next.text == "WARP_SZ")
      return constant();
    bool isNot = isOp(op('!'));
    SourceLoc loc = here();
    advance();
    Operand result = named();
    (isNot ? result.negated : result.minus) = true;
    result.loc = loc;
    return result;
  }
  default:
    return constant();
  }
}

// A register, a symbol or _.
Operand Parser::named() {
  Operand result;
  result.loc = here();
  uint32_t begin = token_.begin, end = token_.end;
  std::string_view base = expectName("an operand");
  if (base == "_") {
    result.kind = Operand::Kind::Sink;
    return result;
  }
  if (token_.kind == Tok::Dot && token_.begin == end) { // %tid.x, a.b0
    end = token_.end;
    advance();
  }
  result.name = textBetween(begin, end);
  // A component suffix belongs to vectors, which are registers.
  result.kind = isRegister(base) || result.name.size() != base.size() ? Operand::Kind::Register
                                                                      : Operand::Kind::Symbol;
  if (result.kind == Operand::Kind::Symbol && accept(op('['))) {
    Operand index;
    if (token_.kind == Tok::Ident && token_.text != "WARP_SZ") {
      index.kind = Operand::Kind::Register;
      index.loc = here();
      index.name = expectName("a register");
      if (!isRegister(index.name))
        fail("an array index must be a constant or a register");
      index.offset = offset();
    } else {
      index = constant();
      if (index.kind != Operand::Kind::Int)
        fail("an array index must be an integer or a register");
    }
    result.elements.push_back(std::move(index));
    expect(op(']'), "']' of an array index");
  }
  result.offset = offset();
  return result;
}

Operand Parser::constant() {
  Operand result;
  result.loc = here();
  Constant value = expression();
  result.bits = value.bits;
  switch (value.kind) {
  case Constant::Kind::F32:
    result.kind = Operand::Kind::F32;
    break;
  case Constant::Kind::F64:
    result.kind = Operand::Kind::F64;
    break;
  default:
    result.kind = Operand::Kind::Int;
  }
  return result;
}

Operand Parser::address(unsigned depth) {
  Operand result;
  result.kind = Operand::Kind::Address;
  result.loc = here();
  advance();
  do
    result.elements.push_back(simpleOperand(false, depth + 1));
  while (!failed() && accept(op(',')));
  expect(op(']'), "']' of an address");
  if (isDot("unified")) // [a].unified, a hint of ld (PTX ISA 9.7.9.8)
    advance();
  Operand& base = result.elements.front();
  if (base.kind == Operand::Kind::Register || base.kind == Operand::Kind::Symbol)
    std::swap(result.offset, base.offset);
  return result;
}

Operand Parser::sequence(Operand::Kind kind, uint16_t close, std::string_view what, bool inCall,
                         unsigned depth) {
  Operand result;
  result.kind = kind;
  result.loc = here();
  advance();
  if (!isOp(close)) {
    do
      result.elements.push_back(simpleOperand(inCall, depth + 1));
    while (!failed() && accept(op(',')));
  }
  expect(close, what);
  return result;
}

int64_t Parser::offset() {
  uint64_t sum = 0;
  while (!failed() && (isOp(op('+')) || isOp(op('-')))) {
    bool minus = isOp(op('-'));
    advance();
    uint32_t position = token_.begin;
    Constant value = binary(10, 0); // products bind tighter than the sum we are in
    if (!failed() && !value.isInteger())
      failAt(position, "an offset must be an integer");
    sum = minus ? sum - value.bits : sum + value.bits;
  }
  return static_cast<int64_t>(sum);
}

} // namespace anywarp::ptx
