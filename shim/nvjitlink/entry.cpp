// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "nvjitlink/entry.h"

#include "api/nvjitlink/print.h"
#include "nvjitlink/support.h"
#include "support/log.h"

namespace anywarp::nvjitlink {

nvJitLinkResult enter(const char*, bool) {
  return NVJITLINK_SUCCESS;
}

nvJitLinkResult leave(const char* function, const Result<void>& result) {
  if (result)
    return NVJITLINK_SUCCESS;
  const Error& error = result.error();
  nvJitLinkResult code = uint32_t(error.status) >= kOwnCodes
                             ? nvJitLinkResult(uint32_t(error.status) - kOwnCodes)
                         : error.status == Status::InvalidValue ? NVJITLINK_ERROR_INVALID_INPUT
                                                                : NVJITLINK_ERROR_INTERNAL;
  if (!error.message.empty())
    log::info("{}: {}: {}", function, enumName(code), error.message);
  return code;
}

} // namespace anywarp::nvjitlink
