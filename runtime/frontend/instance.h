// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One run of clang's front end: an invocation from words, our files, somebody who takes messages.
#pragma once

#include <clang/Basic/Diagnostic.h>
#include <clang/Frontend/CompilerInstance.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <memory>
#include <string>
#include <vector>

namespace anywarp::frontend {

// Null when a word is no option; the consumer has heard why. `consumer` must outlive the instance.
std::unique_ptr<clang::CompilerInstance>
makeInstance(const std::vector<std::string>& arguments,
             llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files,
             clang::DiagnosticConsumer& consumer);

} // namespace anywarp::frontend
