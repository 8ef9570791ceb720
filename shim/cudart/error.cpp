// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/cudart/impl.h"
#include "common/errors.h"
#include "cudart/last_error.h"

namespace anywarp::cudart {

const char* getErrorName(cudaError_t error) {
  const shim::ErrorRow* row = shim::findError(uint32_t(error));
  return row && row->runtimeName ? row->runtimeName : "unrecognized error code";
}

const char* getErrorString(cudaError_t error) {
  const shim::ErrorRow* row = shim::findError(uint32_t(error));
  return row && row->runtimeName ? row->text : "unrecognized error code";
}

cudaError_t getLastError() {
  return cudaError_t(takeLastError());
}
cudaError_t peekAtLastError() {
  return cudaError_t(lastError());
}

} // namespace anywarp::cudart
