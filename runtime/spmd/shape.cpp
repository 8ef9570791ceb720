// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/shape.h"

#include "spmd/intrinsics.h"

#include <algorithm>
#include <bit>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/GetElementPtrTypeIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/KnownBits.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr uint8_t kMaxAlign = 32;

uint8_t alignOfConstant(const APInt& value) {
  return value.isZero() ? kMaxAlign : uint8_t(std::min<unsigned>(value.countr_zero(), kMaxAlign));
}

int64_t wrapTo(int64_t value, unsigned bits) {
  return bits >= 64 ? value : SignExtend64(uint64_t(value), bits);
}

unsigned bitsOf(const Value& v) {
  Type* t = v.getType();
  return t->isPointerTy() ? 64 : t->isIntegerTy() ? t->getIntegerBitWidth() : 0;
}

// Highest lane offset of a group: lane * stride over the group, as a non-negative bit length.
bool fitsAlignment(const Shape& s) {
  // first + lane * stride cannot carry out of the bits that alignment keeps clear.
  return s.stride >= 0 && uint64_t(s.stride) * (s.group - 1) < (uint64_t(1) << s.groupAlign());
}

} // namespace

uint8_t Shape::groupAlign() const {
  if (!even || groupStride == 0)
    return align;
  return std::min<uint8_t>(align, uint8_t(std::countr_zero(uint64_t(groupStride))));
}

int64_t Shape::lowestOffset() const {
  int64_t low = 0;
  for (unsigned lane = 0; lane < 32; ++lane)
    low = std::min(low, offsetOf(lane));
  return low;
}

int64_t Shape::highestOffset() const {
  int64_t high = 0;
  for (unsigned lane = 0; lane < 32; ++lane)
    high = std::max(high, offsetOf(lane));
  return high;
}

Shape Shape::normalized() const {
  Shape s = *this;
  if (s.group == 32)
    s.even = false;
  if (s.even && s.groupStride == s.stride * s.group) {
    s.group = 32;
    s.even = false;
  }
  if (!s.even)
    s.groupStride = 0;
  return s;
}

Shape Shape::inGroupsOf(uint8_t lanes) const {
  Shape s = *this;
  if (s.group == lanes || !s.group)
    return s;
  // 32 or even 16 split further: only a plain affine value steps evenly in smaller groups.
  s.even = s.group == 32;
  s.groupStride = s.even ? s.stride * lanes : 0;
  s.align = s.even ? s.align : 0;
  s.group = lanes;
  return s;
}

Shape join(const Shape& x, const Shape& y) {
  if (!x.group || !y.group || x.stride != y.stride)
    return Shape::varying();
  uint8_t group = std::min(x.group, y.group);
  Shape a = x.inGroupsOf(group), b = y.inGroupsOf(group);
  Shape r{group, std::min(a.groupAlign(), b.groupAlign()), a.assumed || b.assumed, false, a.stride,
          0};
  if (group == 32 || (a.even && b.even && a.groupStride == b.groupStride)) {
    r.even = group < 32;
    r.groupStride = a.groupStride;
    r.align = std::min(a.align, b.align);
  }
  return r.normalized();
}

ShapeAnalysis::ShapeAnalysis(Function& function, LoopInfo& loops, ArrayRef<BasicBlock*> order,
                             const VectorizeOptions& options, const Phis& together)
    : function_(function), loops_(loops), order_(order.begin(), order.end()), options_(options),
      together_(together), parking_(loops, order) {
  for (unsigned i = 0; i < order_.size(); ++i)
    position_[order_[i]] = i;
  for (Argument& a : function.args())
    shapes_[&a] = Shape::varying();
  run();
}

Shape ShapeAnalysis::of(const Value* value) const {
  if (auto it = shapes_.find(value); it != shapes_.end())
    return it->second;
  if (auto* c = dyn_cast<ConstantInt>(value))
    return Shape::uniform(alignOfConstant(c->getValue()));
  if (isa<Constant>(value))
    return Shape::uniform();
  return Shape::varying();
}

// Optimistic iteration: an instruction not yet seen has no entry; phis ignore such operands.
void ShapeAnalysis::run() {
  do {
    changed_ = false;
    for (BasicBlock* block : order_) {
      for (Instruction& i : *block)
        if (!i.getType()->isVoidTy())
          changed_ |= visit(i);
      auto* br = dyn_cast<BranchInst>(block->getTerminator());
      if (br && br->isConditional() && !of(br->getCondition()).isUniform() &&
          !divergent_.contains(block))
        markDivergentBranch(block);
    }
  } while (changed_);
}

