// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.13.5 "call": direct, recursive and indirect calls and the runtime's own functions.
// An indirect call is a switch over the functions that fit.
#include "ptx/lower/call.h"

#include <cstddef>
#include <unordered_map>

namespace anywarp::ptx {

using llvm::Value;

namespace {

bool takeApart(const Matched& m, Call& c) {
  size_t i = 0, n = m.size();
  if (m.op(0).kind == Operand::Kind::List)
    c.returns = m.op(i++).elements;
  if (i == n)
    return false;
  c.callee = &m.op(i++);
  if (i < n && m.op(i).kind == Operand::Kind::List)
    c.args = m.op(i++).elements;
  if (i < n)
    c.prototype = &m.op(i++);
  return i == n;
}

// Functions that device code may call without defining them; the service's name follows "aw.rt.".
struct RuntimeFunction {
  const char* service;
  Type result;
  std::vector<Type> params; // B64: a pointer
  bool noreturn = false;
};

const RuntimeFunction* runtimeFunction(std::string_view name) {
  // PTX ABI, "System calls": signatures as in the manual's interoperability guide.
  static const std::unordered_map<std::string_view, RuntimeFunction> functions = {
      {"vprintf", {"vprintf", Type::U32, {Type::B64, Type::B64}}},
      {"malloc", {"malloc", Type::B64, {Type::U64}}},
      {"free", {"free", Type::None, {Type::B64}}},
      {"__assertfail",
       {"assertfail", Type::None, {Type::B64, Type::B64, Type::U32, Type::B64, Type::U64}, true}},
  };
  auto it = functions.find(name);
  return it == functions.end() ? nullptr : &it->second;
}

} // namespace

Value* scalarArgument(FunctionLowering& f, const Operand& op, Type t) {
  const Symbol* s = op.kind == Operand::Kind::Symbol || op.kind == Operand::Kind::Register
                        ? f.find(op.name)
                        : nullptr;
  if (s && s->kind == Symbol::Kind::Memory)
    return f.b.CreateLoad(f.llvmType(t), s->pointer);
  return f.read(op, t);
}

Value* pointerArgument(FunctionLowering& f, const Operand& op) {
  const Symbol* s = f.find(op.name);
  if (s && s->kind == Symbol::Kind::Memory)
    return s->pointer;
  f.fail(op.loc, "expected a .param variable");
  return llvm::ConstantPointerNull::get(f.b.getPtrTy());
}

void storeResult(FunctionLowering& f, const Operand& op, Value* v, Type t) {
  const Symbol* s = op.kind == Operand::Kind::Sink ? nullptr : f.find(op.name);
  if (s && s->kind == Symbol::Kind::Memory)
    f.b.CreateStore(v, s->pointer);
  else
    f.write(op, v, t);
}

namespace {

void callRuntime(FunctionLowering& f, const Matched& m, const Call& c, const RuntimeFunction& r) {
  auto& b = f.b;
  if (c.args.size() != r.params.size())
    return f.fail(m.inst->loc, "wrong number of arguments");
  std::vector<Value*> args;
  for (size_t i = 0; i < c.args.size(); ++i) {
    Value* v = scalarArgument(f, c.args[i], r.params[i]);
    args.push_back(r.params[i] == Type::B64 ? b.CreateIntToPtr(v, b.getPtrTy()) : v);
  }
  llvm::Type* result = r.result == Type::None  ? b.getVoidTy()
                       : r.result == Type::B64 ? (llvm::Type*)b.getPtrTy()
                                               : f.llvmType(r.result);
  Value* v = f.service(std::string("aw.rt.") + r.service, result, args);
  if (r.noreturn)
    return f.unreachableAfter();
  if (!c.returns.empty() && r.result != Type::None)
    storeResult(f, c.returns[0], r.result == Type::B64 ? b.CreatePtrToInt(v, b.getInt64Ty()) : v,
                r.result);
}

} // namespace

// One thread of each block counts; the last to come flips the top bit of the count. As in CUDA's
// own code for a grid, the first block adds what the others leave to that bit.
void groupSync(FunctionLowering& f, const Matched& m, const Call& c, uint32_t refused) {
  auto& b = f.b;
  if (c.args.size() != 2 || c.returns.size() != 1)
    return f.fail(m.inst->loc, "wrong number of arguments");
  llvm::Type* u32 = b.getInt32Ty();
  auto special = [&](const char* name) { return f.service(name, u32, {}); };
  auto first = [&](const char* x, const char* y, const char* z) {
    return b.CreateICmpEQ(b.CreateOr(b.CreateOr(special(x), special(y)), special(z)),
                          b.getInt32(0));
  };
  auto meet = [&] { f.service("aw.barrier", b.getVoidTy(), {b.getInt32(0), b.getInt32(0)}); };
  llvm::BasicBlock *enter = f.newBlock("groupsync"), *leader = f.newBlock("groupsync.leader"),
                   *spin = f.newBlock("groupsync.wait"), *leave = f.newBlock("groupsync.leave"),
                   *done = f.newBlock("groupsync.done");
  Value* handle = scalarArgument(f, c.args[0], Type::U64);
  Value* none = b.CreateICmpEQ(handle, b.getInt64(0));
  b.CreateCondBr(none, done, enter);
  f.enter(enter);
  meet();
  b.CreateCondBr(first("aw.tid.x", "aw.tid.y", "aw.tid.z"), leader, leave);
  f.enter(leader);
  auto field = [&](llvm::Type* type, size_t offset, unsigned bytes) {
    Value* at = b.CreateIntToPtr(b.CreateAdd(handle, b.getInt64(offset)), b.getPtrTy());
    return b.CreateAlignedLoad(type, at, llvm::Align(bytes));
  };
  Value* count = field(b.getPtrTy(), offsetof(GroupWorkspace, meeting), 8);
  Value* blocks = field(u32, offsetof(GroupWorkspace, blocks), 4);
  Value* hasFirst = field(u32, offsetof(GroupWorkspace, hasFirst), 4);
  Value* isFirst = b.CreateAnd(first("aw.ctaid.x", "aw.ctaid.y", "aw.ctaid.z"),
                               b.CreateICmpNE(hasFirst, b.getInt32(0)));
  Value* step =
      b.CreateSelect(isFirst, b.CreateSub(b.getInt32(0x8000'0001u), blocks), b.getInt32(1));
  Value* before = b.CreateAtomicRMW(llvm::AtomicRMWInst::Add, count, step, llvm::Align(4),
                                    llvm::AtomicOrdering::AcquireRelease);
  b.CreateBr(spin);
  f.enter(spin);
  auto* now = b.CreateAlignedLoad(u32, count, llvm::Align(4));
  now->setAtomic(llvm::AtomicOrdering::Acquire);
  b.CreateCondBr(b.CreateICmpSLT(b.CreateXor(now, before), b.getInt32(0)), leave, spin);
  f.enter(leave);
  meet();
  b.CreateBr(done);
  f.enter(done);
  storeResult(f, c.returns[0], b.CreateSelect(none, b.getInt32(refused), b.getInt32(0)), Type::U32);
}

namespace {

bool checkCounts(FunctionLowering& f, const Matched& m, const Call& c,
                 const std::vector<Variable>& returns, const std::vector<Variable>& params) {
  if (c.returns.size() == returns.size() && c.args.size() == params.size())
    return true;
  f.fail(m.inst->loc, "the call does not fit the function's parameters");
  return false;
}

std::vector<Value*> arguments(FunctionLowering& f, const Call& c,
                              const std::vector<Variable>& returns,
                              const std::vector<Variable>& params) {
  std::vector<Value*> args;
  for (size_t i = 0; i < returns.size(); ++i)
    if (i > 0 || ModuleLowering::byPointer(returns[i]))
      args.push_back(pointerArgument(f, c.returns[i]));
  for (size_t i = 0; i < params.size(); ++i)
    args.push_back(ModuleLowering::byPointer(params[i])
                       ? pointerArgument(f, c.args[i])
                       : scalarArgument(f, c.args[i], params[i].type));
  return args;
}

void callDirect(FunctionLowering& f, const Matched& m, const Call& c, LoweredFunction& callee) {
  const Function& ptx = *callee.ptx;
  if (!checkCounts(f, m, c, ptx.returns, ptx.params))
    return;
  Value* r = f.b.CreateCall(callee.llvm, arguments(f, c, ptx.returns, ptx.params));
  if (f.module.signature(ptx.returns, ptx.params).returnsValue)
    storeResult(f, c.returns[0], r, ptx.returns[0].type);
}

void callIndirect(FunctionLowering& f, const Matched& m, const Call& c, const Prototype& p) {
  auto& b = f.b;
  if (!checkCounts(f, m, c, p.returns, p.params))
    return;
  Value* target = f.read(*c.callee, Type::B64);
  std::vector<Value*> args = arguments(f, c, p.returns, p.params);
  Signature wanted = f.module.signature(p.returns, p.params);
  llvm::BasicBlock *bad = f.newBlock("badcall"), *done = f.newBlock("called");
  llvm::SwitchInst* sw = b.CreateSwitch(target, bad);
  llvm::PHINode* result = nullptr;
  f.enter(done);
  if (wanted.returnsValue)
    result = b.CreatePHI(wanted.type->getReturnType(), 4);
  for (LoweredFunction& g : f.module.functions()) {
    if (!g.llvm || g.isKernel || g.llvm->getFunctionType() != wanted.type || !fits(p, *g.ptx))
      continue;
    llvm::BasicBlock* block = f.newBlock("call");
    sw->addCase(b.getInt64(kFunctionIdBase + g.id), block);
    f.enter(block);
    Value* r = b.CreateCall(g.llvm, args);
    b.CreateBr(done);
    if (result)
      result->addIncoming(r, block);
  }
  f.enter(bad);
  f.service("aw.rt.trap", b.getVoidTy(), {});
  b.CreateUnreachable();
  f.enter(done);
  if (result && result->getNumIncomingValues() == 0) { // nothing fits: the call always traps
    Value* none = llvm::UndefValue::get(result->getType());
    result->replaceAllUsesWith(none);
    result->eraseFromParent();
    storeResult(f, c.returns[0], none, p.returns[0].type);
  } else if (result) {
    storeResult(f, c.returns[0], result, p.returns[0].type);
  }
}

} // namespace

void lowerCall(FunctionLowering& f, const Matched& m) {
  Call c;
  if (!takeApart(m, c))
    return f.fail(m.inst->loc, "malformed call");
  const Symbol* s = f.find(c.callee->name);
  if (s && s->kind == Symbol::Kind::Function) {
    LoweredFunction& callee = *s->function;
    if (callee.llvm && !callee.isKernel)
      return callDirect(f, m, c, callee);
    // Cooperative groups as the library has them that came with CUDA 9 and 10.
    if (c.callee->name == "__cuda_syscall_CGS_sync")
      return groupSync(f, m, c, 1);
    if (c.callee->name == "__cuda_syscall_CGS_get_intrinsic_handle")
      return callDeviceRuntime(f, m, c, *findDeviceRuntime("cudaCGGetIntrinsicHandle"));
    if (const DeviceRuntimeFunction* r = findDeviceRuntime(c.callee->name))
      return callDeviceRuntime(f, m, c, *r);
    if (const RuntimeFunction* r = runtimeFunction(c.callee->name))
      return callRuntime(f, m, c, *r);
    return f.fail(m.inst->loc, "function '" + std::string(c.callee->name) + "' is not supported",
                  Status::NotSupported);
  }
  if (!s && c.callee->kind == Operand::Kind::Symbol) {
    if (const DeviceRuntimeFunction* r = findDeviceRuntime(c.callee->name))
      return callDeviceRuntime(f, m, c, *r);
    if (const RuntimeFunction* r = runtimeFunction(c.callee->name))
      return callRuntime(f, m, c, *r);
    return f.fail(c.callee->loc, "unknown function '" + std::string(c.callee->name) + "'");
  }
  const Symbol* p = c.prototype ? f.find(c.prototype->name) : nullptr;
  if (!p)
    return f.fail(m.inst->loc, "an indirect call needs a prototype");
  if (p->kind == Symbol::Kind::Prototype)
    return callIndirect(f, m, c, *p->prototype);
  if (p->kind == Symbol::Kind::Targets && !p->targets->targets.empty())
    if (LoweredFunction* first = f.module.function(p->targets->targets[0])) {
      Prototype proto;
      proto.returns = first->ptx->returns;
      proto.params = first->ptx->params;
      return callIndirect(f, m, c, proto);
    }
  f.fail(c.prototype->loc, "expected a .callprototype or .calltargets label");
}

} // namespace anywarp::ptx
