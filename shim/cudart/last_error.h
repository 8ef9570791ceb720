// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each thread's last error, and how a core Error becomes a cudaError_t. Every generated entry point
// ends here. Codes that only the runtime API knows travel as Status values too: both APIs share one
// number space (headers/api/errors.td). Safe from any thread.
#pragma once

#include "support/result.h"

#include <cstdint>
#include <fmt/core.h>

namespace anywarp::cudart {

// Codes of the runtime API that the driver API lacks.
enum class RuntimeStatus : uint32_t {
  InvalidConfiguration = 9,
  InvalidPitchValue = 12,
  InvalidSymbol = 13,
  InvalidTexture = 18,
  InvalidTextureBinding = 19,
  InvalidChannelDescriptor = 20,
  InvalidMemcpyDirection = 21,
  InvalidFilterSetting = 26,
  InvalidNormSetting = 27,
  InvalidSurface = 37,
  InvalidDeviceFunction = 98,
  UnsupportedLimit = 215,
};
inline Error makeError(RuntimeStatus status, std::string message) {
  return anywarp::makeError(Status(uint32_t(status)), std::move(message));
}

// Logs a failure, maps it and keeps it as the thread's last error (NotReady is an answer, not an
// error, and is not kept).
uint32_t recordFailure(const char* function, const Error& error);
uint32_t lastError();     // keeps it
uint32_t takeLastError(); // clears it, unless the current context is beyond repair
void clearLastError();

} // namespace anywarp::cudart
