// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuInit and the version.
#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> init(unsigned int flags) {
  AW_ARG(flags == 0, "flags must be 0");
  return core::Runtime::get().init();
}

Result<void> driverGetVersion(int* version) {
  AW_ARG(version, "driverVersion is null");
  *version = core::driverVersion();
  return {};
}

} // namespace anywarp::cuda
