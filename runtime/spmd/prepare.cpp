// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/prepare.h"

#include "spmd/drop_signs.h"
#include "spmd/flatten_calls.h"
#include "spmd/intrinsics.h"
#include "spmd/sink_addresses.h"
#include "spmd/split_structs.h"
#include "support/log.h"

#include <functional>
#include <llvm/ADT/SCCIterator.h>
#include <llvm/Analysis/CallGraph.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/Scalarizer.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/FixIrreducible.h>
#include <llvm/Transforms/Utils/LCSSA.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/LowerSwitch.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr const char* kMayExit = "aw-may-exit";
constexpr unsigned kInlineLimit = 60000; // instructions after inlining everything

void describeIntrinsics(Module& module) {
  LLVMContext& context = module.getContext();
  auto range = [&](Function& f, uint64_t low, uint64_t high) {
    f.addRangeRetAttr(ConstantRange(APInt(32, low), APInt(32, high)));
  };
  for (Function& f : module) {
    if (!f.isDeclaration() || !f.getName().starts_with("aw.") ||
        f.getName().starts_with("aw.lane."))
      continue;
    f.setDoesNotThrow();
    StringRef n = f.getName().drop_front(3);
    bool reg = n.starts_with("tid.") || n.starts_with("ntid.") || n.starts_with("ctaid.") ||
               n.starts_with("nctaid.") || n == "laneid" || n == "warpid" || n == "nwarpid" ||
               n == "smid" || n == "nsmid" || n == "gridid" || n.starts_with("lanemask.") ||
               n == "dynsmem" || n == "totalsmem" || n == "param.base" || n == "shared.base" ||
               n == "global.addr" || n.starts_with("cluster.");
    if (reg) {
      f.setDoesNotAccessMemory();
      f.setWillReturn();
      f.addFnAttr(Attribute::Speculatable);
      if (n.starts_with("tid.") || n == "warpid")
        range(f, 0, 1024);
      else if (n.starts_with("ntid.") || n == "nwarpid")
        range(f, 1, 1025);
      else if (n == "laneid")
        range(f, 0, 32);
      else if (n.starts_with("ctaid."))
        range(f, 0, 0x7fffffff);
      else if (n.starts_with("nctaid."))
        range(f, 1, 0x80000000u);
      if (f.getReturnType()->isPointerTy()) {
        f.addRetAttr(Attribute::NonNull);
        // Parameters, the shared window and module variables never overlap.
        if (n != "global.addr")
          f.addRetAttr(
              Attribute::get(context, Attribute::Alignment, n == "shared.base" ? 128 : 16));
      }
      continue;
    }
    f.addFnAttr(Attribute::Convergent);
    if (n.starts_with("shfl.") || n.starts_with("vote.") || n.starts_with("match.") ||
        n.starts_with("redux.")) {
      // Reads other lanes, not memory; convergent keeps it where it is.
      f.setDoesNotAccessMemory();
      f.setWillReturn();
    } else if (n.starts_with("barrier") || n == "yield") {
      f.addFnAttr(Attribute::NoDuplicate);
    }
  }
}

// Everything that is not recursive is inlined: masks stay in registers and barriers find the
// kernel.
void markInlining(Module& module, const std::string& kernel) {
  unsigned total = 0;
  for (Function& f : module)
    total += f.getInstructionCount();
  CallGraph graph(module);
  for (auto it = scc_begin(&graph); !it.isAtEnd(); ++it) {
    for (CallGraphNode* node : *it) {
      Function* f = node->getFunction();
      if (!f || f->isDeclaration() || f->getName() == kernel)
        continue;
      f->setLinkage(GlobalValue::InternalLinkage);
      f->removeFnAttr(Attribute::OptimizeNone);
      if (it.hasCycle()) {
        f->removeFnAttr(Attribute::AlwaysInline);
        f->addFnAttr(Attribute::NoInline);
      } else if (total < kInlineLimit || f->hasFnAttribute(Attribute::AlwaysInline)) {
        f->removeFnAttr(Attribute::NoInline);
        f->addFnAttr(Attribute::AlwaysInline);
      }
    }
  }
}

