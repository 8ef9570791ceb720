// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.13 and 9.7.19: branches, return, exit, trap. Calls are in call.cpp.
#include "ptx/lower/function_lowering.h"

namespace anywarp::ptx {

using llvm::BasicBlock;
using llvm::Value;

void lowerBra(FunctionLowering& f, const Matched& m) {
  BasicBlock* target = f.labelBlock(m.op(0));
  if (Value* guard = f.guardValue()) {
    BasicBlock* next = f.newBlock("next");
    f.b.CreateCondBr(guard, target, next);
    f.enter(next);
    return;
  }
  f.b.CreateBr(target);
  f.startDeadBlock();
}

void lowerBrxIdx(FunctionLowering& f, const Matched& m) {
  Value* index = f.read(m.op(0), Type::U32);
  const Symbol* list = f.find(m.op(1).name);
  if (!list || list->kind != Symbol::Kind::Targets || list->targets->targets.empty())
    return f.fail(m.op(1).loc, "expected a .branchtargets label");
  BasicBlock* next = nullptr;
  if (Value* guard = f.guardValue()) {
    BasicBlock* jump = f.newBlock("jump");
    next = f.newBlock("next");
    f.b.CreateCondBr(guard, jump, next);
    f.enter(jump);
  }
  std::vector<BasicBlock*> blocks;
  for (std::string_view name : list->targets->targets) {
    Operand label;
    label.kind = Operand::Kind::Symbol;
    label.name = name;
    label.loc = m.op(1).loc;
    blocks.push_back(f.labelBlock(label));
  }
  // An index outside the list is undefined; the last target takes it.
  llvm::SwitchInst* jump = f.b.CreateSwitch(index, blocks.back(), blocks.size() - 1);
  for (size_t i = 0; i + 1 < blocks.size(); ++i)
    jump->addCase(f.b.getInt32(uint32_t(i)), blocks[i]);
  if (next)
    f.enter(next);
  else
    f.startDeadBlock();
}

void lowerRet(FunctionLowering& f, const Matched&) {
  f.emitReturn();
  f.startDeadBlock();
}

void lowerExit(FunctionLowering& f, const Matched&) {
  if (f.function.isKernel) {
    f.b.CreateRetVoid();
    f.startDeadBlock();
    return;
  }
  f.service("aw.exit", f.b.getVoidTy(), {});
  f.unreachableAfter();
}

void lowerTrap(FunctionLowering& f, const Matched&) {
  f.service("aw.rt.trap", f.b.getVoidTy(), {});
  f.unreachableAfter();
}

void lowerNanosleep(FunctionLowering& f, const Matched& m) {
  f.service("aw.rt.nanosleep", f.b.getVoidTy(), {f.read(m.op(0), Type::U32)});
}

} // namespace anywarp::ptx
