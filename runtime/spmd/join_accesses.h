// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The elements of ld.v4 and st.v4, lowered one by one, become vectors again. Where the threads of a
// gang are neighbours, that is one run of memory and a few shuffles (emit_memory.cpp) in place of
// as many gathers. LLVM's pass does it, for addresses with an access that is aligned beyond its
// size: joined with their neighbours, ordinary loads would only come sooner than they are needed.
#pragma once

#include <llvm/IR/PassManager.h>

namespace anywarp::spmd {

// Notes which accesses those are.
struct MarkVectorsPass : llvm::PassInfoMixin<MarkVectorsPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

struct JoinAccessesPass : llvm::PassInfoMixin<JoinAccessesPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

} // namespace anywarp::spmd
