// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/profiler.h"

#include <atomic>

namespace anywarp::core {
namespace {

std::atomic<Profiler::State> current{Profiler::State::NeverUsed};

} // namespace

Profiler::State Profiler::state() {
  return current.load(std::memory_order_relaxed);
}
void Profiler::start() {
  current.store(State::On, std::memory_order_relaxed);
}
void Profiler::stop() {
  current.store(State::Off, std::memory_order_relaxed);
}

} // namespace anywarp::core
