// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/thread_state.h"

#include "core/context.h"
#include "core/runtime.h"
#include "core/stream.h"

#include <pthread.h>

namespace anywarp::core {
namespace {

// Needs no construction and no destruction, so it can be used until the thread is gone.
thread_local constinit ThreadState* state = nullptr;

// A key's destructor runs after those of the thread's thread_local objects, which may still call,
// and not at all for the thread that calls exit(): handlers of atexit() still have their context.
pthread_key_t key() {
  static const pthread_key_t made = [] {
    pthread_key_t fresh;
    pthread_key_create(&fresh, [](void* gone) {
      state = nullptr;
      delete static_cast<ThreadState*>(gone);
    });
    return fresh;
  }();
  return made;
}

} // namespace

ThreadState& ThreadState::get() {
  if (!state) [[unlikely]] {
    state = new ThreadState;
    pthread_setspecific(key(), state);
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
