// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen.h"

#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>
#include <mutex>

namespace anywarp::cpu {
namespace {

// Affine addressing, uniform hoisting and masks are done by spmd/; this only cleans up after it. No
// loop unrolling (the source was unrolled by nvcc; unrolling the gang loop spills), no loop or SLP
// vectoriser (measured to gain nothing), one InstCombine (a third of the time).
constexpr const char* kFirstPasses =
    "always-inline,globaldce,"
    "function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "simplifycfg,loop-mssa(licm,loop-deletion))";
constexpr const char* kSecondPasses = "function(gvn<no-pre;no-load-pre>,dse,adce,simplifycfg)";
// GVN and DSE grow faster than the code: two thirds of the time for unrolled kernels.
constexpr const char* kSecondPassesLarge = "function(early-cse<memssa>,adce,simplifycfg)";
constexpr unsigned kLargeModule = 16000; // instructions
constexpr unsigned kLine = 64;
// No promotion of variables to registers (see Effort::Quick), but for what a block alone needs.
constexpr const char* kQuickPasses =
    "always-inline,globaldce,"
    "function(early-cse<memssa>,simplifycfg,instsimplify,adce,simplifycfg)";

// As the option's default, because lld resets all options to their defaults with every link.
template <typename T> void setOption(const char* name, T value) {
  auto& known = llvm::cl::getRegisteredOptions();
  if (auto at = known.find(name); at != known.end())
    static_cast<llvm::cl::opt<T>*>(at->second)->setValue(value, /*initial=*/true);
}

void initTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
    // Moves mask arithmetic between register files; up to 70 % of code generation for large
    // kernels, and spmd's masks are vectors of i1 from the start.
    setOption("disable-x86-domain-reassignment", true);
    // How far the register allocator grows the regions that it splits a value's range into: a
    // third of code generation where hundreds of blocks have more live vectors than registers.
    setOption("grow-region-complexity-budget", 300ul);
  });
}

void initAllTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
}

std::string hostFeatures() {
  llvm::SubtargetFeatures features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures())
    features.AddFeature(feature.getKey(), feature.getValue());
  return features.getString();
}

} // namespace

Result<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const std::string& cpu,
                                                               const std::string& features,
                                                               const std::string& foreignTriple) {
  initTargets();
  std::string triple = llvm::sys::getProcessTriple(), error;
  if (!foreignTriple.empty() && foreignTriple != triple) {
    triple = foreignTriple;
    initAllTargets();
  }
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return makeError(Status::NotSupported, "no LLVM target for " + triple + ": " + error);
  bool host = cpu.empty() && foreignTriple.empty();
  std::string cpuName = host ? llvm::sys::getHostCPUName().str() : cpu;
  std::string featureText = host && features.empty() ? hostFeatures() : features;
  llvm::TargetOptions options;
  // PTX says itself where a multiply and an add are fused.
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  std::unique_ptr<llvm::TargetMachine> machine(
      target->createTargetMachine(triple, cpuName, featureText, options, llvm::Reloc::PIC_,
                                  llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
  if (!machine)
    return makeError(Status::NotSupported, "LLVM has no target machine for " + triple);
  return machine;
}

void setTarget(llvm::Module& module, const llvm::TargetMachine& target) {
  module.setTargetTriple(target.getTargetTriple().str());
  module.setDataLayout(target.createDataLayout());
  bool isX86 = target.getTargetTriple().isX86();
  bool wide = target.getTargetFeatureString().contains("+avx512f") ||
              target.getTargetCPU() == "x86-64-v4" || target.getTargetCPU() == "skylake-avx512";
  for (llvm::Function& function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.getTargetCPU());
    function.addFnAttr("target-features", target.getTargetFeatureString());
    function.addFnAttr("no-builtins"); // a kernel's loop is not to become a call of memset
    function.setUWTableKind(llvm::UWTableKind::Async); // perf and gdb unwind through kernels
    // Else spilled vectors are split between cache lines: LLVM does not align a stack for them.
    if (isX86)
      function.addFnAttr(
          llvm::Attribute::getWithStackAlignment(module.getContext(), llvm::Align(kLine)));
    if (wide) { // LLVM prefers 256 bits on most AVX-512 machines; a gang fills 512
      function.addFnAttr("prefer-vector-width", "512");
      function.addFnAttr("min-legal-vector-width", "512");
    }
  }
}

Result<void> verify(const llvm::Module& module, const std::string& kernel, const char* stage) {
  std::string text;
  llvm::raw_string_ostream out(text);
  if (!llvm::verifyModule(module, &out))
    return {};
  return makeError(Status::InvalidPtx, "kernel " + kernel + ": invalid IR after " + stage +
                                           " (a bug in Anywarp, please report it): " + out.str());
}

namespace {

void runPasses(llvm::Module& module, llvm::TargetMachine& target, const char* pipeline) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&target);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(passes, pipeline));
  passes.run(module, modules);
}

} // namespace

namespace {

// Instruction selection takes a block at a time, and longer than its size says: matrix products
// with all in one block took 0.8 s instead of 0.6 s.
constexpr unsigned kQuickBlock = 300;

void splitLongBlocks(llvm::Function& function) {
  llvm::SmallVector<llvm::BasicBlock*, 64> blocks;
  for (llvm::BasicBlock& block : function)
    blocks.push_back(&block);
  for (llvm::BasicBlock* block : blocks) {
    unsigned count = 0;
    for (auto at = block->getFirstNonPHIOrDbgOrAlloca(); at != block->end(); ++at) {
      if (++count <= kQuickBlock || at->isTerminator())
        continue;
      block = block->splitBasicBlock(at);
      at = block->begin();
      count = 0;
    }
  }
}

} // namespace

void optimize(llvm::Module& module, llvm::TargetMachine& target, Effort effort) {
  if (effort == Effort::Quick) {
    runPasses(module, target, kQuickPasses);
    for (llvm::Function& function : module)
      splitLongBlocks(function);
    return;
  }
  runPasses(module, target, kFirstPasses);
  bool large = module.getInstructionCount() >= kLargeModule;
  runPasses(module, target, large ? kSecondPassesLarge : kSecondPasses);
}

Result<std::vector<char>> emit(llvm::Module& module, llvm::TargetMachine& target, EmitKind kind,
                               Effort effort) {
  bool quick = effort == Effort::Quick;
  target.setOptLevel(quick ? llvm::CodeGenOptLevel::None : llvm::CodeGenOptLevel::Default);
  if (quick) {
    // Selects what it knows in no time and leaves wide vectors to a worse way round.
    target.setO0WantsFastISel(false);
    target.setFastISel(false);
    llvm::StripDebugInfo(module);
  }
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream out(bytes);
  llvm::legacy::PassManager passes;
  passes.add(llvm::createTargetTransformInfoWrapperPass(target.getTargetIRAnalysis()));
  auto type = kind == EmitKind::Object ? llvm::CodeGenFileType::ObjectFile
                                       : llvm::CodeGenFileType::AssemblyFile;
  if (target.addPassesToEmitFile(passes, out, nullptr, type, /*DisableVerify=*/true))
    return makeError(Status::NotSupported, "LLVM cannot emit code for " + module.getTargetTriple());
  passes.run(module);
  return std::vector<char>(bytes.begin(), bytes.end());
}

} // namespace anywarp::cpu
