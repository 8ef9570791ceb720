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

constexpr const char* kSleep = "aw.rt.nanosleep";

// A read that may see what another thread writes meanwhile.
bool observes(const llvm::Instruction& i) {
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&i))
    return load->isVolatile() || load->isAtomic();
  if (auto* swap = llvm::dyn_cast<llvm::AtomicRMWInst>(&i))
    return swap->getOperation() == llvm::AtomicRMWInst::Xchg;
  return llvm::isa<llvm::AtomicCmpXchgInst>(i);
}

bool anyObserver(const llvm::Module& module) {
  for (const llvm::Function& f : module)
    for (const llvm::BasicBlock& block : f)
      for (const llvm::Instruction& i : block)
        if (observes(i))
          return true;
  return false;
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

// A loop that carries nothing from one round to the next, in registers or by stores, and reads what
// others may write ends only when somebody else does something: every round is the same until then.
bool waits(const llvm::Loop& loop) {
  if (llvm::isa<llvm::PHINode>(loop.getHeader()->front()))
    return false;
  bool reads = false;
  for (llvm::BasicBlock* block : loop.blocks())
    for (llvm::Instruction& i : *block) {
      if (observes(i))
        reads = true;
      else if (i.mayWriteToMemory() && !llvm::isa<llvm::FenceInst>(i))
        return false;
    }
  return reads;
}

void addSleep(llvm::Loop& loop, llvm::LoopInfo& loops, llvm::DominatorTree& tree) {
  llvm::Module& module = *loop.getHeader()->getModule();
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(module.getContext()),
                                       {llvm::Type::getInt32Ty(module.getContext())}, false);
  llvm::FunctionCallee sleep = module.getOrInsertFunction(kSleep, type);
  llvm::SmallVector<llvm::BasicBlock*, 4> latches;
  loop.getLoopLatches(latches);
  for (llvm::BasicBlock* latch : latches) {
    llvm::BasicBlock* back = llvm::SplitEdge(latch, loop.getHeader(), &tree, &loops);
    llvm::IRBuilder<> b(back->getTerminator());
    b.CreateCall(sleep, {b.getInt32(0)});
  }
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
      for (llvm::Loop* loop : loops.getLoopsInPreorder())
        if (waits(*loop))
          addSleep(*loop, loops, tree);
    }
  }
  llvm::Function* sleep = module.getFunction(kSleep);
  return sleep && !sleep->use_empty();
}

} // namespace anywarp::cpu
