// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What core keeps for each application thread: the stack of current contexts and its default
// streams. Only ever touched by its own thread.
#pragma once

#include "core/api.h"
#include "core/context.h"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace anywarp::core {

struct ThreadState {
  std::vector<CurrentContext> stack;
  bool inHostFunction = false; // of a stream: CUDA may not be called there
  // By Context::id(); the context owns them.
  std::unordered_map<uint64_t, std::weak_ptr<Stream>> defaultStreams;
  ~ThreadState();

  // The calling thread's; also works while the thread's other thread_local objects go away.
  static ThreadState& get();
};

} // namespace anywarp::core
