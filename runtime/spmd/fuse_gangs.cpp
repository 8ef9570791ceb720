// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/fuse_gangs.h"

#include "spmd/fusion_plan.h"
#include "spmd/intrinsics.h"

#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/MathExtras.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>

using namespace llvm;

namespace anywarp::spmd {
namespace {

constexpr unsigned kGangArgument = 2, kResumeArgument = 6, kFrameArgument = 7;

// ---- which kernels

bool dependsOnRow(const Value* v, DenseMap<const Value*, bool>& known) {
  auto* i = dyn_cast<Instruction>(v);
  if (!i)
    return false;
  auto [it, fresh] = known.try_emplace(v, false); // a phi in a cycle: what its other operands say
  if (!fresh)
    return it->second;
  bool result = false;
  if (auto* call = dyn_cast<CallBase>(i)) {
    auto id = awIntrinsic(*call);
    bool same = id && (*id == Aw::TidX || *id == Aw::LaneId || *id == Aw::ParamBase ||
                       *id == Aw::SharedBase || *id == Aw::GlobalAddr ||
                       (*id >= Aw::NtidX && *id <= Aw::NctaidZ));
    result = !same && !(call->getCalledFunction() && call->getCalledFunction()->isIntrinsic());
  }
  result = result || isa<AllocaInst>(i) || isa<AtomicRMWInst>(i) || isa<AtomicCmpXchgInst>(i);
  for (const Use& operand : i->operands())
    result = result || dependsOnRow(operand.get(), known);
  return known[v] = result;
}

bool dependsOnColumn(const Value* v, SmallPtrSetImpl<const Value*>& seen) {
  auto* i = dyn_cast<Instruction>(v);
  if (!i || !seen.insert(v).second)
    return false;
  if (auto* call = dyn_cast<CallBase>(i))
    if (auto id = awIntrinsic(*call))
      return *id == Aw::TidX || *id == Aw::LaneId;
  return any_of(i->operands(), [&](const Use& u) { return dependsOnColumn(u.get(), seen); });
}

// ---- the function

class Fuser {
public:
  Fuser(Function& gang, const FusionPlan& plan, unsigned copies)
      : gang_(gang), plan_(plan), copies_(copies), b_(gang.getContext()), each_(copies),
        blocks_(copies), entryPhis_(copies), joined_(copies) {}

  Function* run(Function& alone, unsigned frameSize);

private:
  using Region = FusionPlan::Region;
  using Values = DenseMap<const Value*, Value*>;
  void createBlocks();
  void emitArguments(unsigned frameSize);
  void emitTogether(BasicBlock& block);
  void emitTerminator(Instruction& t);
  void emitInTurn(const Region& region);
  void emitTurn(const Region& region, unsigned copy);
  void emitJoin(const Region& region, unsigned copy);
  void fillPhis(BasicBlock& block);
  void checkHomes(Function& alone);
  Value* get(Value* v, unsigned copy);
  Instruction* cloneFor(Instruction& i, unsigned copy);
  PHINode* phiLike(PHINode& phi) { return b_.CreatePHI(phi.getType(), 2, phi.getName()); }
  void setResult(Value* v, unsigned copy);

