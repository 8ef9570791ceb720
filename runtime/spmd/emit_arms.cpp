// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Short arms of branches on which lanes disagree: `if (a > b) swap(a, b)`, `x < n ? in[x] : 0`. The
// coherent copy runs them under a mask, where they stand, and goes on with all lanes. That spares
// the way through the masked copy, whose values and masks meet others at every block.
#include "spmd/gang_emitter.h"
#include "spmd/prepare.h"

#include <llvm/IR/IntrinsicInst.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr unsigned kLongArm = 64; // longer ones would only be written once more

// Calls that depend on which lanes are there, or that threads may leave.
bool isPlain(const BasicBlock& block) {
  if (block.size() > kLongArm)
    return false;
  for (const Instruction& i : block)
    if (auto* call = dyn_cast<CallBase>(&i))
      if (call->mayHaveSideEffects() || call->isConvergent())
        return false;
  return true;
}

} // namespace

// Where the arms of this branch meet, if all lanes can run them here; else null.
BasicBlock* GangEmitter::joinOfArms(BranchInst& branch) const {
  BasicBlock *from = branch.getParent(), *yes = branch.getSuccessor(0),
             *no = branch.getSuccessor(1);
  auto joinBehind = [&](BasicBlock* arm) -> BasicBlock* {
    if (arm->getSinglePredecessor() != from || barrierOf(*arm) || yieldOf(*arm) ||
        exitingCallOf(*arm) || isLoose(arm) || meetings_.contains(arm) || !isPlain(*arm))
      return nullptr;
    auto* end = dyn_cast<BranchInst>(arm->getTerminator());
    return end && end->isUnconditional() ? end->getSuccessor(0) : nullptr;
  };
  BasicBlock *behindYes = joinBehind(yes), *behindNo = joinBehind(no);
  BasicBlock* join = behindYes == no ? no : behindNo == yes ? yes : behindYes;
  if (!join || (join != yes && join != no && behindYes != behindNo))
    return nullptr;
  if (isLoose(from) || isLoose(join) || isDeadEnd(*join))
    return nullptr;
  for (BasicBlock* arm : {yes, no})
    if (position_.lookup(join) <= position_.lookup(from) ||
        (arm != join && position_.lookup(arm) <= position_.lookup(from)))
      return nullptr;
  for (PHINode& phi : join->phis()) // what the coherent copy takes for granted may not hold then
    if (shapeIn(&phi, Coherent).isKnown())
      return nullptr;
  return join;
}

// All lanes are here and some of them, but not all, take the branch. Goes on at `join`.
void GangEmitter::emitArms(BranchInst& branch, BasicBlock* join, Value* condition) {
  BasicBlock *from = branch.getParent(), *yes = branch.getSuccessor(0),
             *no = branch.getSuccessor(1);
  bool second = false;
  if (yes == join || no == join)
    edgeMoves(from, join, nullptr);
  for (BasicBlock* arm : {yes, no}) {
    if (arm == join)
      continue;
    mask_ = arm == yes ? condition : b_.CreateNot(condition);
    edgeMoves(from, arm, mask_);
    current_ = arm;
    findRows(*arm);
    for (Instruction& i : *arm) {
      if (i.isTerminator())
        break;
      emitInstruction(i);
      if (!error_.empty())
        return;
    }
    flushWrapChecks();
    // Of two arms the first writes for all lanes, the second over it.
    bool whole = yes != join && no != join && !second;
    edgeMoves(arm, join, whole ? nullptr : mask_);
    second = true;
  }
  mask_ = nullptr;
  current_ = from;
  b_.CreateBr(coherent(join));
}

} // namespace anywarp::spmd
