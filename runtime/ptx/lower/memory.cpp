// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9: mov, ld, st, address conversion, cp.async.
#include "ptx/lower/function_lowering.h"
#include "ptx/lower/memory_access.h"
#include "ptx/names.h"
#include "spmd/kernel_abi.h"

#include <llvm/IR/Intrinsics.h>

namespace anywarp::ptx {

using llvm::Value;

namespace {

Space spaceOf(std::string_view text) {
  return spaceFromName(text.substr(0, text.find(':'))).value_or(Space::Generic);
}

Value* clusterBlocks(FunctionLowering& f) {
  auto size = [&](const char* name) { return f.service(name, f.b.getInt32Ty(), {}); };
  return f.b.CreateMul(f.b.CreateMul(size("aw.cluster.x"), size("aw.cluster.y")),
                       size("aw.cluster.z"));
}

// What to subtract from an address of mapa and getctarank to have it relative to rank 0's window.
Value* genericBase(FunctionLowering& f, const Matched& m, llvm::Type* type) {
  if (m.has("space"))
    return llvm::ConstantInt::get(type, 0);
  return f.b.CreateZExtOrTrunc(f.b.CreatePtrToInt(f.sharedZero(), f.b.getInt64Ty()), type);
}

} // namespace

void lowerLd(FunctionLowering& f, const Matched& m) {
  Type t = m.type();
  const Operand& dst = m.op(0);
  if (!checkVector(f, dst, vectorSize(m)))
    return;
  Space space = spaceOf(m.text("space"));
  bool constant = space == Space::Const || (space == Space::Param && f.function.isKernel);
  // All are loaded before any register is written: the address may be one of them.
  std::vector<Value*> values = loadVector(f, m, f.address(m.op(1), space), constant, space);
  for (size_t i = 0; i < values.size(); ++i)
    f.write(elementsOf(dst)[i], values[i], t);
}

void lowerSt(FunctionLowering& f, const Matched& m) {
  Space space = spaceOf(m.text("space"));
  if (checkVector(f, m.op(1), vectorSize(m)))
    storeVector(f, m, f.address(m.op(0), space), space);
}

// st.bulk [a], size, 0: size is a multiple of 16.
void lowerStBulk(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Value* p = f.address(m.op(0), m.has("space") ? Space::Shared : Space::Generic);
  Value* size = f.read(m.op(1), Type::U64);
  llvm::BasicBlock *before = b.GetInsertBlock(), *loop = f.newBlock("fill"),
                   *done = f.newBlock("filled");
  b.CreateCondBr(b.CreateIsNull(size), done, loop);
  f.enter(loop);
  llvm::PHINode* at = b.CreatePHI(b.getInt64Ty(), 2);
  at->addIncoming(b.getInt64(0), before);
  b.CreateAlignedStore(b.getInt64(0), b.CreateGEP(b.getInt8Ty(), p, at), llvm::Align(8));
  Value* next = b.CreateAdd(at, b.getInt64(8));
  at->addIncoming(next, loop);
  b.CreateCondBr(b.CreateICmpULT(next, size), loop, done);
  f.enter(done);
}

void lowerMov(FunctionLowering& f, const Matched& m) {
  Type t = m.type();
  const Operand &d = m.op(0), &s = m.op(1);
  if (unsigned n = vectorSize(m); n > 1) {
    if (!checkVector(f, d, n) || !checkVector(f, s, n))
      return;
    std::vector<Value*> values;
    for (const Operand& e : elementsOf(s))
      values.push_back(f.read(e, t));
    for (unsigned i = 0; i < n; ++i)
      f.write(elementsOf(d)[i], values[i], t);
    return;
  }
  f.write(d, f.read(s, t), t);
}

// Addresses are host addresses in every space but shared, where they are offsets.
void lowerCvta(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type t = m.type();
  Value* v = f.read(m.op(1), t);
  if (spaceOf(m.text("space")) == Space::Shared) {
    v = m.has("to") ? b.CreateSub(b.CreateZExt(v, b.getInt64Ty()),
                                  b.CreatePtrToInt(f.sharedZero(), b.getInt64Ty()))
                    : b.CreatePtrToInt(f.sharedPointer(v), b.getInt64Ty());
    v = f.resize(v, bitsOf(t), false);
  }
  f.write(m.op(0), v, t);
}

// mapa: the same place in the window of another block. The address may be generic.
void lowerMapa(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type t = m.type();
  Value* v = f.read(m.op(1), t);
  Value* rank = b.CreateZExtOrTrunc(f.read(m.op(2), Type::U32), v->getType());
  Value* stride = llvm::ConstantInt::get(v->getType(), AW_CLUSTER_STRIDE);
  Value* zero = genericBase(f, m, v->getType());
  Value* offset = b.CreateAnd(b.CreateSub(v, zero), AW_CLUSTER_STRIDE - 1);
  f.write(m.op(0), b.CreateAdd(b.CreateAdd(zero, offset), b.CreateMul(rank, stride)), t);
}

void lowerGetctarank(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Value* v = f.read(m.op(1), m.type());
  Value* rank = b.CreateUDiv(b.CreateSub(v, genericBase(f, m, v->getType())),
                             llvm::ConstantInt::get(v->getType(), AW_CLUSTER_STRIDE));
  f.write(m.op(0), b.CreateZExtOrTrunc(rank, b.getInt32Ty()), Type::B32);
}

// Local, constant and parameter memory cannot be told from global memory by their addresses:
// global answers yes for all that is not shared, the others no.
void lowerIsspacep(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Value* v = f.read(m.op(1), Type::U64);
  Value* size = b.CreateZExt(f.service("aw.totalsmem", b.getInt32Ty(), {}), b.getInt64Ty());
  auto from = [&](Value* base) { return b.CreateSub(v, b.CreatePtrToInt(base, b.getInt64Ty())); };
  Value* shared = b.CreateICmpULT(from(f.sharedBase()), size);
  Space space = spaceOf(m.text("space"));
  // Memory of the cluster's other blocks is shared::cluster and neither shared::cta nor global.
  if (f.module.usesClusters() && (m.text("space") == "shared::cluster" || space == Space::Global)) {
    Value* offset = from(f.sharedZero());
    Value* end =
        b.CreateMul(b.CreateZExt(clusterBlocks(f), b.getInt64Ty()), b.getInt64(AW_CLUSTER_STRIDE));
    Value* inWindow = b.CreateICmpULT(b.CreateAnd(offset, AW_CLUSTER_STRIDE - 1), size);
    shared = b.CreateAnd(b.CreateICmpULT(offset, end), inWindow);
  }
  f.write(m.op(0),
          space == Space::Shared   ? shared
          : space == Space::Global ? b.CreateNot(shared)
                                   : b.getFalse(),
          Type::Pred);
}

void lowerNothing(FunctionLowering&, const Matched&) {}

void lowerWriteZero(FunctionLowering& f, const Matched& m) {
  f.write(m.op(0), f.undef(m.operandType(0)), m.operandType(0));
}

// cp.async [shared], [global], size{, src-size}: the rest up to size is zero.
void lowerCpAsync(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  const Operand& sizeOp = m.op(2);
  if (sizeOp.kind != Operand::Kind::Int ||
      (sizeOp.bits != 4 && sizeOp.bits != 8 && sizeOp.bits != 16))
    return f.fail(sizeOp.loc, "cp.async copies 4, 8 or 16 bytes");
  if (m.text("cop") == "cg" && sizeOp.bits != 16)
    return f.fail(sizeOp.loc, "cp.async.cg copies 16 bytes");
  Value* dst = f.address(m.op(0), Space::Shared);
  Value* src = f.address(m.op(1), Space::Global);
  llvm::Align align(sizeOp.bits);
  // Register arguments of 32 bits are src-size or ignore-src; a 64-bit one is a cache policy.
  bool partial =
      m.size() > 3 && (m.op(3).kind == Operand::Kind::Int || bitsOf(f.declaredType(m.op(3))) == 32);
  bool ignore = m.size() > 3 && f.declaredType(m.op(3)) == Type::Pred;
  // nvcc writes src-size even where it is the whole.
  bool whole = partial && m.op(3).kind == Operand::Kind::Int && m.op(3).bits >= sizeOp.bits;
  if (whole || (!partial && !ignore)) {
    for (uint64_t i = 0; i < sizeOp.bits; i += 4)
      b.CreateAlignedStore(b.CreateAlignedLoad(b.getInt32Ty(), f.offsetPointer(src, i),
                                               llvm::commonAlignment(align, i)),
                           f.offsetPointer(dst, i), llvm::commonAlignment(align, i));
    return;
  }
  Value* size =
      ignore ? b.CreateSelect(f.readPred(m.op(3)), b.getInt32(0), b.getInt32(uint32_t(sizeOp.bits)))
             : f.read(m.op(3), Type::U32);
  // src-size may be any number of bytes. Words are aligned, so one that is read in part is there.
  for (uint64_t i = 0; i < sizeOp.bits; i += 4) {
    llvm::BasicBlock *load = f.newBlock("copy"), *next = f.newBlock("next"),
                     *before = b.GetInsertBlock();
    llvm::Align wordAlign = llvm::commonAlignment(align, i);
    b.CreateCondBr(b.CreateICmpULT(b.getInt32(uint32_t(i)), size), load, next);
    f.enter(load);
    Value* word = b.CreateAlignedLoad(b.getInt32Ty(), f.offsetPointer(src, int64_t(i)), wordAlign);
    Value* bytes = b.CreateSub(size, b.getInt32(uint32_t(i)));
    Value* rest = b.CreateSub(b.CreateShl(b.getInt32(1), b.CreateShl(b.CreateAnd(bytes, 3), 3)),
                              b.getInt32(1));
    word = b.CreateSelect(b.CreateICmpUGE(bytes, b.getInt32(4)), word, b.CreateAnd(word, rest));
    b.CreateBr(next);
    f.enter(next);
    llvm::PHINode* v = b.CreatePHI(b.getInt32Ty(), 2);
    v->addIncoming(word, load);
    v->addIncoming(b.getInt32(0), before);
    b.CreateAlignedStore(v, f.offsetPointer(dst, int64_t(i)), wordAlign);
  }
}

} // namespace anywarp::ptx