// Flags such as nsw speak about threads that run; the emitter also computes lane 0 of gangs whose
// lane 0 does not, so poison must not come from them.
void dropFlags(Function& f) {
  for (Instruction& i : make_early_inc_range(instructions(f))) {
    IRBuilder<> b(&i);
    if (auto* op = dyn_cast<PossiblyDisjointInst>(&i); op && op->isDisjoint()) {
      Value* add = b.CreateAdd(i.getOperand(0), i.getOperand(1), i.getName());
      i.replaceAllUsesWith(add);
      i.eraseFromParent();
      continue;
    }
    if (auto* z = dyn_cast<ZExtInst>(&i); z && z->hasNonNeg()) {
      Value* s = b.CreateSExt(z->getOperand(0), z->getType(), z->getName());
      z->replaceAllUsesWith(s);
      z->eraseFromParent();
      continue;
    }
    i.dropPoisonGeneratingFlags();
    MDNode* accuracy = i.getMetadata(LLVMContext::MD_fpmath); // promises nothing about operands
    i.dropUBImplyingAttrsAndMetadata();
    i.setMetadata(LLVMContext::MD_fpmath, accuracy);
  }
}

// Fields of struct results and elements of vector loads are read right behind their definition, so
// that only plain values live across blocks.
void placeExtracts(Function& f) {
  for (Instruction& i : make_early_inc_range(instructions(f))) {
    Type* t = i.getType();
    if (!t->isStructTy() && !(t->isVectorTy() && isa<LoadInst>(i)))
      continue;
    DenseMap<unsigned, Instruction*> fields;
    for (User* u : make_early_inc_range(i.users())) {
      auto* e = cast<Instruction>(u);
      unsigned index;
      if (auto* ev = dyn_cast<ExtractValueInst>(e); ev && ev->getNumIndices() == 1)
        index = ev->getIndices()[0];
      else if (auto* ee = dyn_cast<ExtractElementInst>(e);
               ee && isa<ConstantInt>(ee->getIndexOperand()))
        index = unsigned(cast<ConstantInt>(ee->getIndexOperand())->getZExtValue());
      else
        continue;
      auto& first = fields[index];
      if (first) {
        e->replaceAllUsesWith(first);
        e->eraseFromParent();
        continue;
      }
      e->moveAfter(&i);
      first = e;
    }
  }
}

// The insertelement chain of a vector store stands right before it.
void placeInserts(Function& f) {
  for (Instruction& i : make_early_inc_range(instructions(f))) {
    auto* store = dyn_cast<StoreInst>(&i);
    if (!store || !store->getValueOperand()->getType()->isVectorTy())
      continue;
    SmallVector<InsertElementInst*, 8> chain;
    Value* v = store->getValueOperand();
    while (auto* ie = dyn_cast<InsertElementInst>(v)) {
      chain.push_back(ie);
      v = ie->getOperand(0);
    }
    Value* rebuilt = v;
    IRBuilder<> b(store);
    for (auto* ie : reverse(chain))
      rebuilt = b.CreateInsertElement(rebuilt, ie->getOperand(1), ie->getOperand(2));
    store->setOperand(0, rebuilt);
  }
}

void isolateBarriers(Function& f) {
  SmallVector<CallBase*, 8> barriers;
  for (Instruction& i : instructions(f))
    if (auto* call = dyn_cast<CallBase>(&i))
      if (auto id = awIntrinsic(*call); id && isBarrier(*id))
        barriers.push_back(call);
  for (CallBase* call : barriers) {
    BasicBlock* rest = SplitBlock(call->getParent(), std::next(call->getIterator()));
    rest->setName("after.barrier");
    if (call != &call->getParent()->front())
      SplitBlock(call->getParent(), call->getIterator());
  }
}

