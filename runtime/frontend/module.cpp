// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The door of libanywarp_frontend.so (frontend.h). Nothing that clang or LLVM does takes the
// process down: crashes and their own fatal errors end the compilation. What it had allocated is
// lost then.
#include "frontend/nvvm.h"
#include "frontend/prelude.h"
#include "frontend/source.h"
#include "support/fault_guard.h"

#include <fmt/format.h>
#include <llvm/Support/ErrorHandling.h>
#include <mutex>

namespace anywarp::frontend {
namespace {

void onFatalError(void*, const char* reason, bool) {
  leaveFatal(reason); // comes back when it is none of our compilations: LLVM goes on to abort
}

template <typename Out, typename Work> Result<Out> guarded(Work work) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::install_fatal_error_handler(onFatalError);
    llvm::install_bad_alloc_error_handler(onFatalError);
  });
  installFaultHandlers();
  FaultSignalsOpen open;
  Result<Out> result = makeError(Status::Unknown, "");
  FatalReason reason;
  bool finished = false;
  auto inner = [&] { result = work(); };
  auto outer = [&] { finished = runFatalGuarded(inner, reason); };
  Fault fault;
  if (!runGuarded(outer, fault))
    return makeError(Status::Unknown,
                     fmt::format("the compiler crashed (signal {} at {:#x}); please report it",
                                 fault.signal, fault.pc));
  if (!finished)
    return makeError(Status::Unknown, std::string("LLVM gave up: ") + reason.text);
  return result;
}

Result<SourceResult> source(const SourceRequest& request) {
  return guarded<SourceResult>([&] { return compileSource(request); });
}

Result<ModuleResult> module(const ModuleRequest& request) {
  return guarded<ModuleResult>([&] { return compileModule(request); });
}

Result<void> preludes(const std::string& folder) {
  for (const char* standard : {"c++11", "c++14", "c++17", "c++20"})
    AW_TRY(writePrelude({standard, false, false},
                        folder + "/" + preludeName({standard, false, false})));
  return {};
}

} // namespace
} // namespace anywarp::frontend

extern "C" __attribute__((visibility("default"))) const anywarp::frontend::Door anywarpFrontend = {
    anywarp::frontend::source, anywarp::frontend::module, anywarp::frontend::preludes};
