// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Barriers: what is live is saved in the gang's frame, the function returns, and comes back through
// the switch at its entry. Values that are cheaper to compute again than to load are.
#include "spmd/gang_emitter.h"
#include "spmd/prepare.h"

#include <cstddef>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicInst.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr unsigned kMaxRematDepth = 6;

unsigned reductionOf(Aw id) {
  switch (id) {
  case Aw::BarrierRedPopc:
    return AW_RED_POPC;
  case Aw::BarrierRedAnd:
    return AW_RED_AND;
  case Aw::BarrierRedOr:
    return AW_RED_OR;
  default:
    return AW_RED_NONE;
  }
}

} // namespace

void GangEmitter::computeLiveness() {
  if (!hasBarrier() && !refined_)
    return;
  using Set = SmallPtrSet<Instruction*, 16>;
  DenseMap<const BasicBlock*, Set> live;
  bool changed = true;
  while (changed) {
    changed = false;
    for (BasicBlock* block : reverse(order_)) {
      Set now;
      for (BasicBlock* s : successors(block)) {
        for (Instruction* v : live[s])
          if (!(isa<PHINode>(v) && v->getParent() == s))
            now.insert(v);
        for (PHINode& phi : s->phis())
          if (auto* in = dyn_cast<Instruction>(phi.getIncomingValueForBlock(block)))
            now.insert(in);
      }
      for (Instruction& i : reverse(*block)) {
        now.erase(&i);
        if (isa<PHINode>(i))
          continue;
        for (Value* op : i.operands())
          if (auto* d = dyn_cast<Instruction>(op); d && !isa<AllocaInst>(d))
            now.insert(d);
      }
      for (PHINode& phi : block->phis())
        now.erase(&phi);
      // Phis count as live into their own block: they are slots written on the edge.
      for (PHINode& phi : block->phis())
        if (!phi.use_empty())
          now.insert(&phi);
      if (now.size() != live[block].size()) {
        live[block] = std::move(now);
        changed = true;
      }
    }
  }
  for (auto& [block, set] : live) {
    auto& list = liveIn_[block];
    list.append(set.begin(), set.end());
    sort(list, [&](Instruction* a, Instruction* b) {
      if (a->getParent() != b->getParent())
        return position_.lookup(a->getParent()) < position_.lookup(b->getParent());
      return a->comesBefore(b);
    });
  }
  if (hasBarrier()) {
    assignHomes();
    findRestoredEarly();
  }
}

// Every value that is read behind some barrier has one place in the frame: a stop of the whole gang
// writes it, and lanes that wait at a barrier alone merge theirs into it. Small ones come first.
void GangEmitter::assignHomes() {
  unsigned offset = sizeof(AwSuspend) + 4 + 8 * unsigned(barriers_.size());
  SmallVector<std::tuple<unsigned, unsigned, Instruction*>, 32> wanted; // size, order
  SmallPtrSet<Instruction*, 16> seen;
  for (BasicBlock* block : barriers_)
    for (Instruction* v : neededAfter(block))
      if (!canRematerialize(v) && seen.insert(v).second) {
        Type* t = homeType(slots_[v]->getAllocatedType());
        wanted.push_back(
            {unsigned(layout_.getTypeStoreSize(t).getFixedValue()), unsigned(wanted.size()), v});
      }
  llvm::sort(wanted);
  for (auto& [size, order, v] : wanted) {
    offset = unsigned(alignTo(offset, std::min<uint64_t>(PowerOf2Ceil(size), 64)));
    homes_[v] = offset;
    offset += size;
  }
  frameSize_ = unsigned(alignTo(offset, 64));
}

Type* GangEmitter::homeType(Type* t) {
  if (!t->isIntOrIntVectorTy(1))
    return t;
  return t->isVectorTy() ? b_.getInt32Ty() : b_.getInt8Ty();
}

