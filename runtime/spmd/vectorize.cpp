// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spmd/vectorize.h"

#include "spmd/flatten_calls.h"
#include "spmd/fuse_gangs.h"
#include "spmd/gang_emitter.h"
#include "spmd/meeting.h"
#include "spmd/prepare.h"
#include "spmd/refine.h"
#include "spmd/vector_registers.h"

#include <cstddef>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <optional>

using namespace llvm;

namespace anywarp::spmd {
namespace {

TargetTraits traitsOf(TargetMachine* target) {
  TargetTraits t;
  if (!target)
    return t;
  StringRef f = target->getTargetFeatureString();
  t.gather = f.contains("+avx512f") && f.contains("+avx512vl");
  t.maskedNarrow = f.contains("+avx512bw");
  return t;
}

FunctionType* gangType(Function& f, bool kernel) {
  LLVMContext& c = f.getContext();
  Type* ptr = PointerType::getUnqual(c);
  Type* i32 = Type::getInt32Ty(c);
  SmallVector<Type*, 12> params{ptr, ptr, i32, i32, i32, i32};
  Type* result = i32;
  if (kernel) {
    params.append({i32, ptr}); // resume, frame
  } else {
    params.push_back(FixedVectorType::get(Type::getInt1Ty(c), kLanes));
    params.push_back(ptr); // u32: lanes of the gang that have not exited
    for (Argument& a : f.args())
      params.push_back(FixedVectorType::get(a.getType(), kLanes));
    result = f.getReturnType()->isVoidTy() ? f.getReturnType()
                                           : FixedVectorType::get(f.getReturnType(), kLanes);
  }
  return FunctionType::get(result, params, false);
}

struct Built {
  Function* gang = nullptr;
  unsigned frameSize = 0, localSize = 0;
  bool barrier = false;
  bool sharesLoads = false; // between neighbouring gangs
  SmallVector<unsigned, 8> coherentResumes;
  FusedGangs fused;
};

Result<void> buildGang(Function& source, Function& out, bool kernel,
                       const VectorizeOptions& options, const TargetTraits& traits, Built& built) {
  {
    DominatorTree dt(source);
    LoopInfo loops(dt);
    auto order = blockOrder(source, loops);
    isolateMeetings(source, ShapeAnalysis(source, loops, order, options), order);
  }
  DominatorTree dt(source);
  LoopInfo loops(dt);
  auto order = blockOrder(source, loops);
  ShapeAnalysis shapes(source, loops, order, options);
  std::optional<ShapeAnalysis> refined;
  if (order.size() <= kHugeFunction) // else there is no coherent copy
    if (auto together = findTogether(source, loops, order, options, shapes); !together.empty())
      refined.emplace(source, loops, order, options, together);
  GangEmitter emitter(source, out, loops, order, shapes, refined ? &*refined : nullptr, options,
                      traits, kernel);
  if (!emitter.emit())
    return makeError(Status::NotSupported, emitter.error());
  built.gang = &out;
  built.frameSize = emitter.frameSize(), built.localSize = emitter.localSize();
  built.barrier = emitter.hasBarrier();
  built.sharesLoads = kernel && gangsShareLoads(source, loops, options);
  built.coherentResumes.assign(emitter.coherentResumes().begin(), emitter.coherentResumes().end());
  return {};
}

Value* at(IRBuilder<>& b, Value* p, unsigned offset) {
  return b.CreateGEP(b.getInt8Ty(), p, b.getInt64(offset));
}

// uint32_t gang(AwBlock*, uint32_t gang, uint32_t resume), or
// void fused(AwBlock*, uint32_t gang, uint32_t* resume)
Function* buildEntry(Module& m, const Built& built, bool fused) {
  LLVMContext& c = m.getContext();
  IRBuilder<> b(c);
  Type* state = fused ? cast<Type>(b.getPtrTy()) : b.getInt32Ty();
  auto* type = FunctionType::get(fused ? b.getVoidTy() : cast<Type>(b.getInt32Ty()),
                                 {b.getPtrTy(), b.getInt32Ty(), state}, false);
  Function* f = Function::Create(type, GlobalValue::InternalLinkage,
                                 fused ? "aw.entry.fused" : "aw.entry", m);
  b.SetInsertPoint(BasicBlock::Create(c, "", f));
  Value* block = f->getArg(0);
  Value* launch = b.CreateLoad(b.getPtrTy(), at(b, block, offsetof(AwBlock, launch)));
  Value* ctaid[3];
  for (unsigned d = 0; d < 3; ++d)
    ctaid[d] = b.CreateLoad(b.getInt32Ty(), at(b, block, offsetof(AwBlock, ctaid) + 4 * d));
  Value* frames = b.CreateLoad(b.getPtrTy(), at(b, block, offsetof(AwBlock, frames)));
  Value* frame = b.CreateGEP(
      b.getInt8Ty(), frames,
      b.CreateMul(b.CreateZExt(f->getArg(1), b.getInt64Ty()), b.getInt64(built.frameSize)));
  Value* resume = fused ? b.CreateLoad(b.getInt32Ty(), f->getArg(2)) : cast<Value>(f->getArg(2));
  SmallVector<Value*, 9> arguments{block,    launch,   f->getArg(1), ctaid[0],
                                   ctaid[1], ctaid[2], resume,       frame};
  if (fused) {
    arguments.push_back(f->getArg(2));
    b.CreateCall(built.fused.function, arguments);
    b.CreateRetVoid();
    return f;
  }
  b.CreateRet(b.CreateCall(built.gang, arguments));
  return f;
}

struct BlockValues {
  Value *block, *launch, *x, *y, *z;
};

// As many of a block's gangs first ... last - 1 as there are together, and all of whose threads
// exist; then goes on to `rest` from `before` with the first that is left, or to `done`.
Value* buildFusedGangs(IRBuilder<>& b, const Built& built, const BlockValues& v, Value* first,
                       Value* last, Value* results, BasicBlock* rest, BasicBlock* done,
                       BasicBlock*& before) {
  Function* f = rest->getParent();
  auto add = [&](const char* name) { return BasicBlock::Create(b.getContext(), name, f, rest); };
  BasicBlock *from = b.GetInsertBlock(), *check = add("gangs.check"), *run = add("gangs.fused"),
             *single = add("gangs.single");
  Value* threads = b.CreateLoad(b.getInt32Ty(), at(b, v.launch, offsetof(AwLaunch, threads)));
  Value* full =
      b.CreateBinaryIntrinsic(Intrinsic::umin, b.CreateLShr(threads, b.getInt32(5)), last);
  b.CreateBr(check);
  b.SetInsertPoint(check);
  PHINode* g = b.CreatePHI(b.getInt32Ty(), 2);
  g->addIncoming(first, from);
  Value* end = b.CreateAdd(g, b.getInt32(built.fused.gangs));
  b.CreateCondBr(b.CreateICmpULE(end, full), run, single);
  b.SetInsertPoint(run);
  b.CreateCall(built.fused.function,
               {v.block, v.launch, g, v.x, v.y, v.z, b.getInt32(0),
                ConstantPointerNull::get(PointerType::getUnqual(b.getContext())), results});
  g->addIncoming(end, run);
  b.CreateBr(check);
  b.SetInsertPoint(single);
  b.CreateCondBr(b.CreateICmpULT(g, last), rest, done);
  before = single;
  return g;
}

// void blocks(AwBlock*, uint64_t first, uint64_t count, uint32_t gang, uint32_t endGang): some
// gangs of blocks of a kernel without barriers. Row by row, so that what depends on y and z alone
// leaves the loop over x:
//   while (count) { n = min(count, nx - x); do { gangs } while (++x, --n); x = 0; next y, z }
Function* buildBlocks(Module& m, const Built& built) {
  LLVMContext& c = m.getContext();
  IRBuilder<> b(c);
  auto* type = FunctionType::get(
      b.getVoidTy(), {b.getPtrTy(), b.getInt64Ty(), b.getInt64Ty(), b.getInt32Ty(), b.getInt32Ty()},
      false);
  Function* f = Function::Create(type, GlobalValue::InternalLinkage, "aw.blocks", m);
  f->addFnAttr(Attribute::NoInline); // two call it, and it is all of the kernel
  auto add = [&](const char* name) { return BasicBlock::Create(c, name, f); };
  BasicBlock *entry = add("entry"), *rows = add("rows"), *blocks = add("blocks"),
             *gangs = add("gangs"), *nextBlock = add("next.block"), *nextRow = add("next.row"),
             *done = add("done");
  Value* block = f->getArg(0);
  auto setIndex = [&](unsigned d, Value* v) {
    b.CreateStore(v, at(b, block, offsetof(AwBlock, ctaid) + 4 * d));
  };
  b.SetInsertPoint(entry);
  Value* results = built.fused.function // which no kernel without barriers says anything in
                       ? b.CreateAlloca(b.getInt32Ty(), b.getInt32(built.fused.gangs))
                       : nullptr;
  Value* launch = b.CreateLoad(b.getPtrTy(), at(b, block, offsetof(AwBlock, launch)));
  Value* nx = b.CreateLoad(b.getInt32Ty(), at(b, launch, offsetof(AwLaunch, grid)));
  Value* ny = b.CreateLoad(b.getInt32Ty(), at(b, launch, offsetof(AwLaunch, grid) + 4));
  Value* nx64 = b.CreateZExt(nx, b.getInt64Ty());
  Value* ny64 = b.CreateZExt(ny, b.getInt64Ty());
  Value* row = b.CreateUDiv(f->getArg(1), nx64);
  Value* x0 = b.CreateTrunc(b.CreateURem(f->getArg(1), nx64), b.getInt32Ty());
  Value* y0 = b.CreateTrunc(b.CreateURem(row, ny64), b.getInt32Ty());
  Value* z0 = b.CreateTrunc(b.CreateUDiv(row, ny64), b.getInt32Ty());
  b.CreateCondBr(b.CreateICmpEQ(f->getArg(2), b.getInt64(0)), done, rows);

  b.SetInsertPoint(rows);
  PHINode* left = b.CreatePHI(b.getInt64Ty(), 2);
  PHINode* start = b.CreatePHI(b.getInt32Ty(), 2);
  PHINode* y = b.CreatePHI(b.getInt32Ty(), 2);
  PHINode* z = b.CreatePHI(b.getInt32Ty(), 2);
  left->addIncoming(f->getArg(2), entry);
  start->addIncoming(x0, entry);
  y->addIncoming(y0, entry);
  z->addIncoming(z0, entry);
  setIndex(1, y);
  setIndex(2, z);
  Value* n = b.CreateBinaryIntrinsic(Intrinsic::umin, left,
                                     b.CreateZExt(b.CreateSub(nx, start), b.getInt64Ty()));
  Value* end = b.CreateAdd(start, b.CreateTrunc(n, b.getInt32Ty()));
  b.CreateBr(blocks);

  b.SetInsertPoint(blocks);
  PHINode* x = b.CreatePHI(b.getInt32Ty(), 2);
  x->addIncoming(start, rows);
  setIndex(0, x);
  Value* one = f->getArg(3);
  BasicBlock* before = blocks;
  if (built.fused.function)
    one = buildFusedGangs(b, built, {block, launch, x, y, z}, f->getArg(3), f->getArg(4), results,
                          gangs, nextBlock, before);
  else
    b.CreateBr(gangs);
  b.SetInsertPoint(gangs);
  PHINode* g = b.CreatePHI(b.getInt32Ty(), 2);
  g->addIncoming(one, before);
  b.CreateCall(built.gang, {block, launch, g, x, y, z, b.getInt32(0),
                            ConstantPointerNull::get(PointerType::getUnqual(c))});
  Value* g1 = b.CreateAdd(g, b.getInt32(1));
  g->addIncoming(g1, gangs);
  b.CreateCondBr(b.CreateICmpULT(g1, f->getArg(4)), gangs, nextBlock);
  b.SetInsertPoint(nextBlock);
  Value* x1 = b.CreateAdd(x, b.getInt32(1));
  x->addIncoming(x1, nextBlock);
  b.CreateCondBr(b.CreateICmpEQ(x1, end), nextRow, blocks);

  b.SetInsertPoint(nextRow);
  Value* y1 = b.CreateAdd(y, b.getInt32(1));
  Value* wrap = b.CreateICmpEQ(y1, ny);
  y->addIncoming(b.CreateSelect(wrap, b.getInt32(0), y1), nextRow);
  z->addIncoming(b.CreateAdd(z, b.CreateZExt(wrap, b.getInt32Ty())), nextRow);
  start->addIncoming(b.getInt32(0), nextRow);
  Value* left1 = b.CreateSub(left, n);
  left->addIncoming(left1, nextRow);
  b.CreateCondBr(b.CreateICmpEQ(left1, b.getInt64(0)), done, rows);
  b.SetInsertPoint(done);
  b.CreateRetVoid();
  return f;
}

// void range(AwBlock*, uint64_t first, uint64_t count)
Function* buildRange(Module& m, Function& blocks) {
  LLVMContext& c = m.getContext();
  IRBuilder<> b(c);
  auto* type =
      FunctionType::get(b.getVoidTy(), {b.getPtrTy(), b.getInt64Ty(), b.getInt64Ty()}, false);
  Function* f = Function::Create(type, GlobalValue::InternalLinkage, "aw.range", m);
  b.SetInsertPoint(BasicBlock::Create(c, "", f));
  Value* launch = b.CreateLoad(b.getPtrTy(), at(b, f->getArg(0), offsetof(AwBlock, launch)));
  Value* gangs = b.CreateLoad(b.getInt32Ty(), at(b, launch, offsetof(AwLaunch, gangs)));
  b.CreateCall(&blocks, {f->getArg(0), f->getArg(1), f->getArg(2), b.getInt32(0), gangs});
  b.CreateRetVoid();
  return f;
}

// uint32_t gang(AwBlock*, uint32_t gang, uint32_t resume) of a kernel without barriers, for
// clusters. The same code as range(): a second copy would double what there is to compile.
Function* buildRangeEntry(Module& m, Function& blocks) {
  LLVMContext& c = m.getContext();
  IRBuilder<> b(c);
  auto* type =
      FunctionType::get(b.getInt32Ty(), {b.getPtrTy(), b.getInt32Ty(), b.getInt32Ty()}, false);
  Function* f = Function::Create(type, GlobalValue::InternalLinkage, "aw.entry", m);
  b.SetInsertPoint(BasicBlock::Create(c, "", f));
  Value* block = f->getArg(0);
  Value* launch = b.CreateLoad(b.getPtrTy(), at(b, block, offsetof(AwBlock, launch)));
  auto load = [&](Value* from, unsigned offset) {
    return b.CreateZExt(b.CreateLoad(b.getInt32Ty(), at(b, from, offset)), b.getInt64Ty());
  };
  Value* number = load(block, offsetof(AwBlock, ctaid) + 8);
  for (unsigned d : {1u, 0u})
    number = b.CreateAdd(b.CreateMul(number, load(launch, offsetof(AwLaunch, grid) + 4 * d)),
                         load(block, offsetof(AwBlock, ctaid) + 4 * d));
  Value* gang = f->getArg(1);
  b.CreateCall(&blocks, {block, number, b.getInt64(1), gang, b.CreateAdd(gang, b.getInt32(1))});
  b.CreateRet(b.getInt32(0));
  return f;
}

void buildInfo(Module& m, Function& kernel, const Built& built, Function* entry, Function* range,
               Function* fused, const VectorizeOptions& options) {
  LLVMContext& c = m.getContext();
  IRBuilder<> b(c);
  unsigned staticShared = 0;
  if (kernel.hasFnAttribute("aw-static-shared"))
    kernel.getFnAttribute("aw-static-shared").getValueAsString().getAsInteger(10, staticShared);
  // Without any barrier too: fibers are also for threads that wait for memory.
  bool fiber = options.barriers == BarrierMode::Fiber;
  unsigned flags = (built.barrier || fiber ? AW_KERNEL_BARRIER : 0) | (fiber ? AW_KERNEL_FIBER : 0);
  bool localInFrame = built.barrier && options.barriers == BarrierMode::Resume;
  auto* name = ConstantDataArray::getString(c, kernel.getName());
  auto* nameVar =
      new GlobalVariable(m, name->getType(), true, GlobalValue::PrivateLinkage, name, "aw.name");
  Constant* null = ConstantPointerNull::get(PointerType::getUnqual(c));
  Constant* fields[] = {b.getInt32(AW_KERNEL_ABI),
                        b.getInt32(flags),
                        b.getInt32(built.frameSize),
                        b.getInt32(localInFrame ? built.localSize : 0),
                        b.getInt32(staticShared),
                        b.getInt32(built.localSize / kLanes),
                        b.getInt32(32),
                        b.getInt32(fused ? built.fused.gangs : 0),
                        entry,
                        range ? cast<Constant>(range) : null,
                        nameVar,
                        fused ? cast<Constant>(fused) : null};
  auto* init = ConstantStruct::getAnon(c, fields);
  new GlobalVariable(m, init->getType(), true, GlobalValue::ExternalLinkage, init,
                     "aw_kernel_info");
}

// Tiles say how wide a block is: threadIdx.y * blockDim.x + threadIdx.x counts lanes.
void nameWidth(Module& m, BlockShape shape) {
  unsigned width = shape == BlockShape::Tile16 ? 16 : shape == BlockShape::Tile8 ? 8 : 0;
  Function* f = width ? m.getFunction("aw.ntid.x") : nullptr;
  if (!f)
    return;
  for (User* u : make_early_inc_range(f->users()))
    if (auto* call = dyn_cast<CallInst>(u); call && call->getCalledFunction() == f) {
      call->replaceAllUsesWith(ConstantInt::get(call->getType(), width));
      call->eraseFromParent();
    }
}

} // namespace

Result<void> vectorize(Module& module, const std::string& kernel, const VectorizeOptions& asked,
                       TargetMachine* target) {
  nameWidth(module, asked.shape);
  AW_TRY(prepareModule(module, kernel, target));
  Function* source = module.getFunction(kernel);
  TargetTraits traits = traitsOf(target);
  VectorizeOptions options = asked;
  for (Function& f : module)
    if (&f != source && any_of(f, [](BasicBlock& b) { return barrierOf(b); }))
      options.barriers = BarrierMode::Fiber; // stops below a call
  if (isFlattened(*source))
    options.barriers = BarrierMode::Fiber; // stops with a stack of calls
  // Declarations first: recursive functions call each other.
  SmallVector<std::pair<Function*, Function*>, 8> work;
  for (Function& f : module)
    if (!f.isDeclaration())
      work.push_back({&f, nullptr});
  for (auto& [f, gang] : work) {
    gang = Function::Create(gangType(*f, f == source), GlobalValue::InternalLinkage,
                            f->getName() + ".gang", module);
    gang->addFnAttr(Attribute::NoUnwind);
    if (DISubprogram* sp = f->getSubprogram()) {
      f->setSubprogram(nullptr);
      gang->setSubprogram(sp);
    }
  }
  Built kernelBuilt;
  for (auto& [f, gang] : work) {
    Built built;
    AW_TRY(buildGang(*f, *gang, f == source, options, traits, built));
    if (f == source)
      kernelBuilt = built;
  }
  if (auto [count, bits] = vectorRegisters(target);
      bits >= 256 && kernelBuilt.sharesLoads && options.barriers == BarrierMode::Resume)
    kernelBuilt.fused = fuseGangs(*kernelBuilt.gang, kernelBuilt.frameSize,
                                  kernelBuilt.coherentResumes, count, bits);
  resolveFullGang(*kernelBuilt.gang, false);
  Function *entry = nullptr, *range = nullptr, *fused = nullptr;
  if (kernelBuilt.barrier || options.barriers == BarrierMode::Fiber) {
    entry = buildEntry(module, kernelBuilt, false);
    if (kernelBuilt.fused.function)
      fused = buildEntry(module, kernelBuilt, true);
    else
      kernelBuilt.gang->addFnAttr(Attribute::AlwaysInline); // into the only one that calls it
  } else { // one body, so that what is uniform over a grid is computed once
    Function* blocks = buildBlocks(module, kernelBuilt);
    for (Function* f : {kernelBuilt.gang, kernelBuilt.fused.function})
      if (f)
        f->addFnAttr(Attribute::AlwaysInline);
    entry = buildRangeEntry(module, *blocks);
    range = buildRange(module, *blocks);
  }
  buildInfo(module, *source, kernelBuilt, entry, range, fused, options);
  for (auto& [f, gang] : work) {
    f->deleteBody();
  }
  for (auto& [f, gang] : work)
    f->eraseFromParent();
  for (Function& f : make_early_inc_range(module))
    if (f.isDeclaration() && f.use_empty())
      f.eraseFromParent();
  std::string problem;
  raw_string_ostream os(problem);
  if (verifyModule(module, &os))
    return makeError(Status::Unknown,
                     "internal error: invalid gang code for \"" + kernel + "\": " + problem);
  return {};
}

} // namespace anywarp::spmd
