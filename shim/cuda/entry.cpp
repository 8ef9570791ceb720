// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cuda/entry.h"

#include "common/call.h"

namespace anywarp::cuda {

CUresult enterSlow(bool needsInit) {
  Status status = core::Runtime::get().check().status();
  if (status == Status::Deinitialized || needsInit)
    return CUresult(status);
  return CUDA_SUCCESS;
}

CUresult leaveSlow(const char* function, const Error& error) {
  shim::logFailure(function, error);
  return CUresult(error.status);
}

Result<void> stub(const char* function) {
  return shim::notImplemented(function, "docs/coverage/cuda.md");
}

} // namespace anywarp::cuda
