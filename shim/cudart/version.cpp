// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/runtime.h"

namespace anywarp::cudart {

Result<void> driverGetVersion(int* driverVersion) {
  AW_ARG(driverVersion, "driverVersion is null");
  *driverVersion = core::driverVersion();
  return {};
}

Result<void> runtimeGetVersion(int* runtimeVersion) {
  AW_ARG(runtimeVersion, "runtimeVersion is null");
  *runtimeVersion = CUDART_VERSION;
  return {};
}

} // namespace anywarp::cudart
