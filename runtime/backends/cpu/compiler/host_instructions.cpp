// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_instructions.h"

#include <cmath>
#include <cstring>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsX86.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/Target/TargetMachine.h>

namespace anywarp::cpu {
namespace {

using namespace llvm;

// Builds with vectors as wide as the target's registers and joins the results.
class HostBuilder {
public:
  HostBuilder(Module& module, const TargetMachine& target)
      : module_(module), features_(*target.getMCSubtargetInfo()), b_(module.getContext()),
        isX86_(target.getTargetTriple().isX86()) {}

  bool has(const char* feature) const {
    return isX86_ && features_.checkFeatures("+" + std::string(feature));
  }

  // Lanes first ... first + count - 1.
  Value* part(Value* v, unsigned first, unsigned count) {
    return b_.CreateShuffleVector(v, createSequentialMask(first, count, 0));
  }
  // fn of parts of `lanes` lanes of the operands.
  template <typename Fn> Value* byParts(unsigned lanes, ArrayRef<Value*> operands, Fn fn) {
    unsigned all = cast<FixedVectorType>(operands[0]->getType())->getNumElements();
    SmallVector<Value*, 8> results;
    for (unsigned first = 0; first < all; first += lanes) {
      SmallVector<Value*, 4> parts;
      for (Value* v : operands)
        parts.push_back(part(v, first, lanes));
      results.push_back(fn(ArrayRef<Value*>(parts)));
    }
    return results.size() == 1 ? results[0] : concatenateVectors(b_, results);
  }
  Value* call(Intrinsic::ID id, ArrayRef<Value*> operands) {
    return b_.CreateIntrinsic(id, {}, operands);
  }

  // The function's definition, empty, with the builder in its entry; null if it is not needed.
  Function* redefine(StringRef name) {
    Function* f = module_.getFunction(name);
    if (!f || f->isDeclaration())
      return nullptr;
    auto linkage = f->getLinkage();
    f->deleteBody();
    f->setLinkage(linkage);
    b_.SetInsertPoint(BasicBlock::Create(module_.getContext(), "", f));
    return f;
  }

  void dot();
  void approximations();
  void conversions();
  void halves();
  void extractions();
  void directedRounding();

private:
  Value* dotOfParts(unsigned lanes, Value* sum, Value* u, Value* s);
  Value* reciprocalRoot(Value* x);
  Value* reciprocal(Value* x);
  Value* root(Value* x);
  Value* estimate(Intrinsic::ID id, Value* x);
  Value* residual(Value* x, Value* y);
  Value* approximation(Instruction& i);
  Value* conversion(IntrinsicInst& call);
  Value* widened(Value* half);
  Value* rounded(StringRef operation, bool isDouble, Value* mode, ArrayRef<Value*> operands);
  Value* narrowed(Value* x);
  Value* number(Value* like, double x) { return ConstantFP::get(like->getType(), x); }
  Value* fma(Value* x, Value* y, Value* z) {
    return b_.CreateIntrinsic(Intrinsic::fma, {x->getType()}, {x, y, z});
  }

