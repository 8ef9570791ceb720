// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Meetings (meeting.h): lanes of the masked copy that come to an instruction wait in front of it
// until all lanes that it names are there. Where those are at other instructions of the same kind,
// they exchange their operands at the end of the masked copy, when nobody else can run.
#include "spmd/gang_emitter.h"
#include "spmd/meeting.h"

#include <llvm/IR/Constants.h>

using namespace llvm;

namespace anywarp::spmd {

void GangEmitter::setUpMeetings() {
  Type* maskType = noLanes()->getType();
  for (BasicBlock* block : order_) {
    CallBase* call = meetingOf(*block);
    if (!call)
      continue;
    AllocaInst*& together = meetingKinds_[call->getCalledFunction()];
    if (!together)
      together = b_.CreateAlloca(b_.getInt32Ty(), nullptr, "together");
    meetings_[block] = {b_.CreateAlloca(maskType, nullptr, "waiting"),
                        b_.CreateAlloca(maskType, nullptr, "released"), together};
  }
  if (meetings_.empty())
    return;
  live_ = b_.CreateAlloca(b_.getInt32Ty(), nullptr, "live");
  exchange_ = b_.CreateAlloca(vectorOf(b_.getInt64Ty()), nullptr, "exchange");
}

void GangEmitter::clearMeetings() {
  for (auto& [block, meeting] : meetings_) {
    b_.CreateStore(noLanes(), meeting.waiting);
    b_.CreateStore(noLanes(), meeting.released);
  }
}

// Which of `lanes` see all lanes that they name among `present`.
Value* GangEmitter::completeLanes(CallBase& call, Value* lanes, Value* present) {
  Value* members = vec(call.getArgOperand(unsigned(membersOperand(*awIntrinsic(call)))));
  Value* absent = b_.CreateAnd(b_.CreateLoad(b_.getInt32Ty(), live_), b_.CreateNot(present));
  Value* missing = b_.CreateAnd(members, splat(absent));
  return b_.CreateAnd(lanes, b_.CreateICmpEQ(missing, Constant::getNullValue(missing->getType())));
}

// The guard of a block that begins with a meeting. Leaves the builder where its lanes run and
// returns them.
Value* GangEmitter::emitMeetingGuard(unsigned index) {
  BasicBlock* block = order_[index];
  Meeting& meeting = meetings_[block];
  Type* maskType = noLanes()->getType();
  BasicBlock* arrive = newBlock("meet.arrive");
  BasicBlock* fresh = newBlock("meet.new");
  BasicBlock* freed = newBlock("meet.released");
  BasicBlock* body = newBlock(block->getName() + ".some");
  Value* pending = loadPending(index);
  Value* released = b_.CreateLoad(maskType, meeting.released);
  b_.CreateCondBr(any(b_.CreateOr(pending, released)), arrive, guard(index + 1));
  b_.SetInsertPoint(arrive);
  storePending(index, noLanes());
  Value* present = b_.CreateOr(pending, b_.CreateLoad(maskType, meeting.waiting));
  b_.CreateCondBr(any(released), freed, fresh);
  b_.SetInsertPoint(freed); // those that came meanwhile are for the next time
  b_.CreateStore(present, meeting.waiting);
  b_.CreateStore(noLanes(), meeting.released);
  Value* all = b_.CreateLoad(b_.getInt32Ty(), meeting.together);
  b_.CreateBr(body);
  b_.SetInsertPoint(fresh);
  Value* go = completeLanes(*meetingOf(*block), present, bits(present));
  b_.CreateStore(b_.CreateAnd(present, b_.CreateNot(go)), meeting.waiting);
  Value* goBits = bits(go);
  b_.CreateCondBr(b_.CreateICmpNE(goBits, b_.getInt32(0)), body, guard(index + 1));
  b_.SetInsertPoint(body);
  clearBlockState();
  PHINode* mask = b_.CreatePHI(maskType, 2);
  PHINode* group = b_.CreatePHI(b_.getInt32Ty(), 2);
  mask->addIncoming(released, freed);
  group->addIncoming(all, freed);
  mask->addIncoming(go, fresh);
  group->addIncoming(goBits, fresh);
  meetingLanes_ = group;
  return mask;
}

// Operand 0 of a meeting: what lanes at other instructions brought is among it.
Value* GangEmitter::meetingOperand(CallBase& call) {
  Value* own = vec(call.getArgOperand(0));
  if (!meetingLanes_)
    return own;
  Value* brought = b_.CreateLoad(exchange_->getAllocatedType(), exchange_, /*isVolatile=*/true);
  return b_.CreateSelect(mask_, own, b_.CreateTrunc(brought, own->getType()));
}

// At the end of the masked copy: lanes that wait at different instructions for each other.
void GangEmitter::emitMeetingsApart() {
  for (auto& [kind, together] : meetingKinds_) {
    BasicBlock* next = newBlock("meet.next");
    Value* waiting = noLanes();
    for (auto& [block, meeting] : meetings_)
      if (meetingOf(*block)->getCalledFunction() == kind)
        waiting = b_.CreateOr(waiting, b_.CreateLoad(waiting->getType(), meeting.waiting));
    BasicBlock* check = newBlock("meet.check");
    b_.CreateCondBr(any(waiting), check, next);
    b_.SetInsertPoint(check);
    Value* go = noLanes();
    unsigned first = unsigned(order_.size());
    SmallVector<std::pair<BasicBlock*, Value*>, 4> parts;
    for (auto& [block, meeting] : meetings_) {
      CallBase* call = meetingOf(*block);
      if (call->getCalledFunction() != kind)
        continue;
      clearBlockState();
      Value* here = b_.CreateLoad(waiting->getType(), meeting.waiting);
      parts.push_back({block, completeLanes(*call, here, bits(waiting))});
      go = b_.CreateOr(go, parts.back().second);
      first = std::min(first, position_[block]);
    }
    BasicBlock* release = newBlock("meet.release");
    b_.CreateCondBr(any(go), release, next);
    b_.SetInsertPoint(release);
    b_.CreateStore(bits(go), together);
    Type* wide = exchange_->getAllocatedType();
    Value* values = b_.CreateLoad(wide, exchange_, /*isVolatile=*/true);
    for (auto& [block, lanes] : parts) {
      Meeting& meeting = meetings_[block];
      clearBlockState();
      Value* own = vec(meetingOf(*block)->getArgOperand(0));
      values = b_.CreateSelect(lanes, b_.CreateZExtOrTrunc(own, wide), values);
      Value* here = b_.CreateLoad(lanes->getType(), meeting.waiting);
      b_.CreateStore(b_.CreateAnd(here, b_.CreateNot(lanes)), meeting.waiting);
      b_.CreateStore(lanes, meeting.released);
    }
    b_.CreateStore(values, exchange_, /*isVolatile=*/true);
    b_.CreateBr(maskedEntry(order_[first], nullptr));
    b_.SetInsertPoint(next);
    clearBlockState();
  }
}

} // namespace anywarp::spmd
