// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14 and 9.7.9.5: barriers, shuffles, votes, matches, reductions over a warp.
#include "ptx/lower/function_lowering.h"
#include "spmd/kernel_abi.h"

#include <llvm/IR/Intrinsics.h>

namespace anywarp::ptx {

using llvm::Value;

namespace {

// Old forms without a mask mean the whole warp.
Value* maskOperand(FunctionLowering& f, const Matched& m, size_t i) {
  return i < m.size() ? f.read(m.op(i), Type::B32) : f.b.getInt32(~0u);
}

std::string name(std::string_view family, std::string_view mode) {
  return "aw." + std::string(family) + "." + std::string(mode);
}

llvm::Type* valueAndPredicate(FunctionLowering& f) {
  return llvm::StructType::get(f.b.getInt32Ty(), f.b.getInt1Ty());
}

Value* countOperand(FunctionLowering& f, const Matched& m, bool present, size_t i) {
  return present ? f.read(m.op(i), Type::U32) : f.b.getInt32(0);
}

} // namespace

void lowerBarrierSync(FunctionLowering& f, const Matched& m) {
  f.service("aw.barrier", f.b.getVoidTy(),
            {f.read(m.op(0), Type::U32), countOperand(f, m, m.size() > 1, 1)});
}

void lowerBarrierArrive(FunctionLowering& f, const Matched& m) {
  f.service("aw.barrier.arrive", f.b.getVoidTy(),
            {f.read(m.op(0), Type::U32), f.read(m.op(1), Type::U32)});
}

// bar.red.op d, a{, b}, {!}c
void lowerBarrierRed(FunctionLowering& f, const Matched& m) {
  std::string_view op = m.text("op");
  bool popc = op == "popc";
  Value* id = f.read(m.op(1), Type::U32);
  Value* count = countOperand(f, m, m.size() > 3, 2);
  Value* r = f.service(name("barrier.red", op), popc ? f.b.getInt32Ty() : f.b.getInt1Ty(),
                       {id, count, f.readPred(m.op(m.size() - 1))});
  if ((m.type() == Type::U32) != popc)
    f.fail(m.inst->loc, "wrong type for this reduction");
  else
    f.write(m.op(0), r, m.type());
}

void lowerBarWarpSync(FunctionLowering& f, const Matched& m) {
  f.service("aw.warpsync", f.b.getVoidTy(), {f.read(m.op(0), Type::B32)});
}

// The cluster's blocks run on one thread, but its barrier orders memory at its wider scope.
void lowerClusterArrive(FunctionLowering& f, const Matched& m) {
  if (m.text("sem") != "relaxed")
    f.b.CreateFence(llvm::AtomicOrdering::Release);
  f.service("aw.barrier.arrive", f.b.getVoidTy(),
            {f.b.getInt32(AW_CLUSTER_BARRIER), f.b.getInt32(0)});
}

void lowerClusterWait(FunctionLowering& f, const Matched&) {
  f.service("aw.barrier", f.b.getVoidTy(), {f.b.getInt32(AW_CLUSTER_BARRIER), f.b.getInt32(0)});
  f.b.CreateFence(llvm::AtomicOrdering::Acquire);
}

void lowerShfl(FunctionLowering& f, const Matched& m) {
  Value* r = f.service(name("shfl", m.text("mode")), valueAndPredicate(f),
                       {f.read(m.op(1), Type::B32), f.read(m.op(2), Type::B32),
                        f.read(m.op(3), Type::B32), maskOperand(f, m, 4)});
  f.writePair(m.op(0), f.b.CreateExtractValue(r, 0), Type::B32, f.b.CreateExtractValue(r, 1));
}

void lowerVote(FunctionLowering& f, const Matched& m) {
  bool ballot = m.text("mode") == "ballot";
  Value* r = f.service(name("vote", m.text("mode")), ballot ? f.b.getInt32Ty() : f.b.getInt1Ty(),
                       {f.readPred(m.op(1)), maskOperand(f, m, 2)});
  f.write(m.op(0), r, m.type());
}

void lowerMatch(FunctionLowering& f, const Matched& m) {
  Type t = m.type();
  std::string service = name("match", m.text("mode")) + (t == Type::B64 ? ".i64" : ".i32");
  bool all = m.text("mode") == "all";
  Value* r = f.service(service, all ? valueAndPredicate(f) : f.b.getInt32Ty(),
                       {f.read(m.op(1), t), f.read(m.op(2), Type::B32)});
  if (all)
    f.writePair(m.op(0), f.b.CreateExtractValue(r, 0), Type::B32, f.b.CreateExtractValue(r, 1));
  else
    f.write(m.op(0), r, Type::B32);
}

void lowerActivemask(FunctionLowering& f, const Matched& m) {
  f.write(m.op(0), f.service("aw.activemask", f.b.getInt32Ty(), {}), Type::B32);
}

void lowerRedux(FunctionLowering& f, const Matched& m) {
  std::string op(m.text("op"));
  if (m.type() == Type::U32 && op != "add")
    op = "u" + op;
  f.write(m.op(0),
          f.service(name("redux", op), f.b.getInt32Ty(),
                    {f.read(m.op(1), m.type()), f.read(m.op(2), Type::B32)}),
          m.type());
}

// Floating-point minimum and maximum as those of integers in the same order.
void lowerReduxFloat(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  bool isMax = m.text("op") == "max";
  Value* v = f.read(m.op(1), Type::F32);
  Value* isNan = b.CreateFCmpUNO(v, v);
  Value* bits = f.toBits(v);
  if (m.has("abs"))
    bits = b.CreateAnd(bits, b.getInt32(0x7fffffff));
  auto flip = [&](Value* x) { // negative numbers grow with their magnitude
    return b.CreateXor(x, b.CreateAnd(b.CreateAShr(x, 31), b.getInt32(0x7fffffff)));
  };
  // The key of a NaN wins with .NaN and loses without.
  bool highest = isMax == m.has("NaN");
  Value* key = b.CreateSelect(isNan, b.getInt32(highest ? 0x7fffffff : 0x80000000), flip(bits));
  Value* r = flip(f.service(name("redux", isMax ? "max" : "min"), b.getInt32Ty(),
                            {key, f.read(m.op(2), Type::B32)}));
  Value* result = f.fromBits(r, Type::F32);
  f.write(m.op(0),
          b.CreateSelect(b.CreateFCmpUNO(result, result),
                         f.fromBits(b.getInt32(0x7fffffff), Type::F32), result),
          Type::F32);
}

// The lowest thread of the mask leads.
void lowerElect(FunctionLowering& f, const Matched& m) {
  Value* mask = f.read(m.op(1), Type::B32);
  Value* leader =
      f.b.CreateIntrinsic(llvm::Intrinsic::cttz, {f.b.getInt32Ty()}, {mask, f.b.getFalse()});
  Value* p = f.b.CreateICmpEQ(leader, f.service("aw.laneid", f.b.getInt32Ty(), {}));
  f.writePair(m.op(0), leader, Type::B32, p);
}

} // namespace anywarp::ptx
