// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls: special registers, shuffles, votes, matches, reductions, runtime services, device
// functions.
#include "spmd/gang_emitter.h"

#include <cstddef>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IntrinsicInst.h>

using namespace llvm;

namespace anywarp::spmd {

// Launch data and parameters never change while a kernel runs.
Value* GangEmitter::invariant(LoadInst* load) {
  load->setMetadata(LLVMContext::MD_invariant_load, MDNode::get(context_, {}));
  return load;
}

Value* GangEmitter::launchField(unsigned offset, Type* type) {
  return invariant(
      b_.CreateLoad(type, b_.CreateGEP(b_.getInt8Ty(), args_.launch, b_.getInt64(offset))));
}

Value* GangEmitter::blockField(unsigned offset, Type* type) {
  return invariant(
      b_.CreateLoad(type, b_.CreateGEP(b_.getInt8Ty(), args_.block, b_.getInt64(offset))));
}

Value* GangEmitter::runtimeFunction(unsigned index) {
  Value* table = launchField(offsetof(AwLaunch, runtime), b_.getPtrTy());
  return invariant(b_.CreateLoad(
      b_.getPtrTy(), b_.CreateGEP(b_.getInt8Ty(), table, b_.getInt64(index * sizeof(void*)))));
}

// threadIdx of the lanes: scalar for affine shapes (lane 0's), else a vector.
Value* GangEmitter::tid(unsigned dimension) {
  Type* i32 = b_.getInt32Ty();
  Value* first = b_.CreateMul(args_.gang, b_.getInt32(kLanes));
  auto ntid = [&](unsigned d) { return launchField(offsetof(AwLaunch, block) + 4 * d, i32); };
  auto over = [&](Value* v, unsigned d) { // v / ntid(d): they are below 1024
    Value* inverse = launchField(offsetof(AwLaunch, block_inverse) + 4 * d, i32);
    return b_.CreateLShr(b_.CreateMul(v, inverse), 20);
  };
  auto rest = [&](Value* v, unsigned d) {
    return b_.CreateSub(v, b_.CreateMul(over(v, d), ntid(d)));
  };
  switch (options_.shape) {
  case BlockShape::Row:
  case BlockShape::RaggedRow:
    return dimension == 0 ? first : b_.getInt32(0);
  case BlockShape::Linear: {
    if (dimension == 0)
      return rest(first, 0);
    Value* row = over(first, 0);
    return dimension == 1 ? rest(row, 1) : over(row, 1);
  }
  case BlockShape::Tile16:
  case BlockShape::Tile8: {
    if (dimension == 0)
      return b_.getInt32(0);
    Value* row = b_.CreateLShr(first, options_.shape == BlockShape::Tile16 ? 4 : 3);
    return dimension == 1 ? rest(row, 1) : over(row, 1);
  }
  case BlockShape::Generic:
    break;
  }
  Value* t = b_.CreateAdd(splat(first), laneIndices(i32));
  // Thread numbers stay below 1024, so single precision divides them exactly.
  auto divide = [&](Value* a, Value* d) {
    Type* f = vectorOf(b_.getFloatTy());
    Value* q = b_.CreateFDiv(b_.CreateSIToFP(a, f), splat(b_.CreateSIToFP(d, b_.getFloatTy())));
    return b_.CreateFPToSI(q, a->getType());
  };
  if (dimension == 0)
    return b_.CreateSub(t, b_.CreateMul(divide(t, ntid(0)), splat(ntid(0))));
  Value* row = divide(t, ntid(0));
  Value* z = divide(row, ntid(1));
  return dimension == 2 ? z : b_.CreateSub(row, b_.CreateMul(z, splat(ntid(1))));
}

void GangEmitter::emitSpecial(CallBase& call, Aw id) {
  Type* i32 = b_.getInt32Ty();
  Type* ptr = b_.getPtrTy();
  auto lanemask = [&](function_ref<uint32_t(unsigned)> f) {
    SmallVector<Constant*, kLanes> lanes;
    for (unsigned l = 0; l < kLanes; ++l)
      lanes.push_back(b_.getInt32(f(l)));
    return ConstantVector::get(lanes);
  };
  switch (id) {
  case Aw::TidX:
    return define(&call, tid(0));
  case Aw::TidY:
    return define(&call, tid(1));
  case Aw::TidZ:
    return define(&call, tid(2));
  case Aw::NtidX: {
    if (options_.shape == BlockShape::Tile16 || options_.shape == BlockShape::Tile8)
      return define(&call, b_.getInt32(options_.shape == BlockShape::Tile16 ? 16 : 8));
    return define(&call, launchField(offsetof(AwLaunch, block), i32));
  }
  case Aw::NtidY:
  case Aw::NtidZ: {
    bool row = options_.shape == BlockShape::Row || options_.shape == BlockShape::RaggedRow;
    if (row)
      return define(&call, b_.getInt32(1));
    return define(&call, launchField(offsetof(AwLaunch, block) + (id == Aw::NtidY ? 4 : 8), i32));
  }
  case Aw::CtaidX:
    return define(&call, args_.ctaid[0]);
  case Aw::CtaidY:
    return define(&call, args_.ctaid[1]);
  case Aw::CtaidZ:
    return define(&call, args_.ctaid[2]);
  case Aw::NctaidX:
    return define(&call, launchField(offsetof(AwLaunch, grid), i32));
  case Aw::NctaidY:
    return define(&call, launchField(offsetof(AwLaunch, grid) + 4, i32));
  case Aw::NctaidZ:
    return define(&call, launchField(offsetof(AwLaunch, grid) + 8, i32));
  case Aw::LaneId:
    return define(&call, b_.getInt32(0));
  case Aw::WarpId:
    return define(&call, args_.gang);
  case Aw::NwarpId:
    return define(&call, launchField(offsetof(AwLaunch, gangs), i32));
  case Aw::SmId:
    return define(&call, b_.CreateLoad(i32, b_.CreateGEP(b_.getInt8Ty(), args_.block,
                                                         b_.getInt64(offsetof(AwBlock, sm)))));
  case Aw::NsmId:
    return define(&call, b_.getInt32(1024));
  case Aw::GridId:
    return define(&call, launchField(offsetof(AwLaunch, grid_id), b_.getInt64Ty()));
  case Aw::LanemaskEq:
    return define(&call, lanemask([](unsigned l) { return 1u << l; }));
  case Aw::LanemaskLt:
    return define(&call, lanemask([](unsigned l) { return (1u << l) - 1; }));
  case Aw::LanemaskLe:
    return define(&call, lanemask([](unsigned l) { return (2u << l) - 1; }));
  case Aw::LanemaskGt:
    return define(&call, lanemask([](unsigned l) { return ~((2u << l) - 1); }));
  case Aw::LanemaskGe:
    return define(&call, lanemask([](unsigned l) { return ~((1u << l) - 1); }));
  case Aw::DynSmem:
    return define(&call, launchField(offsetof(AwLaunch, dynamic_shared), i32));
  case Aw::TotalSmem:
    return define(&call, launchField(offsetof(AwLaunch, total_shared), i32));
  case Aw::ClusterX:
  case Aw::ClusterY:
  case Aw::ClusterZ: {
    unsigned axis = unsigned(id) - unsigned(Aw::ClusterX);
    return define(&call, launchField(offsetof(AwLaunch, cluster) + 4 * axis, i32));
  }
  case Aw::ClusterExplicit:
    return define(&call, launchField(offsetof(AwLaunch, cluster_explicit), i32));
  case Aw::ClusterRank:
    return define(&call, blockField(offsetof(AwBlock, cluster_rank), i32));
  case Aw::ParamBase:
    return define(&call, launchField(offsetof(AwLaunch, params), ptr));
  case Aw::SharedBase:
    return define(&call, blockField(offsetof(AwBlock, shared), ptr));
  case Aw::GlobalAddr: {
    Value* table = launchField(offsetof(AwLaunch, globals), ptr);
    Value* at = b_.CreateGEP(ptr, table, base(call.getArgOperand(0)));
    return define(&call, invariant(b_.CreateLoad(ptr, at)));
  }
  default:
    return fail("unknown intrinsic");
  }
}

void GangEmitter::emitCall(CallBase& call) {
  if (auto id = awIntrinsic(call))
    return emitIntrinsic(call, *id);
  Function* f = call.getCalledFunction();
  if (!f)
    return fail("indirect call in one-thread code");
  if (!f->isIntrinsic()) {
    if (f->isDeclaration())
      return fail("call of undefined function " + f->getName());
    return emitGangCall(call);
  }
  switch (f->getIntrinsicID()) {
  case Intrinsic::assume:
  case Intrinsic::lifetime_start:
  case Intrinsic::lifetime_end:
  case Intrinsic::experimental_noalias_scope_decl:
  case Intrinsic::donothing:
  case Intrinsic::prefetch:
    return;
  default:
    break;
  }
  if (call.mayReadOrWriteMemory())
    return emitPerLane(call); // memcpy, memset
  if (isa<StructType>(call.getType())) {
    bool uniform = true;
    for (Value* v : call.args())
      uniform &= shape(v).isUniform();
    SmallVector<Value*, 4> args;
    for (Value* v : call.args())
      args.push_back(uniform ? base(v) : vec(v));
    Value* r = b_.CreateIntrinsic(f->getIntrinsicID(), {args[0]->getType()}, args);
    for (unsigned k = 0; k < call.getType()->getStructNumElements(); ++k)
      fields_[&call].push_back(b_.CreateExtractValue(r, k));
    return;
  }
  bool scalar = shape(&call).isScalar();
  if (scalar) {
    auto* copy = cast<CallBase>(call.clone());
    for (unsigned k = 0; k < call.arg_size(); ++k)
      copy->setArgOperand(k, base(call.getArgOperand(k)));
    copy->dropPoisonGeneratingAnnotations();
    b_.Insert(copy);
    return define(&call, copy);
  }
  // The vector form of an intrinsic: operands that must stay scalar (immarg) do.
  SmallVector<Value*, 4> args;
  SmallVector<Type*, 3> overloads;
  SmallVector<Intrinsic::IITDescriptor, 8> table;
  Intrinsic::getIntrinsicInfoTableEntries(f->getIntrinsicID(), table);
  bool powi = f->getIntrinsicID() == Intrinsic::powi || f->getIntrinsicID() == Intrinsic::ldexp;
  if (powi)
    return emitPerLane(call);
  for (unsigned k = 0; k < call.arg_size(); ++k) {
    Value* v = call.getArgOperand(k);
    args.push_back(call.paramHasAttr(k, Attribute::ImmArg) ? v : vec(v));
  }
  Type* result = vectorOf(call.getType());
  b_.SetCurrentDebugLocation(call.getDebugLoc());
  define(&call, withAccuracy(call, b_.CreateIntrinsic(result, f->getIntrinsicID(), args)));
}

void GangEmitter::emitIntrinsic(CallBase& call, Aw id) {
  switch (id) {
  case Aw::Barrier:
  case Aw::BarrierRedPopc:
  case Aw::BarrierRedAnd:
  case Aw::BarrierRedOr:
    return fail("barrier not alone in its block");
  case Aw::BarrierArrive:
    return emitArrive(call);
  case Aw::WarpSync:
    b_.CreateFence(AtomicOrdering::AcquireRelease, SyncScope::SingleThread);
    return;
  case Aw::ShflUp:
  case Aw::ShflDown:
  case Aw::ShflBfly:
  case Aw::ShflIdx:
    return emitShuffle(call, id);
  case Aw::VoteAll:
  case Aw::VoteAny:
  case Aw::VoteUni:
  case Aw::VoteBallot:
    return emitVote(call, id);
  case Aw::ActiveMask:
    return define(&call, activeBits());
  case Aw::MatchAny32:
  case Aw::MatchAny64:
  case Aw::MatchAll32:
  case Aw::MatchAll64:
    return emitMatch(call, id);
  case Aw::ReduxAdd:
  case Aw::ReduxMin:
  case Aw::ReduxMax:
  case Aw::ReduxUmin:
  case Aw::ReduxUmax:
  case Aw::ReduxAnd:
  case Aw::ReduxOr:
  case Aw::ReduxXor:
    return emitRedux(call, id);
  case Aw::Exit:
    if (!isKernel_) // else: the block ends with unreachable, lanes end there
      b_.CreateStore(
          b_.CreateAnd(b_.CreateLoad(b_.getInt32Ty(), liveWord_), b_.CreateNot(activeBits())),
          liveWord_);
    return;
  case Aw::Yield:
    return emitYield(call);
  case Aw::Runtime:
    return emitPerLane(call);
  case Aw::Gang:
    return emitGangFunction(call);
  case Aw::Lane:
    return emitLaneFunction(call);
  default:
    return emitSpecial(call, id);
  }
}

// Uniform operands: the same call; else one on vectors.
void GangEmitter::emitLaneFunction(CallBase& call) {
  bool scalar = shape(&call).isScalar();
  SmallVector<Value*, 4> args;
  SmallVector<Type*, 4> types;
  for (Value* v : call.args()) {
    args.push_back(scalar ? base(v) : vec(v));
    types.push_back(args.back()->getType());
  }
  Function* one = call.getCalledFunction();
  FunctionCallee callee = one;
  if (!scalar) {
    auto* type = FunctionType::get(vectorOf(call.getType()), types, false);
    callee = out_.getParent()->getOrInsertFunction((one->getName() + ".v32").str(), type,
                                                   one->getAttributes());
  }
  define(&call, b_.CreateCall(callee, args));
}

void GangEmitter::emitArrive(CallBase& call) {
  Type* i32 = b_.getInt32Ty();
  enum { kArrive = 12 };
  FunctionType* type =
      FunctionType::get(b_.getVoidTy(), {b_.getPtrTy(), i32, i32, i32, i32}, false);
  Value* active = activeBits();
  Value* lanes = b_.CreateUnaryIntrinsic(Intrinsic::ctpop, active);
  // As in fillStop(): all lanes name the same barrier.
  b_.CreateCall(type, runtimeFunction(kArrive),
                {args_.block, args_.gang, ofFirst(active, call.getArgOperand(0)),
                 ofFirst(active, call.getArgOperand(1)), lanes});
}

// PTX ISA, shfl.sync: source lane j and whether it lies in range.
void GangEmitter::emitShuffle(CallBase& call, Aw id) {
  Type* i32 = b_.getInt32Ty();
  Value* value = meetingOperand(call);
  Value* rawB = call.getArgOperand(1);
  Value* rawC = call.getArgOperand(2);
  Value* lane = laneIndices(i32);
  auto all32 = [&](uint32_t x) { return splat(b_.getInt32(x)); };
  // With constant operands all of this folds to constants, and the permute to one shufflevector.
  Value* bval = b_.CreateAnd(vec(rawB), all32(31));
  Value* cval = b_.CreateAnd(vec(rawC), all32(31));
  Value* segment = b_.CreateAnd(b_.CreateLShr(vec(rawC), all32(8)), all32(31));
  Value* keep = b_.CreateAnd(lane, segment);
  Value* maxLane = b_.CreateOr(keep, b_.CreateAnd(cval, b_.CreateNot(segment)));
  Value *j, *inRange;
  switch (id) {
  case Aw::ShflUp:
    j = b_.CreateSub(lane, bval);
    inRange = b_.CreateICmpSGE(j, maxLane);
    break;
  case Aw::ShflDown:
    j = b_.CreateAdd(lane, bval);
    inRange = b_.CreateICmpSLE(j, maxLane);
    break;
  case Aw::ShflBfly:
    j = b_.CreateXor(lane, bval);
    inRange = b_.CreateICmpSLE(j, maxLane);
    break;
  default:
    j = b_.CreateOr(keep, b_.CreateAnd(bval, b_.CreateNot(segment)));
    inRange = b_.CreateICmpSLE(j, maxLane);
    break;
  }
  Value* from = b_.CreateSelect(inRange, j, lane);
  Value* result;
  if (auto* constant = dyn_cast<Constant>(from)) {
    SmallVector<int, kLanes> order;
    for (unsigned l = 0; l < kLanes; ++l)
      order.push_back(int(cast<ConstantInt>(constant->getAggregateElement(l))->getZExtValue()));
    result = b_.CreateShuffleVector(value, order);
  } else if (id == Aw::ShflIdx && shape(rawB).isUniform() && isa<ConstantInt>(rawC) &&
             (cast<ConstantInt>(rawC)->getZExtValue() & 0x1f1f) == 0x1f) {
    result = splat(b_.CreateExtractElement(value, b_.CreateAnd(base(rawB), b_.getInt32(31))));
  } else {
    // Any permutation: through the stack, indices are in range by construction.
    AllocaInst* array = stackArray(i32);
    b_.CreateStore(value, array);
    Value* pointers = b_.CreateGEP(i32, array, b_.CreateZExt(from, vectorOf(b_.getInt64Ty())));
    Value* mask = mask_;
    mask_ = nullptr;
    result = gather(pointers, i32, Align(4));
    mask_ = mask;
  }
  fields_[&call] = {result, inRange};
}

void GangEmitter::emitVote(CallBase& call, Aw id) {
  Value* members = call.getArgOperand(1);
  Value* yes = bits(meetingOperand(call));
  if (!shape(&call).isUniform()) {
    // Lanes name different groups: evaluate per lane.
    Value* group = b_.CreateAnd(vec(members), splat(activeBits()));
    Value* in = b_.CreateAnd(splat(yes), group);
    Value* r = id == Aw::VoteBallot ? in
               : id == Aw::VoteAll  ? b_.CreateICmpEQ(in, group)
               : id == Aw::VoteAny
                   ? b_.CreateICmpNE(in, Constant::getNullValue(in->getType()))
                   : b_.CreateOr(b_.CreateICmpEQ(in, group),
                                 b_.CreateICmpEQ(in, Constant::getNullValue(in->getType())));
    return define(&call, r);
  }
  Value* group = b_.CreateAnd(base(members), activeBits());
  Value* in = b_.CreateAnd(yes, group);
  Value* zero = b_.getInt32(0);
  switch (id) {
  case Aw::VoteBallot:
    return define(&call, in);
  case Aw::VoteAll:
    return define(&call, b_.CreateICmpEQ(in, group));
  case Aw::VoteAny:
    return define(&call, b_.CreateICmpNE(in, zero));
  default:
    return define(&call, b_.CreateOr(b_.CreateICmpEQ(in, group), b_.CreateICmpEQ(in, zero)));
  }
}

// match.any: take the first undecided lane's value, decide all lanes that hold it, repeat.
void GangEmitter::emitMatch(CallBase& call, Aw id) {
  Type* i32 = b_.getInt32Ty();
  Value* value = meetingOperand(call);
  Value* members = vec(call.getArgOperand(1));
  Type* element = call.getArgOperand(0)->getType();
  AllocaInst* array = stackArray(element);
  b_.CreateStore(value, array);
  Value* zero = Constant::getNullValue(vectorOf(i32));
  Value* start = activeBits();
  BasicBlock* before = b_.GetInsertBlock();
  BasicBlock* loop = newBlock("match");
  BasicBlock* done = newBlock("match.done");
  b_.CreateBr(loop); // the block runs only with active lanes
  b_.SetInsertPoint(loop);
  PHINode* rest = b_.CreatePHI(i32, 2);
  PHINode* result = b_.CreatePHI(vectorOf(i32), 2);
  rest->addIncoming(start, before);
  result->addIncoming(zero, before);
  Value* lane = b_.CreateBinaryIntrinsic(Intrinsic::cttz, rest, b_.getTrue());
  Value* v = b_.CreateLoad(element, b_.CreateGEP(element, array, lane));
  Value* same = b_.CreateICmpEQ(value, splat(v));
  Value* sameBits = b_.CreateAnd(bits(same), start);
  Value* next = b_.CreateSelect(same, splat(sameBits), result);
  Value* left = b_.CreateAnd(rest, b_.CreateNot(sameBits));
  rest->addIncoming(left, loop);
  result->addIncoming(next, loop);
  b_.CreateCondBr(b_.CreateICmpNE(left, b_.getInt32(0)), loop, done);
  b_.SetInsertPoint(done);
  Value* groups = b_.CreateAnd(next, members);
  if (id == Aw::MatchAny32 || id == Aw::MatchAny64)
    return define(&call, groups);
  // PTX ISA, match.sync: the mask of the threads in membermask that have not exited.
  Value* expected = b_.CreateAnd(members, splat(start));
  Value* allSame = b_.CreateICmpEQ(groups, expected);
  fields_[&call] = {b_.CreateSelect(allSame, expected, zero), allSame};
}

void GangEmitter::emitRedux(CallBase& call, Aw id) {
  Intrinsic::ID reduce;
  uint32_t identity;
  switch (id) {
  case Aw::ReduxAdd:
    reduce = Intrinsic::vector_reduce_add, identity = 0;
    break;
  case Aw::ReduxMin:
    reduce = Intrinsic::vector_reduce_smin, identity = 0x7fffffff;
    break;
  case Aw::ReduxMax:
    reduce = Intrinsic::vector_reduce_smax, identity = 0x80000000;
    break;
  case Aw::ReduxUmin:
    reduce = Intrinsic::vector_reduce_umin, identity = ~0u;
    break;
  case Aw::ReduxUmax:
    reduce = Intrinsic::vector_reduce_umax, identity = 0;
    break;
  case Aw::ReduxAnd:
    reduce = Intrinsic::vector_reduce_and, identity = ~0u;
    break;
  case Aw::ReduxOr:
    reduce = Intrinsic::vector_reduce_or, identity = 0;
    break;
  default:
    reduce = Intrinsic::vector_reduce_xor, identity = 0;
    break;
  }
  Value* value = meetingOperand(call);
  auto over = [&](Value* group) {
    Value* in = b_.CreateBitCast(group, FixedVectorType::get(b_.getInt1Ty(), kLanes));
    return b_.CreateUnaryIntrinsic(reduce,
                                   b_.CreateSelect(in, value, splat(b_.getInt32(identity))));
  };
  Value* members = call.getArgOperand(1);
  if (shape(&call).isUniform())
    return define(&call, over(b_.CreateAnd(base(members), activeBits())));
  // Disjoint groups: one reduction a group.
  Type* i32 = b_.getInt32Ty();
  AllocaInst* array = stackArray(i32);
  b_.CreateStore(vec(members), array);
  Value* start = activeBits();
  BasicBlock* before = b_.GetInsertBlock();
  BasicBlock* loop = newBlock("redux");
  BasicBlock* done = newBlock("redux.done");
  b_.CreateBr(loop);
  b_.SetInsertPoint(loop);
  PHINode* rest = b_.CreatePHI(i32, 2);
  PHINode* result = b_.CreatePHI(vectorOf(i32), 2);
  rest->addIncoming(start, before);
  result->addIncoming(Constant::getNullValue(vectorOf(i32)), before);
  Value* lane = b_.CreateBinaryIntrinsic(Intrinsic::cttz, rest, b_.getTrue());
  Value* named = b_.CreateLoad(i32, b_.CreateGEP(i32, array, lane));
  Value* group = b_.CreateAnd(named, start);
  Value* self = b_.CreateOr(group, b_.CreateShl(b_.getInt32(1), lane));
  Value* in = b_.CreateBitCast(self, FixedVectorType::get(b_.getInt1Ty(), kLanes));
  Value* next = b_.CreateSelect(in, splat(over(group)), result);
  Value* left = b_.CreateAnd(rest, b_.CreateNot(self));
  rest->addIncoming(left, loop);
  result->addIncoming(next, loop);
  b_.CreateCondBr(b_.CreateICmpNE(left, b_.getInt32(0)), loop, done);
  b_.SetInsertPoint(done);
  define(&call, next);
}

// A device function that could not be inlined (recursion): its gang version takes the mask.
void GangEmitter::emitGangCall(CallBase& call) {
  Function* gang = module_.getFunction((call.getCalledFunction()->getName() + ".gang").str());
  if (!gang)
    return fail("no gang version of " + call.getCalledFunction()->getName());
  SmallVector<Value*, 8> args{args_.block,
                              args_.launch,
                              args_.gang,
                              args_.ctaid[0],
                              args_.ctaid[1],
                              args_.ctaid[2],
                              mask_ ? mask_ : allLanes(),
                              liveWord_};
  for (Value* v : call.args())
    args.push_back(vec(v));
  Value* r = b_.CreateCall(gang, args);
  if (!call.getType()->isVoidTy())
    define(&call, r);
}

} // namespace anywarp::spmd
