// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several things that one thread waits for while others run them. It helps with parts of them
// meanwhile, or those who run them could lack a thread that does nothing but wait. Only with parts
// of what it waits for: nothing else could be sure to end sooner. Owned by shared_ptr; one thread
// waits, any may call the rest.
#pragma once

#include "support/result.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace anywarp::core {

class GraphTeam;

class GraphWait : public std::enable_shared_from_this<GraphWait> {
public:
  GraphWait(); // part of what the calling thread runs a part of
  virtual ~GraphWait() = default;
  GraphWait(const GraphWait&) = delete;

  // `team`, which is a part of it, could use a thread. No lock held.
  void call(const std::weak_ptr<GraphTeam>& team);

  // The calling thread runs a part of it.
  class Part {
  public:
    explicit Part(GraphWait& whole);
    ~Part();
    Part(const Part&) = delete;

  private:
    GraphWait* const before_;
  };

protected:
  using Lock = std::unique_lock<std::mutex>;
  // Until `done`, which is asked with mutex_ held.
  template <typename Done> void wait(Lock& lock, Done done) {
    while (!done())
      if (!help(lock))
        pause(lock);
  }
  // Calls whoever waits for something of which this is a part. No lock held.
  void callAbove(const std::weak_ptr<GraphTeam>& team) {
    if (above_)
      above_->call(team);
  }
  // mutex_ held: wait() shall ask again.
  void notify();

  std::mutex mutex_;     // guards all below
  bool waiting_ = false; // and helps nobody

private:
  bool help(Lock& lock);
  void pause(Lock& lock);

  const std::shared_ptr<GraphWait> above_;
  std::atomic<uint32_t> news_{0};
  std::condition_variable changed_;
  bool asleep_ = false;
  std::deque<std::weak_ptr<GraphTeam>> calls_;
};

} // namespace anywarp::core
