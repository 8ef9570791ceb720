// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values, masks and ordinary instructions.
#include "spmd/gang_emitter.h"

#include <llvm/Analysis/SimplifyQuery.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/MDBuilder.h>

using namespace llvm;

namespace anywarp::spmd {

Type* GangEmitter::vectorOf(Type* t) const {
  return FixedVectorType::get(t, kLanes);
}

Value* GangEmitter::splat(Value* scalar) {
  return b_.CreateVectorSplat(kLanes, scalar);
}

Value* GangEmitter::laneIndices(Type* element) const {
  SmallVector<Constant*, kLanes> lanes;
  for (unsigned l = 0; l < kLanes; ++l)
    lanes.push_back(ConstantInt::get(element, l));
  return ConstantVector::get(lanes);
}

Value* GangEmitter::allLanes() const {
  return Constant::getAllOnesValue(FixedVectorType::get(Type::getInt1Ty(context_), kLanes));
}

Value* GangEmitter::noLanes() const {
  return Constant::getNullValue(FixedVectorType::get(Type::getInt1Ty(context_), kLanes));
}

Value* GangEmitter::bits(Value* mask) {
  return b_.CreateBitCast(mask, b_.getInt32Ty());
}
Value* GangEmitter::ofFirst(Value* lanes, Value* v) {
  if (shape(v).isScalar())
    return base(v);
  Value* some = b_.CreateOr(lanes, b_.getInt32(1u << 31));
  return b_.CreateExtractElement(vec(v),
                                 b_.CreateBinaryIntrinsic(Intrinsic::cttz, some, b_.getTrue()));
}
Value* GangEmitter::any(Value* mask) {
  return b_.CreateICmpNE(bits(mask), b_.getInt32(0));
}
Value* GangEmitter::all(Value* mask) {
  return b_.CreateICmpEQ(bits(mask), b_.getInt32(~0u));
}

void GangEmitter::clearBlockState() {
  bases_.clear();
  vectors_.clear();
  fields_.clear();
  releaseKept(nullptr);
  laneValues_.clear();
  wrapped_ = nullptr;
}

Value* GangEmitter::base(Value* v) {
  if (isa<Constant>(v))
    return v;
  if (auto it = locals_.find(v); it != locals_.end())
    return it->second;
  if (auto it = bases_.find(v); it != bases_.end())
    return it->second;
  AllocaInst* slot = slotOf(v, mode_);
  if (!slot || !shape(v).isScalar()) {
    fail("value has no scalar form: " + v->getName());
    return PoisonValue::get(v->getType());
  }
  return bases_[v] = b_.CreateLoad(v->getType(), slot);
}

Value* GangEmitter::vec(Value* v) {
  if (auto* c = dyn_cast<Constant>(v)) {
    if (isa<PoisonValue>(c))
      return PoisonValue::get(vectorOf(c->getType()));
    if (isa<UndefValue>(c))
      return UndefValue::get(vectorOf(c->getType()));
    return ConstantVector::getSplat(ElementCount::getFixed(kLanes), c);
  }
  if (auto* a = dyn_cast<Argument>(
          v)) // of a device function: one vector each, behind the mask and the live lanes
    return out_.getArg(GangArguments::kCount + 2 + a->getArgNo());
  if (auto it = vectors_.find(v); it != vectors_.end())
    return it->second;
  Shape s = shape(v);
  if (!s.isScalar()) {
    AllocaInst* slot = slotOf(v, mode_);
    if (!slot) {
      fail("value used before it is defined: " + v->getName());
      return PoisonValue::get(vectorOf(v->getType()));
    }
    if (isGrouped(v))
      return vectors_[v] = lanesOfGroups(v, b_.CreateLoad(slot->getAllocatedType(), slot));
    return vectors_[v] = b_.CreateLoad(vectorOf(v->getType()), slot);
  }
  Value* first = base(v);
  Value* result;
  if (s.isUniform()) {
    result = splat(first);
  } else if (v->getType()->isPointerTy()) {
    SmallVector<Constant*, kLanes> offsets;
    for (unsigned l = 0; l < kLanes; ++l)
      offsets.push_back(b_.getInt64(uint64_t(s.offsetOf(l))));
    result = b_.CreateGEP(b_.getInt8Ty(), first, ConstantVector::get(offsets));
  } else {
    SmallVector<Constant*, kLanes> offsets;
    for (unsigned l = 0; l < kLanes; ++l)
      offsets.push_back(ConstantInt::get(v->getType(), uint64_t(s.offsetOf(l))));
    result = b_.CreateAdd(splat(first), ConstantVector::get(offsets));
  }
  return vectors_[v] = result;
}

Value* GangEmitter::operandFor(Value* v, const Shape& result) {
  return result.isScalar() ? base(v) : vec(v);
}

void GangEmitter::define(Instruction* v, Value* value) {
  if (v->getType()->isVoidTy())
    return;
  bool scalar = shape(v).isScalar();
  if (!scalar && !value->getType()->isVectorTy())
    value = splat(value);
  (scalar ? bases_ : vectors_)[v] = value;
  AllocaInst* slot = slotOf(v, mode_);
  if (!slot)
    return;
  if (isGrouped(v))
    value = firstOfGroups(v, value);
  else if (!scalar && mask_ && shapes_.parking().isHeld(v))
    value = b_.CreateSelect(mask_, value, b_.CreateLoad(value->getType(), slot));
  b_.CreateStore(value, slot);
}

Value* GangEmitter::fieldOf(Value* aggregate, unsigned index) {
  auto it = fields_.find(aggregate);
  if (it == fields_.end() || index >= it->second.size() || !it->second[index]) {
    fail("unsupported use of a struct or vector value");
    return nullptr;
  }
  return it->second[index];
}

void GangEmitter::emitInstruction(Instruction& i) {
  b_.SetCurrentDebugLocation(i.getDebugLoc());
  if (isa<PHINode>(i) || isa<AllocaInst>(i) || isa<DbgInfoIntrinsic>(i))
    return;
  if (auto* load = dyn_cast<LoadInst>(&i)) {
    emitLoad(*load);
    return prefetchNext(*load);
  }
  if (auto* store = dyn_cast<StoreInst>(&i))
    return emitStore(*store);
  if (isa<AtomicRMWInst>(i) || isa<AtomicCmpXchgInst>(i))
    return emitAtomic(i);
  if (auto* call = dyn_cast<CallBase>(&i))
    return emitCall(*call);
  if (auto* fence = dyn_cast<FenceInst>(&i)) {
    b_.CreateFence(fence->getOrdering(), fence->getSyncScopeID());
    return;
  }
  if (isa<InsertElementInst>(i) && i.getType()->isVectorTy())
    return; // read by the vector store at its end
  if (isa<ExtractValueInst>(i) ||
      (isa<ExtractElementInst>(i) && fields_.contains(i.getOperand(0)))) {
    unsigned index = isa<ExtractValueInst>(i)
                         ? cast<ExtractValueInst>(i).getIndices()[0]
                         : unsigned(cast<ConstantInt>(i.getOperand(1))->getZExtValue());
    Value* f = fieldOf(i.getOperand(0), index);
    if (!f)
      return;
    if (shape(&i).isScalar() && f->getType()->isVectorTy())
      f = b_.CreateExtractElement(f, uint64_t(0));
    else if (!shape(&i).isScalar() && !f->getType()->isVectorTy())
      f = splat(f);
    return define(&i, f);
  }
  if (i.getType()->isVectorTy() || i.getType()->isStructTy() ||
      (i.getNumOperands() && i.getOperand(0)->getType()->isVectorTy()))
    return fail("vector instruction in one-thread code: " + Twine(i.getOpcodeName()));
  if (shape(&i).isScalar()) {
    emitScalar(i);
    if (needsWrapCheck(&i))
      emitWrapCheck(i);
    return;
  }
  emitVector(i);
  if (needsWrapCheck(&i) && shape(&i).isKnown())
    emitWrapCheck(i);
}

// Lane 0's value by lane 0's operands: correct for every scalar shape.
void GangEmitter::emitScalar(Instruction& i) {
  if (auto* op = dyn_cast<BinaryOperator>(&i); op && op->isIntDivRem())
    return emitDivision(*op);
  Instruction* copy = i.clone();
  for (unsigned k = 0; k < i.getNumOperands(); ++k)
    copy->setOperand(k, base(i.getOperand(k)));
  copy->dropPoisonGeneratingFlags();
  define(&i, b_.Insert(copy));
}

// How exact `from` has to be holds for its vector form, too.
Value* GangEmitter::withAccuracy(const Instruction& from, Value* to) {
  MDNode* accuracy = from.getMetadata(LLVMContext::MD_fpmath);
  if (auto* i = dyn_cast<Instruction>(to); i && accuracy)
    i->setMetadata(LLVMContext::MD_fpmath, accuracy);
  return to;
}

void GangEmitter::emitVector(Instruction& i) {
  if (auto* op = dyn_cast<BinaryOperator>(&i)) {
    if (op->isIntDivRem())
      return emitDivision(*op);
    return define(&i, withAccuracy(i, b_.CreateBinOp(op->getOpcode(), vec(op->getOperand(0)),
                                                     vec(op->getOperand(1)))));
  }
  if (auto* cmp = dyn_cast<CmpInst>(&i))
    return define(
        &i, b_.CreateCmp(cmp->getPredicate(), vec(cmp->getOperand(0)), vec(cmp->getOperand(1))));
  if (auto* cast = dyn_cast<CastInst>(&i)) {
    if (isa<BitCastInst>(cast) && cast->getSrcTy()->isPointerTy())
      return define(&i, vec(cast->getOperand(0)));
    return define(
        &i, b_.CreateCast(cast->getOpcode(), vec(cast->getOperand(0)), vectorOf(cast->getType())));
  }
  if (auto* un = dyn_cast<UnaryOperator>(&i))
    return define(&i, b_.CreateUnOp(un->getOpcode(), vec(un->getOperand(0))));
  if (auto* sel = dyn_cast<SelectInst>(&i)) {
    Value* c = sel->getCondition();
    return define(&i, b_.CreateSelect(shape(c).isUniform() ? base(c) : vec(c),
                                      vec(sel->getTrueValue()), vec(sel->getFalseValue())));
  }
  if (auto* gep = dyn_cast<GetElementPtrInst>(&i)) {
    SmallVector<Value*, 4> indices;
    bool anyVector = false;
    for (Value* index : gep->indices()) {
      bool uniform = shape(index).isUniform();
      anyVector |= !uniform;
      indices.push_back(uniform ? base(index) : vec(index));
    }
    Value* p = gep->getPointerOperand();
    Value* from = anyVector && shape(p).isUniform() ? base(p) : vec(p);
    return define(&i, b_.CreateGEP(gep->getSourceElementType(), from, indices));
  }
  if (isa<FreezeInst>(i))
    return define(&i, b_.CreateFreeze(vec(i.getOperand(0))));
  fail("unsupported instruction: " + Twine(i.getOpcodeName()));
}

// PTX integer division never traps; x86's does.
Value* GangEmitter::safeDivisor(Value* dividend, Value* divisor, bool isSigned) {
  if (auto* c = dyn_cast<Constant>(divisor); c && !c->isZeroValue()) {
    Constant* s = isa<VectorType>(c->getType()) ? c->getSplatValue() : c;
    if (auto* ci = dyn_cast_or_null<ConstantInt>(s);
        ci && !ci->isZero() && !(isSigned && ci->isMinusOne()))
      return divisor;
  }
  Type* t = divisor->getType();
  Value* bad = b_.CreateICmpEQ(divisor, Constant::getNullValue(t));
  if (isSigned) {
    unsigned width = t->getScalarSizeInBits();
    Value* lowest = ConstantInt::get(t, APInt::getSignedMinValue(width));
    Value* overflow = b_.CreateAnd(b_.CreateICmpEQ(dividend, lowest),
                                   b_.CreateICmpEQ(divisor, Constant::getAllOnesValue(t)));
    bad = b_.CreateOr(bad, overflow);
  }
  return b_.CreateSelect(bad, ConstantInt::get(t, 1), divisor);
}

void GangEmitter::emitDivision(BinaryOperator& op) {
  unsigned code = op.getOpcode();
  bool isSigned = code == Instruction::SDiv || code == Instruction::SRem;
  bool isRem = code == Instruction::URem || code == Instruction::SRem;
  bool scalar = shape(&op).isScalar();
  Value* a = scalar ? base(op.getOperand(0)) : vec(op.getOperand(0));
  Value* d = scalar ? base(op.getOperand(1)) : vec(op.getOperand(1));
  unsigned width = op.getType()->getIntegerBitWidth();
  Value* safe = isSigned || !isKnownNonZero(op.getOperand(1), SimplifyQuery(layout_))
                    ? safeDivisor(a, d, isSigned)
                    : d;
  if (scalar || width > 32 || isa<Constant>(op.getOperand(1)))
    return define(&op, b_.CreateBinOp(Instruction::BinaryOps(code), a, safe));
  // 32-bit operands divide exactly in double precision: the quotient's distance to the next integer
  // is at least 2^-32 of it, far above the rounding error.
  Type* f64 = vectorOf(b_.getDoubleTy());
  Value* fa = isSigned ? b_.CreateSIToFP(a, f64) : b_.CreateUIToFP(a, f64);
  Value* fd = isSigned ? b_.CreateSIToFP(safe, f64) : b_.CreateUIToFP(safe, f64);
  Value* fq = b_.CreateFDiv(fa, fd);
  Value* q = isSigned ? b_.CreateFPToSI(fq, a->getType()) : b_.CreateFPToUI(fq, a->getType());
  define(&op, isRem ? b_.CreateSub(a, b_.CreateMul(q, safe)) : q);
}

// A sign extension is kept affine on the condition that no lane's 32-bit value wraps.
void GangEmitter::emitWrapCheck(Instruction& i) {
  Value* narrow = i.getOperand(0);
  Shape s = shape(narrow);
  if (!s.isKnown() || s.isUniform())
    return;
  auto check = [&](Value* first, int64_t reach) {
    if (reach == 0)
      return;
    Value* sum =
        b_.CreateBinaryIntrinsic(Intrinsic::sadd_with_overflow, first,
                                 ConstantInt::get(narrow->getType(), uint64_t(reach), true));
    Value* over = b_.CreateExtractValue(sum, 1);
    wrapped_ = wrapped_ ? b_.CreateOr(wrapped_, over) : over;
  };
  if (s.isScalar()) {
    check(base(narrow), s.lowestOffset());
    check(base(narrow), s.highestOffset());
    return;
  }
  for (unsigned lane = 0; lane < kLanes; lane += s.group)
    check(b_.CreateExtractElement(vec(narrow), uint64_t(lane)), s.stride * (s.group - 1));
}

void GangEmitter::flushWrapChecks() {
  if (!wrapped_)
    return;
  if (isa<ConstantInt>(wrapped_) && cast<ConstantInt>(wrapped_)->isZero())
    return;
  BasicBlock* bad = newBlock("index.wraps");
  BasicBlock* good = newBlock("index.fits");
  MDBuilder md(context_);
  b_.CreateCondBr(wrapped_, bad, good, md.createBranchWeights(1, 1 << 20));
  b_.SetInsertPoint(bad);
  enum { kIndexWrap = 1 };
  FunctionType* type = FunctionType::get(b_.getVoidTy(), {b_.getPtrTy()}, false);
  b_.CreateCall(type, runtimeFunction(kIndexWrap), {args_.block});
  b_.CreateUnreachable();
  b_.SetInsertPoint(good);
  wrapped_ = nullptr;
}

} // namespace anywarp::spmd