bool ShapeAnalysis::visit(Instruction& instruction) {
  Shape next = transfer(instruction);
  // A lane that stayed behind would find what others computed later.
  if (parking_.isHeld(&instruction) && !parking_.isSteady(&instruction))
    next = Shape::varying();
  auto [it, fresh] = shapes_.try_emplace(&instruction, next);
  if (fresh)
    return true;
  if (it->second == next)
    return false;
  // Shapes only descend, so the iteration ends.
  Shape lower = join(it->second, next);
  if (!lower.group && !it->second.group)
    return false;
  if (lower == it->second)
    return false;
  it->second = lower;
  return true;
}

void ShapeAnalysis::markDivergentBranch(BasicBlock* block) {
  divergent_.insert(block);
  changed_ = true;
  SmallVector<BasicBlock*, 2> starts;
  for (BasicBlock* s : successors(block))
    if (!isDeadEnd(*s))
      starts.push_back(s);
  if (starts.size() > 1)
    spread(starts, loops_.getLoopFor(block));
}

void ShapeAnalysis::markDivergentLoop(Loop* loop) {
  if (!divergentLoops_.insert(loop).second)
    return;
  changed_ = true;
  SmallVector<BasicBlock*, 4> exits;
  loop->getUniqueExitBlocks(exits);
  erase_if(exits, [](BasicBlock* e) { return isDeadEnd(*e); });
  spread(exits, loop->getParentLoop());
}

// Propagates one label per start block along forward edges. Where two labels meet, lanes that took
// different ways meet: phis there mix lanes. A loop whose latch and exits carry different labels is
// left by lanes at different times.
void ShapeAnalysis::spread(ArrayRef<BasicBlock*> starts, Loop* inside) {
  DenseMap<BasicBlock*, BasicBlock*> label;
  unsigned first = ~0u;
  for (BasicBlock* s : starts)
    first = std::min(first, position_.lookup(s));
  auto isBackEdge = [&](BasicBlock* from, BasicBlock* to) {
    return position_.lookup(to) <= position_.lookup(from);
  };
  SmallPtrSet<BasicBlock*, 4> startSet(starts.begin(), starts.end());
  // A back edge straight from the branch never starts a label inside the loop.
  for (unsigned i = first; i < order_.size(); ++i) {
    BasicBlock* block = order_[i];
    BasicBlock* found = startSet.contains(block) ? block : nullptr;
    bool mixed = false;
    if (!(inside && inside->getHeader() == block)) {
      for (BasicBlock* p : predecessors(block)) {
        if (isBackEdge(p, block))
          continue;
        auto it = label.find(p);
        if (it == label.end())
          continue;
        if (!found)
          found = it->second;
        else if (found != it->second)
          mixed = true;
      }
    } else {
      found = nullptr;
    }
    if (mixed) {
      found = block;
      if (mixedJoins_.insert(block).second)
        changed_ = true;
    }
    if (found)
      label[block] = found;
  }
  for (Loop* loop = inside; loop; loop = loop->getParentLoop()) {
    SmallPtrSet<BasicBlock*, 4> seen;
    BasicBlock* latch = loop->getLoopLatch();
    if (startSet.contains(loop->getHeader()))
      seen.insert(loop->getHeader()); // the branch itself is the latch
    else if (auto it = label.find(latch); it != label.end())
      seen.insert(it->second);
    SmallVector<BasicBlock*, 4> exits;
    loop->getUniqueExitBlocks(exits);
    for (BasicBlock* e : exits)
      if (auto it = label.find(e); it != label.end())
        seen.insert(it->second);
    if (seen.size() > 1)
      markDivergentLoop(loop);
  }
}

Shape ShapeAnalysis::pureDefault(Instruction& instruction) {
  Shape result = Shape::uniform();
  for (Value* op : instruction.operands()) {
    if (isa<BasicBlock>(op) || isa<Function>(op) || isa<MetadataAsValue>(op))
      continue;
    Shape s = of(op);
    if (!s.isKnown() || s.stride != 0)
      return Shape::varying();
    result.group = std::min(result.group, s.group);
  }
  return result;
}

