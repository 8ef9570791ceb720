// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "nvvm/entry.h"

#include "api/nvvm/print.h"
#include "nvvm/support.h"
#include "support/log.h"

namespace anywarp::nvvm {

nvvmResult enter(const char*, bool) {
  return NVVM_SUCCESS;
}

nvvmResult leave(const char* function, const Result<void>& result) {
  if (result)
    return NVVM_SUCCESS;
  const Error& error = result.error();
  nvvmResult code = uint32_t(error.status) >= kOwnCodes
                        ? nvvmResult(uint32_t(error.status) - kOwnCodes)
                    : error.status == Status::InvalidValue ? NVVM_ERROR_INVALID_INPUT
                    : error.status == Status::OutOfMemory  ? NVVM_ERROR_OUT_OF_MEMORY
                                                           : NVVM_ERROR_COMPILATION;
  if (!error.message.empty())
    log::info("{}: {}: {}", function, enumName(code), error.message);
  return code;
}

} // namespace anywarp::nvvm
