// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The profiler's switch. Host profilers see kernels as ordinary functions, whatever it says.
#include "core/profiler.h"

#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> profilerInitialize(const char*, const char*, CUoutput_mode) {
  return {};
}

Result<void> profilerStart() {
  AW_TRY(core::Context::require());
  core::Profiler::start();
  return {};
}

Result<void> profilerStop() {
  AW_TRY(core::Context::require());
  core::Profiler::stop();
  return {};
}

} // namespace anywarp::cuda
