// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gang functions: the whole warp calls one function with its registers as arrays of 32 lanes.
//
// Matrix instructions have up to 256 operands, and their registers come from one of them and go to
// the next one. So results stay in memory as long as a later call of the same block takes them, as
// one run of the same registers: it gets the pointer. Everything else is copied to an area that all
// calls of a function share.
#include "spmd/gang_emitter.h"

#include <cstring>
#include <llvm/ADT/StringExtras.h>
#include <llvm/IR/Constants.h>

using namespace llvm;

namespace anywarp::spmd {

namespace {

bool isGangCall(const Value* v) {
  auto* call = dyn_cast<CallBase>(v);
  return call && awIntrinsic(*call) == Aw::Gang;
}

Type* memoryType(Type* t) {
  return t->isIntegerTy(1) ? Type::getInt8Ty(t->getContext()) : t;
}

SmallVector<Type*, 8> resultTypes(const CallBase& call) {
  SmallVector<Type*, 8> types;
  if (auto* st = dyn_cast<StructType>(call.getType()))
    for (Type* t : st->elements())
      types.push_back(memoryType(t));
  else if (!call.getType()->isVoidTy())
    types.push_back(memoryType(call.getType()));
  return types;
}

// How many operands share each pointer: "aw-groups" of the declaration, else runs of one type.
SmallVector<unsigned, 8> operandGroups(const CallBase& call) {
  SmallVector<unsigned, 8> groups;
  Attribute given = call.getCalledFunction()->getFnAttribute("aw-groups");
  if (given.isValid()) {
    SmallVector<StringRef, 8> parts;
    given.getValueAsString().split(parts, ',');
    for (StringRef part : parts) {
      unsigned count = 0;
      to_integer(part, count, 10);
      groups.push_back(count);
    }
    return groups;
  }
  Type* before = nullptr;
  for (const Value* v : call.args()) {
    if (memoryType(v->getType()) != before)
      groups.push_back(0);
    ++groups.back();
    before = memoryType(v->getType());
  }
  return groups;
}

// Result `index` of which gang call v is; the same bits under another type count.
const CallBase* resultOf(const Value* v, unsigned& index) {
  while (auto* cast = dyn_cast<BitCastInst>(v))
    v = cast->getOperand(0);
  auto* extract = dyn_cast<ExtractValueInst>(v);
  if (!extract || !isGangCall(extract->getOperand(0)))
    return nullptr;
  index = extract->getIndices()[0];
  return cast<CallBase>(extract->getOperand(0));
}

// The last call of the same block that takes a result of `call`.
const CallBase* lastTaker(const CallBase& call) {
  const CallBase* last = nullptr;
  SmallVector<const Value*, 16> values;
  for (const User* u : call.users())
    values.push_back(u);
  while (!values.empty()) {
    const Value* v = values.pop_back_val();
    for (const User* u : v->users())
      if (isa<BitCastInst>(u))
        values.push_back(u);
      else if (auto* taker = dyn_cast<CallBase>(u); taker && isGangCall(taker) &&
                                                    taker->getParent() == call.getParent() &&
                                                    (!last || last->comesBefore(taker)))
        last = taker;
  }
  return last;
}

} // namespace

// Memory for the results of `call`: one of its own while a later call needs it, or null.
Value* GangEmitter::keptResults(const CallBase& call, uint64_t size) {
  const CallBase* last = lastTaker(call);
  if (!last)
    return nullptr;
  for (GangSlot& slot : gangSlots_)
    if (!slot.owner && slot.size >= size && slot.size <= 2 * size) {
      slot.owner = &call, slot.last = last;
      return slot.memory;
    }
  AllocaInst* memory = entryAlloca(ArrayType::get(b_.getInt8Ty(), size), "gang.kept", 64);
  gangSlots_.push_back({memory, size, &call, last});
  return memory;
}

// A pointer to operands first ... first + count - 1, if they are a run of results in memory.
Value* GangEmitter::keptOperands(const CallBase& call, unsigned first, unsigned count) {
  unsigned start = 0, index = 0;
  const CallBase* source = resultOf(call.getArgOperand(first), start);
  if (!source || source->getParent() != call.getParent())
    return nullptr;
  auto slot = find_if(gangSlots_,
                      [source](const GangSlot& candidate) { return candidate.owner == source; });
  if (slot == gangSlots_.end())
    return nullptr;
  auto types = resultTypes(*source);
  uint64_t bits = types[start]->getPrimitiveSizeInBits();
  for (unsigned k = 0; k < count; ++k) {
    const Value* v = call.getArgOperand(first + k);
    if (resultOf(v, index) != source || index != start + k || v->getType()->isIntegerTy(1) ||
        v->getType()->getPrimitiveSizeInBits() != bits || types[index] != types[start])
      return nullptr;
  }
  uint64_t offset = 0;
  for (unsigned k = 0; k < start; ++k)
    offset += kLanes * layout_.getTypeAllocSize(types[k]).getFixedValue();
  return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), slot->memory, offset);
}

