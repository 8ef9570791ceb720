// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every generated runtime entry point does around its implementation. The runtime initialises
// itself when an implementation first asks for a device or context, so there is nothing to check
// before. Safe from any thread.
#pragma once

#include "common/call.h"
#include "cudart/last_error.h"
#include "cudart/types.h"

namespace anywarp::cudart {

inline cudaError_t enter(const char*, bool) {
  return cudaSuccess;
}

inline cudaError_t leave(const char* function, const Result<void>& result) {
  if (result) [[likely]]
    return cudaSuccess;
  return cudaError_t(recordFailure(function, result.error()));
}

inline Result<void> stub(const char* function) {
  return shim::notImplemented(function, "docs/coverage/cudart.md");
}

inline Result<void> refused(const char* function, const char* reason) {
  return shim::refused(function, reason);
}

// The default stream as plain and as _ptds/_ptsz entry points mean it.
inline cudaStream_t legacyStream(cudaStream_t stream) {
  return stream ? stream : cudaStreamLegacy;
}
inline cudaStream_t perThreadStream(cudaStream_t stream) {
  return stream ? stream : cudaStreamPerThread;
}

} // namespace anywarp::cudart
