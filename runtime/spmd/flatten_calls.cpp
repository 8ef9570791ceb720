// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/flatten_calls.h"

#include "spmd/intrinsics.h"
#include "spmd/meeting.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/SCCIterator.h>
#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/CallGraph.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Local.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr const char* kFlattened = "aw-flattened";

bool waits(const CallBase& call) {
  auto id = awIntrinsic(call);
  return id && (*id == Aw::Yield || isBarrier(*id) || membersOperand(*id) >= 0);
}

using Functions = SmallSetVector<Function*, 8>;

// All functions but the kernel in which a thread may wait, themselves or in what they call; empty
// if none of them is recursive.
Functions waitingFunctions(Function& kernel) {
  Functions waiting;
  for (bool changed = true; changed;) {
    changed = false;
    for (Function& f : *kernel.getParent())
      for (Instruction& i : instructions(f))
        if (auto* call = dyn_cast<CallBase>(&i))
          if (&f != &kernel && (waits(*call) || waiting.contains(call->getCalledFunction())))
            changed |= waiting.insert(&f);
  }
  CallGraph graph(*kernel.getParent());
  for (auto it = scc_begin(&graph); !it.isAtEnd(); ++it)
    if (it.hasCycle() &&
        any_of(*it, [&](CallGraphNode* node) { return waiting.contains(node->getFunction()); }))
      return waiting;
  return {};
}

// What stands for a function that becomes a part of the kernel.
struct Flat {
  BasicBlock* entry = nullptr;
  BasicBlock* leave = nullptr; // the only return
  SwitchInst* back = nullptr;  // its end: on to where the call came from
  SmallVector<AllocaInst*, 8> arguments;
  AllocaInst* result = nullptr;
  uint64_t frameSize = 0;              // of the thread's stack
  SmallVector<BasicBlock*, 8> returns; // by number of the call
};

class Flattener {
public:
  Flattener(Function& kernel, const Functions& waiting) : kernel_(kernel), waiting_(waiting) {}

  void run() {
    makeVariables();
    for (Function* f : waiting_)
      openFunction(*f, flats_[f]);
    isolateCalls(kernel_);
    for (Function* f : waiting_)
      isolateCalls(*f);
    keepAcrossCalls(kernel_, callsOf(kernel_));
    for (Function* f : waiting_) {
      keepAcrossCalls(*f, callsOf(*f));
      moveToStack(*f, flats_[f]);
    }
    for (Call& call : calls_)
      jump(call);
    for (Function* f : waiting_)
      moveIn(*f, flats_[f]);
    kernel_.addFnAttr(kFlattened);
  }

private:
  struct Call {
    CallInst* call;
    Function* caller;
    BasicBlock* after;
  };

  LLVMContext& context() const { return kernel_.getContext(); }
  Type* word() const { return Type::getInt64Ty(context()); }
  Type* number() const { return Type::getInt32Ty(context()); }
  Type* byte() const { return Type::getInt8Ty(context()); }

  // Variables of the kernel; nothing of them lives across a call, but for the stack.
  void makeVariables() {
    IRBuilder<> b(&kernel_.getEntryBlock(), kernel_.getEntryBlock().getFirstInsertionPt());
    stack_ = b.CreateAlloca(ArrayType::get(byte(), kFlatStack), nullptr, "calls.stack");
    stack_->setAlignment(Align(16));
    top_ = b.CreateAlloca(word(), nullptr, "calls.top");
    from_ = b.CreateAlloca(number(), nullptr, "calls.from");
    for (Function* f : waiting_) {
      Flat& flat = flats_[f];
      for (Argument& a : f->args())
        flat.arguments.push_back(b.CreateAlloca(a.getType(), nullptr, f->getName() + ".arg"));
      if (!f->getReturnType()->isVoidTy())
        flat.result = b.CreateAlloca(f->getReturnType(), nullptr, f->getName() + ".result");
    }
    b.CreateStore(b.getInt64(0), top_);
  }

