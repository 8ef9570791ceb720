// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One log for all of Anywarp: lines "anywarp: warning: text" on stderr or in ANYWARP_LOG_FILE.
// The level comes from ANYWARP_LOG (error, warn, info, debug; default warn). Safe from any thread;
// a line is written with one write(2).
#pragma once

#include "support/export.h"

#include <fmt/core.h>
#include <string_view>

namespace anywarp::log {

enum class Level { Error, Warn, Info, Debug };

AW_API bool enabled(Level level);
AW_API void write(Level level, std::string_view text);
// A complete line, newline included, whatever the level; for trace.h.
AW_API void writeLine(std::string_view line);
// Called with every error and warning, whatever the level; null: by nobody. Must not log.
using Observer = void (*)(Level level, std::string_view text);
AW_API void observe(Observer observer);
// True for the first call with this key in the process: for messages that are said once.
AW_API bool firstTime(std::string_view key);

template <typename... Args> void line(Level level, fmt::format_string<Args...> f, Args&&... args) {
  if (enabled(level))
    write(level, fmt::format(f, std::forward<Args>(args)...));
}
template <typename... Args> void error(fmt::format_string<Args...> f, Args&&... args) {
  line(Level::Error, f, std::forward<Args>(args)...);
}
template <typename... Args> void warn(fmt::format_string<Args...> f, Args&&... args) {
  line(Level::Warn, f, std::forward<Args>(args)...);
}
template <typename... Args> void info(fmt::format_string<Args...> f, Args&&... args) {
  line(Level::Info, f, std::forward<Args>(args)...);
}
template <typename... Args> void debug(fmt::format_string<Args...> f, Args&&... args) {
  line(Level::Debug, f, std::forward<Args>(args)...);
}

} // namespace anywarp::log
