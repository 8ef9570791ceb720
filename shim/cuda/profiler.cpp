// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The profiler's switches: they bound a timeline that asks for it. Host profilers see everything.
#include "cuda/support.h"
#include "support/timeline.h"

namespace anywarp::cuda {

Result<void> profilerInitialize(const char*, const char*, CUoutput_mode mode) {
  AW_ARG(mode == CU_OUT_KEY_VALUE_PAIR || mode == CU_OUT_CSV, "an output mode that there is not");
  return {};
}

Result<void> profilerStart() {
  AW_TRY(core::Context::require());
  timeline::profilerRange(true);
  return {};
}

Result<void> profilerStop() {
  AW_TRY(core::Context::require());
  timeline::profilerRange(false);
  return {};
}

} // namespace anywarp::cuda
