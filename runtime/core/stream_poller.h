// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Looks after queues whose head waits for something that nobody reports: a value in memory, written
// by a kernel, the host or another process; an external semaphore; an event of another process. One
// thread for the process, asleep while no queue waits. It looks at once after every operation of
// any stream, otherwise every few microseconds at first and rarely (0.2 ms) later. Safe from any
// thread; `mutex` below is a leaf.
#pragma once

#include <memory>

namespace anywarp::core {

class StreamQueue;

class StreamPoller {
public:
  static void add(std::shared_ptr<StreamQueue> queue);
  // Something happened that a queue may wait for. Costs one load while none waits.
  static void kick();
};

} // namespace anywarp::core
