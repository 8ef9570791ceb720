// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.6 to 9.7.8: comparison, selection, logic and shifts.
#include "ptx/lower/function_lowering.h"

#include <llvm/IR/Intrinsics.h>
#include <unordered_map>

namespace anywarp::ptx {

using llvm::CmpInst;
using llvm::Value;
namespace I = llvm::Intrinsic;

namespace {

struct Predicates {
  CmpInst::Predicate isSigned, isUnsigned, isFloat;
};
constexpr auto kNone = CmpInst::BAD_ICMP_PREDICATE;

const std::unordered_map<std::string_view, Predicates>& predicates() {
  using C = CmpInst;
  static const std::unordered_map<std::string_view, Predicates> table = {
      {"eq", {C::ICMP_EQ, C::ICMP_EQ, C::FCMP_OEQ}},
      {"ne", {C::ICMP_NE, C::ICMP_NE, C::FCMP_ONE}},
      {"lt", {C::ICMP_SLT, C::ICMP_ULT, C::FCMP_OLT}},
      {"le", {C::ICMP_SLE, C::ICMP_ULE, C::FCMP_OLE}},
      {"gt", {C::ICMP_SGT, C::ICMP_UGT, C::FCMP_OGT}},
      {"ge", {C::ICMP_SGE, C::ICMP_UGE, C::FCMP_OGE}},
      {"lo", {C::ICMP_ULT, C::ICMP_ULT, kNone}},
      {"ls", {C::ICMP_ULE, C::ICMP_ULE, kNone}},
      {"hi", {C::ICMP_UGT, C::ICMP_UGT, kNone}},
      {"hs", {C::ICMP_UGE, C::ICMP_UGE, kNone}},
      {"equ", {kNone, kNone, C::FCMP_UEQ}},
      {"neu", {kNone, kNone, C::FCMP_UNE}},
      {"ltu", {kNone, kNone, C::FCMP_ULT}},
      {"leu", {kNone, kNone, C::FCMP_ULE}},
      {"gtu", {kNone, kNone, C::FCMP_UGT}},
      {"geu", {kNone, kNone, C::FCMP_UGE}},
      {"num", {kNone, kNone, C::FCMP_ORD}},
      {"nan", {kNone, kNone, C::FCMP_UNO}},
  };
  return table;
}

Value* combine(FunctionLowering& f, std::string_view op, Value* x, Value* y) {
  return op == "and" ? f.b.CreateAnd(x, y) : op == "or" ? f.b.CreateOr(x, y) : f.b.CreateXor(x, y);
}

// The comparison of operands 1 and 2; both results for a packed pair.
struct Comparison {
  Value *first, *second;
};

Comparison compareOperands(FunctionLowering& f, const Matched& m, Type t) {
  Value *x = f.read(m.op(1), t), *y = f.read(m.op(2), t);
  SourceLoc loc = m.inst->loc;
  std::string_view cmp = m.text("cmp");
  if (isHalfPair(t) || isHalf(t)) {
    auto part = [&](unsigned shift) {
      auto get = [&](Value* v) {
        Value* w = f.half(f.b.CreateTrunc(f.b.CreateLShr(v, shift), f.b.getInt16Ty()), partOf(t));
        return m.has("ftz") ? f.flushHalf(w, partOf(t)) : w;
      };
      return f.compare(cmp, Type::F32, get(x), get(y), loc);
    };
    if (isHalf(t)) {
      Value* r = part(0);
      return {r, f.b.CreateNot(r)};
    }
    return {part(0), part(16)};
  }
  if (m.has("ftz")) {
    x = f.flush(x);
    y = f.flush(y);
  }
  Value* r = f.compare(cmp, t, x, y, loc);
  return {r, f.b.CreateNot(r)};
}

Comparison combined(FunctionLowering& f, const Matched& m, Type t) {
  Comparison c = compareOperands(f, m, t);
  if (!m.has("bool"))
    return c;
  if (m.size() < 4) {
    f.fail(m.inst->loc, "a predicate operand is missing");
    return c;
  }
  Value* p = f.readPred(m.op(3));
  return {combine(f, m.text("bool"), c.first, p), combine(f, m.text("bool"), c.second, p)};
}

// A function of two bits by its truth table (bit 2x + y).
Value* function2(FunctionLowering& f, unsigned table, Value* x, Value* y) {
  auto& b = f.b;
  switch (table & 15) {
  case 0:
    return llvm::ConstantInt::get(x->getType(), 0);
  case 1:
    return b.CreateNot(b.CreateOr(x, y));
  case 2:
    return b.CreateAnd(b.CreateNot(x), y);
  case 3:
    return b.CreateNot(x);
  case 4:
    return b.CreateAnd(x, b.CreateNot(y));
  case 5:
    return b.CreateNot(y);
  case 6:
    return b.CreateXor(x, y);
  case 7:
    return b.CreateNot(b.CreateAnd(x, y));
  case 8:
    return b.CreateAnd(x, y);
  case 9:
    return b.CreateNot(b.CreateXor(x, y));
  case 10:
    return y;
  case 11:
    return b.CreateOr(b.CreateNot(x), y);
  case 12:
    return x;
  case 13:
    return b.CreateOr(x, b.CreateNot(y));
  case 14:
    return b.CreateOr(x, y);
  default:
    return llvm::ConstantInt::getAllOnesValue(x->getType());
  }
}

} // namespace

Value* FunctionLowering::compare(std::string_view cmp, Type t, Value* x, Value* y, SourceLoc loc) {
  const Predicates& p = predicates().at(cmp);
  CmpInst::Predicate predicate = isWideFloat(t) ? p.isFloat
                                 : isSigned(t)  ? p.isSigned
                                                : p.isUnsigned;
  if (predicate == kNone) {
    fail(loc, "comparison '." + std::string(cmp) + "' does not exist for this type");
    return b.getFalse();
  }
  return isWideFloat(t) ? b.CreateFCmp(predicate, x, y) : b.CreateICmp(predicate, x, y);
}

void lowerSetp(FunctionLowering& f, const Matched& m) {
  Comparison c = combined(f, m, m.type());
  f.writePair(m.op(0), c.first, Type::Pred, c.second);
}

void lowerSet(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Type d = m.type(0);
  Comparison c = combined(f, m, m.type(1));
  // 1.0 or 0.0 for floating-point results, all ones or zero for integers.
  auto number = [&](Value* p, Type part) -> Value* {
    if (part == Type::F32)
      return b.CreateSelect(p, llvm::ConstantFP::get(b.getFloatTy(), 1.0),
                            llvm::ConstantFP::get(b.getFloatTy(), 0.0));
    if (isHalf(part))
      return b.CreateSelect(p, b.getInt16(part == Type::F16 ? 0x3c00 : 0x3f80), b.getInt16(0));
    return b.CreateSExt(p, f.llvmType(part));
  };
  if (isHalfPair(m.type(1))) {
    Type part = isHalfPair(d) ? partOf(d) : d == Type::S32 || d == Type::U32 ? Type::U16 : d;
    Value* low = b.CreateZExt(number(c.first, part), b.getInt32Ty());
    Value* high = b.CreateZExt(number(c.second, part), b.getInt32Ty());
    f.write(m.op(0), b.CreateOr(low, b.CreateShl(high, 16)), d);
    return;
  }
  f.write(m.op(0), number(c.first, d), d);
}

void lowerSlct(FunctionLowering& f, const Matched& m) {
  auto args = f.readAll(m);
  Value* c = m.has("ftz") ? f.flush(args[2]) : args[2];
  Value* zero = llvm::Constant::getNullValue(c->getType());
  Value* p = m.type(1) == Type::F32 ? f.b.CreateFCmpOGE(c, zero) : f.b.CreateICmpSGE(c, zero);
  f.write(m.op(0), f.b.CreateSelect(p, args[0], args[1]), m.type());
}

void lowerLop3(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  Value *x = f.read(m.op(1), Type::B32), *y = f.read(m.op(2), Type::B32),
        *z = f.read(m.op(3), Type::B32);
  const Operand& lut = m.op(4);
  if (lut.kind != Operand::Kind::Int)
    return f.fail(lut.loc, "the truth table must be a constant");
  // Bit 4x + 2y + z of the table (PTX ISA 9.7.8.6).
  unsigned whenZ = 0, whenNotZ = 0;
  for (unsigned i = 0; i < 4; ++i) {
    whenNotZ |= (lut.bits >> (2 * i) & 1) << i;
    whenZ |= (lut.bits >> (2 * i + 1) & 1) << i;
  }
  Value* r = whenZ == whenNotZ
                 ? function2(f, whenZ, x, y)
                 : b.CreateOr(b.CreateAnd(z, function2(f, whenZ, x, y)),
                              b.CreateAnd(b.CreateNot(z), function2(f, whenNotZ, x, y)));
  if (!m.has("bool"))
    return f.write(m.op(0), r, Type::B32);
  Value* p = combine(f, m.text("bool"), b.CreateIsNotNull(r), f.readPred(m.op(5)));
  f.writePair(m.op(0), r, Type::B32, p);
}

void lowerShf(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  auto args = f.readAll(m);
  bool left = m.text("dir") == "l";
  Value* r =
      b.CreateIntrinsic(left ? I::fshl : I::fshr, {b.getInt32Ty()}, {args[1], args[0], args[2]});
  if (m.text("mode") == "clamp") // 32 and more move a whole word
    r = b.CreateSelect(b.CreateICmpUGT(args[2], b.getInt32(31)), left ? args[0] : args[1], r);
  f.write(m.op(0), r, Type::B32);
}

void lowerShl(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  auto args = f.readAll(m);
  unsigned bits = bitsOf(m.type());
  Value* fits = b.CreateICmpULT(args[1], b.getInt32(bits));
  Value* amount = f.resize(b.CreateSelect(fits, args[1], b.getInt32(0)), bits, false);
  Value* r = b.CreateSelect(fits, b.CreateShl(args[0], amount),
                            llvm::ConstantInt::get(args[0]->getType(), 0));
  f.write(m.op(0), r, m.type());
}

void lowerShr(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  auto args = f.readAll(m);
  unsigned bits = bitsOf(m.type());
  if (isSigned(m.type())) {
    Value* amount = b.CreateBinaryIntrinsic(I::umin, args[1], b.getInt32(bits - 1));
    f.write(m.op(0), b.CreateAShr(args[0], f.resize(amount, bits, false)), m.type());
    return;
  }
  Value* fits = b.CreateICmpULT(args[1], b.getInt32(bits));
  Value* amount = f.resize(b.CreateSelect(fits, args[1], b.getInt32(0)), bits, false);
  Value* r = b.CreateSelect(fits, b.CreateLShr(args[0], amount),
                            llvm::ConstantInt::get(args[0]->getType(), 0));
  f.write(m.op(0), r, m.type());
}

} // namespace anywarp::ptx
