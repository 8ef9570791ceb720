// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/parking.h"

#include "spmd/intrinsics.h"
#include "spmd/meeting.h"
#include "spmd/prepare.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicInst.h>

using namespace llvm;

namespace anywarp::spmd {

ParkAnalysis::ParkAnalysis(LoopInfo& loops, ArrayRef<BasicBlock*> order) {
  for (BasicBlock* block : order)
    if (yieldOf(*block) || meetingOf(*block))
      parks_.insert(block);
  if (parks_.empty())
    return;
  // Lanes that left each other may also wait for each other at barriers.
  for (BasicBlock* block : order)
    if (barrierOf(*block))
      parks_.insert(block);
  SmallVector<const BasicBlock*, 16> work(parks_.begin(), parks_.end());
  before_.insert(parks_.begin(), parks_.end());
  while (!work.empty())
    for (const BasicBlock* from : predecessors(work.pop_back_val()))
      if (before_.insert(from).second)
        work.push_back(from);
  findLoose(loops, order);
  findHeld(order);
}

void ParkAnalysis::findLoose(LoopInfo& loops, ArrayRef<BasicBlock*> order) {
  SmallVector<const BasicBlock*, 16> work;
  // Where all lanes of the gang wait for each other, they are together again.
  auto together = [](const BasicBlock* block) {
    const CallBase* call = barrierOf(*block);
    if (!call)
      call = meetingOf(*block);
    return call && meetsWholeGang(*call);
  };
  for (BasicBlock* block : order)
    if (parks_.contains(block) && !together(block) && !barrierOf(*block))
      work.push_back(block);
  while (!work.empty())
    for (const BasicBlock* next : successors(work.pop_back_val()))
      if (!(together(next) && !barrierOf(*next)) && loose_.insert(next).second && !together(next))
        work.push_back(next);
  // Who enters a loop in which nobody stays behind does so together and leaves nothing there.
  for (Loop* loop : loops.getLoopsInPreorder())
    if (none_of(loop->blocks(), [&](BasicBlock* block) { return parks_.contains(block); }))
      for (BasicBlock* block : loop->blocks())
        loose_.erase(block);
}

void ParkAnalysis::findHeld(ArrayRef<BasicBlock*> order) {
  using Set = SmallPtrSet<const Instruction*, 16>;
  DenseMap<const BasicBlock*, Set> in, out;
  auto tracked = [&](const Value* v) -> const Instruction* {
    auto* i = dyn_cast<Instruction>(v);
    return i && !isa<AllocaInst>(i) && loose_.contains(i->getParent()) ? i : nullptr;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (BasicBlock* block : reverse(order)) {
      Set now;
      for (BasicBlock* s : successors(block)) {
        for (const Instruction* v : in[s])
          if (!(isa<PHINode>(v) && v->getParent() == s))
            now.insert(v);
        for (PHINode& phi : s->phis())
          if (auto* v = tracked(phi.getIncomingValueForBlock(block)))
            now.insert(v);
      }
      out[block] = now;
      for (Instruction& i : reverse(*block)) {
        if (isa<PHINode>(i))
          break; // phis stay: their slots are written on the edge
        now.erase(&i);
        for (Value* op : i.operands())
          if (auto* v = tracked(op))
            now.insert(v);
      }
      if (now.size() != in[block].size()) {
        in[block] = std::move(now);
        changed = true;
      }
    }
  }
  for (const BasicBlock* park : parks_) {
    const auto& needed = meetingOf(*park) ? in[park] : out[park];
    held_.insert(needed.begin(), needed.end());
  }
  // Lanes arrive at a join one after the other.
  for (BasicBlock* block : order)
    if (loose_.contains(block))
      for (PHINode& phi : block->phis())
        held_.insert(&phi);
}

bool ParkAnalysis::isSteady(const Value* value) const {
  auto* i = dyn_cast<Instruction>(value);
  if (!i || isa<AllocaInst>(i) || !loose_.contains(i->getParent()))
    return true;
  if (auto it = steady_.find(i); it != steady_.end())
    return it->second;
  steady_[i] = false; // phis, and what depends on itself
  auto operandsToo = [&] {
    return all_of(i->operands(), [&](const Value* op) { return isSteady(op); });
  };
  bool result = false;
  if (auto* call = dyn_cast<CallBase>(i)) {
    auto id = awIntrinsic(*call);
    if (id)
      result = *id != Aw::SmId &&
               (specialShape(*id, BlockShape::Generic) || (*id >= Aw::TidX && *id <= Aw::TidZ) ||
                (*id >= Aw::LanemaskEq && *id <= Aw::LanemaskGe));
    else
      result = isa<IntrinsicInst>(call) && call->doesNotAccessMemory() && operandsToo();
  } else if (auto* load = dyn_cast<LoadInst>(i)) {
    auto* from = dyn_cast<CallBase>(getUnderlyingObject(load->getPointerOperand(), 0));
    result = from && awIntrinsic(*from) == Aw::ParamBase && !load->isVolatile() && operandsToo();
  } else if (!isa<PHINode>(i) && !i->mayReadOrWriteMemory()) {
    result = operandsToo();
  }
  return steady_[i] = result;
}

} // namespace anywarp::spmd
