// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every generated NVML entry point does around its implementation: the library's state before,
// the error code after. Safe from any thread.
#pragma once

#include "nvml/types.h"
#include "support/result.h"

namespace anywarp::nvml {

nvmlReturn_t enter(const char* function,
                   bool needsInit); // NVML_ERROR_UNINITIALIZED before nvmlInit
nvmlReturn_t leave(const char* function, const Result<void>& result);

// What these devices do not have: NVML_ERROR_NOT_SUPPORTED, which tools expect and show as "N/A".
Result<void> stub(const char* function);

} // namespace anywarp::nvml
