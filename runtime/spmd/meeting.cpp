// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/meeting.h"

#include "spmd/prepare.h"
#include "spmd/shape.h"

#include <llvm/Analysis/PostDominators.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr const char* kMark = "aw.meet";
using Calls = SmallPtrSet<CallBase*, 16>;
using Blocks = SmallPtrSet<BasicBlock*, 16>;

CallBase* namesLanes(Instruction& i) {
  auto* call = dyn_cast<CallBase>(&i);
  auto id = call ? awIntrinsic(*call) : std::nullopt;
  return id && membersOperand(*id) >= 0 ? call : nullptr;
}

// What lanes that left each other come to before they are together again.
void collectBehind(BasicBlock* start, Blocks& seen, Calls& found) {
  SmallVector<BasicBlock*, 16> work;
  auto push = [&](BasicBlock* block) {
    if (seen.insert(block).second)
      work.push_back(block);
  };
  push(start);
  while (!work.empty()) {
    BasicBlock* block = work.pop_back_val();
    if (CallBase* barrier = barrierOf(*block); barrier && meetsWholeGang(*barrier))
      continue;
    bool together = false;
    for (Instruction& i : *block)
      if (CallBase* call = namesLanes(i)) {
        found.insert(call);
        if ((together = meetsWholeGang(*call)))
          break;
      }
    if (!together)
      for (BasicBlock* next : successors(block))
        push(next);
  }
}

// Instructions that lanes reach from `start` before `join`.
void collectArm(BasicBlock* start, BasicBlock* join, SmallVectorImpl<CallBase*>& calls) {
  Blocks seen;
  SmallVector<BasicBlock*, 16> work{start};
  while (!work.empty()) {
    BasicBlock* block = work.pop_back_val();
    if (block == join || !seen.insert(block).second)
      continue;
    for (Instruction& i : *block)
      if (CallBase* call = namesLanes(i))
        calls.push_back(call);
    work.append(succ_begin(block), succ_end(block));
  }
}

// Lanes may come to either one for the same meeting.
bool mayMeet(const CallBase& a, const CallBase& b) {
  if (&a == &b || a.getCalledFunction() != b.getCalledFunction())
    return false;
  unsigned operand = unsigned(membersOperand(*awIntrinsic(a)));
  auto* x = dyn_cast<ConstantInt>(a.getArgOperand(operand));
  auto* y = dyn_cast<ConstantInt>(b.getArgOperand(operand));
  return !x || !y || x->getValue() == y->getValue();
}

} // namespace

int membersOperand(Aw id) {
  if (id == Aw::WarpSync)
    return 0;
  if (id >= Aw::ShflUp && id <= Aw::ShflIdx)
    return 3;
  if ((id >= Aw::VoteAll && id <= Aw::VoteBallot) || (id >= Aw::MatchAny32 && id <= Aw::ReduxXor))
    return 1;
  return -1;
}

bool meetsWholeGang(const CallBase& call) {
  auto id = awIntrinsic(call);
  if (isBarrier(*id)) {
    auto* count = dyn_cast<ConstantInt>(call.getArgOperand(1));
    return isa<ConstantInt>(call.getArgOperand(0)) && count && count->isZero();
  }
  auto* members = dyn_cast<ConstantInt>(call.getArgOperand(unsigned(membersOperand(*id))));
  return members && members->isMinusOne();
}

CallBase* meetingOf(const BasicBlock& block) {
  auto* call = dyn_cast<CallBase>(&block.front());
  return call && call->hasMetadata(kMark) ? const_cast<CallBase*>(call) : nullptr;
}

bool isolateMeetings(Function& function, const ShapeAnalysis& shapes, ArrayRef<BasicBlock*> order) {
  Calls found;
  Blocks seen;
  for (BasicBlock* block : order)
    if (yieldOf(*block))
      collectBehind(block->getSingleSuccessor(), seen, found);
  PostDominatorTree tree(function);
  for (BasicBlock* block : order) {
    if (!shapes.isDivergent(block))
      continue;
    auto* node = tree.getNode(block);
    BasicBlock* join = node && node->getIDom() ? node->getIDom()->getBlock() : nullptr;
    SmallVector<CallBase*, 8> arms[2];
    for (unsigned side : {0u, 1u})
      collectArm(block->getTerminator()->getSuccessor(side), join, arms[side]);
    auto inBoth = [&](CallBase* call) { return is_contained(arms[0], call); };
    for (CallBase* b : arms[1])
      for (CallBase* a : arms[0])
        if (!inBoth(b) && !is_contained(arms[1], a) && mayMeet(*a, *b))
          for (CallBase* call : {a, b}) {
            found.insert(call);
            if (!meetsWholeGang(*call))
              collectBehind(call->getParent(), seen, found);
          }
  }
  MDNode* mark = MDNode::get(function.getContext(), {});
  for (CallBase* call : found) {
    call->setMetadata(kMark, mark);
    if (call != &call->getParent()->front())
      SplitBlock(call->getParent(), call->getIterator())->setName("meet");
  }
  return !found.empty();
}

} // namespace anywarp::spmd
