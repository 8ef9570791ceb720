// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hardware prefetches what lies in the same page. A loop over tiles, with barriers, reads rows that
// are further apart, and a gang of a loop over the whole grid reads far behind what it has read; in
// both, nothing hides the latency. So what a gang reads there is asked for rounds ahead, at its
// address plus what the loop adds to it.
#include "spmd/gang_emitter.h"
#include "spmd/prepare.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Operator.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr int64_t kCacheLine = 64;
constexpr int64_t kNear = 1024; // hardware follows steps that stay in a page
constexpr unsigned kMaxDepth = 16;
constexpr unsigned kAhead = 128; // instructions of a thread between a prefetch and its load

// Does a loop go through memory in steps of the whole grid? Then it reads everything once; rows
// whose distance is a parameter may as well be in the cache.
bool stepsByGrid(const Value* pointer) {
  SmallPtrSet<const Value*, 32> seen;
  SmallVector<const Value*, 16> work{pointer};
  while (!work.empty() && seen.size() < 64) {
    auto* i = dyn_cast<Instruction>(work.pop_back_val());
    if (!i || !seen.insert(i).second || isa<LoadInst>(i))
      continue;
    auto* call = dyn_cast<CallBase>(i);
    auto id = call ? awIntrinsic(*call) : std::nullopt;
    if (id && *id >= Aw::NctaidX && *id <= Aw::NctaidZ)
      return true;
    work.append(i->op_begin(), i->op_end());
  }
  return false;
}

} // namespace

// What a round of `loop` adds to an integer or pointer, as an i64; null: it does not change.
// nullopt: something else happens to it.
std::optional<Value*> GangEmitter::stepOf(Value* v, Loop& loop, unsigned depth) {
  auto* i = dyn_cast<Instruction>(v);
  if (!i || !loop.contains(i))
    return nullptr;
  if (depth > kMaxDepth)
    return std::nullopt;
  auto ofOperand = [&](unsigned k) { return stepOf(i->getOperand(k), loop, depth + 1); };
  auto fixed = [&](Value* x) -> Value* { // of a uniform value
    return shape(x).isUniform() ? b_.CreateSExtOrTrunc(base(x), b_.getInt64Ty()) : nullptr;
  };
  if (auto* phi = dyn_cast<PHINode>(i)) {
    if (phi->getParent() != loop.getHeader()) {
      Loop* inner = loops_.getLoopFor(phi->getParent());
      bool header = inner->getHeader() == phi->getParent() && inner->getLoopPreheader();
      return stepOf(header ? phi->getIncomingValueForBlock(inner->getLoopPreheader())
                           : phi->getIncomingValue(0),
                    loop, depth + 1);
    }
    Value* sum = nullptr;
    Value* next = phi->getIncomingValueForBlock(loop.getLoopLatch());
    for (unsigned k = 0; next != phi; ++k) {
      auto* add = dyn_cast<BinaryOperator>(next);
      if (!add || add->getOpcode() != Instruction::Add || k > kMaxDepth)
        return std::nullopt;
      auto* right = dyn_cast<Instruction>(add->getOperand(1));
      bool second = !right || !loop.contains(right);
      Value* step = fixed(add->getOperand(second ? 1 : 0));
      if (!step)
        return std::nullopt;
      sum = sum ? b_.CreateAdd(sum, step) : step;
      next = add->getOperand(second ? 0 : 1);
    }
    return sum;
  }
  auto combine = [&](Value* x, Value* y) { return !x ? y : !y ? x : b_.CreateAdd(x, y); };
  switch (i->getOpcode()) {
  case Instruction::Add:
  case Instruction::Sub: {
    auto x = ofOperand(0), y = ofOperand(1);
    if (!x || !y)
      return std::nullopt;
    return combine(*x, *y && i->getOpcode() == Instruction::Sub ? b_.CreateNeg(*y) : *y);
  }
  case Instruction::Mul:
  case Instruction::Shl: {
    auto x = ofOperand(0), y = ofOperand(1);
    if (!x || !y || (*x && *y) || (*y && i->getOpcode() == Instruction::Shl))
      return std::nullopt;
    if (!*x && !*y)
      return nullptr;
    Value* factor = fixed(i->getOperand(*x ? 1 : 0));
    if (!factor)
      return std::nullopt;
    return b_.CreateBinOp(cast<BinaryOperator>(i)->getOpcode(), *x ? *x : *y, factor);
  }
  case Instruction::SExt:
  case Instruction::ZExt:
  case Instruction::Trunc:
  case Instruction::IntToPtr:
  case Instruction::PtrToInt:
    return ofOperand(0);
  case Instruction::GetElementPtr: {
    auto* gep = cast<GetElementPtrInst>(i);
    if (gep->getNumIndices() != 1)
      return std::nullopt;
    auto x = ofOperand(0), y = ofOperand(1);
    if (!x || !y)
      return std::nullopt;
    uint64_t size = layout_.getTypeAllocSize(gep->getSourceElementType()).getFixedValue();
    return combine(*x, *y ? b_.CreateMul(*y, b_.getInt64(size)) : nullptr);
  }
  default:
    if (i->mayReadOrWriteMemory())
      return std::nullopt;
    for (unsigned k = 0; k < i->getNumOperands(); ++k)
      if (auto step = ofOperand(k); !step || *step)
        return std::nullopt;
    return nullptr;
  }
}

// The load has been written. Only vectors in full: what the gang reads is known without a look.
void GangEmitter::prefetchNext(LoadInst& load) {
  if (mode_ != Coherent || mask_ || isLarge())
    return;
  Loop* inner = loops_.getLoopFor(load.getParent());
  Loop* loop = inner;
  while (loop && none_of(loop->blocks(), [](BasicBlock* b) { return barrierOf(*b); }))
    loop = loop->getParentLoop();
  unsigned rounds = 1;
  if (!loop && inner && stepsByGrid(load.getPointerOperand())) {
    unsigned size = 0;
    for (BasicBlock* b : inner->blocks())
      size += unsigned(b->size());
    rounds = std::clamp<unsigned>(PowerOf2Ceil(kAhead / size), 1, 8);
    loop = inner;
  }
  Value* pointer = load.getPointerOperand();
  Shape s = shape(pointer);
  int64_t size = int64_t(layout_.getTypeStoreSize(load.getType()).getFixedValue());
  if (!loop || !loop->getLoopLatch() || !s.isKnown() || s.stride != size || load.isVolatile())
    return;
  const Value* object = getUnderlyingObject(pointer, 0);
  if (isa<AllocaInst>(object) || (isa<CallBase>(object) && awIntrinsic(*cast<CallBase>(object))))
    return; // what is shared or local is near
  auto step = stepOf(pointer, *loop, 0);
  if (!step || !*step)
    return;
  if (auto* c = dyn_cast<ConstantInt>(*step); c && std::abs(c->getSExtValue()) <= kNear)
    return;
  Value* distance = rounds > 1 ? b_.CreateMul(*step, b_.getInt64(rounds)) : *step;
  bool sameRow = s.group < kLanes && s.even && s.groupStride == 0;
  for (unsigned lane = 0; lane < (sameRow ? s.group : kLanes); lane += s.group) {
    Value* next = b_.CreateGEP(b_.getInt8Ty(), laneValue(pointer, lane, 0), distance);
    for (int64_t at = 0; at < size * s.group; at += kCacheLine)
      b_.CreateIntrinsic(
          Intrinsic::prefetch, {b_.getPtrTy()},
          {bytesFrom(next, uint64_t(at)), b_.getInt32(0), b_.getInt32(3), b_.getInt32(1)});
  }
}

} // namespace anywarp::spmd
