// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The engine below Stream: an ordered queue of operations that any thread may drain, one at a time.
//
// An operation may depend on positions in other queues. A queue whose head depends on something
// unfinished is Blocked: it costs nothing, and the other queue wakes it. Dependencies only point to
// operations that were pushed earlier, so they cannot form a circle. A thread that waits takes the
// queue over when no worker has started it, and helps with what it is blocked on, so that a launch
// followed by a synchronisation does not need a worker at all.
//
// Lock order: LegacyOrder::mutex before StreamQueue::mutex_; never two queues' mutexes at once; no
// lock is held while an operation runs or a task is posted.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "support/result.h"
#include "support/timeline.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace anywarp::core {

class StreamQueue;

// A place in a queue: reached when operation `number` has run.
struct QueuePosition {
  std::shared_ptr<StreamQueue> queue;
  uint64_t number = 0;
  inline bool reached() const;
};

// The rules of the legacy default stream within one context (CUDA programming guide, "Default
// Stream"): it waits for all blocking streams' earlier work, they wait for its.
struct LegacyOrder {
  std::mutex mutex; // guards what follows and the order of pushes to these queues
  std::shared_ptr<StreamQueue> legacy;
  std::vector<std::shared_ptr<StreamQueue>> blocking; // without legacy
};

class StreamQueue : public std::enable_shared_from_this<StreamQueue> {
public:
  using Operation = std::function<Result<void>()>;
  using Condition = std::function<Result<bool>()>;
  enum class Threads {
    Workers, // of the device, and whoever waits
    Own,     // a thread that is made for it: what runs there may wait for other queues' operations
  };
  // order: null for non-blocking streams.
  StreamQueue(ContextRef context, std::shared_ptr<LegacyOrder> order, bool legacy,
              Threads threads = Threads::Workers);
  ~StreamQueue();

  enum class Mode {
    Post,   // a worker shall start it soon
    Inline, // it is trivial: if nothing is before it, run it here
    Caller, // the caller waits for it right away and will run it if nobody else does
  };
  struct Push {
    Operation run;                   // empty: only a place in the order
    std::vector<QueuePosition> deps; // besides those of the legacy rules
    // Asked again and again until it says true; only then the operation runs. Called by one thread
    // at a time with no lock held; must not wait. An error is as one of `run`.
    Condition ready;
    bool always = false; // also after the context has failed
    Mode mode = Mode::Post;
  };
  uint64_t push(Push push); // the operation's number

  // The stream's number in a timeline; before anything is pushed.
  void setTrack(uint64_t stream) { track_ = uint32_t(stream); }

  // Waits while too much is queued. For whoever pushes real work from an application thread.
  void throttle();

  // Unique in the process.
  uint64_t id() const { return id_; }
  // Whether what is pushed from now on runs behind that operation of another queue, as something
  // pushed before waits for it. May forget.
  bool follows(uint64_t queue, uint64_t number);
  void noteFollowed(const QueuePosition& position);

  uint64_t pushed() const { return pushed_.load(std::memory_order_acquire); }
  bool reached(uint64_t number) const {
    return completed_.load(std::memory_order_acquire) >= number;
  }
  bool idle() const { return reached(pushed()); }
  void waitFor(uint64_t number); // helps
  // What a synchronisation of the stream waits for: its own end, and for the legacy stream also the
  // blocking streams' (as an operation there would).
  uint64_t end();
  bool finished();
  // An error that did not make the context fail; given out once.
  Result<void> takeError();

  // For StreamPoller: asks the head's condition, if it waits for one.
  void poll();
  bool polled() const { return polled_.load(); }

  // At exit: nothing starts any more; waits a moment for what runs.
  static void stopAll();

private:
  enum class State { Idle, Ready, Running, Blocked };
  struct Entry {
    Operation run;
    std::vector<QueuePosition> deps;
    Condition ready;
    uint64_t number = 0;
    bool always = false;
    timeline::Origin origin; // known while a timeline is recorded
  };
  enum class Action { None, Post, Drain };

  Action add(Push& push, uint64_t& number);
  void addLegacyDeps(std::vector<QueuePosition>& deps); // order_->mutex held
  void post();
  void drainFromWorker();
  // State is Running and belongs to the caller. Stops at operation `until` or when blocked.
  void drain(uint64_t until, unsigned budget);
  void follow(const QueuePosition& position);           // mutex_ held
  bool resolveHead(std::unique_lock<std::mutex>& lock); // false: now Blocked
  void runEntry(Entry& entry);
  bool askHead(); // the head's condition; no lock held, State is Running
  void noteFailure(const Error& error);
  Result<void> runTraced(Entry& entry);
  void wake();
  // False if `number` is reached already.
  bool addWaiter(uint64_t number, const std::shared_ptr<StreamQueue>& waiter);

  const ContextRef context_; // a circle with the context's list, broken when the context goes
  BackendDevice& device_;
  const std::shared_ptr<LegacyOrder> order_;
  const bool legacy_;
  const Threads threads_;
  const uint64_t id_;
  uint32_t track_ = 0;
  uint64_t legacySeen_ = 0;   // order_->mutex: of legacy, waited for by this queue
  uint64_t legacyWaited_ = 0; // order_->mutex: of this queue, waited for by legacy

  std::atomic<uint64_t> pushed_{0}, completed_{0};
  std::mutex mutex_;                // guards everything below and the changes of the two numbers
  std::condition_variable changed_; // for sleepers_
  unsigned sleepers_ = 0;
  State state_ = State::Idle;
  std::deque<Entry> entries_;
  QueuePosition blockedOn_;
  std::atomic<bool> polled_{false}; // the head waits for its condition
  struct Waiter {
    uint64_t number;
    std::shared_ptr<StreamQueue> queue;
  };
  std::vector<Waiter> waiters_;
  std::unordered_map<uint64_t, uint64_t> followed_; // queue id -> operation number
  Error error_{Status::Success, {}};
};

inline bool QueuePosition::reached() const {
  return !queue || queue->reached(number);
}

} // namespace anywarp::core
