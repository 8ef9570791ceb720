// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/error_log.h"

#include "support/log.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace anywarp::core {
namespace {

constexpr const char* kLevels[] = {"error", "warning"};
constexpr std::string_view kLost = "[earlier messages were overwritten]\n";
constexpr std::string_view kShort =
    "[the buffer is too small for all messages; the newest follow]\n";

struct Listener {
  ErrorLog::Callback callback;
  void* userData;
};

struct State {
  std::mutex mutex; // guards all below; a leaf
  std::deque<std::string> lines;
  size_t bytes = 0;
  uint32_t first = 0; // number of lines.front()
  std::vector<std::shared_ptr<Listener>> listeners;
};

State& state() {
  static State* state = new State; // static destructors may still fail
  return *state;
}

// A callback that fails itself must not call itself.
thread_local constinit bool inside = false;

// The lines from *iterator on, and whether older ones are lost.
std::vector<std::string> take(const uint32_t* iterator, bool& lost, uint32_t& end) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  end = s.first + uint32_t(s.lines.size());
  uint32_t from = iterator ? *iterator : s.first;
  lost = int32_t(s.first - from) > 0;
  uint32_t skip = lost ? 0 : std::min<uint32_t>(from - s.first, uint32_t(s.lines.size()));
  return {s.lines.begin() + skip, s.lines.end()};
}

} // namespace

void ErrorLog::add(Level level, std::string_view text) {
  if (inside)
    return;
  inside = true;
  std::time_t now = std::time(nullptr);
  std::tm parts = {};
  localtime_r(&now, &parts);
  char when[32];
  std::strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &parts);
  std::string line = fmt::format("[{}] {}: {}\n", when, kLevels[int(level)], text.substr(0, 1000));
  State& s = state();
  std::vector<std::shared_ptr<Listener>> listeners;
  {
    std::lock_guard lock(s.mutex);
    s.bytes += line.size();
    s.lines.push_back(line);
    while (s.bytes > kMaxBytes) {
      s.bytes -= s.lines.front().size();
      s.lines.pop_front();
      ++s.first;
    }
    listeners = s.listeners;
  }
  for (const auto& listener : listeners) {
    std::string copy = line; // theirs to write to
    listener->callback(listener->userData, int(level), copy.data(), copy.size());
  }
  inside = false;
}

void ErrorLog::followLog() {
  log::observe([](log::Level level, std::string_view text) {
    if (level <= log::Level::Warn)
      add(level == log::Level::Error ? Level::Error : Level::Warning, text);
  });
}

void* ErrorLog::addCallback(Callback callback, void* userData) {
  auto listener = std::make_shared<Listener>(Listener{callback, userData});
  State& s = state();
  std::lock_guard lock(s.mutex);
  s.listeners.push_back(listener);
  return listener.get();
}

Result<void> ErrorLog::removeCallback(void* handle) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  if (!std::erase_if(s.listeners, [&](const auto& each) { return each.get() == handle; }))
    return makeError(Status::InvalidValue, "no callback of the error log");
  return {};
}

uint32_t ErrorLog::end() {
  State& s = state();
  std::lock_guard lock(s.mutex);
  return s.first + uint32_t(s.lines.size());
}

Result<void> ErrorLog::dump(uint32_t* iterator, const char* path) {
  bool lost = false;
  uint32_t last = 0;
  std::vector<std::string> lines = take(iterator, lost, last);
  std::FILE* file = std::fopen(path, "we");
  if (!file)
    return makeError(Status::InvalidValue, fmt::format("{} cannot be written", path));
  if (lost)
    std::fwrite(kLost.data(), 1, kLost.size(), file);
  for (const std::string& line : lines)
    std::fwrite(line.data(), 1, line.size(), file);
  if (std::fclose(file) != 0)
    return makeError(Status::InvalidValue, fmt::format("{} cannot be written", path));
  if (iterator)
    *iterator = last;
  return {};
}

Result<void> ErrorLog::dump(uint32_t* iterator, char* buffer, size_t* size) {
  bool lost = false;
  uint32_t last = 0;
  std::vector<std::string> lines = take(iterator, lost, last);
  const size_t room = *size;
  *size = 0;
  if (lines.empty()) {
    if (room)
      *buffer = 0;
    if (iterator)
      *iterator = last;
    return {};
  }
  std::string_view head = lost ? kLost : std::string_view();
  size_t all = head.size() + 1;
  for (const std::string& line : lines)
    all += line.size();
  auto first = lines.begin();
  if (all > room) {
    head = kShort;
    size_t used = head.size() + 1;
    for (first = lines.end(); first != lines.begin() && used + first[-1].size() <= room; --first)
      used += first[-1].size();
    if (first == lines.end())
      return makeError(Status::InvalidValue, "the buffer has no room for a message");
  }
  char* at = std::copy(head.begin(), head.end(), buffer);
  for (auto line = first; line != lines.end(); ++line)
    at = std::copy(line->begin(), line->end(), at);
  *at = 0;
  *size = size_t(at - buffer);
  if (iterator)
    *iterator = last;
  return {};
}

} // namespace anywarp::core
