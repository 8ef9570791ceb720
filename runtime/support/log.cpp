// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/log.h"

#include "support/options.h"

#include <atomic>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <unistd.h>
#include <unordered_set>

namespace anywarp::log {
namespace {

constexpr const char* kNames[] = {"error", "warning", "info", "debug"};

struct Sink {
  Level level = Level(options().log);
  int fd = 2;
  Sink() {
    const std::string& path = options().logFile;
    if (path.empty())
      return;
    int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file >= 0)
      fd = file;
    else
      dprintf(2, "anywarp: warning: ANYWARP_LOG_FILE=%s cannot be opened; logging to stderr\n",
              path.c_str());
  }
};

Sink& sink() {
  options(); // may log what is wrong with them: not while the sink itself is being made
  static Sink* s = new Sink; // never destroyed: static destructors of the application may still log
  return *s;
}

std::atomic<Observer> observer{nullptr};

} // namespace

bool enabled(Level level) {
  return level <= sink().level || (level <= Level::Warn && observer.load());
}

void observe(Observer function) {
  observer.store(function);
}

void write(Level level, std::string_view text) {
  if (Observer function = observer.load(); function && level <= Level::Warn)
    function(level, text);
  if (level <= sink().level)
    writeLine(fmt::format("anywarp: {}: {}\n", kNames[int(level)], text));
}

void writeLine(std::string_view line) {
  [[maybe_unused]] ssize_t n = ::write(sink().fd, line.data(), line.size());
}

bool firstTime(std::string_view key) {
  static std::mutex* mutex = new std::mutex; // guards `seen`
  static auto* seen = new std::unordered_set<std::string>;
  std::lock_guard lock(*mutex);
  return seen->emplace(key).second;
}

} // namespace anywarp::log
