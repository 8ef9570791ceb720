// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values that step evenly inside each group of lanes, but not from group to group: the rows that a
// tile's threads read, threadIdx.y * n + threadIdx.x. Where they cross blocks, and in frames, such
// a value is one number for each group.
//
// Only what arithmetic makes of scalars: its lanes are right whether or not they run. What was
// loaded is there for lanes that ran alone, and the first of a group may not have.
#include "spmd/gang_emitter.h"

#include <llvm/IR/Constants.h>

using namespace llvm;

namespace anywarp::spmd {

// Whether v would be if its operands were.
bool GangEmitter::mayBeGrouped(const Instruction& v) const {
  Type* t = v.getType();
  bool isNumber = t->isPointerTy() || t->isIntegerTy(32) || t->isIntegerTy(64);
  Shape s = shapeIn(&v, Masked);
  if (!isNumber || !s.isKnown() || s.isScalar() || s.group >= kLanes ||
      shapes_.parking().isHeld(&v) || shapeIn(&v, Coherent).isScalar())
    return false;
  if (auto* op = dyn_cast<BinaryOperator>(&v))
    return !op->isIntDivRem();
  return isa<PHINode>(v) || isa<CastInst>(v) || isa<GetElementPtrInst>(v);
}

void GangEmitter::findGrouped() {
  for (BasicBlock* block : order_)
    for (Instruction& i : *block)
      if (mayBeGrouped(i))
        grouped_.insert(&i);
  for (bool changed = true; changed;) {
    changed = false;
    for (BasicBlock* block : order_)
      for (Instruction& i : *block)
        if (grouped_.contains(&i) && any_of(i.operands(), [&](const Use& u) {
              return !isa<Constant>(u.get()) && !isa<BasicBlock>(u.get()) &&
                     !shapeIn(u.get(), Masked).isScalar() && !grouped_.contains(u.get());
            }))
          changed = grouped_.erase(&i);
  }
}

// The type of v's slot.
Type* GangEmitter::slotType(const Instruction& v) const {
  Shape s = shapeIn(&v, Masked);
  if (s.isScalar())
    return v.getType();
  return grouped_.contains(&v) ? FixedVectorType::get(v.getType(), kLanes / s.group)
                               : vectorOf(v.getType());
}

// The first lane of each group.
Value* GangEmitter::firstOfGroups(const Value* v, Value* lanes) {
  unsigned group = shapeIn(v, Masked).group;
  SmallVector<int, 4> mask;
  for (unsigned l = 0; l < kLanes; l += group)
    mask.push_back(int(l));
  return b_.CreateShuffleVector(lanes, mask);
}

Value* GangEmitter::lanesOfGroups(const Value* v, Value* firsts) {
  Shape s = shapeIn(v, Masked);
  Type* t = v->getType();
  Type* number = t->isPointerTy() ? b_.getInt64Ty() : t;
  SmallVector<int, kLanes> mask;
  SmallVector<Constant*, kLanes> offsets;
  for (unsigned l = 0; l < kLanes; ++l) {
    mask.push_back(int(l / s.group));
    offsets.push_back(ConstantInt::get(number, uint64_t(s.stride * int64_t(l % s.group))));
  }
  Value* lanes = b_.CreateShuffleVector(firsts, mask);
  if (!s.stride)
    return lanes;
  Constant* offset = ConstantVector::get(offsets);
  return t->isPointerTy() ? b_.CreateGEP(b_.getInt8Ty(), lanes, offset)
                          : b_.CreateAdd(lanes, offset);
}

} // namespace anywarp::spmd
