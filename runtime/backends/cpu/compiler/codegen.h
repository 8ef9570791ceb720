// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The LLVM half of the compile driver: a gang module in, machine code out. Knows no PTX.
//
// The pass pipeline stands in codegen.cpp and nowhere else. Thread rule: one Module and its
// TargetMachine belong to one thread at a time; different ones may be compiled at once.
#pragma once

#include "support/result.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace anywarp::cpu {

// All as LLVM names them; empty: those of this machine. Code for another triple can be looked at,
// not loaded.
Result<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const std::string& cpu,
                                                               const std::string& features,
                                                               const std::string& triple = {});

// Gives the module its triple and data layout, and every function the target's attributes.
void setTarget(llvm::Module& module, const llvm::TargetMachine& target);

// LLVM's verifier; `stage` and `kernel` name the culprit in the message.
Result<void> verify(const llvm::Module& module, const std::string& kernel, const char* stage);

// Full: the best code. Quick: right, several times slower, made in a fraction of the time. All that
// lives longer than a block stays in memory, so that neither register allocation nor instruction
// selection has to look further: these two are nearly all of a full compilation of large kernels.
enum class Effort { Full, Quick };

void optimize(llvm::Module& module, llvm::TargetMachine& target, Effort effort = Effort::Full);

enum class EmitKind { Object, Assembly };
// Code generation changes the module: emit assembly from a clone.
Result<std::vector<char>> emit(llvm::Module& module, llvm::TargetMachine& target, EmitKind kind,
                               Effort effort = Effort::Full);

// Links one object into a shared object with lld. Undefined symbols may only be those of libc, libm
// and libmvec as they are loaded in this process.
Result<std::vector<char>> linkShared(const std::vector<char>& object, const std::string& kernel);

} // namespace anywarp::cpu
