// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The error log: what failed calls had to say.
#include "core/error_log.h"
#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> logsRegisterCallback(CUlogsCallback callback, void* userData,
                                  CUlogsCallbackHandle* handle) {
  AW_ARG(callback, "callbackFunc is null");
  void* added = core::ErrorLog::addCallback(reinterpret_cast<core::ErrorLog::Callback>(callback),
                                            userData); // CUlogLevel passes as int
  if (handle)
    *handle = static_cast<CUlogsCallbackHandle>(added);
  return {};
}

Result<void> logsUnregisterCallback(CUlogsCallbackHandle handle) {
  return core::ErrorLog::removeCallback(handle);
}

Result<void> logsCurrent(CUlogIterator* iterator, unsigned int flags) {
  AW_ARG(iterator, "iterator_out is null");
  AW_ARG(flags == 0, "flags must be 0");
  *iterator = core::ErrorLog::end();
  return {};
}

Result<void> logsDumpToFile(CUlogIterator* iterator, const char* path, unsigned int flags) {
  AW_ARG(path, "pathToFile is null");
  AW_ARG(flags == 0, "flags must be 0");
  return core::ErrorLog::dump(iterator, path);
}

Result<void> logsDumpToMemory(CUlogIterator* iterator, char* buffer, size_t* size,
                              unsigned int flags) {
  AW_ARG(buffer && size, "buffer or size is null");
  AW_ARG(flags == 0, "flags must be 0");
  return core::ErrorLog::dump(iterator, buffer, size);
}

} // namespace anywarp::cuda
