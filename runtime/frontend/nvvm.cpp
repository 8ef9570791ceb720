// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NVVM IR (text or bitcode) to PTX: what libNVVM and the link of LTO code do.
#include "frontend/nvvm.h"

#include "frontend/lower.h"
#include "frontend/nvvm_intrinsics.h"
#include "frontend/typed_pointers.h"

#include <algorithm>
#include <fmt/format.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Verifier.h>
#include <llvm/IRReader/IRReader.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/IPO/Internalize.h>

namespace anywarp::frontend {
namespace {

// Errors of the linker and the code generator; warnings are of no interest.
void onDiagnostic(const llvm::DiagnosticInfo* info, void* log) {
  if (info->getSeverity() != llvm::DS_Error)
    return;
  llvm::raw_string_ostream stream(*static_cast<std::string*>(log));
  stream << "error: ";
  llvm::DiagnosticPrinterRawOStream printer(stream);
  info->print(printer);
  stream << "\n";
}

std::unique_ptr<llvm::Module> parse(const ModuleRequest::Input& input, llvm::LLVMContext& context,
                                    std::string& log) {
  llvm::StringRef bytes = input.bytes;
  if (!bytes.starts_with("BC\xC0\xDE")) // text may come with its end
    bytes = bytes.take_front(bytes.find('\0'));
  std::string text;
  if (!bytes.starts_with("BC\xC0\xDE"))
    bytes = text = withOpaquePointers(bytes);
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(bytes, input.name);
  llvm::SMDiagnostic problem;
  auto module = llvm::parseIR(*buffer, problem, context);
  if (!module)
    log += fmt::format("{} ({}, {}): parse {}\n", input.name, problem.getLineNo(),
                       problem.getColumnNo(), problem.getMessage().str());
  return module;
}

// NVVM IR takes for granted that lanes arrive together, at every call and inline PTX (activemask);
// LLVM must be told, or it merges what stands in both branches.
void makeConvergent(llvm::Module& module) {
  for (llvm::Function& function : module) {
    if (!function.isIntrinsic())
      function.setConvergent();
    for (llvm::BasicBlock& block : function)
      for (llvm::Instruction& instruction : block)
        if (auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction); call && call->isInlineAsm())
          call->setConvergent();
  }
}

// What came from a library is nobody else's.
void hide(llvm::Module& module, const llvm::StringSet<>& names) {
  llvm::internalizeModule(module, [&names](const llvm::GlobalValue& value) {
    return !value.hasName() || names.count(value.getName()) == 0;
  });
}

} // namespace

ModuleResult compileModule(const ModuleRequest& request) {
  ModuleResult result;
  llvm::LLVMContext context;
  std::string errors;
  context.setDiagnosticHandlerCallBack(onDiagnostic, &errors);
  std::unique_ptr<llvm::Module> whole;
  // Libraries last, when it is known what is needed of them.
  std::vector<ModuleRequest::Input> inputs = request.inputs;
  std::stable_partition(inputs.begin(), inputs.end(),
                        [](const ModuleRequest::Input& input) { return !input.onlyNeeded; });
  for (const ModuleRequest::Input& input : inputs) {
    auto module = parse(input, context, result.log);
    if (!module)
      return result;
    std::string broken;
    llvm::raw_string_ostream stream(broken);
    if (llvm::verifyModule(*module, &stream)) {
      result.log += fmt::format("{}: error: {}\n", input.name, broken);
      return result;
    }
    if (!whole) {
      whole = std::move(module);
      continue;
    }
    module->setDataLayout(whole->getDataLayout());
    module->setTargetTriple(whole->getTargetTriple());
    bool failed = input.onlyNeeded
                      ? llvm::Linker::linkModules(*whole, std::move(module),
                                                  llvm::Linker::Flags::LinkOnlyNeeded, hide)
                      : llvm::Linker::linkModules(*whole, std::move(module));
    if (failed) {
      result.log += errors.empty() ? input.name + ": error: cannot be linked\n" : errors;
      return result;
    }
  }
  if (!whole) {
    result.log += "error: there is no module\n";
    return result;
  }
  if (request.verifyOnly) {
    result.outcome = Outcome::Success;
    return result;
  }
  makeConvergent(*whole);
  defineNvvmIntrinsics(*whole);
  if (request.cancelled && request.cancelled()) {
    result.outcome = Outcome::Cancelled;
    return result;
  }
  Lowered lowered =
      lowerToPtx(*whole, request.target, request.cancelled, result.output, result.log);
  result.log += errors;
  result.outcome = lowered == Lowered::Cancelled                ? Outcome::Cancelled
                   : lowered == Lowered::Done && errors.empty() ? Outcome::Success
                                                                : Outcome::Failed;
  return result;
}

} // namespace anywarp::frontend