// A lane that yields stays behind at the end of its block.
void isolateYields(Function& f) {
  SmallVector<CallBase*, 8> yields;
  for (Instruction& i : instructions(f))
    if (auto* call = dyn_cast<CallBase>(&i); call && awIntrinsic(*call) == Aw::Yield)
      yields.push_back(call);
  for (CallBase* call : yields) {
    auto* br = dyn_cast<BranchInst>(call->getNextNonDebugInstruction());
    if (!br || br->isConditional())
      SplitBlock(call->getParent(), std::next(call->getIterator()));
  }
}

// Functions in which a thread may end, themselves or in what they call: the caller looks behind the
// call who is left.
void isolateExits(Module& module) {
  SmallPtrSet<Function*, 8> ending;
  for (bool changed = true; changed;) {
    changed = false;
    for (Function& f : module)
      for (Instruction& i : instructions(f))
        if (auto* call = dyn_cast<CallBase>(&i)) {
          Function* callee = call->getCalledFunction();
          if (awIntrinsic(*call) == Aw::Exit || (callee && ending.contains(callee)))
            changed |= ending.insert(&f).second;
        }
  }
  SmallVector<CallBase*, 8> calls;
  for (Function& f : module)
    for (Instruction& i : instructions(f))
      if (auto* call = dyn_cast<CallBase>(&i))
        if (Function* callee = call->getCalledFunction(); callee && ending.contains(callee))
          calls.push_back(call);
  for (CallBase* call : calls) {
    call->getCalledFunction()->addFnAttr(kMayExit);
    auto* br = dyn_cast<BranchInst>(call->getNextNonDebugInstruction());
    if (!br || br->isConditional())
      SplitBlock(call->getParent(), std::next(call->getIterator()));
  }
}

} // namespace

CallBase* exitingCallOf(const BasicBlock& block) {
  const Instruction* t = block.getTerminator();
  auto* call =
      t ? dyn_cast_or_null<CallBase>(const_cast<Instruction*>(t->getPrevNonDebugInstruction()))
        : nullptr;
  const Function* f = call ? call->getCalledFunction() : nullptr;
  return f && f->hasFnAttribute(kMayExit) && block.getSingleSuccessor() ? call : nullptr;
}

CallBase* yieldOf(const BasicBlock& block) {
  const Instruction* t = block.getTerminator();
  auto* call =
      t ? dyn_cast_or_null<CallBase>(const_cast<Instruction*>(t->getPrevNonDebugInstruction()))
        : nullptr;
  return call && awIntrinsic(*call) == Aw::Yield && block.getSingleSuccessor() ? call : nullptr;
}

CallBase* barrierOf(const BasicBlock& block) {
  auto* call = dyn_cast<CallBase>(const_cast<Instruction*>(block.getFirstNonPHIOrDbg()));
  if (!call)
    return nullptr;
  auto id = awIntrinsic(*call);
  return id && isBarrier(*id) ? call : nullptr;
}

