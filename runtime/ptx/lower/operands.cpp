// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading and writing operands: names, registers, constants, vectors, addresses.
#include "ptx/lower/function_lowering.h"
#include "ptx/names.h"
#include "spmd/kernel_abi.h"

#include <bit>
#include <charconv>

namespace anywarp::ptx {

using llvm::Value;

const Symbol* FunctionLowering::find(std::string_view name) {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (auto it = scope->names.find(name); it != scope->names.end())
      return &it->second;
    // %r<10> declares %r0 .. %r9; slots are made when first used.
    size_t digits = name.size();
    while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9')
      --digits;
    // A range's own name may end in a digit (%fa1<5>), so every split is tried, longest name last.
    for (size_t split = digits; split < name.size(); ++split) {
      auto range = scope->ranges.find(name.substr(0, split));
      if (range == scope->ranges.end())
        continue;
      uint32_t number = 0;
      auto [end, error] = std::from_chars(name.data() + split, name.data() + name.size(), number);
      if (error != std::errc() || number >= range->second.count)
        continue;
      if (split + 1 < name.size() && name[split] == '0')
        continue;
      Symbol s{Symbol::Kind::Register, range->second.type};
      s.pointer =
          stackSlot(llvmType(s.type), llvm::Align(1), llvm::StringRef(name.data(), name.size()));
      registers_.push_back(llvm::cast<llvm::AllocaInst>(s.pointer));
      return &(scope->names[name] = s);
    }
  }
  Scope& outermost = scopes_.front();
  auto remember = [&](Symbol s) { return &(outermost.names[name] = s); };
  if (LoweredFunction* f = module.function(name)) {
    Symbol s{Symbol::Kind::Function};
    s.function = f;
    return remember(s);
  }
  int index = module.variable(name);
  if (index < 0)
    return nullptr;
  const Variable& v = module.slice.module.variables[index];
  Symbol s{module.isShared(index) ? Symbol::Kind::Shared : Symbol::Kind::Global, v.type};
  s.variable = &v;
  if (s.kind == Symbol::Kind::Shared)
    s.offset = module.sharedOffset(v);
  else
    s.id = module.slice.variableIds[index];
  return remember(s);
}

Value* FunctionLowering::toBits(Value* v) {
  if (v->getType()->isIntegerTy())
    return v;
  return b.CreateBitCast(v, intType(v->getType()->getScalarSizeInBits()));
}

Value* FunctionLowering::fromBits(Value* v, Type t) {
  return b.CreateBitCast(v, llvmType(t));
}

Value* FunctionLowering::resize(Value* v, unsigned bits, bool isSigned) {
  return b.CreateIntCast(v, intType(bits), isSigned);
}

// A register's value for an instruction of type t (PTX ISA 9.4.1: a wider source is truncated).
Value* FunctionLowering::fit(Value* v, Type t, SourceLoc loc, std::string_view what) {
  llvm::Type* want = llvmType(t);
  if (v->getType() == want)
    return v;
  unsigned have = v->getType()->getScalarSizeInBits(), need = want->getScalarSizeInBits();
  if (have < need || (have == 1) != (need == 1)) {
    fail(loc, "operand '" + std::string(what) + "' does not fit type ." + std::string(nameOf(t)));
    return undef(t);
  }
  return b.CreateBitCast(resize(toBits(v), need, false), want);
}

Value* FunctionLowering::loadRegister(const Symbol& s) {
  return b.CreateLoad(llvm::cast<llvm::AllocaInst>(s.pointer)->getAllocatedType(), s.pointer);
}

Type FunctionLowering::declaredType(const Operand& op) {
  if (op.kind != Operand::Kind::Register)
    return Type::None;
  const Symbol* s = find(op.name);
  return s && s->kind == Symbol::Kind::Register ? s->type : Type::None;
}

Value* FunctionLowering::constant(const Operand& op, Type t) {
  llvm::Type* type = llvmType(t);
  if (op.kind == Operand::Kind::Int) {
    if (isWideFloat(t))
      return llvm::ConstantFP::get(type, double(int64_t(op.bits)));
    if (t == Type::Pred)
      return b.getInt1(op.bits != 0);
    return llvm::ConstantInt::get(type,
                                  llvm::APInt(64, op.bits).sextOrTrunc(type->getIntegerBitWidth()));
  }
  if (op.kind == Operand::Kind::F32) {
    if (t == Type::F64)
      return llvm::ConstantFP::get(type, double(std::bit_cast<float>(uint32_t(op.bits))));
    return b.CreateBitCast(
        resize(b.getInt32(uint32_t(op.bits)), type->getScalarSizeInBits(), false), type);
  }
  // PTX ISA 4.5.2: floating constants are 64 bits and are rounded to the type of their use.
  if (t == Type::F32)
    return b.CreateBitCast(
        b.getInt32(std::bit_cast<uint32_t>(float(std::bit_cast<double>(op.bits)))), type);
  return b.CreateBitCast(resize(b.getInt64(op.bits), type->getScalarSizeInBits(), false), type);
}

