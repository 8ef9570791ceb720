// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.22 "cvt": every pair of integer, floating-point and 16-bit types.
#include "ptx/lower/function_lowering.h"
#include "ptx/names.h"

#include <llvm/IR/Intrinsics.h>

namespace anywarp::ptx {

using llvm::Value;
namespace I = llvm::Intrinsic;

namespace {

I::ID roundingIntrinsic(std::string_view rnd) {
  return rnd == "rni"   ? I::rint
         : rnd == "rzi" ? I::trunc
         : rnd == "rmi" ? I::floor
         : rnd == "rpi" ? I::ceil
                        : I::not_intrinsic;
}

std::string cvtName(std::string_view rnd, Type d, Type s) {
  return "cvt_" + std::string(rnd) + "_" + std::string(nameOf(d)) + "_" + std::string(nameOf(s));
}

Value* integerToInteger(FunctionLowering& f, const Matched& m, Value* v) {
  auto& b = f.b;
  Type d = m.type(0), s = m.type(1);
  unsigned have = bitsOf(s), need = bitsOf(d);
  if (!m.has("sat"))
    return f.resize(v, need, isSigned(s));
  // In the source's width and signedness, where every bound that matters can be written.
  unsigned width = std::max(have, need) + 1;
  v = f.resize(v, width, isSigned(s));
  llvm::APInt low =
      isSigned(d) ? llvm::APInt::getSignedMinValue(need).sext(width) : llvm::APInt(width, 0);
  llvm::APInt high = isSigned(d) ? llvm::APInt::getSignedMaxValue(need).sext(width)
                                 : llvm::APInt::getMaxValue(need).zext(width);
  auto constant = [&](const llvm::APInt& x) { return llvm::ConstantInt::get(b.getContext(), x); };
  v = b.CreateSelect(b.CreateICmpSLT(v, constant(low)), constant(low), v);
  v = b.CreateSelect(b.CreateICmpSGT(v, constant(high)), constant(high), v);
  return b.CreateTrunc(v, f.intType(need));
}

// Out-of-range values clamp; NaN gives 0 or, where f64 or a 64-bit integer takes part, the top bit.
Value* floatToInteger(FunctionLowering& f, const Matched& m, Value* v) {
  auto& b = f.b;
  Type d = m.type(0), s = m.type(1);
  I::ID rounding = roundingIntrinsic(m.text("rnd"));
  if (rounding == I::not_intrinsic) {
    f.fail(m.inst->loc, "conversion to an integer needs .rni, .rzi, .rmi or .rpi");
    rounding = I::trunc;
  }
  llvm::Type* type = f.intType(bitsOf(d));
  // The conversion itself rounds towards zero.
  Value* whole = rounding == I::trunc ? v : f.intrinsic(rounding, {v});
  Value* r =
      b.CreateIntrinsic(isSigned(d) ? I::fptosi_sat : I::fptoui_sat, {type, v->getType()}, {whole});
  if (s == Type::F64 || bitsOf(d) == 64) {
    Value* top = llvm::ConstantInt::get(type, llvm::APInt::getSignMask(bitsOf(d)));
    r = b.CreateSelect(b.CreateFCmpUNO(v, v), top, r);
  }
  return r;
}

Value* narrowToHalf(FunctionLowering& f, Value* v, Type d, std::string_view rnd) {
  bool fromDouble = v->getType()->isDoubleTy();
  if (rnd.empty())
    rnd = "rn";
  if (rnd == "rn" && !fromDouble)
    return f.toHalf(v, d);
  return f.deviceLib(cvtName(rnd, d, fromDouble ? Type::F64 : Type::F32), f.b.getInt16Ty(), {v});
}

Value* integerToFloat(FunctionLowering& f, const Matched& m, Value* v) {
  auto& b = f.b;
  Type d = m.type(0), s = m.type(1);
  std::string_view rnd = m.text("rnd");
  auto convert = [&](Value* x, llvm::Type* type) {
    return isSigned(s) ? b.CreateSIToFP(x, type) : b.CreateUIToFP(x, type);
  };
  if (isHalf(d)) {
    if (bitsOf(s) == 64 && d == Type::F16) { // all that is far beyond 65504 rounds alike
      llvm::Value* limit = b.getInt64(1 << 20);
      if (isSigned(s))
        v = b.CreateBinaryIntrinsic(I::smax, v, b.getInt64(-(1 << 20)));
      v = b.CreateBinaryIntrinsic(isSigned(s) ? I::smin : I::umin, v, limit);
    }
    if (bitsOf(s) == 64 && d == Type::BF16)
      return narrowToHalf(f, f.deviceLib(cvtName("odd", Type::F64, s), b.getDoubleTy(), {v}), d,
                          rnd);
    return narrowToHalf(f, convert(v, b.getDoubleTy()), d, rnd);
  }
  if (rnd.empty() || rnd == "rn")
    return convert(v, f.llvmType(d));
  unsigned exact = d == Type::F32 ? 24 : 53;
  if (bitsOf(s) <= exact)
    return convert(v, f.llvmType(d));
  if (bitsOf(s) <= 32)
    return f.deviceLib(cvtName(rnd, Type::F32, Type::F64), b.getFloatTy(),
                       {convert(v, b.getDoubleTy())});
  return f.deviceLib(cvtName(rnd, d, s), f.llvmType(d), {v});
}

// The value as float or double of the source's precision.
Value* floatToFloat(FunctionLowering& f, const Matched& m, Value* v) {
  Type d = m.type(0);
  auto& b = f.b;
  std::string_view rnd = m.text("rnd");
  if (I::ID rounding = roundingIntrinsic(rnd); rounding != I::not_intrinsic) {
    v = f.intrinsic(rounding, {v});
    rnd = "rn";
  }
  if (d == Type::F64)
    return v->getType()->isDoubleTy() ? v : b.CreateFPExt(v, b.getDoubleTy());
  if (d == Type::F32) {
    if (v->getType()->isFloatTy())
      return v;
    if (rnd.empty() || rnd == "rn")
      return b.CreateFPTrunc(v, b.getFloatTy());
    return f.deviceLib(cvtName(rnd, d, Type::F64), b.getFloatTy(), {v});
  }
  return v;
}

Value* satfinite(FunctionLowering& f, Value* v, Type d) {
  auto& b = f.b;
  double limit = d == Type::F16 ? 65504.0 : 0x1.fep127;
  auto* type = v->getType();
  Value* high = llvm::ConstantFP::get(type, limit);
  Value* low = llvm::ConstantFP::get(type, -limit);
  v = b.CreateSelect(b.CreateFCmpOGT(v, high), high, v);
  return b.CreateSelect(b.CreateFCmpOLT(v, low), low, v);
}

} // namespace

void lowerCvt(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type d = m.type(0), s = m.type(1);
  Value* v = f.read(m.op(1), s);
  if (isInteger(s) && isInteger(d))
    return f.write(m.op(0), integerToInteger(f, m, v), d);
  if (isInteger(s)) {
    if (m.has("sat")) { // of integers only 0 and 1 lie in [0, 1]
      Value* one = llvm::ConstantInt::get(v->getType(), 1);
      if (isSigned(s))
        v = f.b.CreateBinaryIntrinsic(I::smax, v, llvm::ConstantInt::get(v->getType(), 0));
      v = f.b.CreateBinaryIntrinsic(I::umin, v, one);
    }
    return f.write(m.op(0), integerToFloat(f, m, v), d);
  }
  if (isHalf(s))
    v = f.half(v, s);
  // On the way to f16 no GPU flushes the source, whatever .ftz may mean there.
  if (m.has("ftz") && s == Type::F32 && d != Type::F16)
    v = f.flush(v);
  if (isInteger(d))
    return f.write(m.op(0), floatToInteger(f, m, v), d);
  v = floatToFloat(f, m, v);
  if (m.has("sat"))
    v = f.saturate(v);
  if (m.has("relu"))
    v = f.relu(v);
  if (m.has("satfinite"))
    v = satfinite(f, v, d);
  if (isHalf(d))
    v = narrowToHalf(f, v, d, roundingIntrinsic(m.text("rnd")) ? "rn" : m.text("rnd"));
  else if (m.has("ftz") && d == Type::F32)
    v = f.flush(v);
  f.write(m.op(0), v, d);
}

// cvt.rn.f16x2.f32 d, a, b: a becomes the upper half.
void lowerCvtPair(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type part = partOf(m.type(0));
  auto convert = [&](const Operand& op) {
    Value* v = f.read(op, Type::F32);
    if (m.has("relu"))
      v = f.relu(v);
    if (m.has("satfinite"))
      v = satfinite(f, v, part);
    return b.CreateZExt(narrowToHalf(f, v, part, m.text("rnd")), b.getInt32Ty());
  };
  Value* high = convert(m.op(1));
  f.write(m.op(0), b.CreateOr(b.CreateShl(high, 16), convert(m.op(2))), m.type(0));
}

} // namespace anywarp::ptx
