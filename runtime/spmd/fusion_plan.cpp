// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/fusion_plan.h"

#include <llvm/ADT/BitVector.h>
#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

// Blocks of the largest function that is looked at.
constexpr unsigned kMostBlocks = 400;

} // namespace

const FusionPlan::Region* FusionPlan::regionOf(const BasicBlock* block) const {
  return regionOf_.lookup(block);
}

FusionPlan::FusionPlan(Function& function, const Function& gang, Argument* number, Argument* frame)
    : function_(function), number_(number), frame_(frame) {
  for (bool again = true; again && possible_;) {
    if (function_.size() > kMostBlocks) {
      possible_ = false;
      return;
    }
    ReversePostOrderTraversal<Function*> order(&function_);
    order_.assign(order.begin(), order.end());
    findDeadEnds();
    findJoins();
    spread();
    again = splitBranches();
    if (again) {
      regions_.clear(), regionOf_.clear();
      continue;
    }
    for (BasicBlock* block : order_)
      if (!regionOf_.contains(block) && block->getTerminator()->getNumSuccessors() > 1 &&
          differs(block->getTerminator()->getOperand(0))) {
        possible_ = possible_ && addRegion(block);
        again = true; // more values differ now
        break;
      }
  }
  for (BasicBlock* block : order_)
    for (Instruction& i : *block) {
      auto* call = dyn_cast<CallBase>(&i);
      // A call may keep something in the block's own memory that belongs to one gang.
      if (call && !isa<IntrinsicInst>(call) && call->getCalledFunction() != &gang &&
          !regionOf_.contains(block) && !deadEnds_.contains(block))
        possible_ = false;
    }
  possible_ = possible_ && !regionOf_.contains(&function_.getEntryBlock());
}

void FusionPlan::findDeadEnds() {
  SmallPtrSet<const BasicBlock*, 16> alive;
  for (bool changed = true; changed;) {
    changed = false;
    for (BasicBlock* block : reverse(order_))
      if (!alive.contains(block) &&
          (isa<ReturnInst>(block->getTerminator()) ||
           any_of(successors(block), [&](BasicBlock* s) { return alive.contains(s); })))
        changed = alive.insert(block).second;
  }
  deadEnds_.clear();
  for (BasicBlock* block : order_)
    if (!alive.contains(block))
      deadEnds_.insert(block);
}

// The nearest block that every way from a block to the end of the function comes through; ways that
// end the launch do not count.
void FusionPlan::findJoins() {
  unsigned n = unsigned(order_.size());
  DenseMap<const BasicBlock*, unsigned> number;
  for (unsigned k = 0; k < n; ++k)
    number[order_[k]] = k;
  SmallVector<BitVector, 0> after(n, BitVector(n, true)); // what all ways from k come through
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned k = n; k-- > 0;) {
      if (deadEnds_.contains(order_[k]))
        continue;
      BitVector all(n, !isa<ReturnInst>(order_[k]->getTerminator()));
      for (BasicBlock* s : successors(order_[k]))
        if (!deadEnds_.contains(s))
          all &= after[number[s]];
      all.set(k);
      if (all != after[k])
        after[k] = all, changed = true;
    }
  }
  join_.clear();
  for (unsigned k = 0; k < n; ++k) {
    if (deadEnds_.contains(order_[k]))
      continue;
    // The one of them whose own set has all others.
    BitVector others = after[k];
    others.reset(k);
    for (unsigned p : others.set_bits())
      if (others == after[p]) {
        join_[order_[k]] = order_[p];
        break;
      }
  }
}

bool FusionPlan::differsItself(const Instruction& i) const {
  if (isa<AllocaInst>(i) || isa<AtomicRMWInst>(i) || isa<AtomicCmpXchgInst>(i) || i.isVolatile())
    return true;
  auto* intrinsic = dyn_cast<IntrinsicInst>(&i);
  if (isa<FenceInst>(i) || isa<StoreInst>(i) || isa<DbgInfoIntrinsic>(i) ||
      (intrinsic && intrinsic->getIntrinsicID() == Intrinsic::prefetch))
    return false;
  return isa<CallBase>(i) && i.mayHaveSideEffects();
}

// Where in the frame a pointer points to.
std::optional<int64_t> FusionPlan::homeOf(const Value* pointer) const {
  APInt offset(64, 0);
  const DataLayout& layout = function_.getParent()->getDataLayout();
  if (pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true) !=
      frame_)
    return std::nullopt;
  return offset.getSExtValue();
}

