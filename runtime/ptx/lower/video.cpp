// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.18: video instructions. Values are computed in 64 bits (vmad: 128), where nothing
// overflows, and then saturated, combined and merged as 9.7.18.1 and 9.7.18.2 say.
#include "ptx/lower/function_lowering.h"

#include <llvm/IR/Intrinsics.h>

namespace anywarp::ptx {

using llvm::Value;
namespace I = llvm::Intrinsic;

namespace {

// "%r1.b0" without and with its selector.
struct Selected {
  Operand base;
  std::string_view selector; // "b0", "h10"; empty: none
};

Selected split(const Operand& op) {
  Selected s{op, {}};
  if (op.kind == Operand::Kind::Register)
    if (size_t dot = op.name.rfind('.'); dot != std::string_view::npos) {
      s.base.name = op.name.substr(0, dot);
      s.selector = op.name.substr(dot + 1);
    }
  s.base.minus = false;
  return s;
}

// A part of 8, 16 or 32 bits: width and first bit.
struct Part {
  unsigned bits = 32, shift = 0;
};

// "b0" ... "b3", "h0", "h1"; false for anything else.
bool partOf(std::string_view selector, Part& part) {
  if (selector.empty())
    return true;
  if (selector.size() != 2 || (selector[0] != 'b' && selector[0] != 'h'))
    return false;
  part.bits = selector[0] == 'b' ? 8 : 16;
  unsigned index = unsigned(selector[1] - '0');
  part.shift = part.bits * index;
  return index < 32 / part.bits;
}

Part selectedPart(FunctionLowering& f, const Operand& op, std::string_view selector) {
  Part part;
  if (!partOf(selector, part))
    f.fail(op.loc, "'." + std::string(selector) + "' selects no byte or half of a register");
  return part;
}

Value* extract(FunctionLowering& f, Value* word, Part part, bool isSigned, unsigned width) {
  Value* v = f.b.CreateTrunc(f.b.CreateLShr(word, part.shift), f.intType(part.bits));
  return f.resize(v, width, isSigned);
}

Value* readPart(FunctionLowering& f, const Operand& op, Type t, unsigned width = 64) {
  Selected s = split(op);
  Part part = selectedPart(f, op, s.selector);
  return extract(f, f.read(s.base, Type::B32), part, isSigned(t), width);
}

Value* clampTo(FunctionLowering& f, Value* v, unsigned bits, bool isSigned) {
  unsigned width = v->getType()->getIntegerBitWidth();
  auto constant = [&](const llvm::APInt& x) { return llvm::ConstantInt::get(f.b.getContext(), x); };
  Value* low =
      constant(isSigned ? llvm::APInt::getSignedMinValue(bits).sext(width) : llvm::APInt(width, 0));
  Value* high = constant(isSigned ? llvm::APInt::getSignedMaxValue(bits).sext(width)
                                  : llvm::APInt::getMaxValue(bits).zext(width));
  return f.b.CreateBinaryIntrinsic(I::smin, f.b.CreateBinaryIntrinsic(I::smax, v, low), high);
}

// `result` in the bits of `part`, the rest of c.
Value* merge(FunctionLowering& f, Value* result, Value* c, Part part) {
  if (part.bits == 32)
    return result;
  uint32_t mask = ((1u << part.bits) - 1) << part.shift;
  return f.b.CreateOr(f.b.CreateAnd(f.b.CreateShl(result, part.shift), f.b.getInt32(mask)),
                      f.b.CreateAnd(c, f.b.getInt32(~mask)));
}

// The operation on values of 64 bits; `name` without the number of lanes.
Value* compute(FunctionLowering& f, std::string_view name, const Matched& m, Value* x, Value* y) {
  auto& b = f.b;
  if (name == "vadd")
    return b.CreateAdd(x, y);
  if (name == "vsub")
    return b.CreateSub(x, y);
  if (name == "vmin")
    return b.CreateBinaryIntrinsic(I::smin, x, y);
  if (name == "vmax")
    return b.CreateBinaryIntrinsic(I::smax, x, y);
  if (name == "vabsdiff")
    return b.CreateIntrinsic(I::abs, {x->getType()}, {b.CreateSub(x, y), b.getFalse()});
  if (name == "vavrg") { // halves round away from zero above it, towards it below
    Value* sum = b.CreateAdd(x, y);
    Value* up = b.CreateZExt(b.CreateICmpSGE(sum, llvm::ConstantInt::get(sum->getType(), 0)),
                             sum->getType());
    return b.CreateAShr(b.CreateAdd(sum, up), 1);
  }
  if (name == "vset")
    return b.CreateZExt(f.compare(m.text("cmp"), Type::S64, x, y, m.inst->loc), b.getInt64Ty());
  // vshl, vshr. Saturation looks at the whole value, and 33 + 32 bits do not fit into 64.
  Value* amount = m.text("mode") == "wrap" ? b.CreateAnd(y, b.getInt64(31))
                                           : b.CreateBinaryIntrinsic(I::umin, y, b.getInt64(32));
  if (name == "vshr")
    return b.CreateAShr(x, amount);
  if (!m.has("sat")) // the low bits are what counts, and nothing may clamp them
    return b.CreateShl(x, amount);
  Value* x128 = b.CreateSExt(x, b.getIntNTy(128));
  Value* shifted = b.CreateShl(x128, b.CreateZExt(amount, x128->getType()));
  return b.CreateTrunc(clampTo(f, shifted, 64, true), b.getInt64Ty());
}

// The third operand, where it is there.
Value* readThird(FunctionLowering& f, const Matched& m) {
  return m.size() > 3 ? f.read(m.op(3), Type::B32) : f.b.getInt32(0);
}

} // namespace

void lowerVideo(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  std::string_view name = m.info->mnemonic, op2 = m.text("op2");
  bool isSet = name == "vset";
  Type d = isSet ? Type::U32 : m.type(0);
  Selected to = split(m.op(0));
  Part part = selectedPart(f, m.op(0), to.selector);
  bool merges = part.bits != 32;
  if (merges && !op2.empty())
    return f.fail(m.op(0).loc,
                  "a selected destination and '." + std::string(op2) + "' do not go together");
  if (merges && m.size() < 4)
    return f.fail(m.inst->loc, "the third source operand is missing");
  Value* x = readPart(f, m.op(1), m.type(isSet ? 0 : 1));
  Value* y = readPart(f, m.op(2), m.type(isSet ? 1 : 2));
  Value* r = compute(f, name, m, x, y);
  if (m.has("sat"))
    r = clampTo(f, r, part.bits, isSigned(d));
  r = b.CreateTrunc(r, b.getInt32Ty());
  Value* c = readThird(f, m);
  if (op2 == "add")
    r = b.CreateAdd(r, c);
  else if (op2 == "min")
    r = b.CreateBinaryIntrinsic(isSigned(d) ? I::smin : I::umin, r, c);
  else if (op2 == "max")
    r = b.CreateBinaryIntrinsic(isSigned(d) ? I::smax : I::umax, r, c);
  f.write(to.base, merge(f, r, c, part), d);
}

// vmad.dtype.atype.btype{.sat}{.scale} d, {-}a, {-}b, {-}c and .po: a * b + c (+ 1).
void lowerVmad(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  bool plusOne = m.has("po");
  bool negateProduct = m.op(1).minus != m.op(2).minus, negateC = m.op(3).minus;
  bool isFinalSigned = isSigned(m.type(1)) || isSigned(m.type(2)) || negateProduct || negateC;
  constexpr unsigned kWide = 128;
  Value* product =
      b.CreateMul(readPart(f, m.op(1), m.type(1), kWide), readPart(f, m.op(2), m.type(2), kWide));
  Operand third = m.op(3);
  third.minus = false;
  Value* c = f.resize(f.read(third, Type::B32), kWide, isFinalSigned);
  if (negateProduct)
    product = b.CreateNeg(product);
  if (negateC)
    c = b.CreateNeg(c);
  Value* sum = b.CreateAdd(product, c);
  if (plusOne)
    sum = b.CreateAdd(sum, llvm::ConstantInt::get(sum->getType(), 1));
  if (m.has("scale"))
    sum = b.CreateAShr(sum, m.text("scale") == "shr7" ? 7 : 15);
  if (m.has("sat"))
    sum = clampTo(f, sum, 32, isFinalSigned);
  f.write(m.op(0), b.CreateTrunc(sum, b.getInt32Ty()), m.type(0));
}

// Lane i of the result comes from lane selector[i] of {b, a}; lanes outside the mask are c's.
void lowerVideoSimd(FunctionLowering& f, const Matched& m) {
  auto& b = f.b;
  std::string_view name = m.info->mnemonic;
  unsigned lanes = unsigned(name.back() - '0'), bits = 32 / lanes;
  char letter = lanes == 2 ? 'h' : 'b';
  name.remove_suffix(1);
  bool isSet = name == "vset";
  Type d = isSet ? Type::U32 : m.type(0);
  auto selectors = [&](const Operand& op, std::string_view text, unsigned limit) {
    bool good = text.size() > 1 && text.size() <= lanes + 1 && text[0] == letter;
    for (char c : text.substr(std::min<size_t>(1, text.size())))
      good = good && c >= '0' && unsigned(c - '0') < limit;
    if (!good)
      f.fail(op.loc, "bad selector '." + std::string(text) + "'");
    return good;
  };
  Selected to = split(m.op(0));
  unsigned mask = (1u << lanes) - 1;
  if (!to.selector.empty()) {
    mask = 0;
    if (!selectors(m.op(0), to.selector, lanes))
      return;
    for (char c : to.selector.substr(1))
      mask |= 1u << (c - '0');
  }
  Selected from[2] = {split(m.op(1)), split(m.op(2))};
  Value* words[2] = {f.read(from[0].base, Type::B32), f.read(from[1].base, Type::B32)};
  unsigned picked[2][4];
  for (unsigned s = 0; s < 2; ++s) {
    std::string_view text = from[s].selector;
    if (!text.empty() && (!selectors(m.op(1 + s), text, 2 * lanes) || text.size() != lanes + 1)) {
      if (!f.failed())
        f.fail(m.op(1 + s).loc, "bad selector '." + std::string(text) + "'");
      return;
    }
    for (unsigned i = 0; i < lanes; ++i) // written from the highest lane down
      picked[s][i] = text.empty() ? s * lanes + i : unsigned(text[lanes - i] - '0');
  }
  Value* c = f.read(m.op(3), Type::B32);
  Value* result = m.has("add") ? c : b.getInt32(0);
  for (unsigned i = 0; i < lanes; ++i) {
    uint32_t field = ((lanes == 2 ? 0xffffu : 0xffu)) << (bits * i);
    if (!(mask >> i & 1)) {
      if (!m.has("add"))
        result = b.CreateOr(result, b.CreateAnd(c, b.getInt32(field)));
      continue;
    }
    Value* v[2];
    for (unsigned s = 0; s < 2; ++s) {
      unsigned lane = picked[s][i];
      v[s] = extract(f, words[lane / lanes], {bits, bits * (lane % lanes)},
                     isSigned(m.type(isSet ? s : s + 1)), 64);
    }
    Value* r = compute(f, name, m, v[0], v[1]);
    if (m.has("sat"))
      r = clampTo(f, r, bits, isSigned(d));
    r = b.CreateTrunc(r, b.getInt32Ty());
    if (m.has("add"))
      result = b.CreateAdd(result, r);
    else
      result = b.CreateOr(result, b.CreateAnd(b.CreateShl(r, bits * i), b.getInt32(field)));
  }
  f.write(to.base, result, d);
}

} // namespace anywarp::ptx
