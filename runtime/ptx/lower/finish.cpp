// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// After the last instruction of a function: dead blocks go, registers become SSA values, and
// integer arithmetic on the address of a known object becomes a getelementptr, so that local
// arrays can be promoted and shared memory is recognised.
#include "ptx/lower/function_lowering.h"

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/InstructionSimplify.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/ValueHandle.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/PromoteMemToReg.h>

namespace anywarp::ptx {

using llvm::Value;

namespace {

constexpr unsigned kMaxDepth = 12;

// The pointer whose integer value `v` is based on: exactly one ptrtoint under a tree of additions.
// Null if there is none or more than one.
llvm::PtrToIntInst* basePointer(Value* v, unsigned depth) {
  if (auto* p = llvm::dyn_cast<llvm::PtrToIntInst>(v))
    return p;
  auto* op = llvm::dyn_cast<llvm::BinaryOperator>(v);
  if (!op || op->getOpcode() != llvm::Instruction::Add || depth == 0)
    return nullptr;
  llvm::PtrToIntInst *x = basePointer(op->getOperand(0), depth - 1),
                     *y = basePointer(op->getOperand(1), depth - 1);
  return x && y ? nullptr : x ? x : y;
}

// The pointer of the sum `v` as getelementptrs on its base.
Value* rebuild(Value* v, llvm::IRBuilder<>& b) {
  if (auto* p = llvm::dyn_cast<llvm::PtrToIntInst>(v))
    return p->getPointerOperand();
  auto* op = llvm::cast<llvm::BinaryOperator>(v);
  unsigned side = basePointer(op->getOperand(0), kMaxDepth) ? 0 : 1;
  Value* base = rebuild(op->getOperand(side), b);
  return b.CreateGEP(b.getInt8Ty(), base, op->getOperand(1 - side));
}

void recoverPointers(llvm::Function& function) {
  std::vector<llvm::IntToPtrInst*> casts;
  for (llvm::Instruction& i : llvm::instructions(function))
    if (auto* c = llvm::dyn_cast<llvm::IntToPtrInst>(&i))
      casts.push_back(c);
  for (llvm::IntToPtrInst* c : casts) {
    Value* v = c->getOperand(0);
    if (!v->getType()->isIntegerTy(64) || !basePointer(v, kMaxDepth))
      continue;
    llvm::IRBuilder<> b(c);
    c->replaceAllUsesWith(rebuild(v, b));
    llvm::RecursivelyDeleteTriviallyDeadInstructions(c);
  }
}

// True if no subnormal number can come out of v, given the flush results in `flushed`. A phi in
// progress counts as flushed: it is, if all else that enters it is.
bool isFlushed(Value* v, llvm::SmallPtrSetImpl<Value*>& flushed, unsigned depth) {
  if (flushed.contains(v))
    return true;
  if (auto* c = llvm::dyn_cast<llvm::ConstantFP>(v))
    return !c->getValueAPF().isDenormal();
  if (depth == 0)
    return false;
  if (llvm::isa<llvm::SIToFPInst, llvm::UIToFPInst>(v))
    return true;
  if (auto* s = llvm::dyn_cast<llvm::SelectInst>(v))
    return isFlushed(s->getTrueValue(), flushed, depth - 1) &&
           isFlushed(s->getFalseValue(), flushed, depth - 1);
  if (auto* phi = llvm::dyn_cast<llvm::PHINode>(v)) {
    flushed.insert(phi);
    for (Value* in : phi->incoming_values())
      if (!isFlushed(in, flushed, depth - 1)) {
        flushed.erase(phi);
        return false;
      }
    flushed.erase(phi);
    return true;
  }
  return false;
}

// Chains of .ftz instructions flush every operand and every result; once is enough.
void removeRepeatedFlushes(const std::vector<Flush>& flushes) {
  llvm::SmallPtrSet<Value*, 32> flushed;
  for (const Flush& f : flushes)
    if (f.result)
      flushed.insert(f.result);
  for (const Flush& f : flushes)
    if (f.result && f.input && f.result != f.input && isFlushed(f.input, flushed, kMaxDepth)) {
      Value* result = f.result;
      flushed.erase(result);
      // The input stands for it from now on; it is flushed for a reason that does not need it.
      result->replaceAllUsesWith(f.input);
      llvm::RecursivelyDeleteTriviallyDeadInstructions(result);
    }
}

} // namespace

// All accesses in one block, a store first: there is nothing to read before it is written. Most
// registers of long blocks are so, and promoting them is quadratic once another block stores too.
static bool isWrittenFirst(const llvm::AllocaInst& slot) {
  const llvm::Instruction* first = nullptr;
  for (const llvm::User* user : slot.users()) {
    auto* access = llvm::cast<llvm::Instruction>(user);
    if (first && access->getParent() != first->getParent())
      return false;
    if (!first || access->comesBefore(first))
      first = access;
  }
  return first && llvm::isa<llvm::StoreInst>(first);
}

void finishFunction(llvm::Function& function, const std::vector<llvm::AllocaInst*>& declared,
                    const std::vector<Flush>& flushes) {
  // Folding a branch that decides nothing deletes its condition, perhaps with the register in it.
  std::vector<llvm::WeakVH> all(declared.begin(), declared.end());
  llvm::removeUnreachableBlocks(function);
  std::vector<llvm::AllocaInst*> registers;
  for (const llvm::WeakVH& slot : all)
    if (slot)
      registers.push_back(llvm::cast<llvm::AllocaInst>(slot));
  // A register that is read before it is written holds anything; zero is repeatable.
  llvm::BasicBlock& entry = function.getEntryBlock();
  llvm::IRBuilder<> b(entry.getTerminator());
  std::vector<llvm::AllocaInst*> unwritten; // all found before stores change the order of blocks
  for (llvm::AllocaInst* slot : registers)
    if (!isWrittenFirst(*slot))
      unwritten.push_back(slot);
  for (llvm::AllocaInst* slot : unwritten)
    b.CreateStore(llvm::Constant::getNullValue(slot->getAllocatedType()), slot);
  llvm::DominatorTree dominators(function);
  llvm::AssumptionCache assumptions(function);
  llvm::PromoteMemToReg(registers, dominators, &assumptions);
  llvm::SimplifyQuery query(function.getDataLayout(), nullptr, &dominators, &assumptions);
  for (llvm::BasicBlock& block : function)
    for (auto it = block.begin(); it != block.end();) {
      llvm::Instruction* i = &*it++;
      if (Value* v = llvm::simplifyInstruction(i, query)) {
        i->replaceAllUsesWith(v);
        if (llvm::isInstructionTriviallyDead(i))
          i->eraseFromParent();
      }
    }
  removeRepeatedFlushes(flushes);
  recoverPointers(function);
  for (llvm::BasicBlock& block : function)
    llvm::SimplifyInstructionsInBlock(&block);
}

} // namespace anywarp::ptx