  Function& gang_;
  const FusionPlan& plan_;
  const unsigned copies_;
  IRBuilder<> b_;
  Function* out_ = nullptr;
  Values same_;
  SmallVector<Values, 4> each_;
  // Where all gangs come to a block together: the block, or what is in front of a region.
  DenseMap<const BasicBlock*, BasicBlock*> together_;
  SmallVector<DenseMap<const BasicBlock*, BasicBlock*>, 4> blocks_; // of the region being written
  SmallVector<DenseMap<const PHINode*, PHINode*>, 4> entryPhis_;    // of together_
  // Behind each gang's turn, and what it brings to phis there.
  DenseMap<const Region*, SmallVector<BasicBlock*, 4>> left_;
  SmallVector<DenseMap<std::pair<const Region*, const PHINode*>, PHINode*>, 4> joined_;
};

Value* Fuser::get(Value* v, unsigned copy) {
  if (isa<Constant>(v) || isa<MetadataAsValue>(v) || isa<InlineAsm>(v))
    return v;
  if (Value* own = each_[copy].lookup(v))
    return own;
  return same_.lookup(v);
}

Instruction* Fuser::cloneFor(Instruction& i, unsigned copy) {
  Instruction* clone = i.clone();
  for (Use& u : clone->operands())
    if (!isa<BasicBlock>(u.get()))
      u.set(get(u.get(), copy));
  return clone;
}

void Fuser::setResult(Value* v, unsigned copy) {
  Value* to = b_.CreateConstGEP1_32(b_.getInt32Ty(), out_->getArg(gang_.arg_size()), copy);
  b_.CreateStore(v, to);
}

void Fuser::createBlocks() {
  auto add = [&](const BasicBlock& block, const Twine& suffix) {
    return BasicBlock::Create(gang_.getContext(), block.getName() + suffix, out_);
  };
  for (BasicBlock& block : gang_) {
    const Region* region = plan_.regionOf(&block);
    if (!region || region->start == &block)
      together_[&block] = add(block, region ? ".turns" : "");
  }
  for (const auto& region : plan_.regions())
    for (unsigned copy = 0; copy < copies_; ++copy)
      left_[region.get()].push_back(add(*region->start, ".left"));
}

void Fuser::emitArguments(unsigned frameSize) {
  b_.SetInsertPoint(together_[&gang_.getEntryBlock()]);
  for (Argument& a : gang_.args())
    same_[&a] = out_->getArg(a.getArgNo());
  Argument *gang = gang_.getArg(kGangArgument), *frame = gang_.getArg(kFrameArgument);
  for (unsigned copy = 0; copy < copies_; ++copy) {
    each_[copy][gang] = b_.CreateAdd(same_[gang], b_.getInt32(copy));
    each_[copy][frame] =
        b_.CreateConstGEP1_64(b_.getInt8Ty(), same_[frame], uint64_t(copy) * frameSize);
  }
}

void Fuser::emitTogether(BasicBlock& block) {
  b_.SetInsertPoint(together_[&block]);
  for (Instruction& i : block) {
    if (i.isTerminator())
      return emitTerminator(i);
    bool differs = plan_.differs(&i);
    for (unsigned copy = 0; copy < copies_; ++copy) {
      if (copy && !differs) {
        each_[copy].erase(&i);
        continue;
      }
      auto* phi = dyn_cast<PHINode>(&i);
      Instruction* made = phi ? phiLike(*phi) : b_.Insert(cloneFor(i, copy));
      if (phi)
        entryPhis_[copy][phi] = cast<PHINode>(made);
      if (!differs)
        each_[copy].erase(&i);
      (differs ? each_[copy] : same_)[&i] = made;
    }
  }
}

void Fuser::emitTerminator(Instruction& t) {
  if (auto* ret = dyn_cast<ReturnInst>(&t)) {
    for (unsigned copy = 0; copy < copies_; ++copy)
      setResult(get(ret->getReturnValue(), copy), copy);
    b_.CreateRetVoid();
    return;
  }
  Instruction* clone = t.clone();
  for (Use& u : clone->operands())
    u.set(isa<BasicBlock>(u.get()) ? together_.lookup(cast<BasicBlock>(u.get())) : get(u.get(), 0));
  b_.Insert(clone);
}

// Gang after gang runs the region's blocks.
void Fuser::emitInTurn(const Region& region) {
  b_.SetInsertPoint(together_[region.start]);
  for (unsigned copy = 0; copy < copies_; ++copy) {
    blocks_[copy].clear();
    for (BasicBlock* block : region.blocks)
      blocks_[copy][block] = BasicBlock::Create(gang_.getContext(), block->getName(), out_);
    for (PHINode& phi : region.start->phis()) // what each gang comes with
      entryPhis_[copy][&phi] = phiLike(phi);
  }
  b_.CreateBr(blocks_[0][region.start]);
  for (unsigned copy = 0; copy < copies_; ++copy) {
    emitTurn(region, copy);
    emitJoin(region, copy);
  }
}

void Fuser::emitTurn(const Region& region, unsigned copy) {
  const auto& left = left_[&region];
  const auto& blocks = blocks_[copy];
  auto target = [&](Value* v) {
    BasicBlock* to = blocks.lookup(cast<BasicBlock>(v));
    return to ? to : left[copy];
  };
  SmallVector<std::pair<PHINode*, PHINode*>, 16> phis;
  for (BasicBlock* block : region.blocks) {
    b_.SetInsertPoint(blocks.lookup(block));
    for (Instruction& i : *block) {
      if (auto* ret = dyn_cast<ReturnInst>(&i)) {
        setResult(get(ret->getReturnValue(), copy), copy);
        b_.CreateBr(left[copy]);
        continue;
      }
      auto* phi = dyn_cast<PHINode>(&i);
      Instruction* made = phi ? phiLike(*phi) : b_.Insert(cloneFor(i, copy));
      if (phi)
        phis.push_back({phi, cast<PHINode>(made)});
      for (Use& u : made->operands())
        if (isa<BasicBlock>(u.get()))
          u.set(target(u.get()));
      each_[copy][&i] = made;
    }
  }
  for (auto [phi, made] : phis) {
    if (phi->getParent() == region.start)
      made->addIncoming(entryPhis_[copy][phi], copy ? left[copy - 1] : together_[region.start]);
    for (unsigned k = 0; k < phi->getNumIncomingValues(); ++k)
      if (BasicBlock* from = blocks.lookup(phi->getIncomingBlock(k)))
        made->addIncoming(get(phi->getIncomingValue(k), copy), from);
  }
}

void Fuser::emitJoin(const Region& region, unsigned copy) {
  b_.SetInsertPoint(left_[&region][copy]);
  if (region.join)
    for (PHINode& phi : region.join->phis()) {
      if (!plan_.differs(&phi))
        continue;
      PHINode* made = phiLike(phi);
      for (unsigned k = 0; k < phi.getNumIncomingValues(); ++k)
        if (BasicBlock* from = blocks_[copy].lookup(phi.getIncomingBlock(k)))
          made->addIncoming(get(phi.getIncomingValue(k), copy), from);
      joined_[copy][{&region, &phi}] = made;
    }
  if (copy + 1 < copies_)
    b_.CreateBr(blocks_[copy + 1][region.start]);
  else if (region.join)
    b_.CreateBr(together_[region.join]);
  else
    b_.CreateRetVoid();
}

// Of what all gangs enter together.
void Fuser::fillPhis(BasicBlock& block) {
  const Region* inside = plan_.regionOf(&block);
  for (PHINode& phi : block.phis())
    for (unsigned copy = 0; copy < copies_; ++copy) {
      PHINode* made = entryPhis_[copy].lookup(&phi);
      SmallPtrSet<const Region*, 4> seen;
      for (unsigned k = 0; made && k < phi.getNumIncomingValues(); ++k) {
        BasicBlock* from = phi.getIncomingBlock(k);
        const Region* region = plan_.regionOf(from);
        if (!region)
          made->addIncoming(get(phi.getIncomingValue(k), copy), together_[from]);
        else if (region != inside && region->join == &block && seen.insert(region).second)
          made->addIncoming(plan_.differs(&phi) ? joined_[copy].lookup({region, &phi})
                                                : get(phi.getIncomingValue(k), copy),
                            left_[region].back());
      }
    }
}

// In front of where the function goes on with what all gangs have saved: have they?
void Fuser::checkHomes(Function& alone) {
  BasicBlock* from = together_[&gang_.getEntryBlock()];
  BasicBlock* single = nullptr;
  for (BasicBlock* block : successors(&gang_.getEntryBlock())) {
    SmallVector<LoadInst*, 8> loads;
    for (Instruction& i : *block)
      if (plan_.isSameHome(i) && !i.use_empty())
        loads.push_back(cast<LoadInst>(&i));
    if (loads.empty())
      continue;
    if (!single) {
      single = BasicBlock::Create(gang_.getContext(), "single", out_);
      b_.SetInsertPoint(single);
      for (unsigned copy = 0; copy < copies_; ++copy) {
        SmallVector<Value*, 8> arguments;
        for (Argument& a : gang_.args())
          arguments.push_back(get(&a, copy));
        auto* call = b_.CreateCall(&alone, arguments);
        if (DISubprogram* sp = out_->getSubprogram())
          call->setDebugLoc(DILocation::get(gang_.getContext(), 0, 0, sp));
        setResult(call, copy);
      }
      b_.CreateRetVoid();
    }
    BasicBlock* check = BasicBlock::Create(gang_.getContext(), "check", out_, together_[block]);
    from->getTerminator()->replaceSuccessorWith(together_[block], check);
    together_[block]->replacePhiUsesWith(from, check);
    b_.SetInsertPoint(check);
    Value* same = b_.getTrue();
    for (LoadInst* load : loads) {
      auto read = [&](unsigned copy) {
        APInt offset(64, 0);
        load->getPointerOperand()->stripAndAccumulateConstantOffsets(
            gang_.getParent()->getDataLayout(), offset, /*AllowNonInbounds=*/true);
        Value* at = b_.CreateConstGEP1_64(b_.getInt8Ty(), each_[copy][gang_.getArg(kFrameArgument)],
                                          offset.getZExtValue());
        return b_.CreateAlignedLoad(load->getType(), at, load->getAlign());
      };
      Value* first = read(0);
      for (unsigned copy = 1; copy < copies_; ++copy) {
        Value *x = first, *y = read(copy);
        if (load->getType()->isFloatingPointTy()) {
          Type* bits = b_.getIntNTy(unsigned(load->getType()->getPrimitiveSizeInBits()));
          x = b_.CreateBitCast(x, bits), y = b_.CreateBitCast(y, bits);
        }
        same = b_.CreateAnd(same, b_.CreateICmpEQ(x, y));
      }
    }
    b_.CreateCondBr(same, together_[block], single);
  }
}

Function* Fuser::run(Function& alone, unsigned frameSize) {
  SmallVector<Type*, 12> types;
  for (Argument& a : gang_.args())
    types.push_back(a.getType());
  types.push_back(b_.getPtrTy());
  out_ =
      Function::Create(FunctionType::get(b_.getVoidTy(), types, false),
                       GlobalValue::InternalLinkage, gang_.getName() + ".fused", gang_.getParent());
  out_->addFnAttr(Attribute::NoUnwind);
  if (DISubprogram* sp = gang_.getSubprogram()) {
    gang_.setSubprogram(nullptr);
    out_->setSubprogram(sp);
  }
  createBlocks();
  emitArguments(frameSize);
  SmallVector<BasicBlock*, 0> order;
  for (BasicBlock* block : ReversePostOrderTraversal<Function*>(&gang_))
    order.push_back(block);
  for (BasicBlock* block : order) {
    const Region* region = plan_.regionOf(block);
    if (!region)
      emitTogether(*block);
    else if (region->start == block)
      emitInTurn(*region);
  }
  for (BasicBlock* block : order)
    if (together_.contains(block))
      fillPhis(*block);
  checkHomes(alone);
  EliminateUnreachableBlocks(*out_);
  return out_;
}

// ---- whether it pays

bool isVector(const Value* v) {
  auto* type = dyn_cast<FixedVectorType>(v->getType());
  return type && type->getNumElements() >= 8 && !type->getElementType()->isIntegerTy(1);
}

// Lanes that are spread come with the operation that takes them.
bool isFree(const Value* v) {
  return isa<Constant>(v) || isa<ShuffleVectorInst>(v) || isa<InsertElementInst>(v);
}

// A load of several lanes that differ, or what makes a gang's vector of it.
bool isWideLoad(const Instruction& i) {
  return isa<LoadInst>(i) && isVector(&i);
}

struct Estimate {
  unsigned shared = 0, work = 0;   // loads that gangs share, operations that each does on its own
  unsigned carried = 0, alive = 0; // registers of values that differ: into or out of it, at most
};

unsigned registersOf(const Value* v, unsigned bits) {
  return divideCeil(unsigned(v->getType()->getPrimitiveSizeInBits().getFixedValue()), bits);
}

Estimate estimate(const BasicBlock& block, const FusionPlan& plan, unsigned bits) {
  Estimate e;
  auto counts = [&](const Instruction& i) {
    return !isa<LoadInst>(i) && !isa<StoreInst>(i) && !isa<PHINode>(i);
  };
  DenseMap<const Value*, unsigned> last;
  unsigned at = 0, now = 0;
  for (const Instruction& i : block) {
    ++at;
    if (!counts(i) || isa<ExtractElementInst>(i) || isa<ShuffleVectorInst>(i))
      continue; // single lanes are kept as such
    for (const Value* v : i.operands())
      if (isVector(v) && plan.differs(v) && !isFree(v))
        last[v] = at;
  }
  for (const Instruction& i : block)
    if (last.contains(&i) &&
        any_of(i.users(),
               [&](const User* u) {
                 return cast<Instruction>(u)->getParent() != &block || isa<PHINode>(u);
               }) &&
        last.contains(&i))
      last[&i] = at;
  // Values from elsewhere are alive from the start.
  SmallPtrSet<const Value*, 16> alive;
  for (auto& [v, end] : last)
    if (isa<PHINode>(v) || !isa<Instruction>(v) || cast<Instruction>(v)->getParent() != &block)
      alive.insert(v);
  for (const Value* v : alive)
    now += registersOf(v, bits);
  e.carried = e.alive = now;
  at = 0;
  for (const Instruction& i : block) {
    ++at;
    if (isWideLoad(i) && !plan.differs(&i))
      ++e.shared;
    if (isVector(&i) && plan.differs(&i) && counts(i) && !isFree(&i))
      e.work += registersOf(&i, bits);
    for (const Value* v : i.operands())
      if (auto it = last.find(v); it != last.end() && it->second == at && alive.erase(v))
        now -= registersOf(v, bits);
    if (last.contains(&i) && alive.insert(&i).second)
      now += registersOf(&i, bits);
    e.alive = std::max(e.alive, now);
  }
  e.carried = std::max(e.carried, now);
  return e;
}

// Gangs side by side for which registers suffice; 0 where hardly anything is shared.
unsigned gangsThatPay(Function& gang, const FusionPlan& plan, bool hasBarriers, unsigned registers,
                      unsigned bits) {
  Estimate best;
  for (const BasicBlock& block : gang) {
    Estimate e = plan.regionOf(&block) ? Estimate() : estimate(block, plan, bits);
    if (e.shared > best.shared && e.shared * 8 >= e.work && e.work > 1)
      best = e;
  }
  if (!best.shared)
    return 0;
  // What lives shortly need not do so for all gangs at once. With barriers, more gangs are more to
  // save and to restore.
  for (unsigned gangs : {8u, 4u, 2u})
    if (gangs * best.carried + best.alive - best.carried <= registers * 7 / 8 &&
        !(hasBarriers && gangs > 4))
      return gangs;
  return 0;
}

// Resume points that are not in the list call the gang function instead.
void runOthersAlone(Function& whole, Function& gang, ArrayRef<unsigned> resumes) {
  auto* points = dyn_cast<SwitchInst>(whole.getEntryBlock().getTerminator());
  if (!points || points->getCondition() != whole.getArg(kResumeArgument))
    return;
  BasicBlock* alone = BasicBlock::Create(whole.getContext(), "alone", &whole);
  IRBuilder<> b(alone);
  SmallVector<Value*, 8> arguments;
  for (Argument& a : whole.args())
    arguments.push_back(&a);
  auto* call = b.CreateCall(&gang, arguments);
  if (DISubprogram* sp = whole.getSubprogram())
    call->setDebugLoc(DILocation::get(whole.getContext(), 0, 0, sp));
  b.CreateRet(call);
  for (auto& c : points->cases())
    if (!is_contained(resumes, c.getCaseValue()->getZExtValue())) {
      c.getCaseSuccessor()->removePredecessor(points->getParent());
      c.setSuccessor(alone);
    }
}

void simplify(Function& f) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager sccs;
  ModuleAnalysisManager modules;
  PassBuilder builder;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  FunctionPassManager passes;
  cantFail(builder.parsePassPipeline(
      passes, "sroa<modify-cfg>,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
              "simplifycfg,gvn<no-pre;no-load-pre>,adce,simplifycfg"));
  passes.run(f, functions);
}

} // namespace

