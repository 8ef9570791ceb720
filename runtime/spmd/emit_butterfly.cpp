// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Butterflies: lane l has element 2 * l - (l & (d - 1)) behind lane 0's, for a power of two d that
// is known when the kernel runs (sorting networks, Fourier transforms and such). From 32 on that is
// contiguous. Below, the lanes' elements lie in a window of 64: two vectors and a permutation for
// each d, chosen by a look at the addresses, instead of a gather or scatter.
#include "spmd/gang_emitter.h"
#include "spmd/narrow.h"

#include <llvm/IR/Constants.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr unsigned kHalf = kLanes / 2;

unsigned elementOf(unsigned lane, unsigned distance) {
  return 2 * lane - (lane & (distance - 1));
}

// Where the vector for a half of the lanes begins. The second ends where lane 31's element does:
// nothing is touched behind it.
unsigned windowOf(unsigned half, unsigned distance) {
  return half ? kLanes - distance : 0;
}

} // namespace

// Somewhere in the address, lanes' numbers are cut by something that all lanes know.
bool GangEmitter::mayBeButterfly(const Value* pointer) const {
  if (isLarge() || mode_ != Coherent)
    return false;
  constexpr unsigned kMost = 40;
  SmallPtrSet<const Value*, 16> seen;
  SmallVector<const Value*, 16> work{pointer};
  while (!work.empty() && seen.size() < kMost) {
    auto* i = dyn_cast<Instruction>(work.pop_back_val());
    if (!i || isa<PHINode, LoadInst, CallBase>(i) || !seen.insert(i).second)
      continue;
    if (i->getOpcode() == Instruction::And || i->getOpcode() == Instruction::URem)
      for (const Value* operand : i->operands())
        if (isa<Instruction>(operand) && shape(operand).isUniform() && !shape(i).isUniform())
          return true;
    work.append(i->op_begin(), i->op_end());
  }
  return false;
}

// Runs `found` for the distance that the addresses have, with lane 0's, or `otherwise`.
void GangEmitter::findButterfly(Value* pointers, int64_t size,
                                function_ref<void(unsigned distance, Value* first)> found,
                                function_ref<void()> otherwise) {
  auto narrow = narrowAddress(pointers);
  if (narrow && uint64_t(size) % narrow->scale)
    narrow.reset();
  int64_t step = narrow ? size / int64_t(narrow->scale) : size;
  Value* lanes = narrow ? narrow->index : pointers;
  bool isPointer = lanes->getType()->getScalarType()->isPointerTy();
  Type* number = isPointer ? b_.getInt64Ty() : lanes->getType()->getScalarType();
  BasicBlock *none = newBlock("butterfly.none"), *done = newBlock("butterfly.done");
  // The first `distance` lanes are contiguous, and no others are where they would be then.
  Value* first;
  Value* near =
      b_.CreateICmpEQ(lanes, shapedAs(lanes, Shape::affine(uint8_t(kLanes), step, 0), first));
  SwitchInst* choice = b_.CreateSwitch(bits(near), none, 5);
  for (unsigned distance = 1; distance < kLanes; distance *= 2) {
    BasicBlock *check = newBlock("butterfly.check"), *fast = newBlock("butterfly");
    choice->addCase(b_.getInt32((1u << distance) - 1), check);
    b_.SetInsertPoint(check);
    SmallVector<Constant*, kLanes> offsets;
    for (unsigned lane = 0; lane < kLanes; ++lane)
      offsets.push_back(ConstantInt::get(number, uint64_t(step) * elementOf(lane, distance)));
    Constant* apart = ConstantVector::get(offsets);
    Value* want =
        isPointer ? b_.CreateGEP(b_.getInt8Ty(), first, apart) : b_.CreateAdd(first, apart);
    Value* same = all(b_.CreateICmpEQ(lanes, want));
    if (narrow) { // indices are extended before they are added: they must not wrap
      uint32_t highest = narrow->isSigned ? uint32_t(INT32_MAX) : UINT32_MAX;
      Value* lowest = b_.CreateExtractElement(lanes, uint64_t(0));
      same = b_.CreateAnd(
          same, b_.CreateICmp(narrow->isSigned ? CmpInst::ICMP_SLE : CmpInst::ICMP_ULE, lowest,
                              b_.getInt32(highest - uint32_t(step) * (2 * kLanes - 1))));
    }
    b_.CreateCondBr(same, fast, none);
    b_.SetInsertPoint(fast);
    found(distance, b_.CreateExtractElement(pointers, uint64_t(0)));
    b_.CreateBr(done);
  }
  b_.SetInsertPoint(none);
  otherwise();
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
}

// Of all lanes; what lies between their elements is loaded, too, and is in the same pages.
Value* GangEmitter::loadButterfly(Value* pointers, Type* type, Align align) {
  int64_t size = int64_t(layout_.getTypeStoreSize(type).getFixedValue());
  SmallVector<std::pair<Value*, BasicBlock*>, 6> results;
  auto found = [&](unsigned distance, Value* first) {
    Value* windows[2];
    for (unsigned half = 0; half < 2; ++half) {
      uint64_t from = windowOf(half, distance) * uint64_t(size);
      windows[half] = contiguousLoad(bytesFrom(first, from), type, commonAlignment(align, from),
                                     nullptr, kLanes, false);
    }
    SmallVector<int, kLanes> order;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      unsigned half = lane / kHalf;
      order.push_back(int(half * kLanes + elementOf(lane, distance) - windowOf(half, distance)));
    }
    results.push_back({b_.CreateShuffleVector(windows[0], windows[1], order), b_.GetInsertBlock()});
  };
  findButterfly(pointers, size, found, [&] {
    Value* all = gather(pointers, type, align);
    results.push_back({all, b_.GetInsertBlock()});
  });
  PHINode* result = b_.CreatePHI(vectorOf(type), unsigned(results.size()));
  for (auto& [value, block] : results)
    result->addIncoming(value, block);
  return result;
}

void GangEmitter::storeButterfly(Value* value, Value* pointers, Align align) {
  Type* type = cast<VectorType>(value->getType())->getElementType();
  int64_t size = int64_t(layout_.getTypeStoreSize(type).getFixedValue());
  auto found = [&](unsigned distance, Value* first) {
    for (unsigned half = 0; half < 2; ++half) {
      SmallVector<int, kLanes> order(kLanes, -1), lanes(kLanes, int(kLanes));
      for (unsigned lane = half * kHalf; lane < (half + 1) * kHalf; ++lane) {
        unsigned at = elementOf(lane, distance) - windowOf(half, distance);
        order[at] = lanes[at] = int(lane);
      }
      Value* mask = b_.CreateShuffleVector(mask_ ? mask_ : allLanes(), noLanes(), lanes);
      uint64_t from = windowOf(half, distance) * uint64_t(size);
      b_.CreateMaskedStore(b_.CreateShuffleVector(value, order), bytesFrom(first, from),
                           commonAlignment(align, from), mask);
    }
  };
  findButterfly(pointers, size, found, [&] { scatter(value, pointers, align, false); });
}

} // namespace anywarp::spmd