int64_t FunctionLowering::elementOffset(const Operand& op, const Symbol& symbol) {
  if (op.elements.empty())
    return 0;
  if (op.elements[0].kind != Operand::Kind::Int || !symbol.variable) {
    fail(op.loc, "an array index must be a constant");
    return 0;
  }
  return int64_t(op.elements[0].bits) * sizeOf(symbol.type);
}

Value* FunctionLowering::symbolAddress(const Symbol& s, int64_t offset, SourceLoc loc) {
  llvm::Type* i64 = b.getInt64Ty();
  switch (s.kind) {
  case Symbol::Kind::Shared:
    return b.CreateAdd(sharedOrigin(), b.getInt64(s.offset + offset));
  case Symbol::Kind::Function:
    if (s.function->id != ~0u)
      return b.getInt64(kFunctionIdBase + s.function->id + offset);
    fail(loc,
         "the address of function '" + std::string(s.function->ptx->name) +
             "' cannot be taken: it has no body",
         Status::NotSupported);
    return b.getInt64(0);
  case Symbol::Kind::Memory:
    return b.CreatePtrToInt(offsetPointer(s.pointer, offset), i64);
  case Symbol::Kind::KernelParam:
    return b.CreatePtrToInt(
        offsetPointer(service("aw.param.base", b.getPtrTy(), {}), int64_t(s.offset) + offset), i64);
  case Symbol::Kind::Global:
    return b.CreatePtrToInt(
        offsetPointer(service("aw.global.addr", b.getPtrTy(), {b.getInt32(s.id)}), offset), i64);
  default:
    fail(loc, "this name has no address");
    return b.getInt64(0);
  }
}

Value* FunctionLowering::readNamed(const Operand& op, Type t) {
  const Symbol* s = find(op.name);
  if (s && s->kind == Symbol::Kind::Register) {
    Value* v = loadRegister(*s);
    if (op.negated)
      v = b.CreateNot(v);
    return fit(v, t, op.loc, op.name);
  }
  if (s)
    return fit(symbolAddress(*s, op.offset + elementOffset(op, *s), op.loc), t, op.loc, op.name);
  if (Value* v = specialRegister(op.name))
    return op.negated ? b.CreateNot(v) : fit(v, t, op.loc, op.name);
  fail(op.loc, "unknown name '" + std::string(op.name) + "'");
  return undef(t);
}

Value* FunctionLowering::read(const Operand& op, Type t) {
  switch (op.kind) {
  case Operand::Kind::Register:
  case Operand::Kind::Symbol:
    return readNamed(op, t);
  case Operand::Kind::Int:
  case Operand::Kind::F32:
  case Operand::Kind::F64:
    return constant(op, t);
  case Operand::Kind::Vector: { // packed: the first element is the lowest part
    unsigned bits = llvmType(t)->getScalarSizeInBits(), n = op.elements.size();
    if (n == 0 || bits % n || bits / n < 8) {
      fail(op.loc, "vector does not fit the type");
      return undef(t);
    }
    unsigned part = bits / n;
    Value* sum = llvm::ConstantInt::get(intType(bits), 0);
    for (unsigned i = 0; i < n; ++i) {
      Value* e = read(op.elements[i], part == 8    ? Type::B8
                                      : part == 16 ? Type::B16
                                      : part == 32 ? Type::B32
                                                   : Type::B64);
      sum = b.CreateOr(sum, b.CreateShl(b.CreateZExt(e, intType(bits)), i * part));
    }
    return b.CreateBitCast(sum, llvmType(t));
  }
  case Operand::Kind::Sink:
    return undef(t);
  default:
    fail(op.loc, "this operand cannot be read");
    return undef(t);
  }
}

std::vector<Value*> FunctionLowering::readAll(const Matched& m) {
  std::vector<Value*> values;
  for (size_t i = 0; i < m.size(); ++i)
    if (!m.info->operands[i].written)
      values.push_back(read(m.op(i), m.operandType(i)));
  return values;
}

void FunctionLowering::storeRegister(const Symbol& s, Value* value, Type t, SourceLoc loc) {
  llvm::Type* want = llvm::cast<llvm::AllocaInst>(s.pointer)->getAllocatedType();
  if (value->getType() != want) {
    unsigned have = value->getType()->getScalarSizeInBits(), need = want->getScalarSizeInBits();
    if (have > need || (have == 1) != (need == 1))
      return fail(loc, "register is narrower than the result");
    // PTX ISA 9.4.1: a narrower result is sign-extended for signed types, else zero-extended.
    value = b.CreateBitCast(resize(toBits(value), need, isSigned(t)), want);
  }
  if (selectGuard_)
    value = b.CreateSelect(selectGuard_, value, loadRegister(s));
  b.CreateStore(value, s.pointer);
}

