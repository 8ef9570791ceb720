// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The profiler's switches. Host profilers see everything, so there is nothing to switch.
#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> profilerInitialize(const char*, const char*, CUoutput_mode) {
  return {};
}

Result<void> profilerStart() {
  AW_LET(context, core::Context::require());
  (void)context;
  return {};
}

Result<void> profilerStop() {
  return profilerStart();
}

} // namespace anywarp::cuda
