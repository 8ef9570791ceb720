// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/trace.h"

#include "support/log.h"
#include "support/options.h"

#include <chrono>

namespace anywarp::trace {

std::atomic<unsigned> detail::mask{detail::kUnset};

unsigned detail::readMask() {
  unsigned value = options().trace;
  mask.store(value, std::memory_order_relaxed);
  return value;
}

uint64_t detail::nowNs() {
  return uint64_t(std::chrono::duration_cast<std::chrono::nanoseconds>(
                      std::chrono::steady_clock::now().time_since_epoch())
                      .count());
}

void write(Category category, std::string_view text) {
  const char* name = category == kApi      ? "api"
                     : category == kLaunch ? "launch"
                     : category == kMemory ? "memory"
                                           : "jit";
  log::writeLine(fmt::format("anywarp: {}: {}\n", name, text));
}

void Call::begin(const char* name) {
  on_ = true;
  name_ = name;
  start_ = detail::nowNs();
}

void Call::add(std::string& list, std::string_view name, std::string_view value) {
  if (!list.empty())
    list += ", ";
  list += name;
  list += '=';
  list += value;
}

void Call::end() {
  std::string text = fmt::format("{}({})", name_, args_);
  if (!result_.empty())
    text += " -> " + result_;
  if (!outs_.empty())
    text += " {" + outs_ + "}";
  write(kApi, fmt::format("{} {}us", text, (detail::nowNs() - start_) / 1000));
}

} // namespace anywarp::trace