  Module& module_;
  const MCSubtargetInfo& features_;
  IRBuilder<> b_;
  bool isX86_;
};

// Without VNNI: products of 16-bit numbers, in pairs; exact, where pmaddubsw would saturate.
Value* HostBuilder::dotOfParts(unsigned lanes, Value* sum, Value* u, Value* s) {
  Intrinsic::ID pairs = lanes == 16  ? Intrinsic::x86_avx512_pmaddw_d_512
                        : lanes == 8 ? Intrinsic::x86_avx2_pmadd_wd
                                     : Intrinsic::x86_sse2_pmadd_wd;
  Type* shorts = FixedVectorType::get(b_.getInt16Ty(), 2 * lanes);
  u = b_.CreateBitCast(u, shorts), s = b_.CreateBitCast(s, shorts);
  Value* even = call(pairs, {b_.CreateAnd(u, ConstantInt::get(shorts, 0xff)),
                             b_.CreateAShr(b_.CreateShl(s, 8), 8)});
  Value* odd = call(pairs, {b_.CreateLShr(u, 8), b_.CreateAShr(s, 8)});
  return b_.CreateAdd(sum, b_.CreateAdd(even, odd));
}

// void ptx_host_dot_us(i32x16* sum, const i32x16* u, const i32x16* s)
void HostBuilder::dot() {
  if (!has("sse2"))
    return;
  Function* f = redefine("ptx_host_dot_us");
  if (!f)
    return;
  Type* type = FixedVectorType::get(b_.getInt32Ty(), 16);
  auto load = [&](unsigned i) { return b_.CreateAlignedLoad(type, f->getArg(i), Align(64)); };
  Value *sum = load(0), *u = load(1), *s = load(2), *result;
  if (has("avx512vnni"))
    result = call(Intrinsic::x86_avx512_vpdpbusd_512, {sum, u, s});
  else if (has("avxvnni"))
    result = byParts(8, {sum, u, s}, [&](ArrayRef<Value*> parts) {
      return call(Intrinsic::x86_avx512_vpdpbusd_256, parts);
    });
  else {
    unsigned lanes = has("avx512bw") ? 16 : has("avx2") ? 8 : 4;
    result = byParts(lanes, {sum, u, s}, [&](ArrayRef<Value*> parts) {
      return dotOfParts(lanes, parts[0], parts[1], parts[2]);
    });
  }
  b_.CreateAlignedStore(result, f->getArg(0), Align(64));
  b_.CreateRetVoid();
}

// ---- estimates
// Largest relative errors over all floats, measured: 1/sqrt 2^-23.6, 1/x 2^-23.9, sqrt 2^-23.3 (PTX
// ISA 9.7.3: 2^-22.9, 2^-23, 2^-23); zero, infinity, NaN and subnormal numbers as the exact
// operations. Only with AVX-512's estimates of 14 bits: those of 12 need so many steps and repairs
// that dividing is faster.

Value* HostBuilder::estimate(Intrinsic::ID id, Value* x) {
  return byParts(16, {x}, [&](ArrayRef<Value*> part) {
    return call(id, {part[0], Constant::getNullValue(part[0]->getType()), b_.getInt16(0xffff)});
  });
}

// What is missing from x * y to 1.
Value* HostBuilder::residual(Value* x, Value* y) {
  return fma(b_.CreateFNeg(x), y, number(x, 1));
}

// Where the step fails, the estimate is the result: 0, infinity or NaN.
Value* HostBuilder::reciprocalRoot(Value* x) {
  Value* y = estimate(Intrinsic::x86_avx512_rsqrt14_ps_512, x);
  Value* result = fma(b_.CreateFMul(y, number(y, 0.5)), residual(b_.CreateFMul(x, y), y), y);
  return b_.CreateSelect(b_.CreateFCmpUNO(result, result), y, result);
}

Value* HostBuilder::reciprocal(Value* x) {
  Value* y = estimate(Intrinsic::x86_avx512_rcp14_ps_512, x);
  Value* result = fma(y, residual(x, y), y);
  return b_.CreateSelect(b_.CreateFCmpUNO(result, result), y, result);
}

Value* HostBuilder::root(Value* x) {
  Value* y = estimate(Intrinsic::x86_avx512_rsqrt14_ps_512, x);
  Value* near = b_.CreateFMul(x, y);
  Value* result = fma(b_.CreateFMul(near, number(x, 0.5)), residual(near, y), near);
  Value* itself =
      b_.CreateOr(b_.CreateFCmpOEQ(x, number(x, 0)), b_.CreateFCmpOEQ(x, number(x, HUGE_VAL)));
  return b_.CreateSelect(itself, x, result);
}

bool isApproximate(const Value* v) {
  auto* op = dyn_cast<FPMathOperator>(v);
  return op && op->getFPAccuracy() >= 1;
}

const IntrinsicInst* approximateRoot(const Value* v) {
  auto* call = dyn_cast<IntrinsicInst>(v);
  return call && call->getIntrinsicID() == Intrinsic::sqrt && isApproximate(call) ? call : nullptr;
}

// Something faster for i, or null.
Value* HostBuilder::approximation(Instruction& i) {
  using namespace PatternMatch;
  bool isVector = i.getType()->isVectorTy();
  auto byVectors = [&](Value* (HostBuilder::*fn)(Value*), Value* x) {
    Value* v = (this->*fn)(isVector ? x : b_.CreateVectorSplat(16, x));
    return isVector ? v : b_.CreateExtractElement(v, uint64_t(0));
  };
  Value* x;
  if (approximateRoot(&i))
    return byVectors(&HostBuilder::root, i.getOperand(0));
  if (!match(&i, m_FDiv(m_SpecificFP(1.0), m_Value(x))))
    return nullptr;
  if (auto* inner = approximateRoot(x))
    return byVectors(&HostBuilder::reciprocalRoot, inner->getArgOperand(0));
  return byVectors(&HostBuilder::reciprocal, x);
}

// Scalars (values that are the same in all lanes) too: nobody should see a difference.
void HostBuilder::approximations() {
  if (!has("avx512f"))
    return;
  SmallVector<Instruction*, 32> divisions, roots;
  for (Function& f : module_)
    for (Instruction& i : instructions(f)) {
      auto* type = dyn_cast<FixedVectorType>(i.getType());
      if (i.getType()->getScalarType()->isFloatTy() &&
          (!type || type->getNumElements() % 16 == 0) && isApproximate(&i))
        (i.getOpcode() == Instruction::FDiv ? divisions : roots).push_back(&i);
    }
  auto replace = [&](Instruction* i) {
    b_.SetInsertPoint(i);
    if (Value* v = approximation(*i)) {
      i->replaceAllUsesWith(v);
      i->eraseFromParent();
    }
  };
  for (Instruction* i : divisions)
    replace(i);
  for (Instruction* i : roots) // that are not part of a division
    if (!i->use_empty())
      replace(i);
}

// ---- conversions

// x86's conversions give 2^31 (as bits) for what does not fit, AVX-512's unsigned one 2^32 - 1.
Value* HostBuilder::conversion(IntrinsicInst& call) {
  Value* x = call.getArgOperand(0);
  Type* type = call.getType();
  bool isSigned = call.getIntrinsicID() == Intrinsic::fptosi_sat;
  Value* zero = number(x, 0);
  auto convert = [&](Value* v) {
    return byParts(
        has("avx512f") ? 16
        : has("avx")   ? 8
                       : 4,
        {v}, [&](ArrayRef<Value*> part) {
          if (has("avx512f"))
            return this->call(
                isSigned ? Intrinsic::x86_avx512_mask_cvttps2dq_512
                         : Intrinsic::x86_avx512_mask_cvttps2udq_512,
                {part[0], Constant::getNullValue(FixedVectorType::get(b_.getInt32Ty(), 16)),
                 b_.getInt16(0xffff), b_.getInt32(4 /* the current direction; truncates */)});
          return this->call(
              has("avx") ? Intrinsic::x86_avx_cvtt_ps2dq_256 : Intrinsic::x86_sse2_cvttps2dq, part);
        });
  };
  if (isSigned) {
    Value* r = convert(b_.CreateSelect(b_.CreateFCmpUNO(x, x), zero, x));
    Value* large = b_.CreateFCmpOGE(x, number(x, 0x1p31));
    return b_.CreateSelect(large, ConstantInt::get(type, 0x7fffffff), r);
  }
  x = b_.CreateSelect(b_.CreateFCmpOGT(x, zero), x, zero); // neither negative nor NaN
  if (has("avx512f"))
    return convert(x);
  Value* upper = b_.CreateFCmpOGE(x, number(x, 0x1p31));
  Value* r = convert(b_.CreateSelect(upper, b_.CreateFSub(x, number(x, 0x1p31)), x));
  r = b_.CreateSelect(upper, b_.CreateXor(r, ConstantInt::get(type, 0x80000000u)), r);
  return b_.CreateSelect(b_.CreateFCmpOGE(x, number(x, 0x1p32)), Constant::getAllOnesValue(type),
                         r);
}

void HostBuilder::conversions() {
  if (!has("sse2"))
    return;
  SmallVector<IntrinsicInst*, 16> found;
  for (Function& f : module_)
    for (Instruction& i : instructions(f)) {
      auto* call = dyn_cast<IntrinsicInst>(&i);
      if (!call || (call->getIntrinsicID() != Intrinsic::fptosi_sat &&
                    call->getIntrinsicID() != Intrinsic::fptoui_sat))
        continue;
      auto* type = dyn_cast<FixedVectorType>(call->getType());
      if (type && type->getElementType()->isIntegerTy(32) && type->getNumElements() % 16 == 0 &&
          cast<VectorType>(call->getArgOperand(0)->getType())->getElementType()->isFloatTy())
        found.push_back(call);
    }
  for (IntrinsicInst* call : found) {
    b_.SetInsertPoint(call);
    call->replaceAllUsesWith(conversion(*call));
    call->eraseFromParent();
  }
}

// ---- f16 without F16C, where LLVM would call functions that are not there

Value* HostBuilder::widened(Value* half) {
  Type* shorts = half->getType()->getWithNewType(b_.getInt16Ty());
  Type* ints = half->getType()->getWithNewType(b_.getInt32Ty());
  Type* floats = half->getType()->getWithNewType(b_.getFloatTy());
  auto word = [&](uint32_t x) { return ConstantInt::get(ints, x); };
  Value* bits = b_.CreateZExt(b_.CreateBitCast(half, shorts), ints);
  Value* magnitude = b_.CreateShl(b_.CreateAnd(bits, word(0x7fff)), 13);
  // As a float, its exponent is 112 too small; subnormal numbers become normal.
  Value* scaled = b_.CreateBitCast(
      b_.CreateFMul(b_.CreateBitCast(magnitude, floats), ConstantFP::get(floats, 0x1p112)), ints);
  Value* special = b_.CreateICmpUGE(magnitude, word(0x7c00 << 13)); // infinity, NaN
  Value* result = b_.CreateSelect(special, b_.CreateOr(magnitude, word(0x7f800000)), scaled);
  result = b_.CreateOr(result, b_.CreateShl(b_.CreateAnd(bits, word(0x8000)), 16));
  return b_.CreateBitCast(result, floats);
}

// To nearest even.
Value* HostBuilder::narrowed(Value* x) {
  Type* ints = x->getType()->getWithNewType(b_.getInt32Ty());
  auto word = [&](uint32_t w) { return ConstantInt::get(ints, w); };
  Value* bits = b_.CreateBitCast(x, ints);
  Value* magnitude = b_.CreateAnd(bits, word(0x7fffffff));
  Value* odd = b_.CreateAnd(b_.CreateLShr(magnitude, 13), word(1));
  Value* rounded = b_.CreateAdd(b_.CreateAdd(magnitude, odd), word(0xfff - (112u << 23)));
  // In [0.5, 1) a float has the places of f16's subnormal numbers: adding 0.5 rounds to them.
  Value* tiny = b_.CreateFAdd(b_.CreateBitCast(magnitude, x->getType()), number(x, 0.5));
  Value* subnormal = b_.CreateSub(b_.CreateBitCast(tiny, ints), word(0x3f000000));
  Value* result = b_.CreateSelect(b_.CreateICmpULT(magnitude, word(0x38800000)), subnormal,
                                  b_.CreateLShr(rounded, 13));
  result = b_.CreateSelect(b_.CreateICmpUGE(magnitude, word(0x477ff000)), word(0x7c00), result);
  Value* nan = b_.CreateOr(word(0x7e00), b_.CreateAnd(b_.CreateLShr(magnitude, 13), word(0x3ff)));
  result = b_.CreateSelect(b_.CreateICmpUGT(magnitude, word(0x7f800000)), nan, result);
  result = b_.CreateOr(result, b_.CreateAnd(b_.CreateLShr(bits, 16), word(0x8000)));
  Type* shorts = x->getType()->getWithNewType(b_.getInt16Ty());
  return b_.CreateBitCast(b_.CreateTrunc(result, shorts),
                          x->getType()->getWithNewType(b_.getHalfTy()));
}

void HostBuilder::halves() {
  if (!has("sse2") || has("f16c"))
    return;
  SmallVector<CastInst*, 16> found;
  for (Function& f : module_)
    for (Instruction& i : instructions(f)) {
      auto* cast = dyn_cast<CastInst>(&i);
      if (!cast)
        continue;
      Type *from = cast->getSrcTy()->getScalarType(), *to = cast->getDestTy()->getScalarType();
      if ((from->isHalfTy() && to->isFloatTy()) || (from->isFloatTy() && to->isHalfTy()))
        found.push_back(cast);
    }
  for (CastInst* cast : found) {
    b_.SetInsertPoint(cast);
    Value* x = cast->getOperand(0);
    cast->replaceAllUsesWith(isa<FPExtInst>(cast) ? widened(x) : narrowed(x));
    cast->eraseFromParent();
  }
}

// ---- one lane of a vector by its number

// LLVM stores the vector and loads the lane; a load from a part of a wide store may have to wait
// for all stores before it.
void HostBuilder::extractions() {
  if (!has("avx512f"))
    return;
  SmallVector<ExtractElementInst*, 16> found;
  for (Function& f : module_)
    for (Instruction& i : instructions(f)) {
      auto* extract = dyn_cast<ExtractElementInst>(&i);
      if (!extract || isa<Constant>(extract->getIndexOperand()))
        continue;
      auto* type = dyn_cast<FixedVectorType>(extract->getVectorOperandType());
      if (type && type->getNumElements() == 32 && type->getScalarSizeInBits() == 32)
        found.push_back(extract);
    }
  for (ExtractElementInst* extract : found) {
    b_.SetInsertPoint(extract);
    Value* v =
        b_.CreateBitCast(extract->getVectorOperand(), FixedVectorType::get(b_.getInt32Ty(), 32));
    Value* lane = b_.CreateZExtOrTrunc(extract->getIndexOperand(), b_.getInt32Ty());
    Value* r = call(Intrinsic::x86_avx512_vpermi2var_d_512,
                    {part(v, 0, 16), b_.CreateVectorSplat(16, lane), part(v, 16, 16)});
    r = b_.CreateBitCast(b_.CreateExtractElement(r, uint64_t(0)), extract->getType());
    extract->replaceAllUsesWith(r);
    extract->eraseFromParent();
  }
}

// ---- arithmetic that does not round to nearest

Value* HostBuilder::rounded(StringRef operation, bool isDouble, Value* mode,
                            ArrayRef<Value*> operands) {
  struct Instructions {
    const char* name;
    Intrinsic::ID single, twice;
  };
  static constexpr Instructions kAll[] = {
      {"fadd", Intrinsic::x86_avx512_add_ps_512, Intrinsic::x86_avx512_add_pd_512},
      {"fsub", Intrinsic::x86_avx512_sub_ps_512, Intrinsic::x86_avx512_sub_pd_512},
      {"fmul", Intrinsic::x86_avx512_mul_ps_512, Intrinsic::x86_avx512_mul_pd_512},
      {"fdiv", Intrinsic::x86_avx512_div_ps_512, Intrinsic::x86_avx512_div_pd_512},
      {"rcp", Intrinsic::x86_avx512_div_ps_512, Intrinsic::x86_avx512_div_pd_512},
      {"fma", Intrinsic::x86_avx512_vfmadd_ps_512, Intrinsic::x86_avx512_vfmadd_pd_512},
      {"sqrt", Intrinsic::x86_avx512_sqrt_ps_512, Intrinsic::x86_avx512_sqrt_pd_512}};
  if (operation == "scale") // x, n, n as an integer
    return byParts(16, operands, [&](ArrayRef<Value*> parts) {
      return call(Intrinsic::x86_avx512_mask_scalef_ps_512,
                  {parts[0], parts[1], parts[0], b_.getInt16(0xffff), b_.getInt32(4)});
    });
  auto* found = find_if(kAll, [&](const Instructions& i) { return operation == i.name; });
  if (found == std::end(kAll))
    return nullptr;
  return byParts(isDouble ? 8 : 16, operands, [&](ArrayRef<Value*> parts) {
    SmallVector<Value*, 4> args(parts);
    if (operation == "rcp")
      args.insert(args.begin(), number(parts[0], 1));
    args.push_back(mode);
    return call(isDouble ? found->twice : found->single, args);
  });
}

void HostBuilder::directedRounding() {
  if (!has("avx512f"))
    return;
  SmallVector<CallInst*, 32> found;
  for (Function& f : module_)
    if (f.isDeclaration() && f.getName().starts_with("aw.lane."))
      for (User* u : f.users())
        found.push_back(cast<CallInst>(u));
  for (CallInst* i : found) {
    SmallVector<StringRef, 4> words; // fma rm f32
    i->getCalledFunction()
        ->getName()
        .drop_front(strlen("aw.lane."))
        .split('.')
        .first.split(words, '_');
    if (words.size() < 2)
      continue;
    enum { kNoExceptions = 8 }; // and 1 down, 2 up, 3 to zero
    Value* mode = b_.getInt32(kNoExceptions + (words[1] == "rm" ? 1 : words[1] == "rp" ? 2 : 3));
    b_.SetInsertPoint(i);
    bool isVector = i->getType()->isVectorTy();
    SmallVector<Value*, 4> operands;
    for (Value* v : i->args())
      operands.push_back(isVector ? v : b_.CreateVectorSplat(16, v));
    Value* r = rounded(words[0], words.back() == "f64", mode, operands);
    if (!r)
      continue; // the linker names it
    i->replaceAllUsesWith(isVector ? r : b_.CreateExtractElement(r, uint64_t(0)));
    i->eraseFromParent();
  }
}

} // namespace

bool hasDirectedRounding(const TargetMachine& target) {
  return target.getTargetTriple().isX86() && target.getMCSubtargetInfo()->checkFeatures("+avx512f");
}

void keepHostFunctions(Module& module, const TargetMachine& target) {
  Function* f = module.getFunction("ptx_host_scale_f32");
  if (!f || f->isDeclaration() || !hasDirectedRounding(target))
    return;
  FunctionCallee lane = module.getOrInsertFunction("aw.lane.scale_f32", f->getFunctionType());
  auto* callee = cast<Function>(lane.getCallee());
  callee->setDoesNotAccessMemory();
  callee->setDoesNotThrow();
  callee->setWillReturn();
  callee->setSpeculatable();
  auto linkage = f->getLinkage();
  f->deleteBody();
  f->setLinkage(linkage);
  IRBuilder<> b(BasicBlock::Create(module.getContext(), "", f));
  b.CreateRet(b.CreateCall(lane, {f->getArg(0), f->getArg(1), f->getArg(2)}));
}

void useHostInstructions(Module& module, const TargetMachine& target) {
  HostBuilder builder(module, target);
  builder.dot();
  builder.approximations();
  builder.conversions();
  builder.halves();
  builder.extractions();
  builder.directedRounding();
}

} // namespace anywarp::cpu