  // Arguments and the caller's number are read first; one return.
  void openFunction(Function& f, Flat& flat) {
    BasicBlock& first = f.getEntryBlock();
    flat.entry = BasicBlock::Create(context(), f.getName() + ".enter", &f, &first);
    IRBuilder<> b(flat.entry);
    for (auto [a, variable] : zip(f.args(), flat.arguments))
      a.replaceAllUsesWith(b.CreateLoad(a.getType(), variable, a.getName()));
    Value* from = b.CreateLoad(number(), from_, "from");
    b.CreateBr(&first);
    flat.leave = BasicBlock::Create(context(), f.getName() + ".leave", &f);
    BasicBlock* nowhere = BasicBlock::Create(context(), "nowhere", &f);
    new UnreachableInst(context(), nowhere);
    flat.back = SwitchInst::Create(from, nowhere, 4, flat.leave); // cases: moveIn()
    for (BasicBlock& block : f)
      if (auto* ret = dyn_cast<ReturnInst>(block.getTerminator())) {
        IRBuilder<> r(ret);
        if (flat.result)
          r.CreateStore(ret->getReturnValue(), flat.result);
        r.CreateBr(flat.leave);
        ret->eraseFromParent();
      }
  }

  // Each call ends its block; its result is read from the variable behind it.
  void isolateCalls(Function& f) {
    SmallVector<CallInst*, 8> found;
    for (Instruction& i : instructions(f))
      if (auto* call = dyn_cast<CallInst>(&i); call && flats_.count(call->getCalledFunction()))
        found.push_back(call);
    for (CallInst* call : found) {
      BasicBlock* after = SplitBlock(call->getParent(), call->getNextNode());
      after->setName("called");
      if (AllocaInst* result = flats_[call->getCalledFunction()].result) {
        IRBuilder<> b(after, after->begin());
        call->replaceAllUsesWith(b.CreateLoad(call->getType(), result));
      }
      calls_.push_back({call, &f, after});
    }
  }

  SmallVector<Call*, 8> callsOf(Function& f) {
    SmallVector<Call*, 8> result;
    for (Call& c : calls_)
      if (c.caller == &f)
        result.push_back(&c);
    return result;
  }

  using Blocks = SmallPtrSet<const BasicBlock*, 32>;

  template <typename Next> static Blocks reached(BasicBlock* from, Next&& next) {
    Blocks seen;
    SmallVector<BasicBlock*, 32> work{from};
    while (!work.empty())
      for (BasicBlock* block : next(work.pop_back_val()))
        if (seen.insert(block).second)
          work.push_back(block);
    return seen;
  }

  // Values with a way from their definition over a call to a use become memory. More than what
  // lives across calls, but enough: other values are defined anew between any call and their use.
  void keepAcrossCalls(Function& f, ArrayRef<Call*> calls) {
    SmallSetVector<Instruction*, 32> kept;
    for (Call* call : calls) {
      BasicBlock* at = call->call->getParent();
      Blocks before = reached(at, [](BasicBlock* block) { return predecessors(block); });
      before.insert(at);
      Blocks behind = reached(at, [](BasicBlock* block) { return successors(block); });
      auto crosses = [&](const Instruction& i, const Use& use) {
        auto* user = cast<Instruction>(use.getUser());
        auto* phi = dyn_cast<PHINode>(user);
        const BasicBlock* where = phi ? phi->getIncomingBlock(use) : user->getParent();
        return behind.contains(where) && (phi || where != i.getParent());
      };
      for (Instruction& i : instructions(f))
        if (!i.getType()->isVoidTy() && !isa<AllocaInst>(i) && before.contains(i.getParent()) &&
            any_of(i.uses(), [&](const Use& use) { return crosses(i, use); }))
          kept.insert(&i);
    }
    for (Instruction* i : kept)
      DemoteRegToStack(*i, /*VolatileLoads=*/false, f.getEntryBlock().getFirstNonPHIIt());
  }

