// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "harness.h"

#include "spmd/kernel_abi.h"

#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Module.h>
#include <llvm/IRReader/IRReader.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <map>
#include <memory>

using namespace llvm;

namespace anywarp::spmd::test {
namespace {

constexpr const char* kDeclarations = R"(
declare i32 @aw.tid.x()
declare i32 @aw.tid.y()
declare i32 @aw.tid.z()
declare i32 @aw.ntid.x()
declare i32 @aw.ntid.y()
declare i32 @aw.ntid.z()
declare i32 @aw.ctaid.x()
declare i32 @aw.ctaid.y()
declare i32 @aw.nctaid.x()
declare i32 @aw.laneid()
declare i32 @aw.lanemask.lt()
declare ptr @aw.param.base()
declare ptr @aw.shared.base()
declare void @aw.barrier(i32, i32)
declare i32 @aw.barrier.red.popc(i32, i32, i1)
declare i1 @aw.barrier.red.and(i32, i32, i1)
declare { i32, i1 } @aw.shfl.up(i32, i32, i32, i32)
declare { i32, i1 } @aw.shfl.down(i32, i32, i32, i32)
declare { i32, i1 } @aw.shfl.bfly(i32, i32, i32, i32)
declare { i32, i1 } @aw.shfl.idx(i32, i32, i32, i32)
declare i1 @aw.vote.all(i1, i32)
declare i1 @aw.vote.any(i1, i32)
declare i32 @aw.vote.ballot(i1, i32)
declare i32 @aw.activemask()
declare i32 @aw.match.any.i32(i32, i32)
declare { i32, i1 } @aw.match.all.i32(i32, i32)
declare i32 @aw.redux.add(i32, i32)
declare void @aw.exit()
declare void @aw.rt.trap()
)";

thread_local jmp_buf escape;
thread_local Outcome* current;

void trap(AwBlock*) {
  current->trapped = true;
  longjmp(escape, 1);
}
void indexWrap(AwBlock*) {
  current->wrapped = true;
  longjmp(escape, 1);
}

std::unique_ptr<TargetMachine> hostMachine(const std::string& features) {
  static bool ready = [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)ready;
  auto builder = cantFail(orc::JITTargetMachineBuilder::detectHost());
  if (!features.empty()) {
    builder.setCPU("x86-64");
    builder.getFeatures() = SubtargetFeatures(features);
  }
  return cantFail(builder.createTargetMachine());
}

BlockShape shapeOf(const Program& r) {
  return r.forceShape >= 0 ? BlockShape(r.forceShape)
                           : blockShapeOf(r.block.x, r.block.y, r.block.z);
}

Result<std::unique_ptr<Module>> build(const Program& r, LLVMContext& context,
                                      TargetMachine& machine) {
  SMDiagnostic diag;
  auto module = parseIR(MemoryBufferRef(r.ir + kDeclarations, "test"), diag, context);
  if (!module) {
    std::string text;
    raw_string_ostream os(text);
    diag.print("test", os);
    return makeError(Status::InvalidSource, text);
  }
  module->setDataLayout(machine.createDataLayout());
  VectorizeOptions options;
  options.shape = shapeOf(r);
  options.barriers = r.barriers;
  options.exactIndex = r.exactIndex;
  module->getFunction(r.kernel)->addFnAttr("aw-kernel");
  if (auto done = vectorize(*module, r.kernel, options, &machine); !done)
    return done.error();
  LoopAnalysisManager lam;
  FunctionAnalysisManager fam;
  CGSCCAnalysisManager cgam;
  ModuleAnalysisManager mam;
  PassBuilder pb(&machine);
  pb.registerModuleAnalyses(mam);
  pb.registerCGSCCAnalyses(cgam);
  pb.registerFunctionAnalyses(fam);
  pb.registerLoopAnalyses(lam);
  pb.crossRegisterProxies(lam, fam, cgam, mam);
  ModulePassManager mpm;
  mpm.addPass(AlwaysInlinerPass());
  FunctionPassManager fpm;
  fpm.addPass(SROAPass(SROAOptions::ModifyCFG));
  fpm.addPass(EarlyCSEPass());
  fpm.addPass(SimplifyCFGPass());
  mpm.addPass(createModuleToFunctionPassAdaptor(std::move(fpm)));
  mpm.run(*module, mam);
  return module;
}

// Programs that differ in sizes and parameters only are compiled once, as the runtime does; what is
// compiled stays until the process ends.
Result<const AwKernelInfo*> compiled(const Program& r) {
  struct Compiled {
    std::unique_ptr<orc::LLJIT> jit;
    const AwKernelInfo* info;
  };
  static auto& cache = *new std::map<std::string, Compiled>;
  std::string key = r.features + '\0' + r.kernel + '\0' + std::to_string(int(shapeOf(r))) + ' ' +
                    std::to_string(int(r.barriers)) + (r.exactIndex ? " exact" : "") + '\0' + r.ir;
  if (auto known = cache.find(key); known != cache.end())
    return known->second.info;
  auto machine = hostMachine(r.features);
  auto context = std::make_unique<LLVMContext>();
  auto module = build(r, *context, *machine);
  if (!module)
    return module.error();
  auto jtmb = cantFail(orc::JITTargetMachineBuilder::detectHost());
  if (!r.features.empty()) {
    jtmb.setCPU("x86-64");
    jtmb.getFeatures() = SubtargetFeatures(r.features);
  }
  auto jit = cantFail(orc::LLJITBuilder().setJITTargetMachineBuilder(jtmb).create());
  cantFail(jit->addIRModule(orc::ThreadSafeModule(std::move(*module), std::move(context))));
  auto* info = cantFail(jit->lookup("aw_kernel_info")).toPtr<const AwKernelInfo*>();
  cache.emplace(std::move(key), Compiled{std::move(jit), info});
  return info;
}

// Gangs from `g` on that run together: as many as the kernel takes, or 1.
uint32_t sideBySide(const AwKernelInfo& info, const AwLaunch& launch, uint32_t g,
                    const std::vector<uint32_t>& resume, const std::vector<bool>& done,
                    const std::vector<bool>& runnable) {
  uint32_t n = info.fused_gangs;
  if (n == 0 || (g + n) * AW_GANG_WIDTH > launch.threads)
    return 1;
  for (uint32_t k = g; k < g + n; ++k)
    if (done[k] || !runnable[k] || resume[k] != resume[g])
      return 1;
  return n;
}

void runBarrierBlock(const AwKernelInfo& info, AwBlock& block, Outcome& out) {
  const AwLaunch& launch = *block.launch;
  std::vector<uint32_t> resume(launch.gangs, 0);
  std::vector<bool> done(launch.gangs, false);
  auto stopOf = [&](uint32_t g) {
    return reinterpret_cast<AwSuspend*>(block.frames + size_t(g) * info.frame_size);
  };
  std::vector<bool> runnable(launch.gangs, true);
  for (;;) {
    bool any = false;
    for (uint32_t g = 0; g < launch.gangs; ++g) {
      if (done[g] || !runnable[g])
        continue;
      any = true;
      uint32_t gangs = sideBySide(info, launch, g, resume, done, runnable);
      if (gangs > 1)
        info.fused(&block, g, &resume[g]);
      else
        resume[g] = info.gang(&block, g, resume[g]);
      for (uint32_t k = g; k < g + gangs; ++k)
        if (resume[k] & AW_STOP_WHOLE) {
          *stopOf(k) = awWholeStop();
          resume[k] &= ~AW_STOP_WHOLE;
        }
      out.fused += gangs > 1;
      for (uint32_t last = g + gangs; g < last; ++g) {
        out.stops += resume[g] != 0;
        done[g] = resume[g] == 0;
        runnable[g] = false;
      }
      --g;
    }
    if (!any)
      return;
    uint32_t live = 0, arrived[16] = {}, popc[16] = {}, want[16] = {};
    for (uint32_t g = 0; g < launch.gangs; ++g) {
      if (done[g])
        continue;
      AwSuspend* s = stopOf(g);
      live += s->live;
      arrived[s->barrier] += s->lanes;
      popc[s->barrier] += s->red ? s->value : 0;
      want[s->barrier] = s->count;
    }
    for (uint32_t b = 0; b < 16; ++b) {
      if (!arrived[b] || arrived[b] < (want[b] ? want[b] : live))
        continue;
      for (uint32_t g = 0; g < launch.gangs; ++g) {
        AwSuspend* s = stopOf(g);
        if (done[g] || s->barrier != b)
          continue;
        s->value = s->red == AW_RED_POPC  ? popc[b]
                   : s->red == AW_RED_AND ? popc[b] == arrived[b]
                                          : popc[b] != 0;
        runnable[g] = true;
      }
    }
  }
}

} // namespace

