// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Brings one-thread IR into the form the emitter reads: everything inlined that can be, promoted to
// SSA, no switches, reducible, loops in simplify and LCSSA form, each barrier alone in its block,
// no flags that could poison a lane that only exists by extrapolation.
#pragma once

#include "support/result.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Function.h>
#include <string>

namespace llvm {
class TargetMachine;
}

namespace anywarp::spmd {

// Functions that stay calls (recursion) are left in the module beside the kernel.
Result<void> prepareModule(llvm::Module& module, const std::string& kernel,
                           llvm::TargetMachine* target);

// Topological order of the blocks, every loop contiguous with its latch last.
llvm::SmallVector<llvm::BasicBlock*, 32> blockOrder(llvm::Function& function,
                                                    llvm::LoopInfo& loops);

// The barrier call that is alone in `block` but for phis, or null.
llvm::CallBase* barrierOf(const llvm::BasicBlock& block);

// The aw.yield that ends `block` but for an unconditional branch, or null.
llvm::CallBase* yieldOf(const llvm::BasicBlock& block);

} // namespace anywarp::spmd
