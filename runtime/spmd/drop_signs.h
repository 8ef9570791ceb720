// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic shifts of integers that cannot be negative become logical ones. CUDA code indexes with
// int, so `i / 16` and `i % 16` come with corrections for a negative i; without them they are bits
// of i, which shapes understand (shape.h). That i counts up from threadIdx to a bound is known to
// scalar evolution only.
#pragma once

#include <llvm/IR/PassManager.h>

namespace anywarp::spmd {

struct DropSignsPass : llvm::PassInfoMixin<DropSignsPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

} // namespace anywarp::spmd
