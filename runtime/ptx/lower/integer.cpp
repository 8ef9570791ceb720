// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.1 and 9.7.2: the integer forms that need more than one operation.
#include "ptx/lower/function_lowering.h"

#include <llvm/IR/Intrinsics.h>

namespace anywarp::ptx {

using llvm::Value;

Value* FunctionLowering::mulHi(Value* x, Value* y, bool isSigned) {
  unsigned bits = x->getType()->getIntegerBitWidth();
  if (bits == 64) // 32-bit pieces: 128-bit multiplication does not vectorise
    return deviceLib(isSigned ? "mulhi_s64" : "mulhi_u64", x->getType(), {x, y});
  Value* wide = b.CreateMul(resize(x, 2 * bits, isSigned), resize(y, 2 * bits, isSigned));
  return b.CreateTrunc(b.CreateLShr(wide, bits), x->getType());
}

namespace {

Value* mulWide(FunctionLowering& f, Value* x, Value* y, bool isSigned) {
  unsigned bits = 2 * x->getType()->getIntegerBitWidth();
  return f.b.CreateMul(f.resize(x, bits, isSigned), f.resize(y, bits, isSigned));
}

// x + y + carry; the carry out in second place.
std::pair<Value*, Value*> addWithCarry(FunctionLowering& f, Value* x, Value* y, Value* carry) {
  Value* sum = f.b.CreateAdd(x, y);
  Value* out = f.b.CreateICmpULT(sum, x);
  if (carry) {
    Value* more = f.b.CreateAdd(sum, f.b.CreateZExt(carry, x->getType()));
    out = f.b.CreateOr(out, f.b.CreateICmpULT(more, sum));
    sum = more;
  }
  return {sum, out};
}

Value* loadCarry(FunctionLowering& f) {
  return f.b.CreateLoad(f.b.getInt1Ty(), f.carry());
}

void storeCarry(FunctionLowering& f, Value* value, bool wanted) {
  if (wanted)
    f.setCarry(value);
}

void addCarry(FunctionLowering& f, const Matched& m, bool in) {
  auto args = f.readAll(m);
  auto [sum, out] = addWithCarry(f, args[0], args[1], in ? loadCarry(f) : nullptr);
  f.write(m.op(0), sum, m.type());
  storeCarry(f, out, m.has("cc"));
}

// As GPUs do, and unlike the manual's words, CC.CF is the carry of a + ~b + 1: set where nothing is
// borrowed. Only code that mixes sub.cc with addc, or add.cc with subc, sees the difference.
void subCarry(FunctionLowering& f, const Matched& m, bool in) {
  auto args = f.readAll(m);
  Value* borrow = in ? f.b.CreateZExt(f.b.CreateNot(loadCarry(f)), args[0]->getType())
                     : llvm::ConstantInt::get(args[0]->getType(), 0);
  Value* first = f.b.CreateSub(args[0], args[1]);
  Value* result = f.b.CreateSub(first, borrow);
  Value* out = f.b.CreateOr(f.b.CreateICmpULT(args[0], args[1]), f.b.CreateICmpULT(first, borrow));
  f.write(m.op(0), result, m.type());
  storeCarry(f, f.b.CreateNot(out), m.has("cc"));
}

void madCarry(FunctionLowering& f, const Matched& m, bool in) {
  auto args = f.readAll(m);
  Value* product = m.text("half") == "lo" ? f.b.CreateMul(args[0], args[1])
                                          : f.mulHi(args[0], args[1], isSigned(m.type()));
  auto [sum, out] = addWithCarry(f, product, args[2], in ? loadCarry(f) : nullptr);
  f.write(m.op(0), sum, m.type());
  storeCarry(f, out, m.has("cc"));
}

// Division by zero has no defined result but must not fault; like GPUs, x / 0 gives all ones and
// x % 0 gives x. MIN / -1 gives MIN.
void divide(FunctionLowering& f, const Matched& m, bool remainder) {
  auto& b = f.b;
  auto args = f.readAll(m);
  Value *x = args[0], *y = args[1];
  llvm::Type* type = x->getType();
  Value *zero = llvm::ConstantInt::get(type, 0), *one = llvm::ConstantInt::get(type, 1);
  Value* byZero = b.CreateICmpEQ(y, zero);
  Value* result;
  if (isSigned(m.type())) {
    Value* byMinusOne = b.CreateICmpEQ(y, llvm::ConstantInt::getAllOnesValue(type));
    Value* divisor = b.CreateSelect(b.CreateOr(byZero, byMinusOne), one, y);
    result = remainder ? b.CreateSRem(x, divisor)
                       : b.CreateSelect(byMinusOne, b.CreateNeg(x), b.CreateSDiv(x, divisor));
  } else {
    Value* divisor = b.CreateSelect(byZero, one, y);
    result = remainder ? b.CreateURem(x, divisor) : b.CreateUDiv(x, divisor);
  }
  result = b.CreateSelect(byZero, remainder ? x : llvm::ConstantInt::getAllOnesValue(type), result);
  f.write(m.op(0), result, m.type());
}

} // namespace

void lowerMulHi(FunctionLowering& f, const Matched& m) {
  auto args = f.readAll(m);
  f.write(m.op(0), f.mulHi(args[0], args[1], isSigned(m.type())), m.type());
}

void lowerMadHi(FunctionLowering& f, const Matched& m) {
  auto args = f.readAll(m);
  f.write(m.op(0), f.b.CreateAdd(f.mulHi(args[0], args[1], isSigned(m.type())), args[2]), m.type());
}

void lowerMulWide(FunctionLowering& f, const Matched& m) {
  auto args = f.readAll(m);
  f.write(m.op(0), mulWide(f, args[0], args[1], isSigned(m.type())), widened(m.type()));
}

void lowerMadWide(FunctionLowering& f, const Matched& m) {
  auto args = f.readAll(m);
  f.write(m.op(0), f.b.CreateAdd(mulWide(f, args[0], args[1], isSigned(m.type())), args[2]),
          widened(m.type()));
}

void lowerDivInt(FunctionLowering& f, const Matched& m) {
  divide(f, m, false);
}
void lowerRemInt(FunctionLowering& f, const Matched& m) {
  divide(f, m, true);
}
void lowerAddCc(FunctionLowering& f, const Matched& m) {
  addCarry(f, m, false);
}
void lowerAddc(FunctionLowering& f, const Matched& m) {
  addCarry(f, m, true);
}
void lowerSubCc(FunctionLowering& f, const Matched& m) {
  subCarry(f, m, false);
}
void lowerSubc(FunctionLowering& f, const Matched& m) {
  subCarry(f, m, true);
}
void lowerMadCc(FunctionLowering& f, const Matched& m) {
  madCarry(f, m, false);
}
void lowerMadc(FunctionLowering& f, const Matched& m) {
  madCarry(f, m, true);
}

} // namespace anywarp::ptx