bool ShapeAnalysis::mixesLanes(const PHINode& phi) const {
  const BasicBlock* block = phi.getParent();
  const Loop* loop = loops_.getLoopFor(block);
  if (!(loop && loop->getHeader() == block) && mixedJoins_.contains(block))
    return true;
  // A value that leaves a loop which lanes leave at different times differs between lanes.
  for (unsigned i = 0; i < phi.getNumIncomingValues(); ++i) {
    auto* def = dyn_cast<Instruction>(phi.getIncomingValue(i));
    for (Loop* from = loops_.getLoopFor(phi.getIncomingBlock(i)); from && !from->contains(block);
         from = from->getParentLoop())
      if (def && divergentLoops_.contains(from) && from->contains(def))
        return true;
  }
  return false;
}

Shape ShapeAnalysis::transferPhi(PHINode& phi) {
  if (!together_.contains(&phi) && mixesLanes(phi))
    return Shape::varying();
  Shape result;
  bool any = false;
  for (Value* v : phi.incoming_values()) {
    if (isa<UndefValue>(v))
      continue;
    if (isa<Instruction>(v) && !shapes_.contains(v))
      continue; // not reached yet
    Shape s = of(v);
    result = any ? join(result, s) : s;
    any = true;
  }
  return any ? result : Shape::uniform();
}

Shape ShapeAnalysis::transferBinary(BinaryOperator& op) {
  Shape a = of(op.getOperand(0)), b = of(op.getOperand(1));
  unsigned bits = bitsOf(op);
  if (!bits)
    return pureDefault(op);
  if (!a.group || !b.group)
    return Shape::varying();
  uint8_t group = std::min(a.group, b.group);
  bool assumed = a.assumed || b.assumed;
  auto* cb = dyn_cast<ConstantInt>(op.getOperand(1));
  if (cb && cb->getBitWidth() > 64)
    cb = nullptr;
  auto scaled = [&](int64_t factor, unsigned extraAlign) {
    Shape r = a;
    r.stride = wrapTo(a.stride * factor, bits);
    r.groupStride = wrapTo(a.groupStride * factor, bits);
    r.align = uint8_t(std::min<unsigned>(kMaxAlign, a.align + extraAlign));
    return r.normalized();
  };
  // Constant inside the groups but not between them.
  auto flat = [&](uint8_t align) { return Shape{group, align, assumed, false, 0, 0}; };
  if (cb && !a.isUniform())
    if (Shape s = bitwiseShape(op.getOpcode(), a, cb->getZExtValue(), bits); s.group)
      return s;
  switch (op.getOpcode()) {
  case Instruction::Add:
  case Instruction::Sub: {
    Shape x = a.inGroupsOf(group), y = b.inGroupsOf(group);
    int64_t sign = op.getOpcode() == Instruction::Add ? 1 : -1;
    Shape r{group,
            std::min(x.groupAlign(), y.groupAlign()),
            assumed,
            x.even && y.even,
            wrapTo(x.stride + sign * y.stride, bits),
            0};
    if (r.even)
      r.groupStride = wrapTo(x.groupStride + sign * y.groupStride, bits);
    if (r.even || group == 32)
      r.align = std::min(x.align, y.align);
    return r.normalized();
  }
  case Instruction::Mul:
    if (cb)
      return scaled(cb->getSExtValue(), alignOfConstant(cb->getValue()));
    if (a.stride || b.stride)
      return Shape::varying();
    return flat(uint8_t(std::min<int>(kMaxAlign, a.groupAlign() + b.groupAlign())));
  case Instruction::Shl:
    if (cb && cb->getValue().ult(bits)) {
      unsigned k = unsigned(cb->getZExtValue());
      return scaled(int64_t(uint64_t(1) << k), k);
    }
    break;
  case Instruction::And:
    if (cb) {
      uint64_t m = cb->getZExtValue();
      if (a.stride == 0)
        return flat(std::max(a.groupAlign(), alignOfConstant(cb->getValue())));
      uint64_t cleared = ~uint64_t(wrapTo(int64_t(m), bits));
      // x & (2^k - 1): low bits that count up from an aligned first value
      if (isMask_64(m) && a.stride == 1 && fitsAlignment(a)) {
        uint64_t span = m + 1;
        if (span >= a.group) {
          Shape r = a;
          if (a.group < 32 && !(a.even && a.groupStride == 0))
            r.align = a.groupAlign(), r.even = false, r.groupStride = 0;
          return r;
        }
        if (span >= 8 && a.group == 32 && !assumed)
          return Shape::tiles(uint8_t(span), 1, 0, uint8_t(std::countr_zero(span)));
      }
      // clears low bits only
      if (isMask_64(cleared) && a.stride == 1 && fitsAlignment(a)) {
        uint64_t span = cleared + 1;
        if (span >= a.group)
          return flat(uint8_t(std::countr_zero(span)));
        if (span >= 8 && a.group == 32 && !assumed)
          return Shape::tiles(uint8_t(span), 0, int64_t(span), uint8_t(std::countr_zero(span)));
      }
    }
    break;
  case Instruction::LShr:
    if (cb && cb->getValue().ult(bits)) {
      uint64_t k = cb->getZExtValue();
      uint8_t align = a.groupAlign() > k ? uint8_t(a.groupAlign() - k) : 0;
      if (a.stride == 1 && fitsAlignment(a)) {
        uint64_t span = k < 6 ? uint64_t(1) << k : 64;
        if (span >= a.group)
          return flat(align);
        if (span >= 8 && a.group == 32 && !assumed)
          return Shape::tiles(uint8_t(span), 0, 1, 0);
      }
      if (a.stride == 0)
        return flat(align);
    }
    break;
  case Instruction::Or:
  case Instruction::Xor:
    if (a.stride == 0 && b.stride == 0)
      return flat(std::min(a.groupAlign(), b.groupAlign()));
    break;
  default:
    break;
  }
  if (a.stride == 0 && b.stride == 0)
    return flat(0);
  return Shape::varying();
}

