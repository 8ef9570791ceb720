// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/IR/PassManager.h>

namespace anywarp::spmd {

// Neighbouring bytes or words that are loaded only to be stored side by side elsewhere become one
// access of 4, 8 or 16 bytes. Clang copies structs byte by byte where it cannot prove their
// alignment; a gang has to touch each lane's place for every one of them.
struct MergeCopiesPass : llvm::PassInfoMixin<MergeCopiesPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

} // namespace anywarp::spmd
