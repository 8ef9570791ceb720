// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/checkpoint.h"

#include "core/context.h"
#include "core/handles.h"
#include "core/runtime.h"
#include "core/stream.h"
#include "core/stream_queue.h"
#include "support/clock.h"

#include <atomic>
#include <chrono>
#include <fmt/core.h>
#include <mutex>
#include <thread>

namespace anywarp::core {
namespace {

std::mutex& changing() {
  static auto* mutex = new std::mutex; // serialises the transitions
  return *mutex;
}
std::atomic<Checkpoint::State> current{Checkpoint::State::Running};

// `changing` held, as for what follows.
Result<void> expect(Checkpoint::State wanted) {
  constexpr const char* kNames[] = {"running", "locked", "checkpointed", "failed"};
  Checkpoint::State now = current.load();
  if (now == wanted)
    return {};
  return makeError(Status::IllegalState,
                   fmt::format("the process is {}, not {}", kNames[int(now)], kNames[int(wanted)]));
}

Result<void> change(Checkpoint::State from, Checkpoint::State to) {
  AW_TRY(expect(from));
  current.store(to);
  return {};
}

bool idle() {
  for (const ContextRef& context : HandleTable<Context>::get().all())
    for (const StreamRef& stream : context->streams())
      if (!stream->idle())
        return false;
  return true;
}

} // namespace

Checkpoint::State Checkpoint::state() {
  return current.load();
}

Result<void> Checkpoint::lock(unsigned timeoutMs) {
  std::lock_guard lock(changing());
  AW_TRY(expect(State::Running));
  if (!Runtime::get().hold())
    return makeError(Status::NotInitialized, "CUDA is not in use");
  const int64_t end = nowNanoseconds() + int64_t(timeoutMs) * 1'000'000;
  while (!idle()) {
    if (timeoutMs && nowNanoseconds() > end) {
      Runtime::get().letGo();
      return makeError(Status::NotReady, {});
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  current.store(State::Locked);
  return {};
}

Result<void> Checkpoint::checkpoint() {
  std::lock_guard lock(changing());
  return change(State::Locked, State::Checkpointed);
}

Result<void> Checkpoint::restore() {
  std::lock_guard lock(changing());
  return change(State::Checkpointed, State::Locked);
}

Result<void> Checkpoint::unlock() {
  std::lock_guard lock(changing());
  AW_TRY(change(State::Locked, State::Running));
  Runtime::get().letGo();
  return {};
}

} // namespace anywarp::core
