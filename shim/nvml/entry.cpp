// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "nvml/entry.h"

#include "api/nvml/print.h"
#include "nvml/support.h"
#include "support/log.h"

namespace anywarp::nvml {

nvmlReturn_t enter(const char*, bool needsInit) {
  return needsInit && !started() ? NVML_ERROR_UNINITIALIZED : NVML_SUCCESS;
}

nvmlReturn_t leave(const char* function, const Result<void>& result) {
  if (result)
    return NVML_SUCCESS;
  const Error& error = result.error();
  nvmlReturn_t code = uint32_t(error.status) >= kOwnCodes
                          ? nvmlReturn_t(uint32_t(error.status) - kOwnCodes)
                      : error.status == Status::InvalidValue ? NVML_ERROR_INVALID_ARGUMENT
                      : error.status == Status::NotSupported ? NVML_ERROR_NOT_SUPPORTED
                      : error.status == Status::OutOfMemory  ? NVML_ERROR_MEMORY
                                                             : NVML_ERROR_UNKNOWN;
  if (!error.message.empty())
    log::info("{}: {}: {}", function, enumName(code), error.message);
  return code;
}

Result<void> stub(const char* function) {
  if (log::firstTime(function))
    log::debug("{}: these devices have nothing like it", function);
  return fail(NVML_ERROR_NOT_SUPPORTED);
}

} // namespace anywarp::nvml
