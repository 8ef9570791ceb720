// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the entry points of all libraries do the same way when a call fails: one log line for a
// failure worth knowing, one per function that is not implemented. Safe from any thread.
#pragma once

#include "support/result.h"

#include <string>
#include <string_view>

namespace anywarp::shim {

// Says once per function that it is missing (ends the process with ANYWARP_STRICT=1) and gives
// NotSupported. `page` is the coverage page: "docs/coverage/cuda.md".
Error notImplemented(const char* function, std::string_view page);

// Says once per function why there will be no such thing here, and gives NotSupported.
Error refused(const char* function, const char* reason);

// Logs a failed call and the API's name of its error: as a warning, or (wrong arguments; failures
// that core has logged where they happened) at level info and in the error log. Says nothing about
// answers that are no failures: NotReady, an empty message.
void logFailure(const char* function, const Error& error, const char* name, bool warn);

// AW_LET(name, expr): name is the value of a Result, or the enclosing function returns its error.
#define AW_LET(name, expr)                                                                         \
  auto name##_result = (expr);                                                                     \
  if (!name##_result)                                                                              \
    return name##_result.error();                                                                  \
  auto& name = *name##_result

// AW_ARG(condition, text): the enclosing function returns InvalidValue when the condition fails.
#define AW_ARG(condition, text)                                                                    \
  do {                                                                                             \
    if (!(condition)) [[unlikely]]                                                                 \
      return ::anywarp::makeError(::anywarp::Status::InvalidValue, text);                          \
  } while (0)

} // namespace anywarp::shim