Result<std::string> vectorizedText(const Program& r) {
  auto machine = hostMachine(r.features);
  LLVMContext context;
  auto module = build(r, context, *machine);
  if (!module)
    return module.error();
  std::string text;
  raw_string_ostream os(text);
  (*module)->print(os, nullptr);
  return text;
}

Result<Outcome> run(const Program& r) {
  auto kernel = compiled(r);
  if (!kernel)
    return kernel.error();
  const AwKernelInfo* info = *kernel;

  Outcome out;
  current = &out;
  AwRuntime runtime{};
  runtime.trap = trap;
  runtime.index_wrap = indexWrap;
  AwLaunch launch{};
  uint32_t grid[3] = {r.grid.x, r.grid.y, r.grid.z}, block3[3] = {r.block.x, r.block.y, r.block.z};
  memcpy(launch.grid, grid, sizeof grid);
  memcpy(launch.block, block3, sizeof block3);
  launch.block_inverse[0] = AW_INVERSE(r.block.x);
  launch.block_inverse[1] = AW_INVERSE(r.block.y);
  launch.threads = r.block.x * r.block.y * r.block.z;
  launch.gangs = (launch.threads + AW_GANG_WIDTH - 1) / AW_GANG_WIDTH;
  launch.dynamic_shared = r.dynamicShared;
  launch.total_shared = info->static_shared + r.dynamicShared;
  launch.all_threads =
      r.allThreads ? r.allThreads : uint64_t(launch.threads) * r.grid.x * r.grid.y * r.grid.z;
  launch.params = r.params.data();
  launch.runtime = &runtime;
  auto aligned = [](size_t bytes) {
    return static_cast<char*>(aligned_alloc(128, (bytes + 255) & ~size_t(127)));
  };
  AwBlock block{};
  block.launch = &launch;
  block.shared = aligned(launch.total_shared);
  block.frames = aligned(size_t(info->frame_size) * launch.gangs);
  block.local = aligned(size_t(info->local_size) * launch.gangs);
  uint64_t blocks = uint64_t(r.grid.x) * r.grid.y * r.grid.z;
  if (!setjmp(escape)) {
    if (info->range) {
      info->range(&block, 0, blocks / 2);
      info->range(&block, blocks / 2, blocks - blocks / 2);
    } else {
      for (uint64_t i = 0; i < blocks; ++i) {
        block.ctaid[0] = uint32_t(i % r.grid.x);
        block.ctaid[1] = uint32_t(i / r.grid.x % r.grid.y);
        block.ctaid[2] = uint32_t(i / r.grid.x / r.grid.y);
        runBarrierBlock(*info, block, out);
      }
    }
  }
  free(block.shared);
  free(block.frames);
  free(block.local);
  return out;
}

std::string avx512Text(const std::string& ir) {
  Program r;
  r.block = {64, 1, 1};
  r.features = kAvx512;
  r.ir = ir;
  auto text = vectorizedText(r);
  EXPECT_TRUE(bool(text)) << text.error().message;
  return text ? *text : "";
}

size_t count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++n;
  return n;
}

} // namespace anywarp::spmd::test
