// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One log for all of Anywarp: lines "anywarp: warning: text" on stderr or in ANYWARP_LOG_FILE.
// The level comes from ANYWARP_LOG (error, warn, info, debug; default warn). Safe from any thread;
// a line is written with one write(2).
#pragma once

#include <string_view>

#include <fmt/core.h>

namespace anywarp::log {

enum class Level { Error, Warn, Info, Debug };

bool enabled(Level level);
void write(Level level, std::string_view text);

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
