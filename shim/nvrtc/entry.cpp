// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "nvrtc/entry.h"

#include "api/nvrtc/print.h"
#include "nvrtc/support.h"
#include "support/log.h"

namespace anywarp::nvrtc {

nvrtcResult enter(const char*, bool) {
  return NVRTC_SUCCESS;
}

nvrtcResult leave(const char* function, const Result<void>& result) {
  if (result)
    return NVRTC_SUCCESS;
  const Error& error = result.error();
  nvrtcResult code = uint32_t(error.status) >= kOwnCodes
                         ? nvrtcResult(uint32_t(error.status) - kOwnCodes)
                     : error.status == Status::InvalidValue ? NVRTC_ERROR_INVALID_INPUT
                     : error.status == Status::OutOfMemory  ? NVRTC_ERROR_OUT_OF_MEMORY
                                                            : NVRTC_ERROR_INTERNAL_ERROR;
  if (!error.message.empty())
    log::info("{}: {}: {}", function, enumName(code), error.message);
  return code;
}

} // namespace anywarp::nvrtc
