// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What check.cpp and check_operands.cpp share: the names of a body and the rules of operands.
// Private to them; one object for a function, one thread.
#pragma once

#include "ptx/ast.h"
#include "ptx/forms.h"
#include "ptx/index.h"
#include "ptx/isa.h"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace anywarp::ptx {

// What a name stands for.
struct NameInfo {
  enum class Kind : uint8_t { Unknown, Register, Variable, Function, Label, Prototype, Targets };
  Kind kind = Kind::Unknown;
  Type type = Type::None;
  uint32_t vector = 1;
  Space space = Space::Generic;
  bool undefined = false; // a function that is declared and that nobody defines
  const FunctionHeader* function = nullptr;
  const Prototype* prototype = nullptr;
};

// Module-scope names, as one unit sees them.
class ModuleNames {
public:
  virtual ~ModuleNames() = default;
  virtual NameInfo find(std::string_view name) const = 0;
};

struct Level {             // of a module
  int isa = 0, target = 0; // 10 * major + minor; sm_NN, 0: unknown
  bool letter = false;     // sm_90a
};

bool isSpecialRegister(std::string_view name);

class FunctionChecker {
public:
  FunctionChecker(const ModuleNames& module, Level level, std::vector<Problem>& problems)
      : module_(module), level_(level), problems_(problems) {}
  void run(const Function& function);
  // The first instruction that is legal and not supported here; without: no text.
  const Problem& refused() const { return refused_; }

private:
  struct Scope {
    std::unordered_map<std::string_view, NameInfo> names;
    std::unordered_map<std::string_view, std::pair<Type, uint32_t>> ranges;
  };

  // check.cpp
  void fail(SourceLoc loc, std::string text);
  void declare(const Variable& variable);
  void declareBlock(const Block& block);
  void block(const Block& block);
  NameInfo find(std::string_view name) const;
  void instruction(const Instruction& inst);
  void needs(const Matched& m);
  void call(const Matched& m);
  void branch(const Matched& m);

  // check_operands.cpp
  void operand(const Matched& m, size_t i);
  void typed(const Operand& op, Type type, bool wider, bool written);
  void registerType(const Operand& op, const NameInfo& name, Type type, bool wider);
  void known(const Operand& op); // every name in it is declared
  void address(const Matched& m, const Operand& op);
  void immediate(const Operand& op, int64_t low, int64_t high);
  void access(const Matched& m, const Operand& values, bool written); // of ld and st
  void move(const Matched& m);
  void videoResult(const Matched& m);
  void videoOperand(const Operand& op);
  void addressRegister(const Operand& base);

  const ModuleNames& module_;
  Level level_;
  std::vector<Problem>& problems_;
  Problem refused_;
  std::deque<Scope> scopes_;
  std::deque<std::string> components_; // names of parts of vector registers
};

} // namespace anywarp::ptx
