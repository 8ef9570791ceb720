// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "frontend/frontend.h"

namespace anywarp::frontend {

// The work of Door::compileModule(), without its guards against crashes.
ModuleResult compileModule(const ModuleRequest& request);

} // namespace anywarp::frontend
