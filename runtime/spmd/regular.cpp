// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/regular.h"

#include "spmd/shape.h"

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

using namespace llvm;

namespace anywarp::spmd {

bool isRegular(const Value* address, const ShapeAnalysis& shapes) {
  SmallPtrSet<const Value*, 16> seen;
  SmallVector<const Value*, 16> work{address};
  constexpr unsigned kMost = 40; // longer computations are hashes, not indices
  while (!work.empty()) {
    const Value* v = work.pop_back_val();
    if (shapes.of(v).group || !seen.insert(v).second)
      continue;
    auto* i = dyn_cast<Instruction>(v);
    if (!i || seen.size() > kMost)
      return false;
    switch (i->getOpcode()) {
    case Instruction::PHI:
      if (shapes.mixesLanes(cast<PHINode>(*i)))
        return false;
      break;
    case Instruction::Mul:
    case Instruction::Shl:
    case Instruction::LShr:
    case Instruction::AShr:
    case Instruction::And:
    case Instruction::Or:
    case Instruction::Xor:
    case Instruction::UDiv:
    case Instruction::URem:
      if (!shapes.of(i->getOperand(0)).isUniform() && !shapes.of(i->getOperand(1)).isUniform())
        return false;
      break;
    case Instruction::Add:
    case Instruction::Sub:
    case Instruction::SExt:
    case Instruction::ZExt:
    case Instruction::Trunc:
    case Instruction::PtrToInt:
    case Instruction::IntToPtr:
    case Instruction::GetElementPtr:
    case Instruction::Freeze:
    case Instruction::ICmp:
    case Instruction::Select:
      break;
    default:
      if (!isa<MinMaxIntrinsic>(i))
        return false;
    }
    for (const Value* operand : i->operands())
      if (operand->getType()->isIntOrPtrTy() && !isa<Constant>(operand))
        work.push_back(operand);
  }
  return true;
}

} // namespace anywarp::spmd
