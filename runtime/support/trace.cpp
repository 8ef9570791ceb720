// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/trace.h"

#include "support/clock.h"
#include "support/log.h"
#include "support/options.h"
#include "support/timeline.h"

namespace anywarp::trace {

std::atomic<unsigned> detail::mask{detail::kUnset};

unsigned detail::readMask() {
  unsigned value = options().trace | (timeline::begin() ? unsigned(kTimeline) : 0);
  unsigned unset = kUnset;
  // Only once: cuProfilerStart changes it.
  return mask.compare_exchange_strong(unset, value) ? value : unset;
}

uint64_t detail::nowNs() {
  return uint64_t(nowNanoseconds());
}

void write(Category category, std::string_view text) {
  const char* name = category == kApi      ? "api"
                     : category == kLaunch ? "launch"
                     : category == kMemory ? "memory"
                                           : "jit";
  log::writeLine(fmt::format("anywarp: {}: {}\n", name, text));
}

void Call::begin(const char* name) {
  on_ = trace::on(kApi);
  timed_ = trace::on(kTimeline);
  name_ = name;
  if (timed_)
    timeline::enterCall();
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
  if (timed_)
    timeline::leaveCall(name_, start_);
  if (!on_)
    return;
  std::string text = fmt::format("{}({})", name_, args_);
  if (!result_.empty())
    text += " -> " + result_;
  if (!outs_.empty())
    text += " {" + outs_ + "}";
  write(kApi, fmt::format("{} {}us", text, (detail::nowNs() - start_) / 1000));
}

} // namespace anywarp::trace
