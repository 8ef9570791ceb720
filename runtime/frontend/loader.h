// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loads the front end at its first use and runs each compilation on a thread of its own with a deep
// stack. No LLVM in here: this is what the shims link. Safe from any thread.
#pragma once

#include "frontend/frontend.h"

namespace anywarp::frontend {

Result<SourceResult> compile(const SourceRequest& request);
Result<ModuleResult> compile(const ModuleRequest& request);

} // namespace anywarp::frontend