void FunctionLowering::write(const Operand& op, Value* value, Type t) {
  if (op.kind == Operand::Kind::Sink)
    return;
  if (op.kind == Operand::Kind::Vector) {
    Value* bits = toBits(value);
    unsigned n = op.elements.size(), part = n ? bits->getType()->getIntegerBitWidth() / n : 0;
    if (part < 8 || part * n != bits->getType()->getIntegerBitWidth())
      return fail(op.loc, "vector does not fit the type");
    for (unsigned i = 0; i < n; ++i)
      write(op.elements[i], b.CreateTrunc(b.CreateLShr(bits, i * part), intType(part)), Type::B32);
    return;
  }
  const Symbol* s = op.kind == Operand::Kind::Register || op.kind == Operand::Kind::Symbol
                        ? find(op.name)
                        : nullptr;
  if (!s || s->kind != Symbol::Kind::Register)
    return fail(op.loc, "'" + std::string(op.name) + "' is not a register");
  storeRegister(*s, value, t, op.loc);
}

void FunctionLowering::writePair(const Operand& op, Value* d, Type t, Value* p) {
  if (op.kind != Operand::Kind::Pair)
    return write(op, d, t);
  write(op.elements[0], d, t);
  write(op.elements[1], p, Type::Pred);
}

Value* FunctionLowering::offsetPointer(Value* base, int64_t offset) {
  return offset ? b.CreateGEP(b.getInt8Ty(), base, b.getInt64(offset)) : base;
}

Value* FunctionLowering::sharedOrigin() {
  if (!module.usesClusters())
    return b.getInt64(0);
  return b.CreateMul(b.CreateZExt(clusterRank(), b.getInt64Ty()), b.getInt64(AW_CLUSTER_STRIDE));
}

Value* FunctionLowering::sharedZero() {
  if (!module.usesClusters())
    return sharedBase();
  return b.CreateGEP(b.getInt8Ty(), sharedBase(), b.CreateNeg(sharedOrigin()));
}

Value* FunctionLowering::sharedPointer(Value* address) {
  return b.CreateGEP(b.getInt8Ty(), sharedZero(), b.CreateSExtOrTrunc(address, b.getInt64Ty()));
}

Value* FunctionLowering::address(const Operand& op, Space space) {
  if (op.kind != Operand::Kind::Address || op.elements.size() != 1) {
    fail(op.loc, "expected an [address]");
    return llvm::ConstantPointerNull::get(b.getPtrTy());
  }
  const Operand& base = op.elements[0];
  int64_t offset = op.offset + base.offset;
  if (base.kind == Operand::Kind::Int) {
    Value* v = b.getInt64(base.bits + op.offset);
    return space == Space::Shared ? sharedPointer(v) : b.CreateIntToPtr(v, b.getPtrTy());
  }
  const Symbol* s = find(base.name);
  if (!s) {
    fail(base.loc, "unknown name '" + std::string(base.name) + "'");
    return llvm::ConstantPointerNull::get(b.getPtrTy());
  }
  offset += elementOffset(base, *s);
  switch (s->kind) {
  case Symbol::Kind::Register: {
    // The parameter of a device function may be declared as a register and named in ld.param.
    Value* v = loadRegister(*s);
    if (!v->getType()->isIntegerTy() || v->getType()->getIntegerBitWidth() < 32)
      break;
    if (space == Space::Shared)
      return offsetPointer(sharedPointer(v), offset);
    return offsetPointer(b.CreateIntToPtr(b.CreateZExtOrTrunc(v, b.getInt64Ty()), b.getPtrTy()),
                         offset);
  }
  case Symbol::Kind::Shared:
    return offsetPointer(sharedBase(), int64_t(s->offset) + offset);
  case Symbol::Kind::Memory:
    return offsetPointer(s->pointer, offset);
  case Symbol::Kind::KernelParam:
    return offsetPointer(service("aw.param.base", b.getPtrTy(), {}), int64_t(s->offset) + offset);
  case Symbol::Kind::Global:
    return offsetPointer(service("aw.global.addr", b.getPtrTy(), {b.getInt32(s->id)}), offset);
  default:
    break;
  }
  fail(base.loc, "'" + std::string(base.name) + "' is not an address");
  return llvm::ConstantPointerNull::get(b.getPtrTy());
}

} // namespace anywarp::ptx
