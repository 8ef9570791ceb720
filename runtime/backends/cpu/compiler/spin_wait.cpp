// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spin_wait.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

namespace anywarp::cpu {
namespace {

using llvm::BasicBlock;
using llvm::dyn_cast;
using llvm::Instruction;
using llvm::isa;
using llvm::Loop;
using llvm::Value;

constexpr const char* kSleep = "aw.rt.nanosleep";
constexpr const char* kYield = "aw.yield";

bool isCallOf(const Instruction& i, const char* name) {
  auto* call = dyn_cast<llvm::CallBase>(&i);
  const llvm::Function* f = call ? call->getCalledFunction() : nullptr;
  return f && f->getName() == name;
}

// Reads what others write and, if it writes, writes the same in every round.
bool isAtomicRead(const llvm::AtomicRMWInst& rmw) {
  using Op = llvm::AtomicRMWInst;
  auto* constant = dyn_cast<llvm::ConstantInt>(rmw.getValOperand());
  switch (rmw.getOperation()) {
  case Op::Xchg:
  case Op::And:
  case Op::Or:
  case Op::Nand:
  case Op::Min:
  case Op::Max:
  case Op::UMin:
  case Op::UMax:
    return true;
  case Op::Add:
  case Op::Sub:
  case Op::Xor:
    return constant && constant->isZero();
  default:
    return false;
  }
}

bool mayObserve(const Instruction& i) {
  if (auto* load = dyn_cast<llvm::LoadInst>(&i))
    return load->isVolatile() || load->isAtomic();
  if (auto* rmw = dyn_cast<llvm::AtomicRMWInst>(&i))
    return isAtomicRead(*rmw);
  return isa<llvm::AtomicCmpXchgInst>(i) || isCallOf(i, kSleep);
}

bool anyObserver(const llvm::Function& f) {
  for (const BasicBlock& block : f)
    for (const Instruction& i : block)
      if (mayObserve(i) || isa<llvm::FenceInst>(i))
        return true;
  return false;
}

bool anyObserver(const llvm::Module& module) {
  return llvm::any_of(module, [](const llvm::Function& f) { return anyObserver(f); });
}

// Registers into SSA form, so that a loop shows what it carries from round to round.
void promoteRegisters(llvm::Module& module) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  llvm::ModulePassManager passes;
  passes.addPass(llvm::AlwaysInlinerPass(false));
  passes.addPass(
      llvm::createModuleToFunctionPassAdaptor(llvm::SROAPass(llvm::SROAOptions::ModifyCFG)));
  passes.run(module, modules);
}

// What decides, inside one loop, whether it is left: conditions of its exits, what they are
// computed from, and the branches that choose among them.
class ExitSlice {
public:
  ExitSlice(const Loop& loop, const llvm::DominatorTree& tree) : loop_(loop), tree_(tree) {
    for (BasicBlock* block : loop.blocks())
      for (Instruction& i : *block)
        fenced_ |= isa<llvm::FenceInst>(i);
  }