// Values read after the barrier that ends `barrier`, in a fixed order; phis of the block behind it
// are written after resuming, so what they read is needed instead.
GangEmitter::LiveSet GangEmitter::neededAfter(BasicBlock* barrier) const {
  BasicBlock* next = barrier->getSingleSuccessor();
  LiveSet result;
  SmallPtrSet<Instruction*, 16> seen;
  auto add = [&](Instruction* v) {
    if (v != barrierOf(*barrier) && slots_.contains(v) && seen.insert(v).second)
      result.push_back(v);
  };
  // Lanes that wait apart say which barrier only when the gang stops for it, perhaps after another.
  for (unsigned k = 0; k < 2; ++k)
    if (auto* operand = dyn_cast<Instruction>(barrierOf(*barrier)->getArgOperand(k)))
      add(operand);
  if (auto it = liveIn_.find(next); it != liveIn_.end())
    for (Instruction* v : it->second)
      if (!(isa<PHINode>(v) && v->getParent() == next))
        add(v);
  for (PHINode& phi : next->phis())
    if (auto* in = dyn_cast<Instruction>(phi.getIncomingValueForBlock(barrier)))
      add(in);
  return result;
}

bool GangEmitter::canRematerialize(const Value* value, unsigned depth) const {
  if (isa<Constant>(value))
    return true;
  auto* i = dyn_cast<Instruction>(value);
  if (!i || isa<PHINode>(i) || depth > kMaxRematDepth || i->getType()->isStructTy() ||
      i->getType()->isVectorTy())
    return false;
  if (isa<AllocaInst>(i))
    return true;
  if (auto* call = dyn_cast<CallBase>(i)) {
    auto id = awIntrinsic(*call);
    return id &&
           (specialShape(*id, options_.shape) ||
            (*id >= Aw::LanemaskEq && *id <= Aw::LanemaskGe)) &&
           *id != Aw::SmId && options_.shape != BlockShape::Generic;
  }
  if (!shapeIn(i, Masked).isScalar())
    return false;
  auto operandsToo = [&] {
    for (const Value* op : i->operands())
      if (!canRematerialize(op, depth + 1))
        return false;
    return true;
  };
  if (auto* load = dyn_cast<LoadInst>(i)) {
    auto* from = dyn_cast<CallBase>(getUnderlyingObject(load->getPointerOperand(), 0));
    auto id = from ? awIntrinsic(*from) : std::nullopt;
    return id && *id == Aw::ParamBase && !load->isVolatile() && operandsToo();
  }
  if (auto* op = dyn_cast<BinaryOperator>(i))
    return !op->isIntDivRem() && op->getType()->isIntegerTy() && operandsToo();
  return (isa<CastInst>(i) || isa<GetElementPtrInst>(i) || isa<ICmpInst>(i)) && operandsToo();
}

void GangEmitter::rematerialize(Instruction* value) {
  if (isa<AllocaInst>(value) || bases_.contains(value) || vectors_.contains(value))
    return;
  for (Value* op : value->operands())
    if (auto* d = dyn_cast<Instruction>(op))
      rematerialize(d);
  emitInstruction(*value);
}

Value* GangEmitter::frameAt(unsigned offset) {
  Value* frame = isKernel_ ? out_.getArg(GangArguments::kCount + 1) : stackFrame_;
  return b_.CreateGEP(b_.getInt8Ty(), frame, b_.getInt64(offset));
}

Value* GangEmitter::frameMask(unsigned offset) {
  Value* word = b_.CreateLoad(b_.getInt32Ty(), frameAt(offset));
  return b_.CreateBitCast(word, FixedVectorType::get(b_.getInt1Ty(), kLanes));
}

void GangEmitter::setFrameMask(unsigned offset, Value* mask) {
  b_.CreateStore(bits(mask), frameAt(offset));
}

unsigned GangEmitter::liveOffset() const {
  return sizeof(AwSuspend);
}

unsigned GangEmitter::waitingOffset(const BasicBlock* barrier) const {
  auto at = find(barriers_, barrier);
  return sizeof(AwSuspend) + 4 + 8 * unsigned(at - barriers_.begin());
}

// `merge`: only these lanes of vectors are written; null: all.
void GangEmitter::saveSlots(ArrayRef<Instruction*> live, Value* merge) {
  for (Instruction* v : live) {
    auto home = homes_.find(v);
    if (home == homes_.end())
      continue;
    AllocaInst* slot =
        slotOf(v, mode_); // scalars of the coherent copy: in front of a vector's home
    Type* t = slot->getAllocatedType();
    Type* mt = homeType(t);
    Align align(std::min<uint64_t>(PowerOf2Ceil(layout_.getTypeStoreSize(mt).getFixedValue()), 64));
    Value* at = frameAt(home->second);
    Value* value = b_.CreateLoad(t, slot);
    if (merge && t->isVectorTy() && !isGrouped(v)) {
      Value* old = b_.CreateAlignedLoad(mt, at, align);
      value = b_.CreateSelect(merge, value, mt == t ? old : b_.CreateBitCast(old, t));
    }
    if (mt != t)
      value = t->isVectorTy() ? bits(value) : b_.CreateZExt(value, mt);
    b_.CreateAlignedStore(value, at, align);
  }
}

