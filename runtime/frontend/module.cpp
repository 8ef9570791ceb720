// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The door of libanywarp_frontend.so (frontend.h).
#include "frontend/prelude.h"
#include "frontend/source.h"
#include "frontend/nvvm.h"

namespace anywarp::frontend {
namespace {

Result<SourceResult> source(const SourceRequest& request) {
  return compileSource(request);
}

Result<ModuleResult> module(const ModuleRequest& request) {
  return compileModule(request);
}

Result<void> prelude(const std::string& standard, const std::string& file) {
  return writePrelude({standard, false, false}, file);
}

} // namespace
} // namespace anywarp::frontend

extern "C" __attribute__((visibility("default"))) const anywarp::frontend::Door anywarpFrontend = {
    anywarp::frontend::source, anywarp::frontend::module, anywarp::frontend::prelude};
