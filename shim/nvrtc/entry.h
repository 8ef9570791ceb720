// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every generated NVRTC entry point does around its implementation. Safe from any thread.
#pragma once

#include "nvrtc/types.h"
#include "support/export.h"
#include "support/result.h"

namespace anywarp::nvrtc {

nvrtcResult enter(const char* function, bool needsInit);
nvrtcResult leave(const char* function, const Result<void>& result);

} // namespace anywarp::nvrtc
