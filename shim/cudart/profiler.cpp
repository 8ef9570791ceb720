// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs bracket the part worth profiling: they bound a timeline that asks for it. Host profilers
// see kernels as ordinary functions.
#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/current.h"
#include "support/timeline.h"

namespace anywarp::cudart {

Result<void> profilerStart() {
  AW_TRY(initialize());
  timeline::profilerRange(true);
  return {};
}

Result<void> profilerStop() {
  AW_TRY(initialize());
  timeline::profilerRange(false);
  return {};
}
#if CUDART_VERSION < 12000
Result<void> profilerInitialize(const char*, const char*, int) {
  return initialize();
}
#endif

} // namespace anywarp::cudart
