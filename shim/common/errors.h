// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The error table of both APIs (headers/api/errors.td). Constant data; safe from any thread.
#pragma once

#include <cstdint>
#include <span>

namespace anywarp::shim {

struct ErrorRow {
  uint32_t value;
  const char* driverName;  // null: the driver API does not have this code
  const char* runtimeName; // null: the runtime API does not have this code
  const char* text;
  uint32_t driverCode;  // what the code becomes in the driver API
  uint32_t runtimeCode; // what the code becomes in the runtime API
};

std::span<const ErrorRow> errorRows();
const ErrorRow* findError(uint32_t value); // null: no such code

// CUresult as cudaError_t, and back. Codes that nobody knows become "unknown error" (999).
uint32_t runtimeError(uint32_t driverCode);
uint32_t driverError(uint32_t runtimeCode);

} // namespace anywarp::shim
