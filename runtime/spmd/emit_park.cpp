// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// aw.yield: lanes that wait for memory let all others go first. In the coherent copy only other
// gangs are meant. In the masked copy waiting lanes first stay together for a few rounds, because
// lanes that go on one by one do all that follows one by one; then they are set aside until no lane
// of the gang can run.
#include "spmd/gang_emitter.h"
#include "spmd/prepare.h"

#include <llvm/IR/Constants.h>

using namespace llvm;

namespace anywarp::spmd {

void GangEmitter::setUpParking() {
  for (BasicBlock* block : order_) {
    if (!yieldOf(*block))
      continue;
    AllocaInst*& lanes = parked_[block->getSingleSuccessor()];
    if (!lanes)
      lanes = b_.CreateAlloca(noLanes()->getType(), nullptr, "parked");
    if (!patience_)
      patience_ = b_.CreateAlloca(b_.getInt32Ty(), nullptr, "patience");
  }
}

void GangEmitter::callYield() {
  constexpr unsigned kYield = unsigned(RuntimeFunction::yield);
  FunctionType* type = FunctionType::get(b_.getVoidTy(), {b_.getPtrTy(), b_.getInt32Ty()}, false);
  b_.CreateCall(type, runtimeFunction(kYield), {args_.block, args_.gang});
}

void GangEmitter::emitYield(CallBase& call) {
  if (mode_ != Masked || yieldOf(*call.getParent()) != &call) // else: emitPark()
    callYield();
}

void GangEmitter::emitPark(BasicBlock* block) {
  unsigned here = position_[block];
  BasicBlock* to = block->getSingleSuccessor();
  edgeMoves(block, to, mask_);
  Value* patience = b_.CreateLoad(b_.getInt32Ty(), patience_);
  BasicBlock* stay = newBlock("stay");
  BasicBlock* park = newBlock("park");
  b_.CreateCondBr(b_.CreateICmpNE(patience, b_.getInt32(0)), stay, park);
  b_.SetInsertPoint(stay);
  b_.CreateStore(b_.CreateSub(patience, b_.getInt32(1)), patience_);
  callYield();
  addPending(to, mask_);
  b_.CreateBr(position_[to] <= here ? guard(position_[to]) : guard(here + 1));
  b_.SetInsertPoint(park);
  AllocaInst* lanes = parked_[to];
  b_.CreateStore(b_.CreateOr(b_.CreateLoad(lanes->getAllocatedType(), lanes), mask_), lanes);
  b_.CreateBr(guard(here + 1));
}

// At the end of the masked copy: nobody else can run.
void GangEmitter::emitUnpark() {
  if (parked_.empty())
    return;
  Value* anyLane = nullptr;
  for (auto& [block, lanes] : parked_) {
    Value* mask = b_.CreateLoad(lanes->getAllocatedType(), lanes);
    anyLane = anyLane ? b_.CreateOr(anyLane, mask) : mask;
  }
  BasicBlock* retry = newBlock("retry");
  BasicBlock* none = newBlock("none.parked");
  b_.CreateCondBr(any(anyLane), retry, none);
  b_.SetInsertPoint(retry);
  callYield();
  unsigned first = unsigned(order_.size());
  for (auto& [block, lanes] : parked_) {
    addPending(block, b_.CreateLoad(lanes->getAllocatedType(), lanes));
    b_.CreateStore(noLanes(), lanes);
    first = std::min(first, position_[block]);
  }
  b_.CreateBr(maskedEntry(order_[first], nullptr));
  b_.SetInsertPoint(none);
}

} // namespace anywarp::spmd