  bool waits() {
    llvm::SmallVector<BasicBlock*, 8> exiting;
    loop_.getExitingBlocks(exiting);
    for (BasicBlock* block : exiting) {
      add(block->getTerminator());
      addChoices(block, loop_.getHeader());
    }
    while (!work_.empty())
      if (observes(*work_.pop_back_val()))
        return true;
    return false;
  }

private:
  void add(Value* value) {
    auto* i = dyn_cast<Instruction>(value);
    if (i && loop_.contains(i) && seen_.insert(i).second)
      work_.push_back(i);
  }
  // The branches on the way from `top` to `block`.
  void addChoices(BasicBlock* block, BasicBlock* top) {
    while (block != top && tree_.getNode(block) && tree_.getNode(block)->getIDom()) {
      block = tree_.getNode(block)->getIDom()->getBlock();
      if (!loop_.contains(block))
        return;
      add(block->getTerminator());
    }
  }
  void addOperands(Instruction& i) {
    for (Value* operand : i.operands())
      add(operand);
  }
  bool isLock(const llvm::AtomicCmpXchgInst& swap) const {
    return loop_.isLoopInvariant(swap.getCompareOperand());
  }
  // old == expected: whether a compare-and-swap succeeded.
  static llvm::AtomicCmpXchgInst* successOf(const llvm::ICmpInst& compare) {
    for (unsigned side : {0u, 1u})
      if (auto* old = dyn_cast<llvm::ExtractValueInst>(compare.getOperand(side)))
        if (auto* swap = dyn_cast<llvm::AtomicCmpXchgInst>(old->getAggregateOperand());
            swap && swap->getCompareOperand() == compare.getOperand(1 - side))
          return swap;
    return nullptr;
  }
  bool observes(Instruction& i) {
    if (auto* compare = dyn_cast<llvm::ICmpInst>(&i))
      if (auto* swap = successOf(*compare); swap && loop_.contains(swap))
        return isLock(*swap);
    if (auto* swap = dyn_cast<llvm::AtomicCmpXchgInst>(&i))
      return isLock(*swap);
    if (auto* load = dyn_cast<llvm::LoadInst>(&i); load && fenced_)
      return true; // a fence makes plain loads see what others wrote
    if (auto* call = dyn_cast<llvm::CallBase>(&i))
      if (const llvm::Function* f = call->getCalledFunction(); f && !f->isDeclaration())
        return anyObserver(*f);
    if (mayObserve(i))
      return true;
    if (isa<llvm::AtomicRMWInst>(i))
      return false; // counts on by itself
    if (auto* phi = dyn_cast<llvm::PHINode>(&i); phi && phi->getParent() != loop_.getHeader())
      for (BasicBlock* from : phi->blocks())
        if (loop_.contains(from)) {
          add(from->getTerminator());
          addChoices(from, tree_.getNode(phi->getParent())->getIDom()->getBlock());
        }
    addOperands(i);
    return false;
  }

  const Loop& loop_;
  const llvm::DominatorTree& tree_;
  bool fenced_ = false;
  llvm::SmallPtrSet<Instruction*, 16> seen_;
  llvm::SmallVector<Instruction*, 16> work_;
};

bool sleeps(const Loop& loop) {
  for (BasicBlock* block : loop.blocks())
    for (Instruction& i : *block)
      if (isCallOf(i, kSleep))
        return true;
  return false;
}

void addYield(Loop& loop, llvm::LoopInfo& loops, llvm::DominatorTree& tree) {
  llvm::Module& module = *loop.getHeader()->getModule();
  llvm::FunctionCallee yield =
      module.getOrInsertFunction(kYield, llvm::Type::getVoidTy(module.getContext()));
  llvm::SmallVector<BasicBlock*, 4> latches;
  loop.getLoopLatches(latches);
  for (BasicBlock* latch : latches) {
    BasicBlock* back = llvm::SplitEdge(latch, loop.getHeader(), &tree, &loops);
    llvm::IRBuilder<> b(back->getTerminator());
    b.CreateCall(yield);
  }
}

bool isUsed(const llvm::Module& module, const char* name) {
  const llvm::Function* f = module.getFunction(name);
  return f && !f->use_empty();
}

} // namespace

bool markSpinWaits(llvm::Module& module) {
  if (anyObserver(module)) {
    promoteRegisters(module);
    for (llvm::Function& f : module) {
      if (f.isDeclaration())
        continue;
      llvm::DominatorTree tree(f);
      llvm::LoopInfo loops(tree);
      llvm::SmallVector<Loop*, 8> waiting;
      for (Loop* loop : loops.getLoopsInPreorder())
        if (sleeps(*loop) || ExitSlice(*loop, tree).waits())
          waiting.push_back(loop);
      for (Loop* loop : waiting)
        addYield(*loop, loops, tree);
    }
  }
  return isUsed(module, kYield) || isUsed(module, kSleep);
}

} // namespace anywarp::cpu
