// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The recursive-descent parser behind parser.h and the index. One object per parse, one thread.
//
// The first error wins: fail() records it and moves to the end of the text, so that every loop sees
// Tok::End and stops. Recursion is bounded by kMaxDepth, padding of initialisers by kMaxPadding.
// Methods are defined by what they parse: parser.cpp (module, functions), parse_variable.cpp,
// parse_body.cpp (statements, operands), parse_constant.cpp.
#pragma once

#include "ptx/ast.h"
#include "ptx/lexer.h"
#include "support/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace anywarp::ptx {

struct ByteRange {
  uint32_t begin = 0, end = 0;
};

// Value of a constant expression (PTX ISA 4.5).
struct Constant {
  enum class Kind : uint8_t { S64, U64, F32, F64 };
  Kind kind = Kind::S64;
  uint64_t bits = 0;

  bool isInteger() const { return kind == Kind::S64 || kind == Kind::U64; }
  double asDouble() const; // the value, whatever the kind
};

class Parser {
public:
  Parser(std::string_view text, uint32_t begin, uint32_t end, SourceLoc start)
      : lexer_(text, begin, end, start) {
    advance();
  }

  // With `ranges`, bodies are skipped and ranges[i] is where module.functions[i] stands.
  Result<Module> module(std::vector<ByteRange>* ranges);
  Result<Function> function();

private:
  static constexpr unsigned kMaxDepth = 200;
  static constexpr uint64_t kMaxPadding = 1 << 20;

  // Tokens.
  void advance();
  bool failed() const { return failed_; }
  void fail(std::string_view message);
  void failAt(uint32_t position, std::string_view message, Status status = Status::InvalidPtx);
  bool isOp(uint16_t code) const { return token_.kind == Tok::Punct && token_.op == code; }
  bool isDot(std::string_view name) const { return token_.kind == Tok::Dot && token_.text == name; }
  bool isIdent(std::string_view name) const {
    return token_.kind == Tok::Ident && token_.text == name;
  }
  bool accept(uint16_t code);
  void expect(uint16_t code, std::string_view what);
  std::string_view expectName(std::string_view what);
  uint32_t expectUint(std::string_view what);
  SourceLoc here() { return lexer_.locate(token_.begin); }
  bool more() const { return token_.kind != Tok::End; }
  std::string_view textBetween(uint32_t begin, uint32_t end) const {
    return lexer_.text().substr(begin, end - begin);
  }

  // Module.
  void moduleDirective(Module& module, std::vector<ByteRange>* ranges);
  void version(Module& module);
  void target(Module& module);
  void file(Module* module);
  void skipLoc();
  void skipSection();
  void alias(Module& module);
  void moduleItem(Module& module, std::vector<ByteRange>* ranges);
  static Linkage linkageFromName(std::string_view name);

  // Functions.
  Function functionAfterLinkage(Linkage linkage, SourceLoc loc, bool skipBody);
  std::vector<Variable> parameterList();
  void functionDirective(Function& function);
  void dimensions(uint32_t (&out)[3]);

  // Variables.
  void attributes(std::vector<std::pair<std::string_view, std::string_view>>& out);
  Variable variableHead(Linkage linkage, bool isParameter);
  void variableName(Variable& variable, bool isParameter);
  std::vector<Variable> variables(Linkage linkage);
  void initializer(Variable& variable);
  void opaqueInitializer(Variable& variable);
  void initializerList(Variable& variable, const std::vector<uint64_t>& extents, size_t level,
                       uint64_t* padding);
  Initializer::Element initializerElement(const Variable& variable);
  void symbolElement(Initializer::Element& element);

  // Bodies.
  Block block(unsigned depth);
  void statement(Block& block, unsigned depth);
  void labelled(Block& block, std::string_view name, SourceLoc loc);
  void bodyDirective(Block& block);
  void location();
  void prototype(Block& block, std::string_view name);
  void targets(Block& block, std::string_view name, bool isCall);
  void instruction(Block& block);
  void declare(const Variable& variable);
  bool isRegister(std::string_view name) const;

  // Operands.
  Operand operand(bool inCall, unsigned depth);
  Operand simpleOperand(bool inCall, unsigned depth);
  Operand named();
  Operand constant();
  Operand address(unsigned depth);
  Operand sequence(Operand::Kind kind, uint16_t close, std::string_view what, bool inCall,
                   unsigned depth);
  int64_t offset(); // [+ constant | - constant], else 0

  // Constant expressions.
  Constant expression();
  Constant ternary(unsigned depth);
  Constant binary(unsigned minimum, unsigned depth);
  Constant unary(unsigned depth);
  Constant apply(uint16_t code, Constant left, Constant right);
  uint64_t integerExpression(std::string_view what);

  struct Scope {
    std::unordered_map<std::string_view, bool>
        isRegister; // only names that their spelling does not tell
    std::unordered_map<std::string_view, bool> ranges; // base of .reg p<4>
  };

  Lexer lexer_;
  Token token_;
  static constexpr uint32_t kKnownVersion = 90; // of the directives
  uint32_t version_ = 0;                        // of the module, 10 * major + minor; 0: not seen
  bool failed_ = false;
  Error error_;
  std::vector<Scope> scopes_;
  std::vector<std::string_view>* pragmas_ = nullptr; // of the function being parsed
  uint32_t debugFile_ = 0, debugLine_ = 0, debugColumn_ = 0;
};

} // namespace anywarp::ptx
