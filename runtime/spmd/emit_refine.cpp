// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values of which the coherent copy knows more than the masked one (refine.h). Where it can keep a
// scalar for what is a vector in the masked copy, the value has a slot in each. On the way to the
// masked copy such values are spread; on the way back all that is promised there is looked at, and
// a gang whose values do not keep the promises stays in the masked copy.
#include "spmd/gang_emitter.h"

#include <llvm/IR/Constants.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

bool sameLanes(const Shape& a, const Shape& b) {
  return a.group == b.group && a.stride == b.stride && a.even == b.even &&
         a.groupStride == b.groupStride;
}

} // namespace

Shape GangEmitter::shapeIn(const Value* v, Mode mode) const {
  Shape everywhere = shapes_.of(v);
  if (mode == Masked || !refined_)
    return everywhere;
  Shape here = refined_->of(v);
  return everywhere.isScalar() && !here.isScalar() ? everywhere : here;
}

bool GangEmitter::isDivergent(const BasicBlock* block, Mode mode) const {
  return (mode == Coherent && refined_ ? *refined_ : shapes_).isDivergent(block);
}

bool GangEmitter::needsWrapCheck(const Instruction* i) const {
  return (mode_ == Coherent && refined_ ? *refined_ : shapes_).needsWrapCheck(i);
}

AllocaInst* GangEmitter::slotOf(const Value* v, Mode mode) const {
  if (mode == Coherent)
    if (AllocaInst* slot = coherentSlots_.lookup(v))
      return slot;
  return slots_.lookup(v);
}

// Does shape `here` promise more than `everywhere`?
bool GangEmitter::isPromised(const Value* v) const {
  Shape everywhere = shapeIn(v, Masked), here = shapeIn(v, Coherent);
  if (!here.isKnown())
    return false;
  return !everywhere.isKnown() || !sameLanes(here, everywhere) || here.align > everywhere.align;
}

// All lanes go from `from` of the coherent copy to blocks of the masked one: whose lanes go where
// is for the caller.
void GangEmitter::leaveCoherent(BasicBlock* from, ArrayRef<BasicBlock*> targets) {
  Moves moves;
  for (BasicBlock* to : targets)
    collectMoves(from, to, nullptr, Masked, moves);
  SmallPtrSet<Instruction*, 16> seen;
  if (!coherentSlots_.empty())
    for (BasicBlock* to : targets)
      for (Instruction* v : liveIn_[to])
        if (!(isa<PHINode>(v) && v->getParent() == to) && seen.insert(v).second)
          spread(v);
  commitMoves(moves);
}

void GangEmitter::spread(Instruction* v) {
  if (coherentSlots_.contains(v))
    b_.CreateStore(vec(v), slots_[v]);
}

// In the masked copy, all lanes present: i1, lanes of `v` are as the coherent copy takes them.
Value* GangEmitter::keepsPromise(Instruction* v) {
  Shape here = shapeIn(v, Coherent), known = shapeIn(v, Masked);
  Type* type = v->getType();
  Type* number = b_.getIntNTy(unsigned(layout_.getTypeSizeInBits(type).getFixedValue()));
  unsigned width = number->getIntegerBitWidth();
  auto toNumber = [&](Value* x, Type* as) {
    return type->isPointerTy() ? b_.CreatePtrToInt(x, as) : b_.CreateBitCast(x, as);
  };
  unsigned align = std::min<unsigned>(here.align, width);
  if (known.isScalar()) // of the same lanes: only the alignment is in question
    return b_.CreateICmpEQ(
        b_.CreateAnd(toNumber(base(v), number),
                     ConstantInt::get(number, maskTrailingOnes<uint64_t>(align))),
        ConstantInt::get(number, 0));
  Value* lanes = toNumber(vec(v), vectorOf(number));
  Value* first;
  Value* same = b_.CreateICmpEQ(lanes, shapedAs(lanes, here, first));
  if (align) {
    Constant* low = ConstantInt::get(vectorOf(number), maskTrailingOnes<uint64_t>(align));
    Value* rest = b_.CreateAnd(first, low);
    same = b_.CreateAnd(same, b_.CreateICmpEQ(rest, Constant::getNullValue(rest->getType())));
  }
  return all(same);
}

// In the masked copy, phis written: goes to the coherent copy of `block` if `together` (all lanes
// are here) and the values are as it takes them; leaves the builder where that is not so.
void GangEmitter::enterCoherent(BasicBlock* block, Value* together) {
  SmallVector<Instruction*, 8> promised;
  if (refined_)
    for (Instruction* v : liveIn_[block])
      if (slots_.contains(v) && isPromised(v))
        promised.push_back(v);
  BasicBlock* stay = newBlock(block->getName() + ".masked");
  if (promised.empty()) {
    b_.CreateCondBr(together, coherent(block), stay);
    b_.SetInsertPoint(stay);
    return;
  }
  BasicBlock* look = newBlock("look");
  BasicBlock* go = newBlock("kept");
  b_.CreateCondBr(together, look, stay);
  b_.SetInsertPoint(look);
  auto bases = bases_;
  auto vectors = vectors_;
  Value* kept = b_.getTrue();
  for (Instruction* v : promised)
    kept = b_.CreateAnd(kept, keepsPromise(v));
  b_.CreateCondBr(kept, go, stay);
  b_.SetInsertPoint(go);
  for (Instruction* v : promised)
    if (AllocaInst* slot = coherentSlots_.lookup(v))
      b_.CreateStore(b_.CreateExtractElement(vec(v), uint64_t(0)), slot);
  b_.CreateBr(coherent(block));
  bases_ = std::move(bases);
  vectors_ = std::move(vectors);
  b_.SetInsertPoint(stay);
}

} // namespace anywarp::spmd