void GangEmitter::releaseKept(const CallBase* user) {
  for (GangSlot& slot : gangSlots_)
    if (!user || slot.last == user)
      slot.owner = slot.last = nullptr;
}

void GangEmitter::emitGangFunction(CallBase& call) {
  if (!gangArea_)
    gangArea_ = entryAlloca(ArrayType::get(b_.getInt8Ty(), 0), "gang.area", 64);
  SmallVector<Value*, 8> values{activeBits()};
  SmallVector<Type*, 8> types{b_.getInt32Ty()};
  auto add = [&](Value* pointer) {
    values.push_back(pointer);
    types.push_back(b_.getPtrTy());
  };
  auto lanesSize = [&](Type* t) { return kLanes * layout_.getTypeAllocSize(t).getFixedValue(); };
  auto inside = [&](Value* memory, uint64_t offset) {
    return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), memory, offset);
  };
  // Operands first: results must not take the place of what is still to be read.
  uint64_t areaSize = 0;
  SmallVector<Value*, 8> operands;
  unsigned next = 0;
  for (unsigned count : operandGroups(call)) {
    if (next + count > call.arg_size())
      return fail("gang function with wrong groups");
    if (Value* kept = keptOperands(call, next, count)) {
      operands.push_back(kept);
      next += count;
      continue;
    }
    areaSize = alignTo(areaSize, 64);
    operands.push_back(inside(gangArea_, areaSize));
    for (; count; --count) {
      Value* v = call.getArgOperand(next++);
      Type* t = memoryType(v->getType());
      Value* lanes = vec(v);
      if (t != v->getType())
        lanes = b_.CreateZExt(lanes, vectorOf(t));
      b_.CreateAlignedStore(lanes, inside(gangArea_, areaSize), Align(32));
      areaSize += lanesSize(t);
    }
  }
  auto fields = resultTypes(call);
  uint64_t resultSize = 0;
  for (Type* t : fields)
    resultSize += lanesSize(t);
  Value* results = fields.empty() ? nullptr : keptResults(call, resultSize);
  if (!results && !fields.empty()) {
    areaSize = alignTo(areaSize, 64);
    results = inside(gangArea_, areaSize);
    areaSize += resultSize;
  }
  if (layout_.getTypeAllocSize(gangArea_->getAllocatedType()).getFixedValue() < areaSize)
    gangArea_->setAllocatedType(ArrayType::get(b_.getInt8Ty(), areaSize));
  SmallVector<uint64_t, 8> offsets;
  uint64_t offset = 0;
  Type* before = nullptr;
  for (Type* t : fields) {
    if (t != before)
      add(inside(results, offset));
    before = t;
    offsets.push_back(offset);
    offset += lanesSize(t);
  }
  unsigned firstOperand = types.size();
  for (Value* p : operands)
    add(p);
  // What follows a dot tells calls apart that have different numbers of operands.
  StringRef name =
      call.getCalledFunction()->getName().drop_front(strlen("aw.gang.")).split('.').first;
  auto* type = FunctionType::get(b_.getVoidTy(), types, false);
  FunctionCallee callee = out_.getParent()->getOrInsertFunction(("ptx_gang_" + name).str(), type);
  auto* f = dyn_cast<Function>(callee.getCallee());
  if (!f || f->getFunctionType() != type)
    return fail("gang function " + name + " is called with different types");
  f->setDoesNotThrow();
  if (call.getCalledFunction()->doesNotAccessMemory())
    f->setOnlyAccessesArgMemory();
  for (unsigned k = 1; k < types.size(); ++k) {
    f->addParamAttr(k, Attribute::NoCapture);
    f->addParamAttr(k, k < firstOperand ? Attribute::WriteOnly : Attribute::ReadOnly);
  }
  b_.CreateCall(callee, values);
  releaseKept(&call);
  for (unsigned k = 0; k < fields.size(); ++k) {
    bool isBool =
        (call.getType()->isStructTy() ? call.getType()->getStructElementType(k) : call.getType())
            ->isIntegerTy(1);
    Value* v = b_.CreateAlignedLoad(vectorOf(fields[k]), inside(results, offsets[k]), Align(32));
    if (isBool)
      v = b_.CreateICmpNE(v, Constant::getNullValue(v->getType()));
    if (call.getType()->isStructTy())
      fields_[&call].push_back(v);
    else
      define(&call, v);
  }
}

} // namespace anywarp::spmd
