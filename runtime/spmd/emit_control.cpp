// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Blocks, branches and the two copies of the control flow.
#include "spmd/fuse_gangs.h"
#include "spmd/gang_emitter.h"
#include "spmd/prepare.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>

using namespace llvm;

namespace anywarp::spmd {

GangEmitter::GangEmitter(Function& source, Function& out, LoopInfo& loops,
                         ArrayRef<BasicBlock*> order, const ShapeAnalysis& shapes,
                         const ShapeAnalysis* refined, const VectorizeOptions& options,
                         const TargetTraits& traits, bool isKernel)
    : source_(source), out_(out), context_(source.getContext()), module_(*source.getParent()),
      layout_(module_.getDataLayout()), loops_(loops), order_(order), shapes_(shapes),
      refined_(refined), options_(options), traits_(traits), isKernel_(isKernel),
      b_(source.getContext()) {
  for (unsigned i = 0; i < order_.size(); ++i)
    position_[order_[i]] = i;
}

void GangEmitter::fail(const Twine& why) {
  if (error_.empty())
    error_ = (source_.getName() + ": " + why).str();
}

BasicBlock* GangEmitter::newBlock(const Twine& name) {
  return BasicBlock::Create(context_, name, &out_);
}

void GangEmitter::setUp() {
  entry_ = newBlock("entry");
  b_.SetInsertPoint(entry_);
  args_.block = out_.getArg(0);
  args_.launch = out_.getArg(1);
  args_.gang = out_.getArg(2);
  for (unsigned d = 0; d < 3; ++d)
    args_.ctaid[d] = out_.getArg(3 + d);
  if (!isKernel_)
    maskArgument_ = out_.getArg(GangArguments::kCount);
  bool calls = false;
  for (BasicBlock* block : order_)
    calls |= exitingCallOf(*block) != nullptr;
  for (Function& f : module_) // barriers below a call count them, too
    calls |= isKernel_ && &f != &source_ && !f.isDeclaration();
  if (!isKernel_)
    liveWord_ = out_.getArg(GangArguments::kCount + 1);
  else if (any_of(order_, [](BasicBlock* block) { return barrierOf(*block); }))
    liveWord_ = frameAt(liveOffset()); // outlives a stop
  else
    liveWord_ = calls ? cast<Value>(b_.CreateAlloca(b_.getInt32Ty(), nullptr, "live.lanes"))
                      : ConstantPointerNull::get(b_.getPtrTy());
  Type* maskType = FixedVectorType::get(b_.getInt1Ty(), kLanes);
  for (BasicBlock* block : order_) {
    if (!isLarge())
      pending_.push_back(b_.CreateAlloca(maskType, nullptr, "pending"));
    if (barrierOf(*block))
      barriers_.push_back(block);
  }
  if (isLarge())
    pendingArray_ =
        b_.CreateAlloca(ArrayType::get(b_.getInt32Ty(), order_.size()), nullptr, "pending");
  if (hasBarrier())
    frameSize_ = sizeof(AwSuspend);
  if (!isKernel_ && !source_.getReturnType()->isVoidTy())
    returned_ = b_.CreateAlloca(vectorOf(source_.getReturnType()), nullptr, "returned");
  findGrouped();
  // Values that cross blocks live in slots until mem2reg.
  for (BasicBlock* block : order_) {
    for (Instruction& i : *block) {
      Type* t = i.getType();
      if (t->isVoidTy() || t->isStructTy() || t->isVectorTy() || isa<AllocaInst>(i))
        continue;
      bool crosses = isa<PHINode>(i) || barrierOf(*block) == &i;
      for (User* u : i.users())
        crosses |= cast<Instruction>(u)->getParent() != block || isa<PHINode>(u);
      if (!crosses)
        continue;
      slots_[&i] = b_.CreateAlloca(slotType(i), nullptr, i.getName());
      if (!shapeIn(&i, Masked).isScalar() && shapeIn(&i, Coherent).isScalar())
        coherentSlots_[&i] = b_.CreateAlloca(t, nullptr, i.getName() + ".all");
    }
  }
  guards_.assign(order_.size() + 1, nullptr);
  setUpParking();
  setUpMeetings();
}

bool GangEmitter::emit() {
  setUp();
  computeLiveness();
  emitEntry();
  // Coherent blocks come into being as they are reached.
  while (!coherentWork_.empty() && error_.empty()) {
    BasicBlock* block = coherentWork_.pop_back_val();
    b_.SetInsertPoint(coherent_[block]);
    emitBlock(block, Coherent);
  }
  if (maskedUsed_) {
    mode_ = Masked;
    for (unsigned i = 0; i < order_.size() && error_.empty(); ++i)
      emitGuard(i);
    mode_ = Masked;
    emitChainEnd();
  }
  while (!coherentWork_.empty() && error_.empty()) { // reached by going back
    BasicBlock* block = coherentWork_.pop_back_val();
    b_.SetInsertPoint(coherent_[block]);
    emitBlock(block, Coherent);
  }
  return error_.empty();
}

BasicBlock* GangEmitter::coherent(BasicBlock* block) {
  BasicBlock*& c = coherent_[block];
  if (!c) {
    c = newBlock(block->getName() + ".all");
    coherentWork_.push_back(block);
  }
  return c;
}

BasicBlock* GangEmitter::guard(unsigned index) {
  maskedUsed_ = true;
  BasicBlock*& g = guards_[index];
  if (!g)
    g = newBlock(index < order_.size() ? order_[index]->getName() + ".guard" : Twine("lanes.end"));
  return g;
}

// Masked loops are entered at their header only, so that the graph stays reducible: empty guards
// lead on to the block that has lanes. Large functions are entered exactly, which keeps values from
// being live where they are not (see killSkipped).
BasicBlock* GangEmitter::maskedEntry(BasicBlock* a, BasicBlock* b) {
  unsigned index = ~0u;
  for (BasicBlock* block : {a, b}) {
    if (!block)
      continue;
    unsigned i = position_[block];
    if (!isLarge())
      for (Loop* l = loops_.getLoopFor(block); l; l = l->getParentLoop())
        i = std::min(i, position_[l->getHeader()]);
    index = std::min(index, i);
  }
  return guard(index);
}

// Where a gang whose lanes are all together again leaves the masked copy: loop headers and joins.
bool GangEmitter::mayReenter(unsigned index) const {
  BasicBlock* block = order_[index];
  if (index == 0 || isHuge() || options_.shape == BlockShape::Generic)
    return false;
  Loop* l = loops_.getLoopFor(block);
  if (l && l->getHeader() == block)
    return true;
  return !isLarge() && block->hasNPredecessorsOrMore(2) && block->size() >= 3;
}

void GangEmitter::emitEntry() {
  BasicBlock* start = newBlock("start");
  b_.SetInsertPoint(start);
  clearBlockState();
  if (!isKernel_ && hasBarrier()) // its frame lives as long as the call: Fiber
    stackFrame_ = entryAlloca(ArrayType::get(b_.getInt8Ty(), frameSize_), "frame", 64);
  for (BasicBlock* barrier : barriers_)
    setFrameMask(waitingOffset(barrier), noLanes());
  BasicBlock* first = order_[0];
  auto startMasked = [&](Value* mask) {
    setLiveWord(mask);
    if (live_)
      b_.CreateStore(bits(mask), live_);
    if (hasBarrier())
      setFrameMask(liveOffset(), mask);
    storePending(0, mask);
    b_.CreateBr(guard(0));
  };
  auto startAll = [&] {
    if (isHuge())
      return startMasked(allLanes());
    setLiveWord(allLanes());
    if (live_)
      b_.CreateStore(b_.getInt32(~0u), live_);
    if (hasBarrier())
      setFrameMask(liveOffset(), allLanes());
    b_.CreateBr(coherent(first));
  };
  if (!isKernel_) {
    BasicBlock* full = newBlock("full");
    BasicBlock* part = newBlock("part");
    b_.CreateCondBr(all(maskArgument_), full, part);
    b_.SetInsertPoint(full);
    startAll();
    b_.SetInsertPoint(part);
    startMasked(maskArgument_);
  } else if (options_.shape == BlockShape::Row || options_.shape == BlockShape::Linear) {
    startAll(); // blocks are whole gangs
  } else {
    Type* i32 = b_.getInt32Ty();
    Value* left = b_.CreateSub(launchField(offsetof(AwLaunch, threads), i32),
                               b_.CreateMul(args_.gang, b_.getInt32(kLanes)));
    BasicBlock* full = newBlock("full");
    BasicBlock* part = newBlock("part");
    b_.CreateCondBr(isFullGang(b_.CreateICmpUGE(left, b_.getInt32(kLanes))), full, part);
    b_.SetInsertPoint(full);
    startAll();
    b_.SetInsertPoint(part);
    startMasked(b_.CreateICmpULT(laneIndices(i32), splat(left)));
  }
  // Local memory: one copy a lane. It must outlive a stop when barriers return from the function.
  b_.SetInsertPoint(entry_);
  // Nobody waits when the function is entered, from the start or at a resume point.
  if (pendingArray_)
    b_.CreateMemSet(pendingArray_, b_.getInt8(0), order_.size() * 4, Align(4), /*isVolatile=*/true);
  for (AllocaInst* p : pending_)
    b_.CreateStore(noLanes(), p);
  for (auto& [block, lanes] : parked_)
    b_.CreateStore(noLanes(), lanes);
  clearMeetings();
  if (patience_)
    b_.CreateStore(b_.getInt32(kPatience), patience_);
  bool inFrame = isKernel_ && hasBarrier() && options_.barriers == BarrierMode::Resume;
  Value* local = nullptr;
  for (BasicBlock* block : order_)
    for (Instruction& i : *block) {
      auto* a = dyn_cast<AllocaInst>(&i);
      if (!a)
        continue;
      auto size = a->getAllocationSize(layout_);
      if (!size) {
        fail("alloca of variable size is not supported");
        return;
      }
      uint64_t stride = alignTo(size->getFixedValue(), 16);
      if (!inFrame) {
        auto* array = b_.CreateAlloca(b_.getInt8Ty(), b_.getInt64(stride * kLanes), a->getName());
        array->setAlignment(Align(64));
        locals_[a] = array;
      } else {
        if (!local)
          local = blockField(offsetof(AwBlock, local), b_.getPtrTy());
        locals_[a] = b_.getInt64(localSize_); // turned into a pointer below
      }
      localSize_ += unsigned(alignTo(stride * kLanes, 64));
    }
  if (inFrame && local) {
    Value* at = b_.CreateGEP(
        b_.getInt8Ty(), local,
        b_.CreateMul(b_.CreateZExt(args_.gang, b_.getInt64Ty()), b_.getInt64(localSize_)));
    for (auto& entry : locals_)
      entry.second = b_.CreateGEP(b_.getInt8Ty(), at, entry.second);
  }
  if (hasBarrier() && options_.barriers == BarrierMode::Resume)
    resumeSwitch_ = b_.CreateSwitch(out_.getArg(GangArguments::kCount), start);
  else
    b_.CreateBr(start);
}

// `known`, for which a function of several gangs may put in what holds for its own (fuse_gangs.h).
Value* GangEmitter::isFullGang(Value* known) {
  auto* type = FunctionType::get(b_.getInt1Ty(), {b_.getInt1Ty()}, false);
  FunctionCallee callee = out_.getParent()->getOrInsertFunction(kFullGang, type);
  auto* call = b_.CreateCall(callee, {known});
  call->setDoesNotAccessMemory();
  call->setDoesNotThrow();
  return call;
}

void GangEmitter::emitGuard(unsigned index) {
  if (!guards_[index] && index) // nobody jumps here but the previous block
    guard(index);
  b_.SetInsertPoint(guard(index));
  b_.SetCurrentDebugLocation(DebugLoc());
  clearBlockState();
  // The entry and what follows a barrier are entered with lanes of their own, by no branch.
  bool byBranch = index && none_of(predecessors(order_[index]),
                                   [](BasicBlock* from) { return barrierOf(*from); });
  if (byBranch && isDeadEnd(*order_[index])) {
    b_.CreateBr(guard(index + 1)); // written where its lanes come from
    return;
  }
  if (meetings_.contains(order_[index])) {
    Value* mask = emitMeetingGuard(index);
    emitMaskedBody(index, mask);
    return;
  }
  Value* mask = loadPending(index);
  BasicBlock* body = newBlock(order_[index]->getName() + ".some");
  BasicBlock* skipped = guard(index + 1);
  if ((isLarge() || !loops_.getLoopFor(order_[index])) &&
      !shapes_.parking().isBefore(order_[index]))
    skipped = killSkipped(index, skipped);
  b_.SetInsertPoint(guard(index));
  b_.CreateCondBr(any(mask), body, skipped);
  b_.SetInsertPoint(body);
  storePending(index, noLanes());
  emitMaskedBody(index, mask);
}

void GangEmitter::emitMaskedBody(unsigned index, Value* mask) {
  if (mayReenter(index)) {
    mode_ = Masked;
    enterCoherent(order_[index], all(mask));
  }
  mask_ = mask;
  emitBlock(order_[index], Masked);
  mask_ = meetingLanes_ = nullptr;
}

// On the way past a block that no lane runs, what it would have defined is dead: lanes further down
// either passed it before the masked copy was entered behind it, or cannot use it. Saying so keeps
// slots from being live back to the start, and phis for them from filling every join.
BasicBlock* GangEmitter::killSkipped(unsigned index, BasicBlock* next) {
  BasicBlock* skip = nullptr;
  for (Instruction& i : *order_[index]) {
    auto slot = slots_.find(&i);
    if (slot == slots_.end())
      continue;
    if (auto early = restoredEarly_.find(&i); early != restoredEarly_.end() &&
                                              early->second.first <= index &&
                                              index < early->second.second)
      continue;
    if (!skip) {
      skip = newBlock("skip");
      b_.SetInsertPoint(skip);
    }
    b_.CreateStore(PoisonValue::get(slot->second->getAllocatedType()), slot->second);
  }
  if (!skip)
    return next;
  b_.CreateBr(next);
  return skip;
}

void GangEmitter::emitBlock(BasicBlock* block, Mode mode) {
  mode_ = mode;
  current_ = block;
  if (mode == Coherent) {
    mask_ = meetingLanes_ = nullptr;
    clearBlockState();
  }
  if (CallBase* barrier = barrierOf(*block))
    return emitBarrier(block, barrier, mode);
  findRows(*block);
  for (Instruction& i : *block) {
    if (i.isTerminator())
      break;
    emitInstruction(i);
    meetingLanes_ = nullptr; // was for the first
    if (!error_.empty())
      return;
  }
  flushWrapChecks();
  if (mode == Masked && yieldOf(*block))
    return emitPark(block);
  if (exitingCallOf(*block))
    return emitAfterExits(block, mode);
  emitTerminator(block, mode);
}

// Phis are read together, then written: a phi may be another one's operand.
void GangEmitter::collectMoves(BasicBlock* from, BasicBlock* to, Value* mask, Mode into,
                               Moves& moves) {
  Loop* loop = loops_.getLoopFor(to);
  bool header = loop && loop->getHeader() == to && !isLoose(to);
  for (PHINode& phi : to->phis()) {
    if (phi.getType()->isStructTy() || phi.getType()->isVectorTy())
      return fail("struct value merges at a join");
    Value* in = phi.getIncomingValueForBlock(from);
    AllocaInst* slot = slotOf(&phi, into);
    bool scalar = shapeIn(&phi, into).isScalar();
    Value* v;
    if (scalar)
      v = isa<UndefValue>(in) ? in : base(in);
    else
      v = vec(in);
    // Lanes that came another way keep what they brought; a loop header has only one crowd.
    if (isGrouped(&phi))
      v = firstOfGroups(&phi, v);
    else if (!scalar && mask && !header)
      v = b_.CreateSelect(mask, v, b_.CreateLoad(v->getType(), slot));
    moves.push_back({slot, v});
  }
}

void GangEmitter::commitMoves(const Moves& moves) {
  for (auto& [slot, v] : moves)
    b_.CreateStore(v, slot);
}

void GangEmitter::edgeMoves(BasicBlock* from, BasicBlock* to, Value* mask) {
  Moves moves;
  collectMoves(from, to, mask, mode_, moves);
  commitMoves(moves);
}

Value* GangEmitter::loadPending(unsigned index) {
  if (!pendingArray_)
    return b_.CreateLoad(pending_[index]->getAllocatedType(), pending_[index]);
  Value* at = b_.CreateConstInBoundsGEP1_32(b_.getInt32Ty(), pendingArray_, index);
  Value* word = b_.CreateLoad(b_.getInt32Ty(), at, /*isVolatile=*/true);
  return b_.CreateBitCast(word, FixedVectorType::get(b_.getInt1Ty(), kLanes));
}

void GangEmitter::storePending(unsigned index, Value* mask) {
  if (!pendingArray_) {
    b_.CreateStore(mask, pending_[index]);
    return;
  }
  Value* at = b_.CreateConstInBoundsGEP1_32(b_.getInt32Ty(), pendingArray_, index);
  b_.CreateStore(bits(mask), at, /*isVolatile=*/true); // volatile: never promoted
}

void GangEmitter::addPending(BasicBlock* to, Value* mask) {
  unsigned index = position_[to];
  storePending(index, b_.CreateOr(loadPending(index), mask));
}

void GangEmitter::emitLanesEnd(BasicBlock* block, Mode mode, Value* returned) {
  if (returned && returned_) {
    Value* v = vec(returned);
    if (mask_)
      v = b_.CreateSelect(mask_, v, b_.CreateLoad(v->getType(), returned_));
    b_.CreateStore(v, returned_);
  }
  if (mode == Masked) {
    if (isKernel_ && !isa<ConstantPointerNull>(liveWord_))
      b_.CreateStore(
          b_.CreateAnd(b_.CreateLoad(b_.getInt32Ty(), liveWord_), b_.CreateNot(bits(mask_))),
          liveWord_);
    if (live_)
      b_.CreateStore(b_.CreateAnd(b_.CreateLoad(b_.getInt32Ty(), live_), b_.CreateNot(bits(mask_))),
                     live_);
    if (hasBarrier())
      setFrameMask(liveOffset(), b_.CreateAnd(frameMask(liveOffset()), b_.CreateNot(mask_)));
    b_.CreateBr(guard(position_[block] + 1));
    return;
  }
  if (isKernel_)
    b_.CreateRet(b_.getInt32(0));
  else if (returned_)
    b_.CreateRet(b_.CreateLoad(returned_->getAllocatedType(), returned_));
  else
    b_.CreateRetVoid();
}

void GangEmitter::setLiveWord(Value* mask) {
  if (isKernel_ && !isa<ConstantPointerNull>(liveWord_))
    b_.CreateStore(bits(mask), liveWord_);
}

// Behind a call in which threads may have ended: who is left goes on.
void GangEmitter::emitAfterExits(BasicBlock* block, Mode mode) {
  BasicBlock* next = block->getSingleSuccessor();
  Value* word = b_.CreateLoad(b_.getInt32Ty(), liveWord_);
  Value* left = b_.CreateBitCast(word, noLanes()->getType());
  if (mode == Coherent) {
    BasicBlock* some = newBlock("some.exited");
    edgeMoves(block, next, nullptr);
    b_.CreateCondBr(b_.CreateICmpEQ(word, b_.getInt32(~0u)), coherent(next), some);
    b_.SetInsertPoint(some);
    leaveCoherent(block, {next});
    mask_ = left;
  } else {
    mask_ = b_.CreateAnd(mask_, left);
    edgeMoves(block, next, mask_);
  }
  if (live_)
    b_.CreateStore(b_.CreateAnd(b_.CreateLoad(b_.getInt32Ty(), live_), word), live_);
  if (hasBarrier())
    setFrameMask(liveOffset(), b_.CreateAnd(frameMask(liveOffset()), left));
  addPending(next, mask_);
  bool back = position_[next] <= position_[block];
  b_.CreateBr(mode == Coherent ? maskedEntry(next, nullptr)
              : back           ? guard(position_[next])
                               : guard(position_[block] + 1));
}

void GangEmitter::emitTerminator(BasicBlock* block, Mode mode) {
  Instruction* t = block->getTerminator();
  b_.SetCurrentDebugLocation(t->getDebugLoc());
  if (auto* ret = dyn_cast<ReturnInst>(t))
    return emitLanesEnd(block, mode, ret->getReturnValue());
  if (isa<UnreachableInst>(t))
    return emitLanesEnd(block, mode, nullptr);
  if (auto* br = dyn_cast<BranchInst>(t))
    return emitBranch(*br, mode);
  fail("unsupported terminator: " + Twine(t->getOpcodeName()));
}

// Lanes in `mask` (null: all) end the launch: their block is written here, outside the order.
void GangEmitter::emitDeadEnd(BasicBlock* from, BasicBlock* block, Value* mask) {
  edgeMoves(from, block, mask);
  Value* outer = mask_;
  mask_ = mask;
  clearBlockState();
  current_ = block;
  findRows(*block);
  for (Instruction& i : *block) {
    if (i.isTerminator())
      break;
    emitInstruction(i);
  }
  wrapped_ = nullptr;
  b_.CreateUnreachable();
  current_ = from;
  mask_ = outer;
}

void GangEmitter::emitBranch(BranchInst& branch, Mode mode) {
  BasicBlock* from = branch.getParent();
  unsigned here = position_[from];
  auto isBack = [&](BasicBlock* to) { return position_[to] <= here; };
  // One edge that every active lane takes.
  auto take = [&](BasicBlock* to) {
    if (isDeadEnd(*to))
      return emitDeadEnd(from, to, mask_);
    edgeMoves(from, to, mask_);
    if (mode == Coherent) {
      b_.CreateBr(coherent(to));
      return;
    }
    addPending(to, mask_);
    b_.CreateBr(isBack(to) ? guard(position_[to]) : guard(here + 1));
  };
  if (branch.isUnconditional())
    return take(branch.getSuccessor(0));
  BasicBlock* yes = branch.getSuccessor(0);
  BasicBlock* no = branch.getSuccessor(1);
  if (yes == no)
    return take(yes);
  Value* condition = branch.getCondition();
  if (!isDivergent(from, mode)) {
    BasicBlock* onYes = newBlock("then");
    BasicBlock* onNo = newBlock("else");
    Value* c = base(condition);
    // Both arms start from the same cached values.
    b_.CreateCondBr(c, onYes, onNo);
    auto bases = bases_;
    auto vectors = vectors_;
    b_.SetInsertPoint(onYes);
    take(yes);
    bases_ = std::move(bases);
    vectors_ = std::move(vectors);
    b_.SetInsertPoint(onNo);
    take(no);
    return;
  }
  Value* c = vec(condition);
  for (BasicBlock* dead : {yes, no}) {
    if (!isDeadEnd(*dead))
      continue;
    Value* lanes = dead == yes ? c : b_.CreateNot(c);
    if (mask_)
      lanes = b_.CreateAnd(lanes, mask_);
    BasicBlock* die = newBlock("die");
    BasicBlock* live = newBlock("live");
    MDBuilder md(context_);
    b_.CreateCondBr(any(lanes), die, live, md.createBranchWeights(1, 1 << 20));
    auto bases = bases_;
    auto vectors = vectors_;
    b_.SetInsertPoint(die);
    emitDeadEnd(from, dead, lanes);
    bases_ = std::move(bases);
    vectors_ = std::move(vectors);
    b_.SetInsertPoint(live);
    return take(dead == yes ? no : yes);
  }
  if (mode == Coherent) {
    BasicBlock* onAll = newBlock("all");
    BasicBlock* notAll = newBlock("not.all");
    BasicBlock* onNone = newBlock("none");
    BasicBlock* mixed = newBlock("mixed");
    Value* word = bits(c);
    auto saved = [&](BasicBlock* at, function_ref<void()> body) {
      auto bases = bases_;
      auto vectors = vectors_;
      b_.SetInsertPoint(at);
      body();
      bases_ = std::move(bases);
      vectors_ = std::move(vectors);
    };
    b_.CreateCondBr(b_.CreateICmpEQ(word, b_.getInt32(~0u)), onAll, notAll);
    b_.SetInsertPoint(notAll);
    b_.CreateCondBr(b_.CreateICmpEQ(word, b_.getInt32(0)), onNone, mixed);
    saved(onAll, [&] { take(yes); });
    saved(onNone, [&] { take(no); });
    saved(mixed, [&] {
      if (BasicBlock* join = joinOfArms(branch))
        return emitArms(branch, join, c);
      leaveCoherent(from, {yes, no});
      storePending(position_[yes], c);
      storePending(position_[no], b_.CreateNot(c));
      b_.CreateBr(maskedEntry(yes, no));
    });
    return;
  }
  Value* yesMask = b_.CreateAnd(mask_, c);
  Value* noMask = b_.CreateAnd(mask_, b_.CreateNot(c));
  Moves moves;
  collectMoves(from, yes, yesMask, Masked, moves);
  collectMoves(from, no, noMask, Masked, moves);
  commitMoves(moves);
  addPending(yes, yesMask);
  addPending(no, noMask);
  if (isBack(yes) || isBack(no)) {
    BasicBlock* header = isBack(yes) ? yes : no;
    b_.CreateCondBr(any(isBack(yes) ? yesMask : noMask), guard(position_[header]), guard(here + 1));
    return;
  }
  b_.CreateBr(guard(here + 1));
}

} // namespace anywarp::spmd
