// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cuda/entry.h"

#include "api/cuda/print.h"
#include "common/call.h"
#include "common/errors.h"
#include "common/trace.h"

namespace anywarp::cuda {

CUresult enterSlow(const char* function, bool needsInit) {
  core::Runtime& runtime = core::Runtime::get();
  CUresult state = CUDA_SUCCESS;
  if (needsInit)
    state = CUresult(runtime.check().status());
  else if (runtime.down())
    state = CUDA_ERROR_DEINITIALIZED;
  if (state != CUDA_SUCCESS) {
    trace::Call call(function); // the entry point's own line begins later
    shim::traceResult(call, enumName(state), state);
  }
  return state;
}

CUresult leaveSlow(const char* function, const Error& error) {
  const shim::ErrorRow* row = shim::findError(uint32_t(error.status));
  shim::logFailure(function, error, row && row->driverName ? row->driverName : "CUDA_ERROR_UNKNOWN",
                   error.status == Status::LaunchOutOfResources ||
                       error.status == Status::CooperativeLaunchTooLarge ||
                       error.status == Status::NotSupported);
  return CUresult(error.status);
}

Result<void> stub(const char* function) {
  return shim::notImplemented(function, "docs/coverage/cuda.md");
}

Result<void> refused(const char* function, const char* reason) {
  return shim::refused(function, reason);
}

} // namespace anywarp::cuda
