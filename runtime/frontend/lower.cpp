// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/lower.h"

#include "frontend/arguments.h"
#include "frontend/embedded.h"

#include <fmt/format.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Linker/Linker.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/Internalize.h>
#include <mutex>
#include <set>

extern "C" {
void LLVMInitializeNVPTXTargetInfo();
void LLVMInitializeNVPTXTarget();
void LLVMInitializeNVPTXTargetMC();
void LLVMInitializeNVPTXAsmPrinter();
}

namespace anywarp::frontend {
namespace {

std::unique_ptr<llvm::TargetMachine> machineFor(const Target& target, std::string& log) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  const llvm::Target* nvptx = llvm::TargetRegistry::lookupTarget(kTriple, log);
  if (!nvptx)
    return nullptr;
  llvm::TargetOptions options;
  return std::unique_ptr<llvm::TargetMachine>(nvptx->createTargetMachine(
      kTriple, processorOf(target), kPtxFeature, options, llvm::Reloc::Static, std::nullopt,
      target.optimization ? llvm::CodeGenOptLevel::Aggressive : llvm::CodeGenOptLevel::None));
}

std::set<const llvm::GlobalValue*> kernelsOf(const llvm::Module& module) {
  std::set<const llvm::GlobalValue*> kernels;
  for (const llvm::Function& function : module)
    if (function.getCallingConv() == llvm::CallingConv::PTX_Kernel)
      kernels.insert(&function);
  if (const llvm::NamedMDNode* notes = module.getNamedMetadata("nvvm.annotations"))
    for (const llvm::MDNode* note : notes->operands())
      for (unsigned i = 1; i + 1 < note->getNumOperands(); i += 2) {
        auto* key = llvm::dyn_cast_or_null<llvm::MDString>(note->getOperand(i).get());
        auto* value = llvm::mdconst::dyn_extract_or_null<llvm::GlobalValue>(note->getOperand(0));
        if (key && value && key->getString() == "kernel")
          kernels.insert(value);
      }
  return kernels;
}

// The first line that begins with `word` becomes `line`.
void replaceLine(std::string& text, std::string_view word, const std::string& line) {
  size_t at = text.find(word);
  if (at == std::string::npos)
    return;
  text.replace(at, text.find('\n', at) - at, line);
}

void optimise(llvm::Module& module, llvm::TargetMachine& machine, int level) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = true;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graph, modules);
  llvm::ModulePassManager passes;
  passes.addPass(llvm::GlobalDCEPass());
  passes.addPass(level ? builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
                       : builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0));
  passes.run(module, modules);
}

} // namespace

bool linkLibdevice(llvm::Module& module, const Target& target, std::string& log) {
  bool needed = false;
  for (const llvm::Function& function : module)
    needed = needed || (function.isDeclaration() && function.getName().starts_with("__nv_"));
  if (!needed)
    return true;
  auto library = llvm::getLazyBitcodeModule(llvm::MemoryBufferRef(embeddedLibdevice(), "libdevice"),
                                            module.getContext());
  if (!library) {
    log += "cannot read libdevice: " + llvm::toString(library.takeError()) + "\n";
    return false;
  }
  (*library)->setTargetTriple(module.getTargetTriple());
  (*library)->setDataLayout(module.getDataLayout());
  // Functions for different processors are not inlined into each other.
  std::string processor = processorOf(target);
  for (llvm::Function& function : **library) {
    function.removeFnAttr("target-cpu");
    function.removeFnAttr("target-features");
    if (function.isIntrinsic())
      continue;
    function.addFnAttr("target-cpu", processor);
    function.addFnAttr("target-features", kPtxFeature);
    if (target.flushDenormals)
      function.addFnAttr("denormal-fp-math-f32", "preserve-sign,preserve-sign");
  }
  auto internalize = [](llvm::Module& linked, const llvm::StringSet<>& names) {
    llvm::internalizeModule(linked, [&names](const llvm::GlobalValue& value) {
      return !value.hasName() || names.count(value.getName()) == 0;
    });
  };
  if (llvm::Linker::linkModules(module, std::move(*library), llvm::Linker::Flags::LinkOnlyNeeded,
                                internalize)) {
    log += "cannot link libdevice\n";
    return false;
  }
  return true;
}

Lowered lowerToPtx(llvm::Module& module, const Target& target,
                   const std::function<bool()>& cancelled, std::string& ptx, std::string& log) {
  auto machine = machineFor(target, log);
  if (!machine)
    return Lowered::Failed;
  module.setTargetTriple(kTriple);
  module.setDataLayout(machine->createDataLayout());
  if (target.flushDenormals && !module.getModuleFlag("nvvm-reflect-ftz"))
    module.addModuleFlag(llvm::Module::Override, "nvvm-reflect-ftz", 1);
  if (!linkLibdevice(module, target, log))
    return Lowered::Failed;
  if (!target.relocatable) {
    std::set<const llvm::GlobalValue*> kernels = kernelsOf(module);
    llvm::internalizeModule(module, [&kernels](const llvm::GlobalValue& value) {
      return llvm::isa<llvm::GlobalVariable>(value) || kernels.count(&value) != 0;
    });
  }
  optimise(module, *machine, target.optimization);
  if (cancelled && cancelled())
    return Lowered::Cancelled;
  llvm::SmallString<0> out;
  llvm::raw_svector_ostream stream(out);
  llvm::legacy::PassManager passes;
  passes.add(llvm::createTargetTransformInfoWrapperPass(machine->getTargetIRAnalysis()));
  if (machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile)) {
    log += "this LLVM cannot write PTX\n";
    return Lowered::Failed;
  }
  passes.run(module);
  ptx = out.str().str();
  // LLVM 19 does not know the newest architectures, of which only inline PTX can have instructions.
  replaceLine(ptx, ".version ",
              fmt::format(".version {}.{}", target.ptxVersion / 10, target.ptxVersion % 10));
  size_t at = ptx.find(".target ");
  bool debug = at != std::string::npos &&
               ptx.substr(at, ptx.find('\n', at) - at).find(", debug") != std::string::npos;
  std::string suffix = target.archSuffix ? std::string(1, target.archSuffix) : std::string();
  replaceLine(ptx, ".target ",
              fmt::format(".target sm_{}{}{}", target.arch, suffix, debug ? ", debug" : ""));
  return Lowered::Done;
}

} // namespace anywarp::frontend
