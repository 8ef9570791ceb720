// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/prelude.h"

#include "frontend/embedded.h"
#include "frontend/instance.h"
#include "support/log.h"

#include <clang/Frontend/FrontendActions.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Path.h>
#include <mutex>
#include <set>
#include <unistd.h>

namespace anywarp::frontend {
namespace {

// The folder of this module's file.
std::string ownFolder() {
  Dl_info info;
  llvm::SmallString<256> real;
  if (!dladdr(reinterpret_cast<void*>(&ownFolder), &info) || !info.dli_fname ||
      llvm::sys::fs::real_path(info.dli_fname, real))
    return {};
  return llvm::sys::path::parent_path(real).str();
}

} // namespace

std::string preludeName(const Dialect& dialect) {
  return fmt::format("anywarp-rtc-{}-{}-{}.pch", dialect.key(), LLVM_VERSION_STRING,
                     embeddedHash());
}

Result<void> writePrelude(const Dialect& dialect, const std::string& file) {
  std::string scratch =
      fmt::format("{}.{}.{:x}", file, getpid(), reinterpret_cast<uintptr_t>(&dialect));
  std::vector<std::string> arguments = dialectArguments(dialect);
  std::string folder = std::string(kIncludeFolder) + "/anywarp/rtc";
  for (std::string word :
       {std::string("-emit-pch"), std::string("-O3"), std::string("-w"), std::string("-target-cpu"),
        std::string("sm_90a"), std::string("-I"), folder, std::string("-I"),
        std::string(kIncludeFolder), std::string("-o"), scratch, std::string("-x"),
        std::string("cuda-header"), folder + "/prelude.h"})
    arguments.push_back(std::move(word));
  std::string text;
  llvm::raw_string_ostream stream(text);
  auto options = llvm::makeIntrusiveRefCnt<clang::DiagnosticOptions>();
  clang::TextDiagnosticPrinter printer(stream, options.get());
  auto instance = makeInstance(arguments, filesFor(nullptr), printer);
  bool good = false;
  if (instance) {
    clang::GeneratePCHAction action;
    good = instance->ExecuteAction(action) && !instance->getDiagnostics().hasErrorOccurred();
  }
  if (good && llvm::sys::fs::rename(scratch, file))
    good = false;
  if (!good) {
    llvm::sys::fs::remove(scratch);
    return makeError(Status::OperatingSystem,
                     fmt::format("cannot make the prelude {}: {}", file, text));
  }
  return {};
}

std::string findPrelude(const Dialect& dialect, const std::string& cacheFolder) {
  std::string name = preludeName(dialect);
  std::string installed = ownFolder() + "/anywarp-rtc/" + name;
  if (llvm::sys::fs::exists(installed))
    return installed;
  if (cacheFolder.empty())
    return {};
  std::string folder = cacheFolder + "/rtc", kept = folder + "/" + name;
  if (llvm::sys::fs::exists(kept))
    return kept;
  static std::mutex mutex; // guards failed; one thread of the process makes it
  static std::set<std::string> failed;
  std::lock_guard lock(mutex);
  if (llvm::sys::fs::exists(kept))
    return kept;
  if (failed.count(kept))
    return {};
  Result<void> made =
      llvm::sys::fs::create_directories(folder)
          ? Result<void>(makeError(Status::OperatingSystem, "cannot make the folder " + folder))
          : writePrelude(dialect, kept);
  if (made)
    return kept;
  log::info("{}; compiling it with every source", made.error().message);
  failed.insert(kept);
  return {};
}

} // namespace anywarp::frontend
