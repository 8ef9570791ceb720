// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.14: matrices that lie across the registers of a warp.
//
// Multiplications are gang functions over the registers of A, B and C. Where only one of C and D is
// f16, it is widened before or rounded behind the one for f32.
#include "ptx/lower/matrix.h"

#include <charconv>
#include <limits>

namespace anywarp::ptx {

using llvm::Value;

std::vector<Value*> readRegisters(FunctionLowering& f, const Operand& op, unsigned n, Type t) {
  llvm::ArrayRef<Operand> elements =
      op.kind == Operand::Kind::Vector ? llvm::ArrayRef(op.elements) : llvm::ArrayRef(op);
  if (elements.size() != n) {
    f.fail(op.loc, "expected " + std::to_string(n) + " registers");
    return std::vector<Value*>(n, f.undef(t));
  }
  std::vector<Value*> values;
  for (const Operand& e : elements)
    values.push_back(f.read(e, t));
  return values;
}

void writeRegisters(FunctionLowering& f, const Operand& op, llvm::ArrayRef<Value*> values, Type t) {
  llvm::ArrayRef<Operand> elements =
      op.kind == Operand::Kind::Vector ? llvm::ArrayRef(op.elements) : llvm::ArrayRef(op);
  if (elements.size() != values.size())
    return f.fail(op.loc, "expected " + std::to_string(values.size()) + " registers");
  for (size_t i = 0; i < values.size(); ++i)
    f.write(elements[i], values[i], t);
}

std::vector<Value*> readAccumulators(FunctionLowering& f, const Operand& op, unsigned n,
                                     std::string_view type) {
  if (type == "f64")
    return readRegisters(f, op, n, Type::F64);
  if (type == "s32")
    return readRegisters(f, op, n, Type::B32);
  if (type == "f32")
    return readRegisters(f, op, n, Type::F32);
  std::vector<Value*> values;
  for (Value* pair : readRegisters(f, op, n / 2, Type::B32))
    for (unsigned part = 0; part < 2; ++part)
      values.push_back(
          f.half(f.b.CreateTrunc(f.b.CreateLShr(pair, 16 * part), f.b.getInt16Ty()), Type::F16));
  return values;
}

void writeAccumulators(FunctionLowering& f, const Operand& op, llvm::ArrayRef<Value*> values,
                       std::string_view type) {
  if (type == "f64")
    return writeRegisters(f, op, values, Type::F64);
  if (type == "s32")
    return writeRegisters(f, op, values, Type::B32);
  if (type == "f32")
    return writeRegisters(f, op, values, Type::F32);
  std::vector<Value*> pairs;
  for (size_t i = 0; i + 1 < values.size(); i += 2) {
    Value* low = f.b.CreateZExt(f.toHalf(values[i], Type::F16), f.b.getInt32Ty());
    Value* high = f.b.CreateZExt(f.toHalf(values[i + 1], Type::F16), f.b.getInt32Ty());
    pairs.push_back(f.b.CreateOr(low, f.b.CreateShl(high, 16)));
  }
  writeRegisters(f, op, pairs, Type::B32);
}

std::vector<Value*> gangCall(FunctionLowering& f, std::string_view name, llvm::Type* element,
                             unsigned n, const GangOperands& operands, bool touchesMemory) {
  std::vector<llvm::Type*> types(n, element);
  Value* r = f.gangLib(name, llvm::StructType::get(f.b.getContext(), types), operands.values,
                       touchesMemory, operands.groups);
  std::vector<Value*> values;
  for (unsigned i = 0; i < n; ++i)
    values.push_back(f.b.CreateExtractValue(r, i));
  return values;
}

namespace {

// PTX ISA before 6.5 had .satfinite for f16 and f32 results: to the largest finite numbers of
// `type`, NaN to 0.
Value* clampFinite(FunctionLowering& f, Value* v, std::string_view type) {
  auto& b = f.b;
  double most = type == "f16" ? 65504 : std::numeric_limits<float>::max();
  auto number = [&](double x) { return llvm::ConstantFP::get(v->getType(), x); };
  Value* nan = b.CreateFCmpUNO(v, v);
  v = b.CreateSelect(b.CreateFCmpOGT(v, number(most)), number(most), v);
  v = b.CreateSelect(b.CreateFCmpOLT(v, number(-most)), number(-most), v);
  return b.CreateSelect(nan, number(0), v);
}

std::string underscored(std::initializer_list<std::string_view> words) {
  std::string name;
  for (std::string_view word : words)
    if (!word.empty())
      name.append(name.empty() ? "" : "_").append(word);
  return name;
}

Space spaceOf(const Matched& m) {
  return m.text("space").starts_with("shared") ? Space::Shared : Space::Generic;
}

} // namespace

void Multiplication::emit(FunctionLowering& f, const Operand& dOperand, const Operand& cOperand) {
  bool integer = d == "s32";
  bool clamps = saturates && !integer;
  bool halves = d == "f16" && c == "f16" && !clamps;
  std::vector<Value*> sum = halves ? readRegisters(f, cOperand, elements / 2, Type::B32)
                                   : readAccumulators(f, cOperand, elements, c);
  operands.add(sum);
  std::string full = name + (halves ? "_h" : integer && saturates ? "_sat" : "") + suffix;
  std::vector<Value*> result =
      gangCall(f, full, sum[0]->getType(), unsigned(sum.size()), operands, touchesMemory);
  if (clamps)
    for (Value*& v : result)
      v = clampFinite(f, v, d);
  if (halves)
    writeRegisters(f, dOperand, result, Type::B32);
  else
    writeAccumulators(f, dOperand, result, d);
}

// mma.sync and wmma.mma: fragments of wmma are those of mma tiles side by side.
void lowerMma(FunctionLowering& f, const Matched& m) {
  MatrixShape s = parseShape(m.text("shape"));
  std::string_view at = m.has("atype") ? m.text("atype") : "f16";
  std::string_view bt = m.has("btype") ? m.text("btype") : "f16";
  bool isWmma = m.inst->mnemonic == "wmma", isF64 = at == "f64";
  unsigned perRegister = 32 * (isF64 ? 1 : 32 / elementBits(at));
  unsigned na = s.m * s.k / perRegister, nb = s.n * s.k / perRegister;
  // wmma has eight registers for every f16 fragment; small ones are repeated.
  bool padded = isWmma && at == "f16";
  Type t = isF64 ? Type::F64 : Type::B32;
  auto fragment = [&](const Operand& op, unsigned n) {
    std::vector<Value*> registers = readRegisters(f, op, padded ? 8 : n, t);
    registers.resize(n);
    return registers;
  };
  std::string_view rounding = m.has("rnd") ? m.text("rnd") : "rn";
  Multiplication x;
  x.name = underscored({"mma", m.text("shape"), at, isF64 ? rounding : bt, m.text("op")});
  x.d = m.text("dtype");
  x.c = m.text("ctype");
  x.elements = s.m * s.n / 32;
  x.saturates = m.has("satfinite");
  x.operands.add(fragment(m.op(1), na));
  x.operands.add(fragment(m.op(2), nb));
  x.emit(f, m.op(0), m.op(3));
}

// Four products of 8x4 and 4x8 matrices, each in eight threads; the layouts of f16 and f32
// accumulators differ, so flags tell the function.
void lowerMmaVolta(FunctionLowering& f, const Matched& m) {
  uint32_t flags = (m.text("alayout") == "col") | (m.text("blayout") == "row") << 1 |
                   (m.text("ctype") == "f16") << 2 | (m.text("dtype") == "f16") << 3;
  std::vector<Value*> c = readAccumulators(f, m.op(3), 8, m.text("ctype"));
  GangOperands operands;
  operands.add(readRegisters(f, m.op(1), 2, Type::B32));
  operands.add(readRegisters(f, m.op(2), 2, Type::B32));
  operands.add({f.b.getInt32(flags)});
  operands.add(c);
  writeAccumulators(f, m.op(0), gangCall(f, "mma_m8n8k4_f16", f.b.getFloatTy(), 8, operands, false),
                    m.text("dtype"));
}

void lowerMmaSparse(FunctionLowering& f, const Matched& m) {
  MatrixShape s = parseShape(m.text("shape"));
  std::string_view at = m.text("atype");
  unsigned perRegister = 32 * 32 / elementBits(at);
  Multiplication x;
  x.name = underscored({"mma_sp", m.text("shape"), at, m.text("btype")});
  x.d = m.text("dtype");
  x.c = m.text("ctype");
  x.elements = s.m * s.n / 32;
  x.saturates = m.has("satfinite");
  x.operands.add(readRegisters(f, m.op(1), s.m * s.k / 2 / perRegister, Type::B32));
  x.operands.add(readRegisters(f, m.op(2), s.n * s.k / perRegister, Type::B32));
  x.operands.add({f.read(m.op(4), Type::B32), f.b.getInt32(uint32_t(m.op(5).bits))});
  x.emit(f, m.op(0), m.op(3));
}

void lowerWmmaLoad(FunctionLowering& f, const Matched& m) {
  MatrixShape s = parseShape(m.text("shape"));
  std::string_view matrix = m.text("matrix"), type = m.text("type");
  unsigned rows = matrix == "b" ? s.k : s.m, columns = matrix == "a" ? s.k : s.n;
  bool byRows = m.text("layout") == "row";
  Value* p = f.address(m.op(1), spaceOf(m));
  Value* stride = m.size() > 2 ? f.read(m.op(2), Type::U32) : f.b.getInt32(byRows ? columns : rows);
  unsigned bits = elementBits(type);
  unsigned n =
      matrix != "c" && type == "f16" ? 8 : rows * columns * bits / (bits == 64 ? 64 : 32) / 32;
  std::string size = matrix != "c" && type == "f16" ? "f16" : "b" + std::to_string(bits);
  std::string dims = matrix == "a"   ? "m" + std::to_string(s.m) + "k" + std::to_string(s.k)
                     : matrix == "b" ? "n" + std::to_string(s.n) + "k" + std::to_string(s.k)
                                     : "m" + std::to_string(s.m) + "n" + std::to_string(s.n);
  std::string name = underscored({"wmma_load", matrix, m.text("layout"), dims, size});
  bool isF64 = bits == 64;
  GangOperands operands;
  operands.add({p});
  operands.add({stride});
  auto values = gangCall(f, name, isF64 ? f.b.getDoubleTy() : f.b.getInt32Ty(), n, operands, true);
  writeRegisters(f, m.op(0), values, isF64 ? Type::F64 : Type::B32);
}

void lowerWmmaStore(FunctionLowering& f, const Matched& m) {
  MatrixShape s = parseShape(m.text("shape"));
  std::string_view type = m.text("type");
  bool byRows = m.text("layout") == "row", isF64 = type == "f64";
  unsigned bits = elementBits(type);
  Value* p = f.address(m.op(0), spaceOf(m));
  GangOperands operands;
  operands.add(readRegisters(f, m.op(1), s.m * s.n * bits / (isF64 ? 64 : 32) / 32,
                             isF64 ? Type::F64 : Type::B32));
  operands.add({p});
  operands.add({m.size() > 2 ? f.read(m.op(2), Type::U32) : f.b.getInt32(byRows ? s.n : s.m)});
  std::string dims = "m" + std::to_string(s.m) + "n" + std::to_string(s.n);
  std::string name =
      underscored({"wmma_store", m.text("layout"), dims, "b" + std::to_string(bits)});
  f.gangLib(name, f.b.getVoidTy(), operands.values, true, operands.groups);
}

namespace {

std::string matrixMove(const Matched& m) {
  return std::string(m.inst->mnemonic) + "_" + std::string(m.text("num")) +
         (m.has("trans") ? "_trans" : "");
}

} // namespace

void lowerLdmatrix(FunctionLowering& f, const Matched& m) {
  unsigned n = unsigned(m.text("num")[1] - '0');
  GangOperands operands;
  operands.add({f.address(m.op(1), spaceOf(m))});
  writeRegisters(f, m.op(0), gangCall(f, matrixMove(m), f.b.getInt32Ty(), n, operands, true),
                 Type::B32);
}

void lowerStmatrix(FunctionLowering& f, const Matched& m) {
  unsigned n = unsigned(m.text("num")[1] - '0');
  GangOperands operands;
  operands.add(readRegisters(f, m.op(1), n, Type::B32));
  operands.add({f.address(m.op(0), spaceOf(m))});
  f.gangLib(matrixMove(m), f.b.getVoidTy(), operands.values, true, operands.groups);
}

void lowerMovmatrix(FunctionLowering& f, const Matched& m) {
  f.write(m.op(0), f.gangLib("movmatrix", f.b.getInt32Ty(), {f.read(m.op(1), Type::B32)}),
          Type::B32);
}

} // namespace anywarp::ptx