Result<void> prepareModule(Module& module, const std::string& kernel, TargetMachine* target) {
  Function* f = module.getFunction(kernel);
  if (!f || f->isDeclaration())
    return makeError(Status::NotFound, "no kernel \"" + kernel + "\" in the module");
  describeIntrinsics(module);
  markInlining(module, kernel);

  LoopAnalysisManager lam;
  FunctionAnalysisManager fam;
  CGSCCAnalysisManager cgam;
  ModuleAnalysisManager mam;
  PassBuilder pb(target);
  pb.registerModuleAnalyses(mam);
  pb.registerCGSCCAnalyses(cgam);
  pb.registerFunctionAnalyses(fam);
  pb.registerLoopAnalyses(lam);
  pb.crossRegisterProxies(lam, fam, cgam, mam);

  {
    ModulePassManager mpm;
    mpm.addPass(AlwaysInlinerPass(false));
    mpm.addPass(GlobalDCEPass());
    FunctionPassManager fpm;
    fpm.addPass(SROAPass(SROAOptions::ModifyCFG));
    fpm.addPass(EarlyCSEPass(true));
    fpm.addPass(SimplifyCFGPass());
    fpm.addPass(InstCombinePass());
    fpm.addPass(SimplifyCFGPass());
    fpm.addPass(createFunctionToLoopPassAdaptor(LICMPass(LICMOptions()), true));
    fpm.addPass(DropSignsPass()); // loops have their form now
    fpm.addPass(EarlyCSEPass(true));
    ScalarizerPassOptions scalar;
    scalar.ScalarizeLoadStore = false;
    fpm.addPass(ScalarizerPass(scalar));
    fpm.addPass(SROAPass(SROAOptions::PreserveCFG));
    fpm.addPass(ADCEPass());
    fpm.addPass(LowerSwitchPass());
    mpm.addPass(createModuleToFunctionPassAdaptor(std::move(fpm)));
    mpm.run(module, mam);
  }
  mam.clear();
  fam.clear();
  if (flattenWaitingCalls(*f)) {
    FunctionPassManager fpm;
    fpm.addPass(SROAPass(SROAOptions::ModifyCFG));
    fpm.addPass(EarlyCSEPass(true));
    fpm.addPass(SimplifyCFGPass());
    fpm.addPass(LowerSwitchPass());
    fpm.run(*f, fam);
  }
  for (Function& g : module) {
    if (g.isDeclaration())
      continue;
    dropFlags(g);
    splitStructs(g);
    placeExtracts(g);
    placeInserts(g);
    isolateBarriers(g);
    isolateYields(g);
    sinkAddresses(g);
  }
  isolateExits(module);
  mam.clear();
  fam.clear();
  {
    FunctionPassManager fpm;
    fpm.addPass(FixIrreduciblePass());
    fpm.addPass(LoopSimplifyPass());
    fpm.addPass(LCSSAPass());
    ModulePassManager mpm;
    mpm.addPass(createModuleToFunctionPassAdaptor(std::move(fpm)));
    mpm.run(module, mam);
  }
  return {};
}

// Each loop is one node of the graph it lies in; reverse post-order of every level.
SmallVector<BasicBlock*, 32> blockOrder(Function& function, LoopInfo& loops) {
  SmallVector<BasicBlock*, 32> order;
  std::function<void(Loop*, BasicBlock*)> visitLevel = [&](Loop* level, BasicBlock* entry) {
    SmallVector<BasicBlock*, 32> post; // headers stand for inner loops
    SmallPtrSet<BasicBlock*, 32> seen;
    auto representative = [&](BasicBlock* block) -> BasicBlock* {
      Loop* l = loops.getLoopFor(block);
      if (l == level)
        return block;
      if (!l || (level && !level->contains(l)))
        return nullptr; // leaves this level
      while (l->getParentLoop() != level)
        l = l->getParentLoop();
      return l->getHeader();
    };
    // Iterative depth-first walk; the stack holds a node and its unvisited successors.
    SmallVector<std::pair<BasicBlock*, SmallVector<BasicBlock*, 4>>, 32> stack;
    auto push = [&](BasicBlock* node) {
      if (!seen.insert(node).second)
        return;
      SmallVector<BasicBlock*, 4> next;
      Loop* l = loops.getLoopFor(node);
      SmallVector<BasicBlock*, 4> outs;
      if (l != level) {
        SmallVector<BasicBlock*, 4> exits;
        l->getExitBlocks(exits);
        outs = exits;
      } else {
        outs.append(succ_begin(node), succ_end(node));
      }
      for (BasicBlock* s : outs)
        if (BasicBlock* r = representative(s); r && r != entry)
          next.push_back(r);
      stack.push_back({node, next});
    };
    push(entry);
    while (!stack.empty()) {
      auto& top = stack.back();
      if (top.second.empty()) {
        post.push_back(top.first);
        stack.pop_back();
        continue;
      }
      BasicBlock* next = top.second.back();
      top.second.pop_back();
      push(next);
    }
    for (BasicBlock* node : reverse(post)) {
      Loop* l = loops.getLoopFor(node);
      if (l != level)
        visitLevel(l, node);
      else
        order.push_back(node);
    }
  };
  visitLevel(nullptr, &function.getEntryBlock());
  return order;
}

} // namespace anywarp::spmd
