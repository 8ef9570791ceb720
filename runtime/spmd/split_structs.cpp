// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "split_structs.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

namespace anywarp::spmd {

using namespace llvm;

namespace {

bool isJoin(const Value* v) {
  return v->getType()->isStructTy() &&
         (isa<PHINode>(v) || isa<SelectInst>(v) || isa<FreezeInst>(v) || isa<InsertValueInst>(v));
}

class Splitter {
public:
  // Field `index` of the structure `v`, without reading it from a join.
  Value* field(Value* v, unsigned index) {
    if (auto* constant = dyn_cast<Constant>(v))
      return constant->getAggregateElement(index);
    auto key = std::make_pair(v, index);
    if (Value* known = fields_.lookup(key))
      return known;
    if (auto* phi = dyn_cast<PHINode>(v))
      return fieldOfPhi(*phi, index);
    Value* f = fieldOf(v, index);
    return fields_[key] = f;
  }

private:
  Value* fieldOf(Value* v, unsigned index) {
    if (auto* insert = dyn_cast<InsertValueInst>(v); insert && insert->getNumIndices() == 1)
      return insert->getIndices()[0] == index ? insert->getInsertedValueOperand()
                                              : field(insert->getAggregateOperand(), index);
    if (auto* select = dyn_cast<SelectInst>(v)) {
      IRBuilder<> b(select);
      Value* yes = field(select->getTrueValue(), index);
      return b.CreateSelect(select->getCondition(), yes, field(select->getFalseValue(), index));
    }
    if (auto* freeze = dyn_cast<FreezeInst>(v)) {
      IRBuilder<> b(freeze);
      return b.CreateFreeze(field(freeze->getOperand(0), index));
    }
    auto* made = dyn_cast<Instruction>(v);
    IRBuilder<> b(v->getContext());
    if (made)
      b.SetInsertPoint(made->getParent(), std::next(made->getIterator()));
    else
      b.SetInsertPointPastAllocas(cast<Argument>(v)->getParent());
    return b.CreateExtractValue(v, index);
  }

  // Known before its operands are: a loop may carry it round.
  Value* fieldOfPhi(PHINode& phi, unsigned index) {
    IRBuilder<> b(&phi);
    Type* t = cast<StructType>(phi.getType())->getElementType(index);
    PHINode* f = b.CreatePHI(t, phi.getNumIncomingValues());
    fields_[{&phi, index}] = f;
    for (unsigned i = 0; i < phi.getNumIncomingValues(); ++i)
      f->addIncoming(field(phi.getIncomingValue(i), index), phi.getIncomingBlock(i));
    return f;
  }

  DenseMap<std::pair<Value*, unsigned>, Value*> fields_;
};

} // namespace

void splitStructs(Function& function) {
  SmallVector<ExtractValueInst*, 8> reads;
  SmallVector<Instruction*, 8> joins;
  for (Instruction& i : instructions(function)) {
    if (auto* read = dyn_cast<ExtractValueInst>(&i);
        read && read->getNumIndices() == 1 && isJoin(read->getAggregateOperand()))
      reads.push_back(read);
    if (isJoin(&i))
      joins.push_back(&i);
  }
  Splitter splitter;
  for (ExtractValueInst* read : reads) {
    read->replaceAllUsesWith(splitter.field(read->getAggregateOperand(), read->getIndices()[0]));
    read->eraseFromParent();
  }
  // Nobody reads them any more, but some may read each other.
  for (bool again = true; again;) {
    again = false;
    for (Instruction*& join : joins) {
      bool isDead = join && all_of(join->users(), [&](User* u) { return u == join; });
      if (!isDead)
        continue;
      join->replaceAllUsesWith(PoisonValue::get(join->getType()));
      join->eraseFromParent();
      join = nullptr, again = true;
    }
  }
}

} // namespace anywarp::spmd
