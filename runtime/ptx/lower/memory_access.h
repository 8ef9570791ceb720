// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pieces of ld, st, red and atom at an address that is known already; multimem does them at
// several. Private to lower/.
#pragma once

#include "ptx/lower/function_lowering.h"

namespace anywarp::ptx {

unsigned vectorSize(const Matched& m); // of .v2, .v4, .v8; 1 without
// The registers of a vector operand; a plain register is a vector of one.
llvm::ArrayRef<Operand> elementsOf(const Operand& op);
bool checkVector(FunctionLowering& f, const Operand& op, unsigned n); // fails the function

// The elements at p. `constant`: nobody ever writes there.
std::vector<llvm::Value*> loadVector(FunctionLowering& f, const Matched& m, llvm::Value* p,
                                     bool constant, Space space = Space::Generic);
void storeVector(FunctionLowering& f, const Matched& m, llvm::Value* p, // operand 1
                 Space space = Space::Generic);
// red.v2.f32 and such: each element is atomic by itself (PTX ISA 9.7.14.5). The old values.
std::vector<llvm::Value*> atomicVector(FunctionLowering& f, const Matched& m, const Operand& values,
                                       llvm::Value* p);

} // namespace anywarp::ptx
