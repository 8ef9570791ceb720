// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CUDA's error log (cuLogs..., cudaLogs...): the last messages of failed calls and warnings, for
// programs to read, whatever ANYWARP_LOG says. One for the process; safe from any thread. Callbacks
// run with no lock held, on the thread whose call failed.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace anywarp::core {

class AW_API ErrorLog {
public:
  enum class Level : int { Error = 0, Warning = 1 }; // CUlogLevel
  static constexpr size_t kMaxBytes = 25600;         // "The maximum size of the buffer"
  using Callback = void (*)(void*, int level, char* text, size_t length); // CUlogsCallback

  static void add(Level level, std::string_view text);
  // Messages of Anywarp's own log go here too, from now on. Called once, by Runtime.
  static void followLog();

  static void* addCallback(Callback callback, void* userData);
  static Result<void> removeCallback(void* handle); // InvalidValue: no such callback

  // Where the next message will be: an iterator for the two below.
  static uint32_t end();
  // All from `*iterator` on (null: all there are), which is moved to the end.
  static Result<void> dump(uint32_t* iterator, const char* path);
  // As many of the newest as fit into *size bytes with their end; *size becomes what was written.
  static Result<void> dump(uint32_t* iterator, char* buffer, size_t* size);
};

} // namespace anywarp::core