void GangEmitter::restoreSlots(ArrayRef<Instruction*> live) {
  for (Instruction* v : live) {
    auto home = homes_.find(v);
    if (home == homes_.end())
      continue;
    AllocaInst* slot =
        slotOf(v, mode_); // scalars of the coherent copy: in front of a vector's home
    Type* t = slot->getAllocatedType();
    Type* mt = homeType(t);
    Align align(std::min<uint64_t>(PowerOf2Ceil(layout_.getTypeStoreSize(mt).getFixedValue()), 64));
    Value* value = b_.CreateAlignedLoad(mt, frameAt(home->second), align);
    if (mt != t)
      value = t->isVectorTy() ? b_.CreateBitCast(value, t) : b_.CreateTrunc(value, t);
    b_.CreateStore(value, slot);
  }
  for (Instruction* v : live)
    if (canRematerialize(v))
      rematerialize(v);
}

void GangEmitter::fillStop(CallBase* call, Value* lanes, Value* live, Value* predicate) {
  auto put = [&](unsigned offset, Value* v) { b_.CreateStore(v, frameAt(offset)); };
  auto count = [&](Value* mask) { return b_.CreateUnaryIntrinsic(Intrinsic::ctpop, bits(mask)); };
  put(offsetof(AwSuspend, kind), b_.getInt32(AW_STOP_BARRIER));
  // All lanes that wait name the same barrier, though that may not be provable (a number that came
  // by shuffle or from memory): what the first one says.
  put(offsetof(AwSuspend, barrier), ofFirst(bits(lanes), call->getArgOperand(0)));
  put(offsetof(AwSuspend, count), ofFirst(bits(lanes), call->getArgOperand(1)));
  put(offsetof(AwSuspend, lanes), count(lanes));
  put(offsetof(AwSuspend, live),
      isKernel_
          ? count(live)
          : b_.CreateUnaryIntrinsic(Intrinsic::ctpop, b_.CreateLoad(b_.getInt32Ty(), liveWord_)));
  unsigned red = reductionOf(*awIntrinsic(*call));
  put(offsetof(AwSuspend, red), b_.getInt32(red));
  if (red != AW_RED_NONE)
    put(offsetof(AwSuspend, value), count(b_.CreateAnd(predicate, lanes)));
}

// All threads of the block wait at barrier 0, and nothing is to be reduced.
static bool isPlainBarrier(const CallBase& call) {
  auto isZero = [&](unsigned k) {
    auto* c = dyn_cast<ConstantInt>(call.getArgOperand(k));
    return c && c->isZero();
  };
  return awIntrinsic(call) == Aw::Barrier && isZero(0) && isZero(1);
}

// `whole`: the executor is told by the result and finds nothing in the frame.
BasicBlock* GangEmitter::stop(bool whole) {
  if (options_.barriers == BarrierMode::Fiber) {
    enum { kBarrier = 11 };
    FunctionType* type =
        FunctionType::get(b_.getVoidTy(), {b_.getPtrTy(), b_.getInt32Ty(), b_.getPtrTy()}, false);
    b_.CreateCall(type, runtimeFunction(kBarrier), {args_.block, args_.gang, frameAt(0)});
    return b_.GetInsertBlock();
  }
  unsigned id = nextResume_++;
  b_.CreateRet(b_.getInt32(id | (whole ? AW_STOP_WHOLE : 0)));
  BasicBlock* resumed = newBlock("resume");
  resumeSwitch_->addCase(b_.getInt32(id), resumed);
  b_.SetInsertPoint(resumed);
  clearBlockState();
  return resumed;
}