// PTX widens 32-bit indices late. first + lane * stride stays affine in 64 bits only if the 32-bit
// value does not wrap inside the gang.
Shape ShapeAnalysis::transferExtend(CastInst& cast) {
  Value* v = cast.getOperand(0);
  Shape s = of(v);
  if (!s.group || s.isUniform())
    return s;
  if (s.stride == 0 && !s.even)
    return s;
  unsigned bits = bitsOf(*v);
  bool sign = isa<SExtInst>(cast);
  // Vectors are extended exactly; only what the shape says inside a group is at stake.
  bool whole = s.group == 32 || s.even;
  int64_t low = whole ? s.lowestOffset() : std::min<int64_t>(0, s.stride * (s.group - 1));
  int64_t high = whole ? s.highestOffset() : std::max<int64_t>(0, s.stride * (s.group - 1));
  if (low >= 0 && s.align < bits - 1 && uint64_t(high) < (uint64_t(1) << s.align))
    return s;
  KnownBits known = computeKnownBits(v, function_.getDataLayout());
  // first < 2^(bits-2) and a small reach cannot wrap, signed or unsigned
  if (low >= 0 && known.countMinLeadingZeros() >= 2 && bits >= 16 &&
      uint64_t(high) < (uint64_t(1) << (bits - 2)))
    return s;
  if (sign && bits == 32 && !options_.exactIndex && low > -(1 << 30) && high < (1 << 30)) {
    wrapChecks_.insert(&cast);
    return s;
  }
  s.assumed = true; // checked where it matters: at the memory access
  return s;
}

Shape ShapeAnalysis::transferGep(GetElementPtrInst& gep) {
  Shape r = of(gep.getPointerOperand());
  if (!r.group)
    return Shape::varying();
  const DataLayout& layout = function_.getDataLayout();
  for (auto it = gep_type_begin(gep), end = gep_type_end(gep); it != end; ++it) {
    Shape s = of(it.getOperand());
    if (it.getStructTypeOrNull())
      continue; // constant field
    if (!s.group)
      return Shape::varying();
    int64_t size = int64_t(it.getSequentialElementStride(layout).getFixedValue());
    uint8_t group = std::min(r.group, s.group);
    Shape x = r.inGroupsOf(group), y = s.inGroupsOf(group);
    int sizeAlign = std::countr_zero(uint64_t(size ? size : 1));
    Shape sum{group,
              uint8_t(std::min<int>(x.groupAlign(), y.groupAlign() + sizeAlign)),
              x.assumed || y.assumed,
              x.even && y.even,
              x.stride + y.stride * size,
              0};
    if (sum.even || group == 32)
      sum.align = uint8_t(std::min<int>(x.align, y.align + sizeAlign));
    if (sum.even)
      sum.groupStride = x.groupStride + y.groupStride * size;
    r = sum.normalized();
  }
  return r;
}

Shape ShapeAnalysis::transferCall(CallBase& call) {
  if (auto id = awIntrinsic(call)) {
    if (auto s = specialShape(*id, options_.shape))
      return *s;
    if (resultIsUniform(*id, call, [&](const Value* v) { return of(v); }))
      return Shape::uniform();
    return *id == Aw::Lane ? pureDefault(call) : Shape::varying();
  }
  Function* f = call.getCalledFunction();
  if (f && f->isIntrinsic() && !call.mayWriteToMemory())
    return pureDefault(call);
  return Shape::varying();
}

