// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "split_vectors.h"

#include "spmd/vector_registers.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/MathExtras.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/Utils/Local.h>

using namespace llvm;

namespace anywarp::cpu {
namespace {

constexpr unsigned kGang = 32;
// Less than this many vector instructions are not worth looking at.
constexpr unsigned kLeast = 64;
// Two instructions a cycle; results of floating-point arithmetic are there 4 cycles later.
constexpr unsigned kIssue = 2, kFloatLatency = 4;

// What a value that goes round a loop costs in memory: the allocator copies it from place to place.
constexpr unsigned kMoved = 4;

using Registers = spmd::VectorRegisters;

// x, of a vector that holds it in its first lane and nothing else.
Value* scalarIn(const Value* v) {
  auto* insert = dyn_cast<InsertElementInst>(v);
  if (!insert || !isa<PoisonValue>(insert->getOperand(0)))
    return nullptr;
  auto* index = dyn_cast<ConstantInt>(insert->getOperand(2));
  return index && index->isZero() ? insert->getOperand(1) : nullptr;
}

// One value for each lane of a gang.
bool isGang(const Value* v) {
  auto* type = dyn_cast<FixedVectorType>(v->getType());
  return type && type->getNumElements() == kGang && !scalarIn(v);
}

bool isElementwise(const Instruction& i) {
  if (isa<BinaryOperator>(i) || isa<UnaryOperator>(i) || isa<CmpInst>(i) || isa<FreezeInst>(i) ||
      isa<SelectInst>(i))
    return true;
  if (isa<CastInst>(i))
    return isGang(i.getOperand(0));
  auto* call = dyn_cast<IntrinsicInst>(&i);
  return call && isTriviallyVectorizable(call->getIntrinsicID()) &&
         all_of(call->args(), [](const Use& u) { return isGang(u.get()); });
}

// Where lanes come from: each part makes its own copy.
bool isSource(const Instruction& i) {
  auto* load = dyn_cast<LoadInst>(&i);
  return scalarIn(&i) || (load && load->isSimple() && !isGang(load));
}

bool breaks(const Instruction& i) {
  auto* call = dyn_cast<IntrinsicInst>(&i);
  if (call && call->getIntrinsicID() == Intrinsic::prefetch)
    return false;
  return i.isTerminator() || i.mayHaveSideEffects() || i.mayWriteToMemory();
}

// Straight code on a number of registers: counts registers that are stored and loaded again where
// there are too few, if what is used last leaves first.
class SpillCount {
public:
  struct Value {
    const llvm::Value* value;
    unsigned part, weight;
  };
  explicit SpillCount(unsigned registers) : registers_(registers) {}

  void step(ArrayRef<Value> operands, Value result) {
    steps_.push_back({SmallVector<Value, 4>(operands), result});
    for (const Value& v : operands)
      uses_[key(v)].push_back(unsigned(steps_.size()));
  }
  // Used behind all steps.
  void keep(Value v) { uses_[key(v)].push_back(~0u); }

  unsigned result() {
    for (auto& [k, uses] : uses_)
      std::reverse(uses.begin(), uses.end()); // the next one at the back
    unsigned count = 0;
    for (now_ = 1; now_ <= steps_.size(); ++now_) {
      const Step& step = steps_[now_ - 1];
      for (const Value& v : step.operands)
        if (!held_.contains(key(v)))
          count += v.weight + hold(v, /*inMemory=*/true);
      for (const Value& v : step.operands)
        forget(v);
      if (step.result.weight && uses_.contains(key(step.result)))
        count += hold(step.result, /*inMemory=*/false);
    }
    return count;
  }

private:
  using Key = std::pair<const llvm::Value*, unsigned>;
  struct Step {
    SmallVector<Value, 4> operands;
    Value result;
  };
  struct Held {
    unsigned weight;
    bool inMemory;
  };
  static Key key(const Value& v) { return {v.value, v.part}; }

