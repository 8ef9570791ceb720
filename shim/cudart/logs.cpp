// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The error log: what failed calls had to say.
#include "cudart/types.h"

#if CUDART_VERSION >= 13000
#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/error_log.h"

namespace anywarp::cudart {

Result<void> logsRegisterCallback(cudaLogsCallback_t callback, void* userData,
                                  cudaLogsCallbackHandle* handle) {
  AW_ARG(callback, "callbackFunc is null");
  void* added = core::ErrorLog::addCallback(reinterpret_cast<core::ErrorLog::Callback>(callback),
                                            userData); // cudaLogLevel passes as int
  if (handle)
    *handle = static_cast<cudaLogsCallbackHandle>(added);
  return {};
}

Result<void> logsUnregisterCallback(cudaLogsCallbackHandle handle) {
  return core::ErrorLog::removeCallback(handle);
}

Result<void> logsCurrent(cudaLogIterator* iterator, unsigned int flags) {
  AW_ARG(iterator, "iterator_out is null");
  AW_ARG(flags == 0, "flags must be 0");
  *iterator = core::ErrorLog::end();
  return {};
}

Result<void> logsDumpToFile(cudaLogIterator* iterator, const char* path, unsigned int flags) {
  AW_ARG(path, "pathToFile is null");
  AW_ARG(flags == 0, "flags must be 0");
  return core::ErrorLog::dump(iterator, path);
}

Result<void> logsDumpToMemory(cudaLogIterator* iterator, char* buffer, size_t* size,
                              unsigned int flags) {
  AW_ARG(buffer && size, "buffer or size is null");
  AW_ARG(flags == 0, "flags must be 0");
  return core::ErrorLog::dump(iterator, buffer, size);
}

} // namespace anywarp::cudart
#endif
