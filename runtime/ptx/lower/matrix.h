// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the lowerings of mma, wmma and wgmma share. Stateless; private to lower/.
#pragma once

#include "ptx/forms.h"
#include "ptx/lower/function_lowering.h"

namespace anywarp::ptx {

// The registers of a {vector}; fails if there are not n.
std::vector<llvm::Value*> readRegisters(FunctionLowering& f, const Operand& op, unsigned n, Type t);
void writeRegisters(FunctionLowering& f, const Operand& op, llvm::ArrayRef<llvm::Value*> values,
                    Type t);
// n elements of C or D a thread, f16 in pairs: as float, double or i32.
std::vector<llvm::Value*> readAccumulators(FunctionLowering& f, const Operand& op, unsigned n,
                                           std::string_view type);
void writeAccumulators(FunctionLowering& f, const Operand& op, llvm::ArrayRef<llvm::Value*> values,
                       std::string_view type);
// Arguments of a gang function; what is added together shares a pointer.
struct GangOperands {
  std::vector<llvm::Value*> values;
  std::vector<unsigned> groups;
  void add(const std::vector<llvm::Value*>& group) {
    values.insert(values.end(), group.begin(), group.end());
    groups.push_back(unsigned(group.size()));
  }
};
// A gang function with n results of one type.
std::vector<llvm::Value*> gangCall(FunctionLowering& f, std::string_view name, llvm::Type* element,
                                   unsigned n, const GangOperands& operands, bool touchesMemory);

// D = operands * ... + C with `elements` of C and D a thread. C becomes the last operand; NAME_h
// takes f16 in pairs, NAME_sat saturates integers.
struct Multiplication {
  std::string name, suffix;
  std::string_view d, c; // types
  unsigned elements = 0;
  bool saturates = false, touchesMemory = false;
  GangOperands operands;
  void emit(FunctionLowering& f, const Operand& dOperand, const Operand& cOperand);
};

} // namespace anywarp::ptx
