// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions, scopes, statements, guards and line tables. Operands are in operands.cpp.
#include "ptx/forms.h"
#include "ptx/lower/function_lowering.h"

#include <llvm/IR/DebugInfoMetadata.h>

namespace anywarp::ptx {

using llvm::BasicBlock;
using llvm::Value;

FunctionLowering::FunctionLowering(ModuleLowering& module, LoweredFunction& function)
    : b(module.context), module(module), function(function) {}

void FunctionLowering::fail(SourceLoc loc, std::string message, Status status) {
  if (!failed())
    error_ =
        makeError(status, ModuleLowering::locate(function.ptx->origin, loc) + std::move(message));
}

llvm::Type* FunctionLowering::llvmType(Type t) {
  return module.valueType(t);
}

BasicBlock* FunctionLowering::newBlock(const llvm::Twine& name) {
  return BasicBlock::Create(b.getContext(), name, function.llvm);
}

llvm::AllocaInst* FunctionLowering::stackSlot(llvm::Type* type, llvm::Align align,
                                              const llvm::Twine& name) {
  llvm::IRBuilder<> at(entry_, entry_->begin());
  llvm::AllocaInst* slot = at.CreateAlloca(type, nullptr, name);
  slot->setAlignment(std::max(align, slot->getAlign()));
  return slot;
}

llvm::AllocaInst* FunctionLowering::carry() {
  if (!carry_) {
    carry_ = stackSlot(b.getInt1Ty(), llvm::Align(1), "cc");
    registers_.push_back(carry_);
  }
  return carry_;
}

void FunctionLowering::setCarry(Value* value) {
  if (selectGuard_)
    value = b.CreateSelect(selectGuard_, value, b.CreateLoad(b.getInt1Ty(), carry()));
  b.CreateStore(value, carry());
}

void FunctionLowering::unreachableAfter() {
  b.CreateUnreachable();
  startDeadBlock();
}

void FunctionLowering::declareParameters() {
  Scope& scope = scopes_.back();
  const Function& f = *function.ptx;
  if (function.isKernel) {
    std::vector<ParamLayout> layout = layoutParams(f.params);
    for (size_t i = 0; i < f.params.size(); ++i) {
      Symbol s{Symbol::Kind::KernelParam, f.params[i].type};
      s.offset = layout[i].offset;
      s.variable = &f.params[i];
      scope.names[f.params[i].name] = s;
    }
    return;
  }
  unsigned arg = 0;
  auto memory = [&](const Variable& v, Value* pointer) {
    Symbol s{Symbol::Kind::Memory, v.type};
    s.pointer = pointer;
    s.variable = &v;
    scope.names[v.name] = s;
  };
  auto scalar = [&](const Variable& v) {
    declare(v);
    return llvm::cast<llvm::AllocaInst>(scope.names[v.name].pointer);
  };
  for (size_t i = 0; i < f.returns.size(); ++i) {
    if (i == 0 && !ModuleLowering::byPointer(f.returns[i]))
      returnSlot_ = scalar(f.returns[i]);
    else
      memory(f.returns[i], function.llvm->getArg(arg++));
  }
  for (const Variable& p : f.params) {
    llvm::Argument* value = function.llvm->getArg(arg++);
    if (ModuleLowering::byPointer(p))
      memory(p, value);
    else
      b.CreateStore(value, scalar(p));
  }
}

// Registers, .local, .shared and .param variables of a body.
void FunctionLowering::declare(const Variable& v) {
  Scope& scope = scopes_.back();
  Symbol s{Symbol::Kind::Memory, v.type};
  s.variable = &v;
  if (v.align & (v.align - 1))
    return fail(v.loc, "alignment of '" + std::string(v.name) + "' is not a power of two");
  switch (v.space) {
  case Space::Reg:
    if (!v.dims.empty())
      return fail(v.loc,
                  "register '" + std::string(v.name) + "': arrays of registers are not supported",
                  Status::NotSupported);
    if (v.vector > 1)
      return declareVector(v);
    if (v.count) {
      scope.ranges[v.name] = {v.type, v.count};
      return;
    }
    s.kind = Symbol::Kind::Register;
    s.pointer =
        stackSlot(llvmType(v.type), llvm::Align(1), llvm::StringRef(v.name.data(), v.name.size()));
    registers_.push_back(llvm::cast<llvm::AllocaInst>(s.pointer));
    break;
  case Space::Local:
  case Space::Param: {
    uint64_t size = sizeOf(v);
    if (size > kMaxLocal)
      return fail(v.loc, "variable '" + std::string(v.name) + "' is too large");
    llvm::Type* type = ModuleLowering::byPointer(v) || v.type == Type::None
                           ? llvm::ArrayType::get(b.getInt8Ty(), size)
                           : llvmType(v.type);
    s.pointer = stackSlot(type, llvm::Align(std::max(1u, alignOf(v))),
                          llvm::StringRef(v.name.data(), v.name.size()));
    break;
  }
  case Space::Shared:
    s.kind = Symbol::Kind::Shared;
    s.offset = module.sharedOffset(v);
    break;
  default:
    return fail(v.loc,
                "variable '" + std::string(v.name) + "' cannot be declared inside a function");
  }
  if (v.count && v.space != Space::Reg)
    return fail(v.loc, "only registers may be declared with <count>");
  scope.names[v.name] = s;
}

// .reg .v4 .f32 v: registers v.x, v.y, v.z and v.w, which also answer to .r, .g, .b and .a.
void FunctionLowering::declareVector(const Variable& v) {
  Scope& scope = scopes_.back();
  if (v.vector > 4 || v.count)
    return fail(v.loc, "register '" + std::string(v.name) + "': no such vector of registers",
                Status::NotSupported);
  for (unsigned i = 0; i < v.vector; ++i) {
    Symbol s{Symbol::Kind::Register, v.type};
    s.pointer = stackSlot(llvmType(v.type), llvm::Align(1));
    registers_.push_back(llvm::cast<llvm::AllocaInst>(s.pointer));
    for (const char* letters : {"xyzw", "rgba"})
      scope.names[strings_.emplace_back(std::string(v.name) + "." + letters[i])] = s;
  }
  Symbol s{Symbol::Kind::VectorRegister, v.type};
  s.variable = &v;
  scope.names[v.name] = s;
}

// A vector register, or a special register such as %tid, stands for {its components}.
Instruction FunctionLowering::expandVectors(const Instruction& inst) {
  Instruction result = inst;
  for (Operand& op : result.operands) {
    if (op.kind != Operand::Kind::Register)
      continue;
    const Symbol* s = find(op.name);
    unsigned n = s && s->kind == Symbol::Kind::VectorRegister ? s->variable->vector : 0;
    if (!s && isVectorSpecial(op.name))
      n = 4;
    if (!n)
      continue;
    Operand vector;
    vector.kind = Operand::Kind::Vector;
    vector.loc = op.loc;
    for (unsigned i = 0; i < n; ++i) {
      Operand part = op;
      part.name = strings_.emplace_back(std::string(op.name) + "." + "xyzw"[i]);
      vector.elements.push_back(std::move(part));
    }
    op = std::move(vector);
  }
  return result;
}

// Names are visible in the whole block, so that branches may go forward.
void FunctionLowering::declareBlock(const Block& block) {
  for (const Statement& st : block.statements) {
    Scope& scope = scopes_.back();
    switch (st.kind) {
    case Statement::Kind::Variable:
      declare(st.variable);
      break;
    case Statement::Kind::Label: {
      if (scope.names.contains(st.label.name))
        fail(st.label.loc, "'" + std::string(st.label.name) + "' is declared twice");
      Symbol s{Symbol::Kind::Label};
      s.label = newBlock(llvm::StringRef(st.label.name.data(), st.label.name.size()));
      scope.names[st.label.name] = s;
      break;
    }
    case Statement::Kind::Prototype: {
      Symbol s{Symbol::Kind::Prototype};
      s.prototype = st.prototype.get();
      scope.names[st.prototype->name] = s;
      break;
    }
    case Statement::Kind::Targets: {
      Symbol s{Symbol::Kind::Targets};
      s.targets = st.targets.get();
      scope.names[st.targets->name] = s;
      break;
    }
    default:
      break;
    }
  }
}

void FunctionLowering::lowerBlock(const Block& block) {
  declareBlock(block);
  for (const Statement& st : block.statements) {
    if (failed())
      return;
    switch (st.kind) {
    case Statement::Kind::Instruction:
      lowerInstruction(st.instruction);
      break;
    case Statement::Kind::Label: {
      BasicBlock* next = scopes_.back().names[st.label.name].label;
      b.CreateBr(next);
      enter(next);
      break;
    }
    case Statement::Kind::Block:
      scopes_.emplace_back();
      lowerBlock(*st.block);
      scopes_.pop_back();
      break;
    default:
      break;
    }
  }
}

void FunctionLowering::setDebugLocation(const Instruction& inst) {
  if (!function.debug)
    return;
  unsigned line = inst.debugLine;
  llvm::DIScope* scope = function.debug;
  if (line && module.debugFile(inst.debugFile) != function.debug->getFile())
    scope = module.debug->createLexicalBlockFile(function.debug, module.debugFile(inst.debugFile));
  b.SetCurrentDebugLocation(llvm::DILocation::get(b.getContext(), line, 0, scope));
}

void FunctionLowering::lowerInstruction(const Instruction& written) {
  setDebugLocation(written);
  bool hasVectors = false;
  for (const Operand& op : written.operands)
    if (op.kind == Operand::Kind::Register) {
      const Symbol* s = find(op.name);
      hasVectors |= s ? s->kind == Symbol::Kind::VectorRegister : isVectorSpecial(op.name);
    }
  std::optional<Instruction> expanded;
  if (hasVectors)
    expanded = expandVectors(written);
  const Instruction& inst = expanded ? *expanded : written;
  Result<Matched> m = match(inst);
  if (!m)
    return fail(inst.loc, m.error().message, m.error().status);
  if (!inst.guard)
    return emit(*m);
  Operand reg;
  reg.kind = Operand::Kind::Register;
  reg.name = inst.guard->reg;
  reg.negated = inst.guard->negated;
  reg.loc = inst.loc;
  Value* condition = readPred(reg);
  if (m->info->flags & InstrInfo::kGuard) {
    guard_ = condition;
    emit(*m);
    guard_ = nullptr;
  } else if (m->info->isPure()) {
    selectGuard_ = condition;
    emit(*m);
    selectGuard_ = nullptr;
  } else {
    BasicBlock *run = newBlock("guarded"), *after = newBlock("after");
    b.CreateCondBr(condition, run, after);
    enter(run);
    emit(*m);
    b.CreateBr(after);
    enter(after);
  }
}

void FunctionLowering::emit(const Matched& m) {
  if (auto problem = formProblem(m))
    return fail(problem->loc, std::move(problem->text));
  if (m.info->kind == LoweringKind::Custom)
    lowerCustom(m);
  else if (m.info->kind == LoweringKind::Refused)
    fail(m.inst->loc,
         "'" + std::string(m.info->mnemonic) +
             "' is not supported in this form: " + std::string(m.info->name),
         Status::NotSupported);
  else
    emitGeneric(m);
}

void FunctionLowering::emitReturn() {
  if (returnSlot_)
    b.CreateRet(b.CreateLoad(returnSlot_->getAllocatedType(), returnSlot_));
  else
    b.CreateRetVoid();
}

BasicBlock* FunctionLowering::labelBlock(const Operand& op) {
  const Symbol* s = find(op.name);
  if (!s || s->kind != Symbol::Kind::Label) {
    fail(op.loc, "unknown label '" + std::string(op.name) + "'");
    return newBlock("nowhere");
  }
  return s->label;
}

Result<void> FunctionLowering::run() {
  const Function& f = *function.ptx;
  entry_ = newBlock("entry");
  BasicBlock* body = newBlock("body");
  enter(body);
  if (module.debug) {
    uint32_t file = 1, line = f.loc.line;
    for (const Statement& st : f.body.statements)
      if (st.kind == Statement::Kind::Instruction && st.instruction.debugLine) {
        file = st.instruction.debugFile;
        line = st.instruction.debugLine;
        break;
      }
    llvm::DIFile* where = module.debugFile(file);
    llvm::StringRef name(f.name.data(), f.name.size());
    function.debug = module.debug->createFunction(
        where, name, name, where, line,
        module.debug->createSubroutineType(module.debug->getOrCreateTypeArray({})), line,
        llvm::DINode::FlagPrototyped, llvm::DISubprogram::SPFlagDefinition);
    function.llvm->setSubprogram(function.debug);
    b.SetCurrentDebugLocation(llvm::DILocation::get(b.getContext(), line, 0, function.debug));
  }
  scopes_.emplace_back();
  declareParameters();
  scopes_.emplace_back();
  lowerBlock(f.body);
  if (failed())
    return error_;
  emitReturn();
  llvm::BranchInst::Create(body, entry_);
  finishFunction(*function.llvm, registers_, flushes_);
  return {};
}

} // namespace anywarp::ptx
