// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every generated libNVVM entry point does around its implementation. Safe from any thread.
#pragma once

#include "nvvm/types.h"
#include "support/export.h"
#include "support/result.h"

namespace anywarp::nvvm {

nvvmResult enter(const char* function, bool needsInit);
nvvmResult leave(const char* function, const Result<void>& result);

} // namespace anywarp::nvvm