  unsigned next(const Key& k) {
    auto& uses = uses_[k];
    while (!uses.empty() && uses.back() < now_)
      uses.pop_back();
    return uses.empty() ? ~0u : uses.back();
  }
  // Drops v behind its last use.
  void forget(const Value& v) {
    auto& uses = uses_[key(v)];
    while (!uses.empty() && uses.back() <= now_)
      uses.pop_back();
    auto it = held_.find(key(v));
    if (uses.empty() && it != held_.end()) {
      used_ -= it->second.weight;
      held_.erase(it);
    }
  }
  // Makes room for v; returns what has to be stored.
  unsigned hold(const Value& v, bool inMemory) {
    unsigned stored = 0;
    while (used_ + v.weight > registers_ && !held_.empty()) {
      auto last = held_.begin();
      for (auto it = held_.begin(); it != held_.end(); ++it)
        if (next(it->first) > next(last->first))
          last = it;
      stored += last->second.inMemory ? 0 : last->second.weight;
      used_ -= last->second.weight;
      held_.erase(last);
    }
    held_[key(v)] = {v.weight, inMemory};
    used_ += v.weight;
    return stored;
  }

  const unsigned registers_;
  unsigned used_ = 0, now_ = 0;
  SmallVector<Step, 0> steps_;
  DenseMap<Key, SmallVector<unsigned, 4>> uses_;
  MapVector<Key, Held> held_;
};

// One piece of straight code after the other.
class Splitter {
public:
  explicit Splitter(const Registers& registers)
      : registers_(registers), width_(registers.bits / 32), parts_(kGang / width_) {}

  unsigned run(BasicBlock& block);

private:
  bool takes(Instruction& i) const;
  SmallVector<int, kGang> maskOf(const ShuffleVectorInst& shuffle, unsigned part) const;
  bool pays() const;
  unsigned weight(const Value* v, bool whole) const;
  unsigned traffic(bool whole) const;
  unsigned depth() const;
  bool finish(Instruction* end);
  void emitPart(Instruction& i, unsigned part, IRBuilder<>& b);
  Value* partOf(Value* v, unsigned part, IRBuilder<>& b);

