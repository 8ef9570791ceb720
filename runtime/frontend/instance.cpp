// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/instance.h"

#include <clang/Frontend/CompilerInvocation.h>
#include <llvm/Support/raw_ostream.h>

namespace anywarp::frontend {

std::unique_ptr<clang::CompilerInstance>
makeInstance(const std::vector<std::string>& arguments,
             llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
             clang::DiagnosticConsumer& consumer) {
  std::vector<const char*> words;
  for (const std::string& word : arguments)
    words.push_back(word.c_str());
  auto instance = std::make_unique<clang::CompilerInstance>();
  auto engine =
      clang::CompilerInstance::createDiagnostics(new clang::DiagnosticOptions, &consumer, false);
  auto invocation = std::make_shared<clang::CompilerInvocation>();
  if (!clang::CompilerInvocation::CreateFromArgs(*invocation, words, *engine))
    return nullptr;
  instance->setInvocation(std::move(invocation));
  instance->createDiagnostics(&consumer, false);
  instance->setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());
  instance->createFileManager(std::move(files));
  instance->createSourceManager(instance->getFileManager());
  return instance;
}

} // namespace anywarp::frontend
