// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names from before CUDA 4, gone in CUDA 13.
#include "cudart/types.h"

#if CUDART_VERSION < 13000
#include "api/cudart/impl.h"

namespace anywarp::cudart {

Result<void> threadExit() {
  return deviceReset();
}
Result<void> threadSynchronize() {
  return deviceSynchronize();
}
Result<void> threadGetLimit(size_t* pValue, cudaLimit limit) {
  return deviceGetLimit(pValue, limit);
}
Result<void> threadSetLimit(cudaLimit limit, size_t value) {
  return deviceSetLimit(limit, value);
}
Result<void> threadGetCacheConfig(cudaFuncCache* pCacheConfig) {
  return deviceGetCacheConfig(pCacheConfig);
}
Result<void> threadSetCacheConfig(cudaFuncCache cacheConfig) {
  return deviceSetCacheConfig(cacheConfig);
}
Result<void> setDoubleForDevice(double*) {
  return {};
}
Result<void> setDoubleForHost(double*) {
  return {};
}

} // namespace anywarp::cudart
#endif
