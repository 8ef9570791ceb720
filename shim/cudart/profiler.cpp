// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs bracket the part worth profiling; host profilers see kernels as ordinary functions.
#include "api/cudart/impl.h"
#include "cudart/current.h"

namespace anywarp::cudart {

Result<void> profilerStart() {
  return initialize();
}
Result<void> profilerStop() {
  return initialize();
}
#if CUDART_VERSION < 12000
Result<void> profilerInitialize(const char*, const char*, int) {
  return initialize();
}
#endif

} // namespace anywarp::cudart
