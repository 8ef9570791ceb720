// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/drop_signs.h"

#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>

using namespace llvm;

namespace anywarp::spmd {

PreservedAnalyses DropSignsPass::run(Function& function, FunctionAnalysisManager& analyses) {
  SmallVector<BinaryOperator*, 8> shifts;
  for (Instruction& i : instructions(function))
    if (i.getOpcode() == Instruction::AShr && isa<ConstantInt>(i.getOperand(1)))
      shifts.push_back(cast<BinaryOperator>(&i));
  if (shifts.empty())
    return PreservedAnalyses::all();
  auto& evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  SmallVector<BinaryOperator*, 8> plain;
  for (BinaryOperator* shift : shifts)
    if (evolution.isKnownNonNegative(evolution.getSCEV(shift->getOperand(0))))
      plain.push_back(shift);
  if (plain.empty())
    return PreservedAnalyses::all();
  for (BinaryOperator* shift : plain) {
    IRBuilder<> b(shift);
    auto* amount = cast<ConstantInt>(shift->getOperand(1));
    Value* result = amount->getValue() == amount->getBitWidth() - 1
                        ? ConstantInt::get(shift->getType(), 0) // the sign
                        : b.CreateLShr(shift->getOperand(0), amount, shift->getName());
    shift->replaceAllUsesWith(result);
    shift->eraseFromParent();
  }
  PreservedAnalyses kept;
  kept.preserveSet<CFGAnalyses>();
  analyses.invalidate(function, kept);
  kept.intersect(InstCombinePass().run(function, analyses)); // what the corrections leave
  return kept;
}

} // namespace anywarp::spmd