// A scalar that is read from the frame on resumption, and of which every gang has saved the same.
bool FusionPlan::isSameHome(const Instruction& i) const {
  auto* load = dyn_cast<LoadInst>(&i);
  if (!load || !load->isSimple() || load->getType()->isVectorTy() ||
      regionOf_.contains(i.getParent()) ||
      i.getParent()->getSinglePredecessor() != &function_.getEntryBlock())
    return false;
  auto home = homeOf(load->getPointerOperand());
  return home && !differentHomes_.contains(*home);
}

// Gangs may come to a phi from a region in different ways with different values.
bool FusionPlan::mixesWays(const PHINode& phi) const {
  DenseMap<const Region*, const Value*> values;
  for (unsigned k = 0; k < phi.getNumIncomingValues(); ++k)
    if (const Region* region = regionOf(phi.getIncomingBlock(k))) {
      auto [it, fresh] = values.try_emplace(region, phi.getIncomingValue(k));
      if (!fresh && it->second != phi.getIncomingValue(k))
        return true;
    }
  return false;
}

void FusionPlan::spread() {
  differs_.clear();
  differs_.insert(number_), differs_.insert(frame_);
  differentHomes_.clear();
  for (bool changed = true; changed;) {
    changed = false;
    for (BasicBlock* block : order_) {
      Region* region = regionOf_.lookup(block);
      for (Instruction& i : *block) {
        auto* store = dyn_cast<StoreInst>(&i);
        if (auto home = store ? homeOf(store->getPointerOperand()) : std::nullopt;
            home && (region || differs(store->getValueOperand())))
          changed |= differentHomes_.insert(*home).second;
        if (differs_.contains(&i) || isSameHome(i))
          continue;
        bool d = region || differsItself(i) ||
                 any_of(i.operands(), [&](const Use& u) { return differs_.contains(u.get()); });
        if (auto* phi = dyn_cast<PHINode>(&i); phi && !d)
          d = mixesWays(*phi);
        if (d)
          changed = differs_.insert(&i).second;
      }
    }
  }
}

// Branches on which gangs disagree get blocks of their own: what comes before runs side by side.
bool FusionPlan::splitBranches() {
  bool split = false;
  for (BasicBlock* block : order_) {
    Instruction* t = block->getTerminator();
    if (regionOf_.contains(block) || t->getNumSuccessors() < 2 || !differs(t->getOperand(0)) ||
        block->getFirstNonPHI() == t)
      continue;
    SplitBlock(block, t);
    split = true;
  }
  return split;
}

// What runs in turn because of `block`'s branch.
bool FusionPlan::addRegion(BasicBlock* block) {
  DominatorTree dominators(function_);
  BasicBlock *start = block, *join = join_.lookup(block);
  SmallPtrSet<BasicBlock*, 16> inside;
  auto fill = [&] {
    inside.clear();
    inside.insert(start);
    SmallVector<BasicBlock*, 16> work{start};
    while (!work.empty())
      for (BasicBlock* s : successors(work.pop_back_val()))
        if (s != join && inside.insert(s).second)
          work.push_back(s);
  };
  // From further up, or else to further down.
  auto widen = [&](BasicBlock* with) {
    BasicBlock* before = start;
    start = dominators.findNearestCommonDominator(start, with);
    if (start == before) {
      join = join ? join_.lookup(join) : nullptr;
      return;
    }
    join = join_.lookup(start);
    while (join && inside.contains(join))
      join = join_.lookup(join);
  };
  // A block that is entered from outside, or one of a region that is not all inside.
  auto open = [&]() -> BasicBlock* {
    for (BasicBlock* b : order_) {
      if (!inside.contains(b) || deadEnds_.contains(b))
        continue;
      if (b != start)
        for (BasicBlock* from : predecessors(b))
          if (!inside.contains(from) && dominators.isReachableFromEntry(from))
            return from;
      if (Region* other = regionOf_.lookup(b))
        for (BasicBlock* o : other->blocks)
          if (!inside.contains(o))
            return o;
    }
    return nullptr;
  };
  fill();
  while (BasicBlock* more = open()) {
    widen(more);
    if (start == &function_.getEntryBlock())
      return false;
    fill();
  }
  if (start == &function_.getEntryBlock())
    return false;
  erase_if(regions_, [&](auto& other) { return inside.contains(other->start); });
  auto region = std::make_unique<Region>(Region{start, join, {}});
  for (BasicBlock* b : order_)
    if (inside.contains(b))
      region->blocks.push_back(b);
  for (BasicBlock* b : region->blocks)
    if (!deadEnds_.contains(b)) // those have a copy everywhere
      regionOf_[b] = region.get();
  bool startsFirst = region->blocks.front() == start;
  regions_.push_back(std::move(region));
  return startsFirst;
}

} // namespace anywarp::spmd