  // Local variables, and what was kept, lie in the frame of the call.
  void moveToStack(Function& f, Flat& flat) {
    const DataLayout& layout = f.getParent()->getDataLayout();
    SmallVector<AllocaInst*, 16> locals;
    for (Instruction& i : instructions(f))
      if (auto* a = dyn_cast<AllocaInst>(&i))
        locals.push_back(a);
    DenseMap<BasicBlock*, Value*> frames;
    auto frameIn = [&](BasicBlock* block) {
      Value*& frame = frames[block];
      if (!frame) {
        IRBuilder<> b(block, block->getFirstInsertionPt());
        frame = b.CreateGEP(byte(), stack_, b.CreateLoad(word(), top_), "frame");
      }
      return frame;
    };
    for (AllocaInst* a : locals) {
      auto size = a->getAllocationSize(layout);
      uint64_t at = alignTo(flat.frameSize, std::max(a->getAlign(), Align(8)));
      flat.frameSize = at + (size ? size->getFixedValue() : 0);
      while (!a->use_empty()) {
        Use& use = *a->use_begin();
        auto* user = cast<Instruction>(use.getUser());
        auto* phi = dyn_cast<PHINode>(user);
        BasicBlock* block = phi ? phi->getIncomingBlock(use) : user->getParent();
        Value* frame = frameIn(block);
        IRBuilder<> b(phi ? block->getTerminator() : user);
        Value* address = b.CreateConstGEP1_64(byte(), frame, at, a->getName());
        if (!phi) {
          use.set(address);
          continue;
        }
        for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) // an edge may be there twice
          if (phi->getIncomingBlock(i) == block && phi->getIncomingValue(i) == a)
            phi->setIncomingValue(i, address);
      }
    }
    for (AllocaInst* a : locals)
      a->eraseFromParent();
    flat.frameSize = alignTo(flat.frameSize, 16);
  }

  void jump(Call& c) {
    Flat& callee = flats_[c.call->getCalledFunction()];
    auto caller = flats_.find(c.caller);
    uint64_t frame = caller == flats_.end() ? 0 : caller->second.frameSize;
    IRBuilder<> b(c.call);
    for (auto [value, variable] : zip(c.call->args(), callee.arguments))
      b.CreateStore(value, variable);
    b.CreateStore(b.getInt32(unsigned(callee.returns.size())), from_);
    moveTop(b, frame);
    Instruction* end = c.call->getParent()->getTerminator();
    BranchInst::Create(callee.entry, end->getIterator());
    end->eraseFromParent();
    c.call->eraseFromParent();
    IRBuilder<> after(c.after, c.after->begin());
    moveTop(after, 0 - frame);
    callee.returns.push_back(c.after);
  }
  void moveTop(IRBuilder<>& b, uint64_t by) {
    if (by)
      b.CreateStore(b.CreateAdd(b.CreateLoad(word(), top_), b.getInt64(by)), top_);
  }

  void moveIn(Function& f, Flat& flat) {
    checkDepth(flat);
    for (auto [i, block] : enumerate(flat.returns))
      flat.back->addCase(ConstantInt::get(Type::getInt32Ty(context()), i), block);
    placeLines(f);
    kernel_.splice(kernel_.end(), &f);
  }

  // Too deep is what an overflow of the stack is on a GPU.
  void checkDepth(Flat& flat) {
    BasicBlock* body = SplitBlock(flat.entry, flat.entry->begin());
    BasicBlock* deep = BasicBlock::Create(context(), "too.deep", flat.entry->getParent(), body);
    IRBuilder<> b(deep);
    Module& module = *kernel_.getParent();
    b.CreateCall(module.getOrInsertFunction("aw.rt.stack_overflow", b.getVoidTy()));
    b.CreateUnreachable();
    b.SetInsertPoint(flat.entry->getTerminator());
    Value* room =
        b.CreateICmpULE(b.CreateLoad(word(), top_), b.getInt64(kFlatStack - flat.frameSize));
    b.CreateCondBr(room, body, deep);
    flat.entry->getTerminator()->eraseFromParent();
  }

  // Lines of a function inside of another one need a place where it was inlined.
  void placeLines(Function& f) {
    DISubprogram* outer = kernel_.getSubprogram();
    DILocation* site =
        outer ? DILocation::getDistinct(context(), outer->getLine(), 0, outer) : nullptr;
    DenseMap<const MDNode*, MDNode*> cache;
    for (Instruction& i : instructions(f)) {
      i.dropDbgRecords();
      if (DebugLoc loc = i.getDebugLoc())
        i.setDebugLoc(site ? DebugLoc::appendInlinedAt(loc, site, context(), cache) : DebugLoc());
    }
    f.setSubprogram(nullptr);
  }

  Function& kernel_;
  const Functions& waiting_;
  AllocaInst *stack_ = nullptr, *top_ = nullptr, *from_ = nullptr;
  MapVector<Function*, Flat> flats_;
  std::vector<Call> calls_;
};

} // namespace

bool flattenWaitingCalls(Function& kernel) {
  Functions waiting = waitingFunctions(kernel);
  if (waiting.empty())
    return false;
  Flattener(kernel, waiting).run();
  for (Function* f : waiting)
    f->dropAllReferences();
  for (Function* f : waiting)
    f->eraseFromParent();
  return true;
}

bool isFlattened(const Function& kernel) {
  return kernel.hasFnAttribute(kFlattened);
}

} // namespace anywarp::spmd
