// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loads, stores and atomics: the shape of the address chooses the form.
#include "spmd/gang_emitter.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicInst.h>

using namespace llvm;

namespace anywarp::spmd {

Value* GangEmitter::bytesFrom(Value* pointer, uint64_t offset) {
  return offset ? b_.CreateGEP(b_.getInt8Ty(), pointer, b_.getInt64(offset)) : pointer;
}

// One lane's value of a varying integer or pointer, by scalar arithmetic as far as its definition
// in this block goes: cheaper than building the vector to take two lanes out of it.
Value* GangEmitter::laneValue(Value* v, unsigned lane, unsigned depth) {
  Shape s = shape(v);
  if (isa<Constant>(v))
    return v;
  if (s.isScalar()) {
    uint64_t distance = uint64_t(s.offsetOf(lane));
    if (distance == 0)
      return base(v);
    if (v->getType()->isPointerTy())
      return b_.CreateGEP(b_.getInt8Ty(), base(v), b_.getInt64(distance));
    return b_.CreateAdd(base(v), ConstantInt::get(v->getType(), distance));
  }
  auto found = laneValues_.find({v, lane});
  if (found != laneValues_.end())
    return found->second;
  auto* i = dyn_cast<Instruction>(v);
  auto* op = dyn_cast_or_null<BinaryOperator>(i);
  bool pure = (op && !op->isIntDivRem() && op->getType()->isIntegerTy()) ||
              (i && isa<CastInst>(i) && i->getOperand(0)->getType()->isIntOrPtrTy()) ||
              (i && isa<GetElementPtrInst>(i));
  Value* result;
  if (pure && depth < 16 && i->getParent() == current_) {
    Instruction* copy = i->clone();
    for (unsigned k = 0; k < i->getNumOperands(); ++k)
      copy->setOperand(k, laneValue(i->getOperand(k), lane, depth + 1));
    copy->dropPoisonGeneratingFlags();
    result = b_.Insert(copy);
  } else {
    result = b_.CreateExtractElement(vec(v), uint64_t(lane));
  }
  return laneValues_[{v, lane}] = result;
}

Value* GangEmitter::segmentMask(unsigned first, unsigned lanes) {
  if (!mask_ || lanes == kLanes)
    return mask_;
  return b_.CreateShuffleVector(mask_, createStrideMask(first, 1, lanes));
}

Value* GangEmitter::contiguousLoad(Value* first, Type* type, Align align, Value* mask,
                                   unsigned lanes, bool isVolatile) {
  Type* vt = FixedVectorType::get(type, lanes);
  if (!mask)
    return b_.CreateAlignedLoad(vt, first, align, isVolatile);
  // There are no volatile masked accesses: hold back the compiler, so that it neither merges nor
  // reorders them (PTX orders even relaxed accesses to one place).
  if (isVolatile)
    b_.CreateFence(AtomicOrdering::AcquireRelease, SyncScope::SingleThread);
  Value* loaded = b_.CreateMaskedLoad(vt, first, align, mask, Constant::getNullValue(vt));
  if (isVolatile)
    b_.CreateFence(AtomicOrdering::AcquireRelease, SyncScope::SingleThread);
  return loaded;
}

void GangEmitter::contiguousStore(Value* value, Value* first, Align align, Value* mask,
                                  unsigned lanes, bool isVolatile) {
  if (!mask) {
    b_.CreateAlignedStore(value, first, align, isVolatile);
    return;
  }
  if (isVolatile)
    b_.CreateFence(AtomicOrdering::AcquireRelease, SyncScope::SingleThread);
  b_.CreateMaskedStore(value, first, align, mask);
  if (isVolatile)
    b_.CreateFence(AtomicOrdering::AcquireRelease, SyncScope::SingleThread);
}

// Addresses of idle lanes may be anything, so they are replaced before plain loads.
Value* GangEmitter::gather(Value* pointers, Type* type, Align align) {
  Type* vt = vectorOf(type);
  unsigned width = type->isPointerTy() ? 64 : type->getPrimitiveSizeInBits();
  if (traits_.gather && (width == 32 || width == 64)) {
    Value* mask = mask_ ? mask_ : allLanes();
    return b_.CreateMaskedGather(vt, pointers, align, mask, Constant::getNullValue(vt));
  }
  if (traits_.gather && (width == 8 || (width == 16 && align >= Align(2)))) {
    // The aligned word around each element, which lies in the same page.
    Type* words = vectorOf(b_.getInt32Ty());
    Value* address = b_.CreatePtrToInt(pointers, vectorOf(b_.getInt64Ty()));
    Value* word = b_.CreateIntToPtr(b_.CreateAnd(address, ~uint64_t(3)), pointers->getType());
    Value* all = b_.CreateMaskedGather(words, word, Align(4), mask_ ? mask_ : allLanes(),
                                       Constant::getNullValue(words));
    Value* shift = b_.CreateShl(b_.CreateTrunc(b_.CreateAnd(address, 3), words), 3);
    Value* element = b_.CreateTrunc(b_.CreateLShr(all, shift), vectorOf(b_.getIntNTy(width)));
    return b_.CreateBitCast(element, vt);
  }
  if (mask_) {
    AllocaInst* dummy = entryAlloca(ArrayType::get(b_.getInt64Ty(), 2), "idle", 16);
    pointers = b_.CreateSelect(mask_, pointers, splat(dummy));
  }
  Value* result = PoisonValue::get(vt);
  for (unsigned l = 0; l < kLanes; ++l) {
    Value* v = b_.CreateAlignedLoad(type, b_.CreateExtractElement(pointers, uint64_t(l)), align);
    result = b_.CreateInsertElement(result, v, uint64_t(l));
  }
  return result;
}

void GangEmitter::scatter(Value* value, Value* pointers, Align align, bool isVolatile) {
  Type* type = cast<VectorType>(value->getType())->getElementType();
  unsigned width = type->isPointerTy() ? 64 : type->getPrimitiveSizeInBits();
  if (traits_.gather && (width == 32 || width == 64) && !isVolatile) {
    b_.CreateMaskedScatter(value, pointers, align, mask_ ? mask_ : allLanes());
    return;
  }
  if (!mask_) {
    for (unsigned l = 0; l < kLanes; ++l)
      b_.CreateAlignedStore(b_.CreateExtractElement(value, uint64_t(l)),
                            b_.CreateExtractElement(pointers, uint64_t(l)), align, isVolatile);
    return;
  }
  AllocaInst* values = stackArray(type);
  AllocaInst* targets = stackArray(b_.getPtrTy());
  b_.CreateStore(value, values);
  b_.CreateStore(pointers, targets);
  forEachLane(mask_, [&](Value* lane) {
    Value* v = b_.CreateLoad(type, b_.CreateGEP(type, values, lane));
    Value* p = b_.CreateLoad(b_.getPtrTy(), b_.CreateGEP(b_.getPtrTy(), targets, lane));
    b_.CreateAlignedStore(v, p, align, isVolatile);
  });
}

// One element of type `type` at pointer + offset for every lane. `groupStride` is the distance
// between neighbouring lanes when it is known to be the element size (contiguous), else 0.
Value* GangEmitter::loadLanes(Value* pointer, const Shape& s, Type* type, Align align,
                              bool isVolatile, unsigned offset, unsigned) {
  int64_t size = int64_t(layout_.getTypeStoreSize(type).getFixedValue());
  if (s.isScalar() && s.group == kLanes) {
    Value* first = bytesFrom(base(pointer), offset);
    if (s.stride == size)
      return contiguousLoad(first, type, align, mask_, kLanes, isVolatile);
    if (s.stride == -size) {
      Value* last =
          b_.CreateGEP(b_.getInt8Ty(), first, b_.getInt64(uint64_t(-size * (kLanes - 1))));
      Value* m = mask_ ? b_.CreateVectorReverse(mask_) : nullptr;
      return b_.CreateVectorReverse(contiguousLoad(last, type, align, m, kLanes, isVolatile));
    }
  }
  if (s.isKnown() && s.group < kLanes && (s.stride == size || (s.stride == 0 && !mask_))) {
    Value* result = nullptr;
    if (s.even && s.groupStride == 0 && !mask_ && s.stride == size) {
      Value* part = contiguousLoad(bytesFrom(base(pointer), offset), type, align, nullptr, s.group,
                                   isVolatile);
      SmallVector<int, kLanes> repeat;
      for (unsigned lane = 0; lane < kLanes; ++lane)
        repeat.push_back(int(lane % s.group));
      return b_.CreateShuffleVector(part, repeat);
    }
    for (unsigned lane = 0; lane < kLanes; lane += s.group) {
      Value* p = bytesFrom(laneValue(pointer, lane, 0), offset);
      Value* part;
      if (s.stride == 0)
        part = b_.CreateVectorSplat(s.group, b_.CreateAlignedLoad(type, p, align, isVolatile));
      else
        part = contiguousLoad(p, type, align, segmentMask(lane, s.group), s.group, isVolatile);
      // Widen into place and blend the groups.
      SmallVector<int, 64> widen(kLanes, -1);
      for (unsigned k = 0; k < s.group; ++k)
        widen[lane + k] = int(k);
      Value* wide = b_.CreateShuffleVector(part, widen);
      if (!result) {
        result = wide;
      } else {
        SmallVector<int, 64> pick;
        for (unsigned k = 0; k < kLanes; ++k)
          pick.push_back(k >= lane && k < lane + s.group ? int(kLanes + k) : int(k));
        result = b_.CreateShuffleVector(result, wide, pick);
      }
    }
    return result;
  }
  Value* pointers = vec(pointer);
  if (offset)
    pointers = b_.CreateGEP(b_.getInt8Ty(), pointers, b_.getInt64(offset));
  if (unsigned run = probableRun(pointer, s, size)) {
    BasicBlock* fast = newBlock("load.contiguous");
    BasicBlock* slow = newBlock("load.gather");
    BasicBlock* join = newBlock("load.done");
    b_.CreateCondBr(areRuns(pointers, run, size), fast, slow);
    b_.SetInsertPoint(fast);
    Value* a = loadRuns(pointers, run, type, align, isVolatile);
    b_.CreateBr(join);
    b_.SetInsertPoint(slow);
    bool butterfly = run == kLanes && size == 4 && !mask_ && !isVolatile && mayBeButterfly(pointer);
    Value* g = butterfly ? loadButterfly(pointers, type, align) : gather(pointers, type, align);
    BasicBlock* slowEnd = b_.GetInsertBlock();
    b_.CreateBr(join);
    b_.SetInsertPoint(join);
    PHINode* phi = b_.CreatePHI(vectorOf(type), 2);
    phi->addIncoming(a, fast);
    phi->addIncoming(g, slowEnd);
    return phi;
  }
  return gather(pointers, type, align);
}

void GangEmitter::emitLoad(LoadInst& load) {
  if (emitRow(load))
    return;
  Value* pointer = load.getPointerOperand();
  Shape s = shape(pointer);
  Type* type = load.getType();
  auto* vt = dyn_cast<FixedVectorType>(type);
  Type* element = vt ? vt->getElementType() : type;
  bool isVolatile = load.isVolatile() || load.isAtomic();
  auto afterAcquire = [&] {
    if (isAcquireOrStronger(load.getOrdering()))
      b_.CreateFence(load.getOrdering() == AtomicOrdering::SequentiallyConsistent
                         ? AtomicOrdering::SequentiallyConsistent
                         : AtomicOrdering::Acquire);
  };
  if (s.isUniform()) {
    auto* scalar = cast<LoadInst>(load.clone());
    scalar->setOperand(0, base(pointer));
    scalar->dropUnknownNonDebugMetadata({LLVMContext::MD_invariant_load});
    b_.Insert(scalar);
    if (isObject(pointer, Aw::ParamBase) && !isVolatile)
      invariant(scalar);
    if (!vt)
      return define(&load, scalar);
    for (unsigned k = 0; k < vt->getNumElements(); ++k)
      fields_[&load].push_back(b_.CreateExtractElement(scalar, uint64_t(k)));
    return;
  }
  uint64_t size = layout_.getTypeStoreSize(element).getFixedValue();
  if (!vt) {
    if (isVolatile && (!s.isKnown() || (s.stride != int64_t(size) && s.stride != -int64_t(size))))
      emitPerLane(load);
    else
      define(&load, loadLanes(pointer, s, element, load.getAlign(), isVolatile, 0, 0));
    return afterAcquire();
  }
  unsigned n = unsigned(vt->getNumElements());
  auto& fields = fields_[&load];
  if (s.isScalar() && s.group == kLanes && s.stride == int64_t(size * n)) {
    // Lanes are adjacent: one wide load, then pull the elements apart.
    Value* mask = nullptr;
    if (mask_) {
      SmallVector<int, 128> spread;
      for (unsigned k = 0; k < kLanes * n; ++k)
        spread.push_back(int(k / n));
      mask = b_.CreateShuffleVector(mask_, spread);
    }
    Value* wide =
        contiguousLoad(base(pointer), element, load.getAlign(), mask, kLanes * n, isVolatile);
    for (unsigned k = 0; k < n; ++k)
      fields.push_back(b_.CreateShuffleVector(wide, createStrideMask(k, n, kLanes)));
    return afterAcquire();
  }
  SmallVector<Value*, 8> parts;
  for (unsigned k = 0; k < n; ++k)
    parts.push_back(loadLanes(pointer, s, element, commonAlignment(load.getAlign(), k * size),
                              isVolatile, unsigned(k * size), 0));
  fields_[&load].assign(parts.begin(), parts.end());
  afterAcquire();
}

void GangEmitter::storeLanes(Value* value, Value* pointer, const Shape& s, Type* type, Align align,
                             bool isVolatile, unsigned offset) {
  int64_t size = int64_t(layout_.getTypeStoreSize(type).getFixedValue());
  if (s.isUniform()) {
    // Several lanes write one place: one of them wins (PTX leaves it open which); the last does.
    Value* lane = b_.getInt32(kLanes - 1);
    if (mask_) {
      Value* lz = b_.CreateBinaryIntrinsic(Intrinsic::ctlz, bits(mask_), b_.getTrue());
      lane = b_.CreateSub(b_.getInt32(kLanes - 1), lz);
    }
    Value* v = value->getType()->isVectorTy() ? b_.CreateExtractElement(value, lane) : value;
    b_.CreateAlignedStore(v, bytesFrom(base(pointer), offset), align, isVolatile);
    return;
  }
  if (!value->getType()->isVectorTy())
    value = splat(value);
  if (s.isScalar() && s.group == kLanes) {
    Value* first = bytesFrom(base(pointer), offset);
    if (s.stride == size && !isVolatile &&
        streamStore(value, pointer, first, uint64_t(size) * kLanes, align))
      return;
    if (s.stride == size)
      return contiguousStore(value, first, align, mask_, kLanes, isVolatile);
    if (s.stride == -size) {
      Value* last =
          b_.CreateGEP(b_.getInt8Ty(), first, b_.getInt64(uint64_t(-size * (kLanes - 1))));
      return contiguousStore(b_.CreateVectorReverse(value), last, align,
                             mask_ ? b_.CreateVectorReverse(mask_) : nullptr, kLanes, isVolatile);
    }
  }
  if (s.isKnown() && s.group < kLanes && s.stride == size) {
    for (unsigned lane = 0; lane < kLanes; lane += s.group)
      contiguousStore(b_.CreateShuffleVector(value, createStrideMask(lane, 1, s.group)),
                      bytesFrom(laneValue(pointer, lane, 0), offset), align,
                      segmentMask(lane, s.group), s.group, isVolatile);
    return;
  }
  Value* pointers = vec(pointer);
  if (offset)
    pointers = b_.CreateGEP(b_.getInt8Ty(), pointers, b_.getInt64(offset));
  if (unsigned run = probableRun(pointer, s, size)) {
    BasicBlock* fast = newBlock("store.contiguous");
    BasicBlock* slow = newBlock("store.scatter");
    BasicBlock* join = newBlock("store.done");
    b_.CreateCondBr(areRuns(pointers, run, size), fast, slow);
    b_.SetInsertPoint(fast);
    for (unsigned lane = 0; lane < kLanes; lane += run)
      contiguousStore(b_.CreateShuffleVector(value, createStrideMask(lane, 1, run)),
                      b_.CreateExtractElement(pointers, uint64_t(lane)), align,
                      segmentMask(lane, run), run, isVolatile);
    b_.CreateBr(join);
    b_.SetInsertPoint(slow);
    if (run == kLanes && size == 4 && !isVolatile && mayBeButterfly(pointer))
      storeButterfly(value, pointers, align);
    else
      scatter(value, pointers, align, isVolatile);
    b_.CreateBr(join);
    b_.SetInsertPoint(join);
    return;
  }
  scatter(value, pointers, align, isVolatile);
}

void GangEmitter::emitStore(StoreInst& store) {
  if (emitRow(store))
    return;
  Value* pointer = store.getPointerOperand();
  Value* value = store.getValueOperand();
  Shape s = shape(pointer);
  bool isVolatile = store.isVolatile() || store.isAtomic();
  if (isReleaseOrStronger(store.getOrdering()))
    b_.CreateFence(store.getOrdering());
  auto finish = [&] {
    if (store.getOrdering() == AtomicOrdering::SequentiallyConsistent)
      b_.CreateFence(AtomicOrdering::SequentiallyConsistent);
  };
  auto lanes = [&](Value* v) { return shape(v).isUniform() ? base(v) : vec(v); };
  auto* vt = dyn_cast<FixedVectorType>(value->getType());
  if (!vt) {
    storeLanes(lanes(value), pointer, s, value->getType(), store.getAlign(), isVolatile, 0);
    return finish();
  }
  // The elements, from the insertelement chain or a constant.
  unsigned n = unsigned(vt->getNumElements());
  SmallVector<Value*, 8> parts(n, nullptr);
  Value* chain = value;
  while (auto* ie = dyn_cast<InsertElementInst>(chain)) {
    auto* index = dyn_cast<ConstantInt>(ie->getOperand(2));
    if (!index)
      return fail("vector store of an indexed vector");
    Value*& part = parts[index->getZExtValue()];
    if (!part)
      part = lanes(ie->getOperand(1));
    chain = ie->getOperand(0);
  }
  for (unsigned k = 0; k < n; ++k) {
    if (parts[k])
      continue;
    if (auto* c = dyn_cast<Constant>(chain))
      parts[k] = c->getAggregateElement(k);
    else if (fields_.contains(chain))
      parts[k] = fieldOf(chain, k);
    if (!parts[k])
      return fail("vector store of an unknown vector");
  }
  uint64_t size = layout_.getTypeStoreSize(vt->getElementType()).getFixedValue();
  if (s.isScalar() && s.group == kLanes && s.stride == int64_t(size * n)) {
    // Interleave and store once.
    for (Value*& p : parts)
      if (!p->getType()->isVectorTy())
        p = splat(p);
    if (isPowerOf2_32(n)) {
      Value* wide = b_.CreateShuffleVector(concat(parts), createInterleaveMask(kLanes, n));
      if (!isVolatile &&
          streamStore(wide, pointer, base(pointer), size * n * kLanes, store.getAlign()))
        return finish();
      Value* mask = nullptr;
      if (mask_) {
        SmallVector<int, 128> spread;
        for (unsigned k = 0; k < kLanes * n; ++k)
          spread.push_back(int(k / n));
        mask = b_.CreateShuffleVector(mask_, spread);
      }
      contiguousStore(wide, base(pointer), store.getAlign(), mask, kLanes * n, isVolatile);
      return finish();
    }
  }
  for (unsigned k = 0; k < n; ++k)
    storeLanes(parts[k], pointer, s, vt->getElementType(),
               commonAlignment(store.getAlign(), k * size), isVolatile, unsigned(k * size));
  finish();
}

bool GangEmitter::isObject(Value* pointer, Aw which) const {
  auto* call = dyn_cast<CallBase>(getUnderlyingObject(pointer, 0));
  auto id = call ? awIntrinsic(*call) : std::nullopt;
  return id && *id == which;
}

// A block's shared memory belongs to one worker: its atomics need no lock prefix.
Value* GangEmitter::plainUpdate(AtomicRMWInst& rmw, Value* pointer, Value* operand) {
  Value* old = b_.CreateAlignedLoad(rmw.getType(), pointer, rmw.getAlign());
  Value* next = nullptr;
  auto pick = [&](CmpInst::Predicate p) {
    return b_.CreateSelect(b_.CreateICmp(p, old, operand), old, operand);
  };
  switch (rmw.getOperation()) {
  case AtomicRMWInst::Xchg:
    next = operand;
    break;
  case AtomicRMWInst::Add:
    next = b_.CreateAdd(old, operand);
    break;
  case AtomicRMWInst::Sub:
    next = b_.CreateSub(old, operand);
    break;
  case AtomicRMWInst::And:
    next = b_.CreateAnd(old, operand);
    break;
  case AtomicRMWInst::Or:
    next = b_.CreateOr(old, operand);
    break;
  case AtomicRMWInst::Xor:
    next = b_.CreateXor(old, operand);
    break;
  case AtomicRMWInst::FAdd:
    next = b_.CreateFAdd(old, operand);
    break;
  case AtomicRMWInst::Max:
    next = pick(CmpInst::ICMP_SGT);
    break;
  case AtomicRMWInst::Min:
    next = pick(CmpInst::ICMP_SLT);
    break;
  case AtomicRMWInst::UMax:
    next = pick(CmpInst::ICMP_UGT);
    break;
  case AtomicRMWInst::UMin:
    next = pick(CmpInst::ICMP_ULT);
    break;
  default: { // uinc_wrap and the like
    auto* copy = cast<AtomicRMWInst>(rmw.clone());
    copy->setOperand(0, pointer);
    copy->setOperand(1, operand);
    return b_.Insert(copy);
  }
  }
  b_.CreateAlignedStore(next, pointer, rmw.getAlign());
  return old;
}

// Several lanes add to one address and nobody reads the old values: one atomic for the gang.
bool GangEmitter::emitUniformAtomic(AtomicRMWInst& rmw) {
  if (!rmw.use_empty() || !shape(rmw.getPointerOperand()).isUniform())
    return false;
  Value* v = rmw.getValOperand();
  Type* t = v->getType();
  Intrinsic::ID reduce;
  Constant* identity;
  switch (rmw.getOperation()) {
  case AtomicRMWInst::Add:
    reduce = Intrinsic::vector_reduce_add;
    identity = Constant::getNullValue(t);
    break;
  case AtomicRMWInst::Or:
    reduce = Intrinsic::vector_reduce_or;
    identity = Constant::getNullValue(t);
    break;
  case AtomicRMWInst::And:
    reduce = Intrinsic::vector_reduce_and;
    identity = Constant::getAllOnesValue(t);
    break;
  case AtomicRMWInst::Max:
    reduce = Intrinsic::vector_reduce_smax;
    identity = ConstantInt::get(t, APInt::getSignedMinValue(t->getIntegerBitWidth()));
    break;
  case AtomicRMWInst::Min:
    reduce = Intrinsic::vector_reduce_smin;
    identity = ConstantInt::get(t, APInt::getSignedMaxValue(t->getIntegerBitWidth()));
    break;
  case AtomicRMWInst::UMax:
    reduce = Intrinsic::vector_reduce_umax;
    identity = Constant::getNullValue(t);
    break;
  case AtomicRMWInst::UMin:
    reduce = Intrinsic::vector_reduce_umin;
    identity = Constant::getAllOnesValue(t);
    break;
  default:
    return false;
  }
  Value* lanes = vec(v);
  if (mask_)
    lanes = b_.CreateSelect(mask_, lanes, splat(identity));
  Value* total = b_.CreateUnaryIntrinsic(reduce, lanes);
  auto* one = b_.CreateAtomicRMW(rmw.getOperation(), base(rmw.getPointerOperand()), total,
                                 rmw.getAlign(), rmw.getOrdering(), rmw.getSyncScopeID());
  one->setVolatile(rmw.isVolatile());
  return true;
}

void GangEmitter::emitAtomic(Instruction& i) {
  if (auto* rmw = dyn_cast<AtomicRMWInst>(&i); rmw && emitUniformAtomic(*rmw))
    return;
  emitPerLane(i);
}

} // namespace anywarp::spmd
