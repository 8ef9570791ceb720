// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every generated driver entry point does around its implementation: the library's state
// before, the error code after. Safe from any thread.
#pragma once

#include "core/runtime.h"
#include "cuda/types.h"
#include "support/result.h"

namespace anywarp::cuda {

CUresult enterSlow(const char* function, bool needsInit);
CUresult leaveSlow(const char* function, const Error& error);

// CUDA_SUCCESS, or why no call may run now: not initialised, forked, or after teardown.
inline CUresult enter(const char* function, bool needsInit) {
  if (core::Runtime::get().initialized()) [[likely]]
    return CUDA_SUCCESS;
  return enterSlow(function, needsInit);
}

inline CUresult leave(const char* function, const Result<void>& result) {
  if (result) [[likely]]
    return CUDA_SUCCESS;
  return leaveSlow(function, result.error());
}

Result<void> stub(const char* function);
Result<void> refused(const char* function, const char* reason);

// The default stream as plain and as _ptds/_ptsz entry points mean it.
inline CUstream legacyStream(CUstream stream) {
  return stream;
}
inline CUstream perThreadStream(CUstream stream) {
  return stream ? stream : CU_STREAM_PER_THREAD;
}

} // namespace anywarp::cuda