namespace {

// `x < limit` where the lanes' values of x fill an aligned block without leaving it and the limit
// is aligned too, such as `threadIdx.x < 128`: all lanes say what lane 0 says.
bool comparesBlocks(const ICmpInst& cmp, const Shape& x, const Value* limit, const Shape& y,
                    CmpInst::Predicate predicate) {
  if (!x.isScalar() || x.align == 0 || x.align >= bitsOf(*limit) - 1u || x.lowestOffset() < 0 ||
      x.highestOffset() >= int64_t(1) << x.align || !cmp.getOperand(0)->getType()->isIntegerTy())
    return false;
  auto* constant = dyn_cast<ConstantInt>(limit);
  switch (predicate) {
  case CmpInst::ICMP_ULT:
  case CmpInst::ICMP_UGE:
  case CmpInst::ICMP_SLT:
  case CmpInst::ICMP_SGE:
    return constant ? constant->getValue().countr_zero() >= x.align
                    : y.isUniform() && y.align >= x.align;
  case CmpInst::ICMP_UGT:
  case CmpInst::ICMP_ULE:
  case CmpInst::ICMP_SGT:
  case CmpInst::ICMP_SLE: // the last value of a block
    return constant && constant->getValue().countr_one() >= x.align;
  default:
    return false;
  }
}

} // namespace

Shape ShapeAnalysis::transfer(Instruction& i) {
  if (auto* phi = dyn_cast<PHINode>(&i))
    return transferPhi(*phi);
  if (auto* op = dyn_cast<BinaryOperator>(&i))
    return transferBinary(*op);
  if (isa<SExtInst>(i) || isa<ZExtInst>(i))
    return bitsOf(*i.getOperand(0)) == 1 ? pureDefault(i) : transferExtend(cast<CastInst>(i));
  if (auto* gep = dyn_cast<GetElementPtrInst>(&i))
    return transferGep(*gep);
  if (auto* call = dyn_cast<CallBase>(&i))
    return transferCall(*call);
  if (auto* a = dyn_cast<AllocaInst>(&i)) {
    auto size = a->getAllocationSize(function_.getDataLayout());
    return Shape::affine(32, size ? int64_t(alignTo(size->getFixedValue(), 16)) : 0, 4);
  }
  switch (i.getOpcode()) {
  case Instruction::Trunc: {
    Shape s = of(i.getOperand(0));
    if (bitsOf(i) == 1)
      return pureDefault(i);
    s.stride = wrapTo(s.stride, bitsOf(i));
    s.groupStride = wrapTo(s.groupStride, bitsOf(i));
    return s.normalized();
  }
  case Instruction::PtrToInt:
  case Instruction::IntToPtr:
    return bitsOf(i) == bitsOf(*i.getOperand(0)) ? of(i.getOperand(0)) : pureDefault(i);
  case Instruction::Freeze:
    return of(i.getOperand(0));
  case Instruction::BitCast:
    return pureDefault(i);
  case Instruction::Select: {
    Shape c = of(i.getOperand(0));
    if (!c.isUniform())
      return c.isKnown() && c.stride == 0 ? pureDefault(i) : Shape::varying();
    return join(of(i.getOperand(1)), of(i.getOperand(2)));
  }
  case Instruction::Load: {
    Shape p = of(i.getOperand(0));
    if (p.isKnown() && p.stride == 0)
      return Shape::affine(p.group, 0, 0);
    return Shape::varying();
  }
  case Instruction::ICmp: {
    auto& cmp = cast<ICmpInst>(i);
    Shape x = of(cmp.getOperand(0)), y = of(cmp.getOperand(1));
    if (comparesBlocks(cmp, x, cmp.getOperand(1), y, cmp.getPredicate()) ||
        comparesBlocks(cmp, y, cmp.getOperand(0), x, cmp.getSwappedPredicate()))
      return Shape::uniform();
    return pureDefault(i);
  }
  case Instruction::AtomicRMW:
  case Instruction::AtomicCmpXchg:
    return Shape::varying();
  case Instruction::ExtractValue:
  case Instruction::ExtractElement:
    return aggregateShape(i, [&](const Value* v) { return of(v); });
  default:
    return pureDefault(i);
  }
}

} // namespace anywarp::spmd
