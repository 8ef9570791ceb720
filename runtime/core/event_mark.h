// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One record of an event: where in which stream, and when it was reached. `position` is fixed
// before the mark is published; `nanoseconds` is written by the record operation before its
// position counts as reached.
#pragma once

#include "core/event.h"
#include "core/stream_queue.h"

#include <atomic>
#include <cstdint>

namespace anywarp::core {

struct Event::Mark {
  QueuePosition position;
  std::atomic<int64_t> nanoseconds{0};
  uint32_t record = 0; // SharedEvent's number of it
};

} // namespace anywarp::core