void GangEmitter::finishBarrier(CallBase* call) {
  if (call->getType()->isVoidTy())
    return;
  Value* v = b_.CreateLoad(b_.getInt32Ty(), frameAt(offsetof(AwSuspend, value)));
  if (call->getType()->isIntegerTy(1))
    v = b_.CreateICmpNE(v, b_.getInt32(0));
  define(call, v);
}

void GangEmitter::emitBarrier(BasicBlock* block, CallBase* call, Mode mode) {
  b_.SetCurrentDebugLocation(call->getDebugLoc());
  if (!block->getSingleSuccessor())
    return fail("barrier block without a single successor");
  if (mode == Coherent && !sharesStops())
    return emitDirectStop(block, call, mode);
  if (mode == Coherent) {
    for (Instruction* v : neededAfter(block))
      spread(v);
    for (Value* operand : call->args())
      if (auto* v = dyn_cast<Instruction>(operand))
        spread(v);
    return emitSharedStop(block, call);
  }
  // Lanes of one gang may arrive at different barriers: those that come first wait alone.
  Value* live = frameMask(liveOffset());
  BasicBlock* together = newBlock("together");
  BasicBlock* apart = newBlock("apart");
  b_.CreateCondBr(b_.CreateICmpEQ(bits(live), bits(mask_)), together, apart);
  b_.SetInsertPoint(apart);
  auto bases = bases_;
  auto vectors = vectors_;
  unsigned waiting = waitingOffset(block);
  saveSlots(neededAfter(block), mask_);
  setFrameMask(waiting, b_.CreateOr(frameMask(waiting), mask_));
  if (call->arg_size() > 2)
    setFrameMask(waiting + 4,
                 b_.CreateSelect(mask_, vec(call->getArgOperand(2)), frameMask(waiting + 4)));
  b_.CreateBr(guard(position_[block] + 1));
  bases_ = std::move(bases);
  vectors_ = std::move(vectors);
  b_.SetInsertPoint(together);
  if (sharesStops())
    emitSharedStop(block, call);
  else
    emitDirectStop(block, call, mode);
}

// Large functions that need the masked copy anyway: saving and restoring is most of their code.
bool GangEmitter::sharesStops() const {
  if (!isLarge() || isHuge() || options_.barriers != BarrierMode::Resume)
    return false;
  return (options_.shape != BlockShape::Row && options_.shape != BlockShape::Linear) ||
         any_of(order_, [&](BasicBlock* block) { return shapes_.isDivergent(block); });
}

// One stop for both copies: all live lanes are here.
void GangEmitter::emitSharedStop(BasicBlock* block, CallBase* call) {
  BasicBlock*& shared = sharedStops_[block];
  if (shared) {
    b_.CreateBr(shared);
    return;
  }
  shared = newBlock("barrier.stop");
  b_.CreateBr(shared);
  b_.SetInsertPoint(shared);
  clearBlockState();
  mode_ = Masked;
  mask_ = frameMask(liveOffset());
  emitDirectStop(block, call, Masked);
  mask_ = nullptr;
}

void GangEmitter::emitDirectStop(BasicBlock* block, CallBase* call, Mode mode) {
  BasicBlock* next = block->getSingleSuccessor();
  LiveSet needed = neededAfter(block);
  bool fiber = options_.barriers == BarrierMode::Fiber;
  Value* lanes = mode == Masked ? mask_ : allLanes();
  Value* predicate = call->arg_size() > 2 ? vec(call->getArgOperand(2)) : nullptr;
  if (!fiber)
    saveSlots(needed, nullptr);
  bool whole = mode == Coherent && !fiber && isKernel_ && isPlainBarrier(*call);
  if (!whole)
    fillStop(call, lanes, lanes, predicate);
  if (mode == Coherent)
    coherentResumes_.push_back(nextResume_);
  stop(whole);
  if (!fiber) {
    if (mode == Masked)
      mask_ = lanes = frameMask(liveOffset());
    restoreSlots(needed);
  }
  finishBarrier(call);
  if (mode == Coherent) {
    edgeMoves(block, next, nullptr);
    b_.CreateBr(coherent(next));
    return;
  }
  edgeMoves(block, next, nullptr); // all live lanes are here
  if (!isHuge())
    enterCoherent(next, all(lanes));
  storePending(position_[next], lanes);
  b_.CreateBr(maskedEntry(next, nullptr));
}

