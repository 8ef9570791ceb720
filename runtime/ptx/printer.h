// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tree of ast.h back to PTX text. parse(print(m)) equals m but for positions. What the tree
// does not keep (comments, constant expressions, debug sections) is gone. Safe from any thread.
#pragma once

#include "ptx/ast.h"

#include <string>

namespace anywarp::ptx {

std::string print(const Module& module);
std::string print(const Function& function);
std::string print(const Variable& variable);
// One line without the line end; messages quote it.
std::string print(const Instruction& instruction);
std::string print(const Operand& operand);

} // namespace anywarp::ptx
