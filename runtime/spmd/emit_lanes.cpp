// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Work that has to be done one lane at a time: atomics, runtime services, odd volatile accesses.
// Operands go through the stack: indexing lanes of a wide vector in registers is far slower.
#include "spmd/gang_emitter.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicInst.h>

using namespace llvm;

namespace anywarp::spmd {

AllocaInst* GangEmitter::entryAlloca(Type* type, const Twine& name, unsigned align) {
  IRBuilder<> eb(entry_, entry_->begin());
  auto* a = eb.CreateAlloca(type, nullptr, name);
  if (align)
    a->setAlignment(Align(align));
  return a;
}

AllocaInst* GangEmitter::stackArray(Type* element) {
  return entryAlloca(ArrayType::get(element, kLanes), "lanes", 64);
}

void GangEmitter::forEachLane(Value* mask, function_ref<void(Value*)> body) {
  Value* start = mask ? bits(mask) : b_.getInt32(~0u);
  BasicBlock* before = b_.GetInsertBlock();
  BasicBlock* loop = newBlock("lane");
  BasicBlock* done = newBlock("lanes.done");
  b_.CreateCondBr(b_.CreateICmpNE(start, b_.getInt32(0)), loop, done);
  b_.SetInsertPoint(loop);
  PHINode* rest = b_.CreatePHI(b_.getInt32Ty(), 2);
  rest->addIncoming(start, before);
  Value* lane = b_.CreateBinaryIntrinsic(Intrinsic::cttz, rest, b_.getTrue());
  body(lane);
  Value* next = b_.CreateAnd(rest, b_.CreateSub(rest, b_.getInt32(1)));
  rest->addIncoming(next, b_.GetInsertBlock());
  b_.CreateCondBr(b_.CreateICmpNE(next, b_.getInt32(0)), loop, done);
  b_.SetInsertPoint(done);
}

SmallVector<Value*, 8> GangEmitter::spillOperands(ArrayRef<Value*> operands) {
  SmallVector<Value*, 8> spilled;
  for (Value* v : operands) {
    if (shape(v).isScalar()) {
      base(v); // materialise before the loop
      spilled.push_back(nullptr);
    } else if (v->getType()->isIntegerTy(1)) {
      spilled.push_back(bits(vec(v)));
    } else {
      AllocaInst* a = stackArray(v->getType());
      b_.CreateStore(vec(v), a);
      spilled.push_back(a);
    }
  }
  return spilled;
}

Value* GangEmitter::laneOperand(Value* v, Value* spilled, Value* lane) {
  if (spilled) {
    if (v->getType()->isIntegerTy(1))
      return b_.CreateTrunc(b_.CreateLShr(spilled, lane), b_.getInt1Ty());
    return b_.CreateLoad(v->getType(), b_.CreateGEP(v->getType(), spilled, lane));
  }
  Shape s = shape(v);
  Value* first = base(v);
  if (s.isUniform())
    return first;
  Value* index = b_.CreateZExt(lane, b_.getInt64Ty());
  Value* distance;
  if (s.group == kLanes) {
    distance = b_.CreateMul(index, b_.getInt64(uint64_t(s.stride)));
  } else {
    Value* outer = b_.CreateMul(b_.CreateUDiv(index, b_.getInt64(s.group)),
                                b_.getInt64(uint64_t(s.groupStride)));
    Value* inner =
        b_.CreateMul(b_.CreateURem(index, b_.getInt64(s.group)), b_.getInt64(uint64_t(s.stride)));
    distance = b_.CreateAdd(outer, inner);
  }
  if (v->getType()->isPointerTy())
    return b_.CreateGEP(b_.getInt8Ty(), first, distance);
  return b_.CreateAdd(first, b_.CreateZExtOrTrunc(distance, v->getType()));
}

Value* GangEmitter::emitRuntimeCall(CallBase& call, ArrayRef<Value*> arguments, Value* lane) {
  static constexpr const char* kNames[] = {
#define AW_RUNTIME_FUNCTION(ret, name, ...) #name,
#include "spmd/runtime_functions.def"
#undef AW_RUNTIME_FUNCTION
  };
  StringRef name = call.getCalledFunction()->getName().drop_front(6);
  unsigned index = 0;
  while (index < std::size(kNames) && name != kNames[index])
    ++index;
  if (index == std::size(kNames)) {
    fail("unknown runtime function " + name);
    return PoisonValue::get(call.getType());
  }
  Value* thread = b_.CreateAdd(b_.CreateMul(args_.gang, b_.getInt32(kLanes)), lane);
  b_.CreateStore(thread, b_.CreateGEP(b_.getInt8Ty(), args_.block,
                                      b_.getInt64(offsetof(AwBlock, current_thread))));
  SmallVector<Value*, 8> values{args_.block};
  SmallVector<Type*, 8> types{b_.getPtrTy()};
  for (Value* v : arguments) {
    values.push_back(v);
    types.push_back(v->getType());
  }
  FunctionType* type = FunctionType::get(call.getType(), types, false);
  return b_.CreateCall(type, runtimeFunction(index), values);
}

void GangEmitter::emitPerLane(Instruction& i) {
  auto* call = dyn_cast<CallBase>(&i);
  SmallVector<Value*, 8> operands;
  if (call)
    operands.append(call->arg_begin(), call->arg_end());
  else
    operands.append(i.op_begin(), i.op_end());
  auto spilled = spillOperands(operands);
  // Results: one array per field.
  SmallVector<Type*, 2> fieldTypes;
  if (auto* st = dyn_cast<StructType>(i.getType()))
    fieldTypes.append(st->element_begin(), st->element_end());
  else if (!i.getType()->isVoidTy())
    fieldTypes.push_back(i.getType());
  auto memoryType = [&](Type* t) { return t->isIntegerTy(1) ? b_.getInt8Ty() : t; };
  SmallVector<AllocaInst*, 2> results;
  if (!i.use_empty())
    for (Type* t : fieldTypes) {
      results.push_back(stackArray(memoryType(t)));
      if (mask_) // idle lanes: something defined
        b_.CreateStore(Constant::getNullValue(vectorOf(memoryType(t))), results.back());
    }
  auto* rmw = dyn_cast<AtomicRMWInst>(&i);
  bool plain = rmw && isObject(rmw->getPointerOperand(), Aw::SharedBase);
  auto body = [&](Value* lane) {
    SmallVector<Value*, 8> values;
    for (unsigned k = 0; k < operands.size(); ++k)
      values.push_back(laneOperand(operands[k], spilled[k], lane));
    Value* r;
    if (call && awIntrinsic(*call)) {
      r = emitRuntimeCall(*call, values, lane);
    } else if (plain) {
      r = plainUpdate(*rmw, values[0], values[1]);
    } else {
      Instruction* copy = i.clone();
      for (unsigned k = 0; k < values.size(); ++k)
        copy->setOperand(k, values[k]);
      r = b_.Insert(copy);
    }
    for (unsigned f = 0; f < results.size(); ++f) {
      Value* part =
          fieldTypes.size() > 1 || i.getType()->isStructTy() ? b_.CreateExtractValue(r, f) : r;
      Type* mt = memoryType(fieldTypes[f]);
      if (mt != part->getType())
        part = b_.CreateZExt(part, mt);
      b_.CreateStore(part, b_.CreateGEP(mt, results[f], lane));
    }
  };
  // An update of shared memory is two or three instructions: looking for the next lane is more.
  if (plain && !mask_ && !isLarge())
    for (unsigned lane = 0; lane < kLanes; ++lane)
      body(b_.getInt32(lane));
  else
    forEachLane(mask_, body);
  SmallVector<Value*, 2> loaded;
  for (unsigned f = 0; f < results.size(); ++f) {
    Value* v = b_.CreateLoad(vectorOf(memoryType(fieldTypes[f])), results[f]);
    if (fieldTypes[f]->isIntegerTy(1))
      v = b_.CreateTrunc(v, vectorOf(b_.getInt1Ty()));
    loaded.push_back(v);
  }
  if (loaded.empty())
    return;
  if (i.getType()->isStructTy())
    fields_[&i].assign(loaded.begin(), loaded.end());
  else
    define(&i, loaded[0]);
}

} // namespace anywarp::spmd
