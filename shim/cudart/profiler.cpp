// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs bracket the part worth profiling; host profilers see kernels as ordinary functions.
#include "core/profiler.h"

#include "api/cudart/impl.h"
#include "cudart/current.h"

namespace anywarp::cudart {

Result<void> profilerStart() {
  AW_TRY(initialize());
  core::Profiler::start();
  return {};
}

Result<void> profilerStop() {
  AW_TRY(initialize());
  core::Profiler::stop();
  return {};
}
#if CUDART_VERSION < 12000
Result<void> profilerInitialize(const char*, const char*, int) {
  return initialize();
}
#endif

} // namespace anywarp::cudart