// Lanes that wait apart at different instructions for the same barrier stop, and go on, together.
SmallVector<SmallVector<BasicBlock*, 4>, 4> GangEmitter::barrierGroups() const {
  SmallVector<SmallVector<BasicBlock*, 4>, 4> groups;
  SmallPtrSet<BasicBlock*, 8> done;
  for (BasicBlock* block : barriers_) {
    if (!done.insert(block).second)
      continue;
    CallBase* call = barrierOf(*block);
    auto same = [&](CallBase* c) {
      return c->getCalledFunction() == call->getCalledFunction() && c->arg_size() == 2 &&
             isa<Constant>(c->getArgOperand(0)) && isa<Constant>(c->getArgOperand(1)) &&
             c->getArgOperand(0) == call->getArgOperand(0) &&
             c->getArgOperand(1) == call->getArgOperand(1);
    };
    auto& group = groups.emplace_back();
    group.push_back(block);
    for (BasicBlock* b : barriers_)
      if (b != block && same(barrierOf(*b)) && done.insert(b).second)
        group.push_back(b);
  }
  return groups;
}

// What lanes read behind a barrier from which they go on with others that are further up: it was
// restored for them before the blocks in between are passed.
void GangEmitter::findRestoredEarly() {
  for (const auto& group : barrierGroups()) {
    unsigned first = ~0u;
    for (BasicBlock* b : group)
      first = std::min(first, position_[b->getSingleSuccessor()]);
    for (BasicBlock* b : group)
      for (Instruction* v : neededAfter(b)) {
        auto& range = restoredEarly_.try_emplace(v, first, 0).first->second;
        range.first = std::min(range.first, first);
        range.second = std::max(range.second, position_[b->getSingleSuccessor()]);
      }
  }
}

// Behind the last block of the masked copy: nobody can run. Lanes that wait at barriers stop the
// gang; with none the gang is finished.
void GangEmitter::emitChainEnd() {
  b_.SetInsertPoint(guard(unsigned(order_.size())));
  b_.SetCurrentDebugLocation(DebugLoc());
  clearBlockState();
  mask_ = nullptr;
  emitMeetingsApart();
  emitUnpark();
  for (const auto& group : barrierGroups()) {
    BasicBlock* block = group.front();
    CallBase* call = barrierOf(*block);
    BasicBlock* stopHere = newBlock("stop");
    BasicBlock* other = newBlock("next.barrier");
    clearBlockState();
    Value* lanes = noLanes();
    for (BasicBlock* b : group)
      lanes = b_.CreateOr(lanes, frameMask(waitingOffset(b)));
    b_.CreateCondBr(any(lanes), stopHere, other);
    b_.SetInsertPoint(stopHere);
    SmallVector<Instruction*, 2> named;
    for (unsigned k = 0; k < 2; ++k)
      if (auto* operand = dyn_cast<Instruction>(call->getArgOperand(k));
          operand && slots_.contains(operand))
        named.push_back(operand);
    if (options_.barriers == BarrierMode::Resume)
      restoreSlots(named);
    Value* predicate = frameMask(waitingOffset(block) + 4);
    fillStop(call, lanes, frameMask(liveOffset()), predicate);
    stop();
    LiveSet needed;
    SmallPtrSet<Instruction*, 16> seen;
    for (BasicBlock* b : group)
      for (Instruction* v : neededAfter(b))
        if (seen.insert(v).second)
          needed.push_back(v);
    restoreSlots(needed);
    finishBarrier(call);
    for (BasicBlock* b : group) {
      clearBlockState();
      Value* mask = frameMask(waitingOffset(b));
      BasicBlock* next = b->getSingleSuccessor();
      edgeMoves(b, next, mask);
      addPending(next, mask);
      setFrameMask(waitingOffset(b), noLanes());
    }
    unsigned first = unsigned(order_.size());
    for (BasicBlock* b : group)
      first = std::min(first, position_[b->getSingleSuccessor()]);
    b_.CreateBr(maskedEntry(order_[first], nullptr));
    b_.SetInsertPoint(other);
  }
  if (isKernel_)
    b_.CreateRet(b_.getInt32(0));
  else if (returned_)
    b_.CreateRet(b_.CreateLoad(returned_->getAllocatedType(), returned_));
  else
    b_.CreateRetVoid();
}

} // namespace anywarp::spmd