bool gangsShareLoads(Function& program, LoopInfo& loops, const VectorizeOptions& options) {
  if (options.shape != BlockShape::Tile16 && options.shape != BlockShape::Tile8)
    return false; // elsewhere the columns of gangs differ
  DenseMap<const Value*, bool> known;
  for (BasicBlock& block : program) {
    if (!loops.getLoopFor(&block))
      continue;
    for (Instruction& i : block) {
      auto* load = dyn_cast<LoadInst>(&i);
      SmallPtrSet<const Value*, 32> seen;
      if (load && load->isSimple() && !dependsOnRow(load->getPointerOperand(), known) &&
          dependsOnColumn(load->getPointerOperand(), seen))
        return true;
    }
  }
  return false;
}

void resolveFullGang(Function& function, bool known) {
  for (BasicBlock& block : function)
    for (Instruction& i : make_early_inc_range(block))
      if (auto* call = dyn_cast<CallInst>(&i);
          call && call->getCalledFunction() && call->getCalledFunction()->getName() == kFullGang) {
        call->replaceAllUsesWith(known ? ConstantInt::getTrue(call->getContext())
                                       : call->getArgOperand(0));
        call->eraseFromParent();
      }
}

FusedGangs fuseGangs(Function& gang, unsigned frameSize, ArrayRef<unsigned> resumes,
                     unsigned vectorRegisters, unsigned vectorBits) {
  ValueToValueMapTy map;
  Function* whole = CloneFunction(&gang, map);
  resolveFullGang(*whole, true);
  runOthersAlone(*whole, gang, resumes);
  simplify(*whole);
  FusedGangs fused;
  FusionPlan plan(*whole, gang, whole->getArg(kGangArgument), whole->getArg(kFrameArgument));
  if (plan.isPossible())
    fused.gangs = gangsThatPay(*whole, plan, frameSize != 0, vectorRegisters, vectorBits);
  if (fused.gangs)
    fused.function = Fuser(*whole, plan, fused.gangs).run(gang, frameSize);
  whole->eraseFromParent();
  return fused;
}

} // namespace anywarp::spmd
