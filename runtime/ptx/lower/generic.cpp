// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the records say by themselves: Op, Intrinsic, DeviceLib, Rounded and Half, with .ftz, .sat
// and .relu around them; and the small building blocks that all families share.
#include "ptx/lower/function_lowering.h"
#include "ptx/names.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/MDBuilder.h>
#include <unordered_map>

namespace anywarp::ptx {

using llvm::ArrayRef;
using llvm::Value;
namespace I = llvm::Intrinsic;

#include "ptx/isa_lowerings.inc"

void FunctionLowering::lowerCustom(const Matched& m) {
  kLowerings[m.info->custom](*this, m);
}

Value* FunctionLowering::service(llvm::StringRef name, llvm::Type* result, ArrayRef<Value*> args) {
  std::vector<llvm::Type*> types;
  for (Value* a : args)
    types.push_back(a->getType());
  return b.CreateCall(module.service(name, llvm::FunctionType::get(result, types, false)), args);
}

Value* FunctionLowering::deviceLib(std::string_view name, llvm::Type* result,
                                   ArrayRef<Value*> args) {
  std::vector<llvm::Type*> types;
  for (Value* a : args)
    types.push_back(a->getType());
  return b.CreateCall(
      module.deviceLib("ptx_" + std::string(name), llvm::FunctionType::get(result, types, false)),
      args);
}

Value* FunctionLowering::roundedOperation(std::string_view name, llvm::Type* result,
                                          ArrayRef<Value*> args) {
  if (!module.options.directedRounding)
    return deviceLib(name, result, args);
  auto* call = llvm::cast<llvm::CallInst>(service("aw.lane." + std::string(name), result, args));
  llvm::Function* callee = call->getCalledFunction();
  callee->setDoesNotAccessMemory();
  callee->setWillReturn();
  callee->setSpeculatable();
  return call;
}

Value* FunctionLowering::gangLib(std::string_view name, llvm::Type* result, ArrayRef<Value*> args,
                                 bool touchesMemory, ArrayRef<unsigned> groups) {
  auto* call = llvm::cast<llvm::CallInst>(service("aw.gang." + std::string(name), result, args));
  llvm::Function* callee = call->getCalledFunction();
  if (!groups.empty()) {
    std::string text;
    for (unsigned count : groups)
      text.append(text.empty() ? "" : ",").append(std::to_string(count));
    callee->addFnAttr("aw-groups", text);
  }
  // A service is taken to touch nothing that loads and stores do; these may.
  callee->setMemoryEffects(touchesMemory ? llvm::MemoryEffects::unknown()
                                         : llvm::MemoryEffects::none());
  callee->setWillReturn();
  return call;
}

Value* FunctionLowering::intrinsic(I::ID id, ArrayRef<Value*> args) {
  return b.CreateIntrinsic(id, {args[0]->getType()}, args);
}

namespace {

using Args = ArrayRef<Value*>;

// May be wrong by a unit in the last place: the backend may have something faster.
Value* approximate(FunctionLowering& f, Value* v) {
  if (auto* i = llvm::dyn_cast<llvm::Instruction>(v))
    i->setMetadata(llvm::LLVMContext::MD_fpmath, llvm::MDBuilder(f.b.getContext()).createFPMath(1));
  return v;
}

using OpFn = Value* (*)(FunctionLowering&, Args);

const std::unordered_map<std::string_view, OpFn>& operations() {
  using F = FunctionLowering;
  static const std::unordered_map<std::string_view, OpFn> ops = {
      {"Add", [](F& f, Args a) { return f.b.CreateAdd(a[0], a[1]); }},
      {"Sub", [](F& f, Args a) { return f.b.CreateSub(a[0], a[1]); }},
      {"Mul", [](F& f, Args a) { return f.b.CreateMul(a[0], a[1]); }},
      {"MulAdd", [](F& f, Args a) { return f.b.CreateAdd(f.b.CreateMul(a[0], a[1]), a[2]); }},
      {"Neg", [](F& f, Args a) { return f.b.CreateNeg(a[0]); }},
      {"Abs",
       [](F& f, Args a) -> Value* {
         return f.b.CreateIntrinsic(I::abs, {a[0]->getType()}, {a[0], f.b.getFalse()});
       }},
      {"And", [](F& f, Args a) { return f.b.CreateAnd(a[0], a[1]); }},
      {"Or", [](F& f, Args a) { return f.b.CreateOr(a[0], a[1]); }},
      {"Xor", [](F& f, Args a) { return f.b.CreateXor(a[0], a[1]); }},
      {"Not", [](F& f, Args a) { return f.b.CreateNot(a[0]); }},
      {"Cnot",
       [](F& f, Args a) { return f.b.CreateZExt(f.b.CreateIsNull(a[0]), a[0]->getType()); }},
      {"First", [](F& f, Args a) { return a[0]; }},
      {"SelectLast", [](F& f, Args a) { return f.b.CreateSelect(a[2], a[0], a[1]); }},
      {"FAdd", [](F& f, Args a) { return f.b.CreateFAdd(a[0], a[1]); }},
      {"FSub", [](F& f, Args a) { return f.b.CreateFSub(a[0], a[1]); }},
      {"FMul", [](F& f, Args a) { return f.b.CreateFMul(a[0], a[1]); }},
      {"FDiv", [](F& f, Args a) { return f.b.CreateFDiv(a[0], a[1]); }},
      {"FNeg", [](F& f, Args a) { return f.b.CreateFNeg(a[0]); }},
      {"FAbs", [](F& f, Args a) { return f.intrinsic(I::fabs, a); }},
      {"Fma", [](F& f, Args a) { return f.intrinsic(I::fma, a); }},
      {"Sqrt", [](F& f, Args a) { return f.intrinsic(I::sqrt, a); }},
      {"Rcp",
       [](F& f, Args a) {
         return f.b.CreateFDiv(llvm::ConstantFP::get(a[0]->getType(), 1.0), a[0]);
       }},
      {"SqrtApprox", [](F& f, Args a) { return approximate(f, f.intrinsic(I::sqrt, a)); }},
      {"RcpApprox",
       [](F& f, Args a) {
         return approximate(f, f.b.CreateFDiv(llvm::ConstantFP::get(a[0]->getType(), 1.0), a[0]));
       }},
      {"RsqrtApprox",
       [](F& f, Args a) {
         return approximate(f, f.b.CreateFDiv(llvm::ConstantFP::get(a[0]->getType(), 1.0),
                                              approximate(f, f.intrinsic(I::sqrt, a))));
       }},
      {"Copysign",
       [](F& f, Args a) -> Value* { // the first operand gives the sign
         return f.b.CreateBinaryIntrinsic(I::copysign, a[1], a[0]);
       }},
  };
  return ops;
}

const std::unordered_map<std::string_view, I::ID>& intrinsics() {
  static const std::unordered_map<std::string_view, I::ID> ids = {
      {"sadd.sat", I::sadd_sat}, {"ssub.sat", I::ssub_sat},
      {"umin", I::umin},         {"smin", I::smin},
      {"umax", I::umax},         {"smax", I::smax},
      {"ctpop", I::ctpop},       {"bitreverse", I::bitreverse},
  };
  return ids;
}

// Replaces {0}, {1} by types and {slot} by the modifier found there.
std::string compose(std::string_view pattern, const Matched& m) {
  std::string out;
  while (!pattern.empty()) {
    size_t open = pattern.find('{');
    out.append(pattern.substr(0, open));
    if (open == std::string_view::npos)
      break;
    size_t close = pattern.find('}', open);
    std::string_view key = pattern.substr(open + 1, close - open - 1);
    if (key.size() == 1 && key[0] >= '0' && key[0] <= '3')
      out.append(nameOf(m.types[key[0] - '0']));
    else
      out.append(m.text(key));
    pattern.remove_prefix(close + 1);
  }
  return out;
}

} // namespace

Value* FunctionLowering::operation(std::string_view name, Args args, SourceLoc loc) {
  auto it = operations().find(name);
  if (it != operations().end())
    return it->second(*this, args);
  fail(loc, "internal: no operation '" + std::string(name) + "'", Status::Unknown);
  return args[0];
}

// Integer operations, so that the host's own treatment of subnormal numbers does not matter.
Value* FunctionLowering::flush(Value* v) {
  if (!v->getType()->isFloatTy())
    return v;
  Value* bits = toBits(v);
  Value* isZero = b.CreateIsNull(b.CreateAnd(bits, b.getInt32(0x7f800000)));
  Value* r = b.CreateBitCast(
      b.CreateSelect(isZero, b.CreateAnd(bits, b.getInt32(0x80000000)), bits), v->getType());
  flushes_.push_back({v, r});
  return r;
}

Value* FunctionLowering::saturate(Value* v) {
  llvm::Value* zero = llvm::ConstantFP::get(v->getType(), 0.0);
  llvm::Value* one = llvm::ConstantFP::get(v->getType(), 1.0);
  v = b.CreateSelect(b.CreateFCmpOGT(v, zero), v, zero);
  return b.CreateSelect(b.CreateFCmpOLT(v, one), v, one);
}

Value* FunctionLowering::relu(Value* v) {
  llvm::Value* zero = llvm::ConstantFP::get(v->getType(), 0.0);
  return b.CreateSelect(b.CreateFCmpOLE(v, zero), zero, v);
}

Value* FunctionLowering::half(Value* bits, Type t) {
  if (t == Type::F16)
    return b.CreateFPExt(b.CreateBitCast(bits, b.getHalfTy()), b.getFloatTy());
  return b.CreateBitCast(b.CreateShl(b.CreateZExt(bits, b.getInt32Ty()), 16), b.getFloatTy());
}

Value* FunctionLowering::toHalf(Value* f, Type t) {
  if (t == Type::F16)
    return b.CreateBitCast(b.CreateFPTrunc(f, b.getHalfTy()), b.getInt16Ty());
  return deviceLib("cvt_rn_bf16_f32", b.getInt16Ty(), {f});
}

// Numbers below 2^-14 are subnormal as f16; bf16 has the exponents of f32.
Value* FunctionLowering::flushHalf(Value* f, Type t) {
  if (t == Type::BF16)
    return flush(f);
  Value* tiny =
      b.CreateFCmpOLT(intrinsic(I::fabs, {f}), llvm::ConstantFP::get(f->getType(), 0x1p-14));
  return b.CreateSelect(
      tiny, b.CreateBinaryIntrinsic(I::copysign, llvm::ConstantFP::get(f->getType(), 0.0), f), f);
}

Value* FunctionLowering::forParts(Type t, Args args, llvm::function_ref<Value*(Args)> fn) {
  if (partOf(t) == t)
    return fn(args);
  Value* result = nullptr;
  for (unsigned part = 0; part < 2; ++part) {
    std::vector<Value*> parts;
    for (Value* a : args)
      parts.push_back(b.CreateTrunc(part ? b.CreateLShr(a, 16) : a, b.getInt16Ty()));
    Value* r = b.CreateZExt(fn(parts), b.getInt32Ty());
    result = part ? b.CreateOr(result, b.CreateShl(r, 16)) : r;
  }
  return result;
}

void FunctionLowering::emitGeneric(const Matched& m) {
  std::vector<Value*> args = readAll(m);
  if (m.inst->operands.empty())
    return;
  Type t = m.operandType(0);
  SourceLoc loc = m.inst->loc;
  std::string_view name = m.info->name;
  bool ftz = m.has("ftz"), sat = m.has("sat"), isHalfRecord = m.info->kind == LoweringKind::Half;
  if (ftz && !isHalfRecord)
    for (Value*& a : args)
      a = flush(a);
  Value* r = nullptr;
  switch (m.info->kind) {
  case LoweringKind::Op:
    r = operation(name, args, loc);
    break;
  case LoweringKind::Intrinsic:
    r = b.CreateIntCast(intrinsic(intrinsics().at(name), args), llvmType(t), false);
    break;
  case LoweringKind::DeviceLib:
    r = deviceLib(compose(name, m), llvmType(t), args);
    break;
  case LoweringKind::Rounded:
    if (!m.has("rnd") || m.text("rnd") == "rn")
      r = operation(name, args, loc);
    else
      r = roundedOperation(llvm::StringRef(compose(std::string(name) + "_{rnd}_{0}", m)).lower(),
                           llvmType(t), args);
    break;
  case LoweringKind::Half:
    r = forParts(t, args, [&](Args parts) {
      std::vector<Value*> wide;
      for (Value* p : parts) {
        Value* x = half(p, partOf(t));
        wide.push_back(ftz ? flushHalf(x, partOf(t)) : x);
      }
      Value* x = operations().contains(name) ? operation(name, wide, loc)
                                             : deviceLib(name, b.getFloatTy(), wide);
      if (sat)
        x = saturate(x);
      return toHalf(ftz ? flushHalf(half(toHalf(x, partOf(t)), partOf(t)), partOf(t)) : x,
                    partOf(t));
    });
    break;
  case LoweringKind::Custom:
  case LoweringKind::Refused:
    break;
  }
  if (!isHalfRecord && r->getType()->isFloatingPointTy()) {
    if (ftz)
      r = flush(r);
    if (sat)
      r = saturate(r);
  }
  write(m.op(0), r, t);
}

} // namespace anywarp::ptx
