// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.3 and 9.7.4: minimum, maximum, packed f32, and the 16-bit forms that are not one
// operation in f32.
#include "ptx/lower/function_lowering.h"
#include "ptx/names.h"

#include <llvm/IR/Intrinsics.h>

namespace anywarp::ptx {

using llvm::Value;
namespace I = llvm::Intrinsic;

// -0 < +0; the number wins over NaN unless `nan`, which gives the canonical NaN.
Value* FunctionLowering::floatMinMax(Value* x, Value* y, bool isMax, bool nan) {
  llvm::Type* type = x->getType();
  auto nonzero = [](Value* v) {
    auto* c = llvm::dyn_cast<llvm::ConstantFP>(v);
    return c && !c->isZero();
  };
  Value* r = b.CreateBinaryIntrinsic(isMax ? I::maxnum : I::minnum, x, y);
  if (!nonzero(x) && !nonzero(y)) { // equal operands differ at most in the sign of zero
    Value *xb = toBits(x), *yb = toBits(y);
    Value* same = b.CreateBitCast(isMax ? b.CreateAnd(xb, yb) : b.CreateOr(xb, yb), type);
    r = b.CreateSelect(b.CreateFCmpOEQ(x, y), same, r);
  }
  if (nan) {
    Value* canonical = type->isFloatTy() ? b.CreateBitCast(b.getInt32(0x7fffffff), type)
                                         : b.CreateBitCast(b.getInt64(0x7fffffffffffffff), type);
    r = b.CreateSelect(b.CreateFCmpUNO(x, y), canonical, r);
  }
  return r;
}

namespace {

// What a tensor copy writes outside of the tensor if asked for the fill that fma.oob looks for.
constexpr uint16_t kOutOfBounds = 0x7fff;
constexpr uint16_t kCanonicalNan = 0x7fff; // of f16 and bf16

// The sign of the product of all operands, put on the result (.xorsign, only with .abs).
Value* minMax(FunctionLowering& f, const Matched& m, Value* x, Value* y, bool isMax) {
  auto& b = f.b;
  Value* sign = m.has("xorsign") ? b.CreateXor(f.toBits(x), f.toBits(y)) : nullptr;
  if (m.has("abs")) {
    x = f.intrinsic(I::fabs, {x});
    y = f.intrinsic(I::fabs, {y});
  }
  Value* r = f.floatMinMax(x, y, isMax, m.has("NaN"));
  return sign ? b.CreateBinaryIntrinsic(
                    I::copysign, r,
                    f.fromBits(sign, r->getType()->isFloatTy() ? Type::F32 : Type::F64))
              : r;
}

void lowerMinMax(FunctionLowering& f, const Matched& m, bool isMax) {
  auto args = f.readAll(m);
  bool ftz = m.has("ftz");
  for (Value*& a : args)
    a = ftz ? f.flush(a) : a;
  Value* r = minMax(f, m, args[0], args[1], isMax);
  if (args.size() > 2)
    r = minMax(f, m, r, args[2], isMax);
  f.write(m.op(0), ftz ? f.flush(r) : r, m.type());
}

void lowerHalfMinMax(FunctionLowering& f, const Matched& m, bool isMax) {
  Type t = m.type();
  Value* r = f.forParts(t, f.readAll(m), [&](llvm::ArrayRef<Value*> parts) {
    std::vector<Value*> wide;
    for (Value* p : parts) {
      Value* x = f.half(p, partOf(t));
      wide.push_back(m.has("ftz") ? f.flushHalf(x, partOf(t)) : x);
    }
    Value* bits = f.toHalf(minMax(f, m, wide[0], wide[1], isMax), partOf(t));
    Value* anyNan = f.b.CreateFCmpUNO(wide[0], wide[1]);
    Value* bothNan =
        f.b.CreateAnd(f.b.CreateFCmpUNO(wide[0], wide[0]), f.b.CreateFCmpUNO(wide[1], wide[1]));
    return f.b.CreateSelect(m.has("NaN") ? anyNan : bothNan, f.b.getInt16(0x7fff), bits);
  });
  f.write(m.op(0), r, t);
}

void signBits(FunctionLowering& f, const Matched& m, bool negate) {
  auto& b = f.b;
  Type t = m.type();
  Value* r = f.forParts(t, f.readAll(m), [&](llvm::ArrayRef<Value*> parts) {
    Value* x = parts[0];
    if (m.has("ftz"))
      x = f.toHalf(f.flushHalf(f.half(x, partOf(t)), partOf(t)), partOf(t));
    return negate ? b.CreateXor(x, b.getInt16(0x8000)) : b.CreateAnd(x, b.getInt16(0x7fff));
  });
  f.write(m.op(0), r, t);
}

} // namespace

void lowerFloatMin(FunctionLowering& f, const Matched& m) {
  lowerMinMax(f, m, false);
}
void lowerFloatMax(FunctionLowering& f, const Matched& m) {
  lowerMinMax(f, m, true);
}
void lowerHalfMin(FunctionLowering& f, const Matched& m) {
  lowerHalfMinMax(f, m, false);
}
void lowerHalfMax(FunctionLowering& f, const Matched& m) {
  lowerHalfMinMax(f, m, true);
}
void lowerHalfNeg(FunctionLowering& f, const Matched& m) {
  signBits(f, m, true);
}
void lowerHalfAbs(FunctionLowering& f, const Matched& m) {
  signBits(f, m, false);
}

// add, sub: a 16-bit first operand and an f32; fma: two 16-bit factors and an f32.
void lowerMixedFloat(FunctionLowering& f, const Matched& m) {
  std::string_view mnemonic = m.info->mnemonic, rnd = m.text("rnd");
  std::vector<Value*> args = f.readAll(m);
  for (size_t i = 0; i + 1 < args.size(); ++i)
    args[i] = f.half(args[i], m.type(1));
  Value* r;
  if (rnd.empty() || rnd == "rn")
    r = f.operation(mnemonic == "fma"   ? "Fma"
                    : mnemonic == "add" ? "FAdd"
                                        : "FSub",
                    args, m.inst->loc);
  else
    r = f.deviceLib((mnemonic == "fma" ? "fma_" : "f" + std::string(mnemonic) + "_") +
                        std::string(rnd) + "_f32",
                    f.b.getFloatTy(), args);
  f.write(m.op(0), m.has("sat") ? f.saturate(r) : r, Type::F32);
}

void lowerHalfFma(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type t = m.type(), part = partOf(t);
  Value* r = f.forParts(t, f.readAll(m), [&](llvm::ArrayRef<Value*> parts) {
    std::vector<Value*> args;
    for (Value* p : parts) {
      Value* x = f.half(p, part);
      args.push_back(m.has("ftz") ? f.flushHalf(x, part) : x);
    }
    Value* bits = f.deviceLib("fma_" + std::string(nameOf(part)), b.getInt16Ty(), args);
    if (m.has("oob")) { // the NaN that tensor copies write outside a tensor gives 0
      Value* outside = b.CreateOr(b.CreateICmpEQ(parts[0], b.getInt16(kOutOfBounds)),
                                  b.CreateICmpEQ(parts[1], b.getInt16(kOutOfBounds)));
      bits = b.CreateSelect(outside, b.getInt16(0), bits);
    }
    if (!m.has("ftz") && !m.has("sat") && !m.has("relu"))
      return bits;
    Value* x = f.half(bits, part);
    if (m.has("ftz"))
      x = f.flushHalf(x, part);
    if (m.has("sat"))
      x = f.saturate(x);
    if (!m.has("relu"))
      return f.toHalf(x, part);
    // 9.7.4.4: "NaN result is converted to canonical NaN".
    Value* isNan = b.CreateFCmpUNO(x, x);
    return b.CreateSelect(isNan, b.getInt16(kCanonicalNan), f.toHalf(f.relu(x), part));
  });
  f.write(m.op(0), r, t);
}

// Two f32 in a 64-bit register.
void lowerFloatPair(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  auto args = f.readAll(m);
  std::string_view mnemonic = m.info->mnemonic, rnd = m.text("rnd");
  Value* result = b.getInt64(0);
  for (unsigned part = 0; part < 2; ++part) {
    std::vector<Value*> x;
    for (Value* a : args) {
      Value* v = b.CreateBitCast(b.CreateTrunc(b.CreateLShr(a, 32 * part), b.getInt32Ty()),
                                 b.getFloatTy());
      x.push_back(m.has("ftz") ? f.flush(v) : v);
    }
    Value* r;
    if (rnd.empty() || rnd == "rn")
      r = f.operation(mnemonic == "fma"   ? "Fma"
                      : mnemonic == "add" ? "FAdd"
                      : mnemonic == "sub" ? "FSub"
                                          : "FMul",
                      x, m.inst->loc);
    else
      r = f.deviceLib((mnemonic == "fma" ? "fma_" : "f" + std::string(mnemonic) + "_") +
                          std::string(rnd) + "_f32",
                      b.getFloatTy(), x);
    r = m.has("ftz") ? f.flush(r) : r;
    result = b.CreateOr(result, b.CreateShl(b.CreateZExt(f.toBits(r), b.getInt64Ty()), 32 * part));
  }
  f.write(m.op(0), result, Type::B64);
}

} // namespace anywarp::ptx
