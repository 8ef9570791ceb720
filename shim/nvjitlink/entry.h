// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every generated nvJitLink entry point does around its implementation. Safe from any thread.
#pragma once

#include "nvjitlink/types.h"
#include "support/export.h"
#include "support/result.h"

namespace anywarp::nvjitlink {

nvJitLinkResult enter(const char* function, bool needsInit);
nvJitLinkResult leave(const char* function, const Result<void>& result);

} // namespace anywarp::nvjitlink
