// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUDA 13's error log. Ours goes to stderr (ANYWARP_LOG), so this one is always empty.
#include "cudart/types.h"

#if CUDART_VERSION >= 13000
#include "api/cudart/impl.h"
#include "common/call.h"

namespace anywarp::cudart {

Result<void> logsCurrent(cudaLogIterator* iterator_out, unsigned int flags) {
  AW_ARG(iterator_out && flags == 0, "iterator is null or flags are not 0");
  *iterator_out = 0;
  return {};
}

Result<void> logsDumpToFile(cudaLogIterator* iterator, const char* pathToFile, unsigned int flags) {
  AW_ARG(pathToFile && flags == 0, "path is null or flags are not 0");
  if (iterator)
    *iterator = 0;
  return {};
}

Result<void> logsDumpToMemory(cudaLogIterator* iterator, char* buffer, size_t* size,
                              unsigned int flags) {
  AW_ARG(buffer && size && flags == 0, "buffer or size is null or flags are not 0");
  if (*size)
    buffer[0] = 0;
  *size = 0;
  if (iterator)
    *iterator = 0;
  return {};
}

Result<void> logsRegisterCallback(cudaLogsCallback_t callbackFunc, void*,
                                  cudaLogsCallbackHandle* callback_out) {
  AW_ARG(callbackFunc, "callback is null");
  static char registered; // any address: callbacks are never called
  if (callback_out)
    *callback_out = reinterpret_cast<cudaLogsCallbackHandle>(&registered);
  return {};
}

Result<void> logsUnregisterCallback(cudaLogsCallbackHandle callback) {
  AW_ARG(callback, "callback is null");
  return {};
}

} // namespace anywarp::cudart
#endif
