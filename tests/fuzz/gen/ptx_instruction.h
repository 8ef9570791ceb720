// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes random instructions from the records of runtime/ptx/isa: any form whose rules hold, with
// operands that look right. The names it uses are those that declarations() declares and that
// ptx_program.cpp gives the module. One object for a function body, one thread.
#pragma once

#include "choices.h"
#include "ptx/isa.h"

#include <span>
#include <string>
#include <vector>

namespace anywarp::fuzz {

// The registers of every function: "%NAME0" ... .
struct RegisterPool {
  ptx::Type type;
  const char* name;
  unsigned bits;
  std::string nameOf(unsigned i) const { return "%" + std::string(name) + std::to_string(i); }
};
inline constexpr unsigned kRegistersOfPool = 5;
std::span<const RegisterPool> registerPools();

class InstructionWriter {
public:
  // Runnable: only computing instructions whose results do not depend on how they are compiled,
  // and registers that are never used as another kind of value.
  InstructionWriter(Choices& choices, bool runnable) : c_(choices), runnable_(runnable) {}

  static std::string declarations(); // of all registers
  // "add.s32 %r1, %r2, 5;"; a record that cannot be written gives some other instruction.
  std::string write();
  std::string guard(); // "@%p1 " or empty
  std::string predicate() { return reg(ptx::Type::Pred); }

  std::string reg(ptx::Type type);   // some register that fits
  std::string value(ptx::Type type); // a register or a constant
  std::string address(std::string_view space);

private:
  const ptx::InstrInfo& record();
  bool chooseForm(const ptx::InstrInfo& info);
  std::string operand(size_t i);
  std::string anyOperand(size_t i);
  std::string byMnemonic(size_t i, bool& known);
  std::string addressOperand(size_t i);
  std::string immediate(int64_t low, int64_t high);
  std::string constant(ptx::Type type);
  std::string moveOperand(size_t i);
  std::string matrixOperand(size_t i);
  std::string videoOperand(size_t i);
  std::string textureOperand(size_t i);
  std::string bulkOperand(size_t i);
  std::string vectorOf(ptx::Type type, unsigned n);
  std::string accessed(ptx::Type type); // what ld, st and vector atomics move
  std::string special();
  unsigned matrixRegisters(std::string_view matrix);

  Choices& c_;
  bool runnable_;
  // The instruction that is being written.
  ptx::Matched m_;
  ptx::Instruction instruction_;
  std::vector<std::string> words_;
};

} // namespace anywarp::fuzz
