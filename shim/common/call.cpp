// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "common/call.h"

#include "core/error_log.h"
#include "support/log.h"
#include "support/options.h"

#include <cstdlib>
#include <mutex>
#include <set>

namespace anywarp::shim {

Error notImplemented(const char* function, std::string_view page) {
  static std::mutex mutex; // guards said
  static auto* said = new std::set<std::string>;
  bool first;
  {
    std::lock_guard lock(mutex);
    first = said->insert(function).second;
  }
  if (first)
    log::warn("{} is not implemented yet and returned \"operation not supported\" (see {})",
              function, page);
  if (options().strict) {
    log::error("{} is not implemented and ANYWARP_STRICT is set: ending the process", function);
    std::abort();
  }
  return makeError(Status::NotSupported, "");
}

Error refused(const char* function, const char* reason) {
  if (log::firstTime(function))
    log::warn("{} is not supported: {}", function, reason);
  return makeError(Status::NotSupported, "");
}

void logFailure(const char* function, const Error& error, const char* name, bool warn) {
  if (error.message.empty() || error.status == Status::NotReady)
    return;
  std::string text = fmt::format("{}: {}: {}", function, name, error.message);
  log::line(warn ? log::Level::Warn : log::Level::Info, "{}", text);
  if (!warn) // the error log follows warnings by itself
    core::ErrorLog::add(core::ErrorLog::Level::Error, text);
}

} // namespace anywarp::shim