  const Registers registers_;
  const unsigned width_, parts_;            // lanes of a part
  SmallVector<Instruction*, 0> all_, code_; // all, and what is split
  DenseSet<const Value*> inside_;
  SmallVector<Instruction*, 32> roots_; // whose values are used elsewhere
  DenseMap<const Value*, Value*> done_; // of this part
};

// Which lanes of its operands a part of a shuffle takes: of the same part of operands that are
// gangs, of the whole of others. Nothing where that does not say it.
SmallVector<int, kGang> Splitter::maskOf(const ShuffleVectorInst& shuffle, unsigned part) const {
  const Value* from = shuffle.getOperand(0);
  unsigned lanes = cast<FixedVectorType>(from->getType())->getNumElements();
  bool gangs = isGang(from);
  unsigned first = gangs ? part * width_ : 0, size = gangs ? width_ : lanes;
  SmallVector<int, kGang> mask;
  for (int lane : shuffle.getShuffleMask().slice(part * width_, width_)) {
    if (lane < 0) {
      mask.push_back(PoisonMaskElem);
      continue;
    }
    unsigned operand = unsigned(lane) / lanes, at = unsigned(lane) % lanes;
    if (at < first || at >= first + size)
      return {};
    mask.push_back(int(operand * size + at - first));
  }
  return mask;
}

// Whether a part of i can be computed from parts of its operands.
bool Splitter::takes(Instruction& i) const {
  if (isSource(i))
    return true;
  if (!isGang(&i))
    return false;
  if (auto* load = dyn_cast<LoadInst>(&i))
    return load->isSimple() && load->getType()->getScalarSizeInBits() % 8 == 0;
  auto* shuffle = dyn_cast<ShuffleVectorInst>(&i);
  if (!shuffle)
    return isElementwise(i);
  const Value* second = i.getOperand(1);
  bool mixed = isGang(i.getOperand(0)) != isGang(second) && !isa<Constant>(second);
  for (unsigned part = 0; part < parts_ && !mixed; ++part)
    mixed = maskOf(*shuffle, part).empty();
  return !mixed;
}

bool isWork(const Instruction* i) {
  return isGang(i) && !isa<LoadInst>(i) && !isa<ShuffleVectorInst>(i);
}

// Cycles of the longest chain.
unsigned Splitter::depth() const {
  DenseMap<const Value*, unsigned> ready;
  unsigned longest = 0;
  for (Instruction* i : code_) {
    unsigned at = 0;
    for (Value* v : i->operands())
      at = std::max(at, ready.lookup(v));
    if (isWork(i))
      at += i->getType()->isFPOrFPVectorTy() ? kFloatLatency : 1;
    ready[i] = at;
    longest = std::max(longest, at);
  }
  return longest;
}

// Registers that the lanes of v fill, or those of one part.
unsigned Splitter::weight(const Value* v, bool whole) const {
  auto* type = dyn_cast<FixedVectorType>(v->getType());
  if (!type || isa<Constant>(v))
    return 0;
  // What only says which lanes others take needs no register of its own.
  if (all_of(v->users(), [](const User* u) { return isa<ShuffleVectorInst>(u); }))
    return 0;
  Type* element = type->getElementType();
  unsigned bits = element->isPointerTy() ? 64 : unsigned(element->getPrimitiveSizeInBits());
  if (bits == 1)
    return 0; // masks have registers of their own, or are cheap
  unsigned lanes = whole || !isGang(v) ? type->getNumElements() : width_;
  auto* shuffle = dyn_cast<ShuffleVectorInst>(v);
  if (shuffle && !isGang(shuffle->getOperand(0))) { // lanes that come in copies are one register's
    Value* from = shuffle->getOperand(0);
    lanes = std::min(lanes,
                     scalarIn(from) ? 1 : cast<FixedVectorType>(from->getType())->getNumElements());
  }
  return divideCeil(bits * lanes, registers_.bits);
}

// How many registers go to memory or come from there, if what is used last leaves first. Values are
// numbered: those of parts have numbers of their own.
unsigned Splitter::traffic(bool whole) const {
  SpillCount count(registers_.count);
  auto step = [&](const Instruction& i, unsigned part) {
    bool cut = !whole && inside_.contains(&i);
    SmallVector<SpillCount::Value, 4> operands;
    for (const Value* v : i.operands())
      if (unsigned w = weight(v, !cut))
        operands.push_back({v, cut && isGang(v) ? part : 0, w});
    count.step(operands, {&i, cut ? part : 0, weight(&i, !cut)});
  };
  for (const Instruction* i : all_)
    if (whole || !inside_.contains(i))
      step(*i, 0);
  for (unsigned part = 0; part < parts_ && !whole; ++part)
    for (const Instruction* i : code_)
      step(*i, part);
  for (const Instruction* root : roots_)
    for (unsigned part = 0; part < (whole ? 1 : parts_); ++part)
      count.keep({root, part, weight(root, whole)});
  unsigned moved = 0;
  for (const Instruction* root : roots_)
    if (!whole && is_contained(successors(root->getParent()), root->getParent()))
      moved += kMoved * weight(root, true);
  return count.result() + moved;
}

bool Splitter::pays() const {
  unsigned work = unsigned(count_if(code_, isWork));
  if (work < kLeast || work < depth() * kIssue * 3 / 2)
    return false;
  unsigned now = traffic(true);
  return now > registers_.count && traffic(false) * 5 < now * 3;
}

Value* Splitter::partOf(Value* v, unsigned part, IRBuilder<>& b) {
  if (inside_.contains(v) || (done_.contains(v) && isGang(v)))
    return done_.lookup(v);
  if (!isGang(v))
    return v;
  return done_[v] = b.CreateShuffleVector(v, createSequentialMask(part * width_, width_, 0));
}

void Splitter::emitPart(Instruction& i, unsigned part, IRBuilder<>& b) {
  Value* result = nullptr;
  auto operand = [&](unsigned k) { return partOf(i.getOperand(k), part, b); };
  if (auto* shuffle = dyn_cast<ShuffleVectorInst>(&i)) {
    auto mask = maskOf(*shuffle, part);
    Value* scalar = scalarIn(i.getOperand(0));
    bool splat = scalar && all_of(mask, [](int lane) { return lane <= 0; });
    if (all_of(mask, [](int lane) { return lane < 0; }))
      result = PoisonValue::get(FixedVectorType::get(i.getType()->getScalarType(), width_));
    else if (splat)
      result = b.CreateVectorSplat(width_, partOf(scalar, part, b));
    else if (isGang(i.getOperand(0)))
      result = b.CreateShuffleVector(operand(0), operand(1), mask);
    else // constants are whole, too
      result = b.CreateShuffleVector(
          operand(0), isa<Constant>(i.getOperand(1)) ? i.getOperand(1) : operand(1), mask);
  } else if (auto* load = dyn_cast<LoadInst>(&i); load && isGang(load)) {
    uint64_t at = uint64_t(part) * width_ * load->getType()->getScalarSizeInBits() / 8;
    Value* from = b.CreateConstGEP1_64(b.getInt8Ty(), load->getPointerOperand(), at);
    auto* copy = b.CreateAlignedLoad(FixedVectorType::get(load->getType()->getScalarType(), width_),
                                     from, commonAlignment(load->getAlign(), at));
    copy->copyMetadata(*load);
    result = copy;
  } else {
    Instruction* copy = i.clone();
    for (unsigned k = 0; k < i.getNumOperands(); ++k)
      if (!isa<Function>(i.getOperand(k)))
        copy->setOperand(k, operand(k));
    if (isGang(&i))
      copy->mutateType(FixedVectorType::get(i.getType()->getScalarType(), width_));
    if (auto* call = dyn_cast<IntrinsicInst>(copy)) { // its parts' own declaration
      SmallVector<Value*, 4> arguments(call->args());
      auto* made = b.CreateIntrinsic(copy->getType(), call->getIntrinsicID(), arguments);
      made->copyMetadata(i);
      copy->deleteValue();
      result = made;
    } else {
      result = b.Insert(copy);
    }
  }
  done_[&i] = result;
}

// Keeps instruction selection from making one load of those that two parts have in common, and with
// it one piece of code of both.
void separate(IRBuilder<>& b) {
  auto* type = FunctionType::get(b.getVoidTy(), false);
  b.CreateCall(InlineAsm::get(type, "", "~{memory}", /*hasSideEffects=*/true));
}

// Behind the last instruction of a piece.
bool Splitter::finish(Instruction* end) {
  for (Instruction* i : code_)
    if (isGang(i) && any_of(i->users(), [&](const User* u) { return !inside_.contains(u); }))
      roots_.push_back(i);
  bool splits = !roots_.empty() && pays();
  if (splits) {
    IRBuilder<> b(end);
    DenseMap<Instruction*, SmallVector<Value*, 4>> results;
    for (unsigned part = 0; part < parts_; ++part) {
      if (part)
        separate(b);
      done_.clear();
      for (Instruction* i : code_)
        emitPart(*i, part, b);
      for (Instruction* root : roots_)
        results[root].push_back(done_[root]);
    }
    for (Instruction* root : roots_) {
      Value* whole = concatenateVectors(b, results[root]);
      root->replaceUsesWithIf(whole, [&](Use& u) { return !inside_.contains(u.getUser()); });
    }
    for (Instruction* i : reverse(code_))
      if (isInstructionTriviallyDead(i))
        i->eraseFromParent();
  }
  all_.clear(), code_.clear(), inside_.clear(), roots_.clear(), done_.clear();
  return splits;
}

unsigned Splitter::run(BasicBlock& block) {
  unsigned count = 0;
  SmallVector<Instruction*, 0> all;
  for (Instruction& i : block)
    all.push_back(&i);
  for (Instruction* i : all) {
    if (isa<PHINode>(i))
      continue;
    bool taken = !breaks(*i) && takes(*i);
    bool uses = !taken && any_of(i->operands(), [&](const Use& u) {
      return inside_.contains(u.get()) && isGang(u.get());
    });
    if (breaks(*i) || uses)
      count += finish(i);
    if (!breaks(*i))
      all_.push_back(i);
    if (!taken)
      continue;
    code_.push_back(i);
    inside_.insert(i);
  }
  return count;
}

} // namespace

unsigned splitVectors(Module& module, const TargetMachine& target) {
  Registers registers = spmd::vectorRegisters(&target);
  unsigned count = 0;
  if (!registers.count)
    return count;
  for (Function& f : module)
    for (BasicBlock& block : f)
      if (block.size() >= kLeast)
        count += Splitter(registers).run(block);
  return count;
}

} // namespace anywarp::cpu
