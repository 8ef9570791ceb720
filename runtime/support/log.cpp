// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/log.h"

#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace anywarp::log {
namespace {

constexpr const char* kNames[] = {"error", "warning", "info", "debug"};

Level parseLevel(const char* text) {
  if (!text)
    return Level::Warn;
  for (Level l : {Level::Error, Level::Info, Level::Debug})
    if (!strcmp(text, kNames[int(l)]))
      return l;
  return Level::Warn;
}

struct Sink {
  Level level = parseLevel(getenv("ANYWARP_LOG"));
  int fd = 2;
  Sink() {
    if (const char* path = getenv("ANYWARP_LOG_FILE"); path && *path) {
      int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
      if (file >= 0)
        fd = file;
    }
  }
};

Sink& sink() {
  static Sink* s = new Sink; // never destroyed: static destructors of the application may still log
  return *s;
}

} // namespace

bool enabled(Level level) { return level <= sink().level; }

void write(Level level, std::string_view text) {
  std::string out = fmt::format("anywarp: {}: {}\n", kNames[int(level)], text);
  [[maybe_unused]] ssize_t n = ::write(sink().fd, out.data(), out.size());
}

} // namespace anywarp::log
