// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUDA source to PTX or bitcode.
#include "frontend/source.h"

#include "frontend/arguments.h"
#include "frontend/embedded.h"
#include "frontend/instance.h"
#include "frontend/lower.h"
#include "frontend/prelude.h"
#include "frontend/source_checks.h"
#include "frontend/source_log.h"

#include <chrono>
#include <clang/CodeGen/ModuleBuilder.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Frontend/MultiplexConsumer.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/LLVMContext.h>

namespace anywarp::frontend {
namespace {

// Parses and makes a module of it; nothing is optimised yet.
class SourceAction : public clang::ASTFrontendAction {
public:
  SourceAction(llvm::LLVMContext& context, const std::vector<std::string>& expressions,
               bool syntaxOnly)
      : context_(context), expressions_(expressions), named_(expressions.size()),
        syntaxOnly_(syntaxOnly) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance,
                                                        llvm::StringRef) override {
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    consumers.push_back(std::make_unique<SourceChecks>(expressions_, named_));
    if (!syntaxOnly_) {
      generator_ = clang::CreateLLVMCodeGen(
          instance.getDiagnostics(), "anywarp", &instance.getVirtualFileSystem(),
          instance.getHeaderSearchOpts(), instance.getPreprocessorOpts(), instance.getCodeGenOpts(),
          context_);
      consumers.push_back(std::unique_ptr<clang::ASTConsumer>(generator_));
    }
    return std::make_unique<clang::MultiplexConsumer>(std::move(consumers));
  }

  void EndSourceFileAction() override {
    if (!generator_ || getCompilerInstance().getDiagnostics().hasErrorOccurred())
      return;
    for (const clang::GlobalDecl& decl : named_)
      lowered.push_back(decl.getDecl() ? legal(generator_->GetMangledName(decl)) : std::string());
    module.reset(generator_->ReleaseModule());
  }

  std::unique_ptr<llvm::Module> module;
  std::vector<std::string> lowered;

private:
  // As the code generator writes names that PTX does not allow.
  static std::string legal(llvm::StringRef name) {
    std::string out;
    for (char c : name)
      out += c == '.' || c == '@' ? "_$_" : std::string(1, c);
    return out;
  }

  llvm::LLVMContext& context_;
  const std::vector<std::string>& expressions_;
  std::vector<clang::GlobalDecl> named_;
  const bool syntaxOnly_;
  clang::CodeGenerator* generator_ = nullptr;
};

double millisSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

bool isCancelled(const SourceRequest& request) {
  return request.cancelled && request.cancelled();
}

std::vector<std::string> argumentsWithPrelude(const SourceRequest& request) {
  std::vector<std::string> arguments = sourceArguments(request);
  std::string prelude = findPrelude(dialectOf(request), request.cacheFolder);
  if (!prelude.empty())
    arguments.insert(arguments.end(), {"-include-pch", prelude, "-fno-validate-pch"});
  else // slower, and the program sees <limits>
    arguments.insert(arguments.end(), {"-include", "anywarp/rtc/prelude.h", "-idirafter",
                                       std::string(kIncludeFolder) + "/anywarp/rtc"});
  arguments.insert(arguments.end(), {"-x", "cuda", "-"});
  return arguments;
}

} // namespace

SourceResult compileSource(const SourceRequest& request) {
  SourceResult result;
  if (isCancelled(request)) {
    result.outcome = Outcome::Cancelled;
    return result;
  }
  auto start = std::chrono::steady_clock::now();
  SourceLog log(request.name, request.expressions, request.numbers,
                !request.includeFolders.empty());
  llvm::LLVMContext context;
  SourceAction action(context, request.expressions, request.syntaxOnly);
  bool good = false;
  {
    auto instance = makeInstance(argumentsWithPrelude(request), filesFor(&request), log);
    if (instance) {
      std::string text = sourceText(request);
      instance->getFrontendOpts().Inputs = {clang::FrontendInputFile(
          llvm::MemoryBufferRef(text, kProgramFile), clang::InputKind(clang::Language::CUDA))};
      good = instance->ExecuteAction(action) && !instance->getDiagnostics().hasErrorOccurred();
      log.EndSourceFile();
    }
  }
  result.frontendMs = millisSince(start);
  if (good && isCancelled(request)) {
    result.outcome = Outcome::Cancelled;
    return result;
  }
  start = std::chrono::steady_clock::now();
  if (good && !request.syntaxOnly) {
    good = action.module != nullptr;
    result.lowered = std::move(action.lowered);
    std::string problem;
    if (good && request.bitcode) {
      good = linkLibdevice(*action.module, request.target, problem);
      llvm::raw_string_ostream stream(result.output);
      llvm::WriteBitcodeToFile(*action.module, stream);
    } else if (good) {
      Lowered lowered =
          lowerToPtx(*action.module, request.target, request.cancelled, result.output, problem);
      if (lowered == Lowered::Cancelled) {
        result.outcome = Outcome::Cancelled;
        return result;
      }
      good = lowered == Lowered::Done;
    }
    log.addPlain(problem);
  }
  result.optimizerMs = millisSince(start);
  result.log = log.take();
  result.outcome = good && !log.failed() ? Outcome::Success : Outcome::Failed;
  return result;
}

} // namespace anywarp::frontend
