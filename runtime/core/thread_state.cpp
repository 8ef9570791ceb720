// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/thread_state.h"

#include "core/context.h"
#include "core/runtime.h"
#include "core/stream.h"

namespace anywarp::core {
namespace {

// Both need no construction and no destruction, so they can be used until the thread is gone.
thread_local ThreadState* state = nullptr;
thread_local bool ended = false;

struct Reaper {
  void arm() {}
  ~Reaper() {
    ended = true;
    delete std::exchange(state, nullptr);
  }
};

} // namespace

ThreadState& ThreadState::get() {
  if (!state) [[unlikely]] {
    state = new ThreadState;
    if (!ended) {
      thread_local Reaper reaper;
      reaper.arm();
    }
  }
  return *state;
}

ThreadState::~ThreadState() {
  if (!Runtime::get().initialized())
    return;
  for (auto& [id, weak] : defaultStreams)
    if (StreamRef stream = weak.lock(); stream && stream->context().id() == id)
      stream->retire();
}

} // namespace anywarp::core
