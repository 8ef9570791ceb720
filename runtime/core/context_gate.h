// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A place in a queue that all work of a context, or of a green context, has to wait for. Plain data
// under Context's mutex.
#pragma once

#include "core/context.h"
#include "core/stream_queue.h"

namespace anywarp::core {

struct Context::Gate {
  QueuePosition position;
  uint64_t green = 0; // GreenContext::id(); 0: for the whole context
};

} // namespace anywarp::core
