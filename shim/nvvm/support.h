// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libNVVM's errors. Safe from any thread.
#pragma once

#include "api/nvvm/impl.h"
#include "common/call.h"
#include "nvvm/types.h"
#include "support/result.h"

#include <string>
#include <utility>

namespace anywarp::nvvm {

// libNVVM's own codes travel as a Status above all of CUDA's.
inline constexpr uint32_t kOwnCodes = 0x40000000;
inline Error fail(nvvmResult code, std::string message = {}) {
  return makeError(Status(kOwnCodes + uint32_t(code)), std::move(message));
}

} // namespace anywarp::nvvm
