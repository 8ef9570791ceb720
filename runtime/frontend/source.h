// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "frontend/frontend.h"

namespace anywarp::frontend {

// The work of Door::compileSource(), without its guards against crashes.
SourceResult compileSource(const SourceRequest& request);

} // namespace anywarp::frontend
