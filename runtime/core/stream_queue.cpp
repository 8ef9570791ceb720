// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/stream_queue.h"

#include "core/context.h"
#include "core/device.h"
#include "core/status.h"
#include "core/stream_poller.h"
#include "support/log.h"
#include "support/spin.h"
#include "support/thread.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace anywarp::core {
namespace {

// A worker gives other streams a chance after so many operations.
constexpr unsigned kBudget = 64;
// A waiting thread looks this often before it sleeps: about the time a wake-up costs.
constexpr int kSpins = 200;
// So much may wait in a queue before pushing waits too, as CUDA's launch queue does; otherwise a
// program that launches without ever synchronising takes all memory.
constexpr uint64_t kMaxQueued = 4096;

std::atomic<bool> stopping{false};
std::atomic<int> running{0}; // operations being run in the process; only for stopAll()

uint64_t nextId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

// So many queues are remembered that a queue has waited for.
constexpr size_t kMaxFollowed = 256;

} // namespace

StreamQueue::StreamQueue(ContextRef context, std::shared_ptr<LegacyOrder> order, bool legacy,
                         Threads threads)
    : context_(std::move(context)), device_(context_->device().backend()), order_(std::move(order)),
      legacy_(legacy), threads_(threads), id_(nextId()) {}

StreamQueue::~StreamQueue() = default;

void StreamQueue::addLegacyDeps(std::vector<QueuePosition>& deps) {
  auto dependOn = [&](StreamQueue& other, uint64_t& seen) {
    uint64_t last = other.pushed();
    if (last <= seen)
      return;
    seen = last;
    if (!other.reached(last))
      deps.push_back({other.shared_from_this(), last});
  };
  if (!legacy_) {
    if (order_->legacy)
      dependOn(*order_->legacy, legacySeen_);
    return;
  }
  for (const std::shared_ptr<StreamQueue>& queue : order_->blocking)
    dependOn(*queue, queue->legacyWaited_);
}

uint64_t StreamQueue::push(Push push) {
  uint64_t number;
  Action action;
  if (order_) {
    // The other side's end is read and the own operation added as one step; otherwise two threads
    // could make each wait for the other.
    std::lock_guard order(order_->mutex);
    addLegacyDeps(push.deps);
    action = add(push, number);
  } else {
    action = add(push, number);
  }
  if (action == Action::Post)
    post();
  else if (action == Action::Drain)
    drain(number, kBudget);
  return number;
}

void StreamQueue::throttle() {
  uint64_t last = pushed();
  if (last > kMaxQueued && !reached(last - kMaxQueued)) [[unlikely]]
    waitFor(last - kMaxQueued / 2);
}

uint64_t StreamQueue::end() {
  if (!legacy_ || finished())
    return pushed();
  Push nothing;
  nothing.always = true;
  nothing.mode = Mode::Caller;
  return push(std::move(nothing));
}

bool StreamQueue::finished() {
  if (!legacy_)
    return idle();
  std::lock_guard order(order_->mutex);
  for (const std::shared_ptr<StreamQueue>& queue : order_->blocking)
    if (!queue->idle())
      return false;
  return idle();
}

StreamQueue::Action StreamQueue::add(Push& push, uint64_t& number) {
  std::lock_guard lock(mutex_);
  number = pushed_.load(std::memory_order_relaxed) + 1;
  pushed_.store(number, std::memory_order_release);
  for (const QueuePosition& dep : push.deps)
    follow(dep);
  entries_.push_back(
      {std::move(push.run), std::move(push.deps), std::move(push.ready), number, push.always, {}});
  if (timeline::on()) [[unlikely]]
    entries_.back().origin = timeline::origin();
  if (state_ != State::Idle)
    return Action::None;
  if (push.mode == Mode::Inline) {
    state_ = State::Running;
    return Action::Drain;
  }
  state_ = State::Ready;
  return push.mode == Mode::Post ? Action::Post : Action::None;
}

void StreamQueue::follow(const QueuePosition& position) {
  if (!position.queue || position.queue.get() == this)
    return;
  if (followed_.size() >= kMaxFollowed)
    followed_.clear();
  uint64_t& number = followed_[position.queue->id()];
  number = std::max(number, position.number);
}

void StreamQueue::noteFollowed(const QueuePosition& position) {
  std::lock_guard lock(mutex_);
  follow(position);
}

bool StreamQueue::follows(uint64_t queue, uint64_t number) {
  std::lock_guard lock(mutex_);
  auto it = followed_.find(queue);
  return it != followed_.end() && it->second >= number;
}

void StreamQueue::post() {
  auto drain = [self = shared_from_this()] { self->drainFromWorker(); };
  if (threads_ == Threads::Own && startThread("anywarp-grid", drain))
    return;
  device_.post(std::move(drain));
}

void StreamQueue::drainFromWorker() {
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::Ready) // somebody else took it over
      return;
    state_ = State::Running;
  }
  drain(UINT64_MAX, kBudget);
}

void StreamQueue::drain(uint64_t until, unsigned budget) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (entries_.empty()) {
      state_ = State::Idle;
      return;
    }
    if (completed_.load(std::memory_order_relaxed) >= until || budget-- == 0) {
      state_ = State::Ready;
      if (sleepers_)
        changed_.notify_all();
      lock.unlock();
      post();
      return;
    }
    if (!resolveHead(lock))
      return;
    Entry entry = std::move(entries_.front());
    entries_.pop_front();
    lock.unlock();

    runEntry(entry);
    entry.run = nullptr; // what they hold may lock on its way out
    entry.ready = nullptr;
    StreamPoller::kick(); // another queue may wait for a value that it wrote

    std::vector<Waiter> woken;
    lock.lock();
    completed_.store(entry.number, std::memory_order_release);
    if (sleepers_)
      changed_.notify_all();
    for (size_t i = 0; i < waiters_.size();) {
      if (waiters_[i].number > entry.number) {
        ++i;
        continue;
      }
      woken.push_back(std::move(waiters_[i]));
      waiters_[i] = std::move(waiters_.back());
      waiters_.pop_back();
    }
    if (!woken.empty()) {
      lock.unlock();
      for (Waiter& waiter : woken)
        waiter.queue->wake();
      lock.lock();
    }
  }
}

bool StreamQueue::resolveHead(std::unique_lock<std::mutex>& lock) {
  std::vector<QueuePosition>& deps = entries_.front().deps; // stable: only the drainer pops
  while (!deps.empty()) {
    QueuePosition dep = std::move(deps.back());
    deps.pop_back();
    if (dep.reached() || dep.queue.get() == this)
      continue;
    state_ = State::Blocked;
    blockedOn_ = dep;
    if (sleepers_)
      changed_.notify_all(); // they may help with blockedOn_
    lock.unlock();
    // From here the other queue may wake this one and a worker take it over at any time.
    if (dep.queue->addWaiter(dep.number, shared_from_this()))
      return false;
    lock.lock();
    state_ = State::Running;
    blockedOn_ = {};
  }
  if (!entries_.front().ready)
    return true;
  lock.unlock();
  bool done = askHead();
  lock.lock();
  if (done)
    return true;
  state_ = State::Blocked;
  polled_ = true;
  if (sleepers_)
    changed_.notify_all();
  lock.unlock();
  StreamPoller::add(shared_from_this());
  return false;
}

bool StreamQueue::askHead() {
  if (context_->abandoned())
    context_->fail(
        makeError(Status::LaunchTimeout,
                  "the context goes while a stream still waits for a value or a signal"));
  if (context_->stickyStatus() != Status::Success)
    return true; // runEntry() decides what that means
  running.fetch_add(1);
  Result<bool> done = stopping.load() ? Result<bool>(false) : entries_.front().ready();
  running.fetch_sub(1);
  if (done)
    return *done;
  noteFailure(done.error());
  return true;
}

void StreamQueue::poll() {
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::Blocked || !polled_)
      return;
    state_ = State::Running;
  }
  bool done = askHead();
  Condition met; // what it holds may lock on its way out
  {
    std::lock_guard lock(mutex_);
    state_ = done ? State::Ready : State::Blocked;
    if (!done)
      return;
    met.swap(entries_.front().ready);
    polled_ = false;
    if (sleepers_)
      changed_.notify_all();
  }
  post();
}

Result<void> StreamQueue::runTraced(Entry& entry) {
  timeline::OperationScope scope({uint16_t(context_->device().ordinal()), track_, entry.origin});
  return entry.run();
}

void StreamQueue::runEntry(Entry& entry) {
  if (!entry.run)
    return;
  running.fetch_add(1);
  if (stopping.load()) {
    // The process is exiting: this thread never comes back, and nobody else takes the queue.
    running.fetch_sub(1);
    for (;;)
      std::this_thread::sleep_for(std::chrono::hours(1));
  }
  Result<void> result;
  if (entry.always || context_->stickyStatus() == Status::Success)
    result = timeline::on() ? runTraced(entry) : entry.run();
  running.fetch_sub(1);
  if (!result)
    noteFailure(result.error());
}

void StreamQueue::noteFailure(const Error& error) {
  if (isSticky(error.status)) {
    context_->fail(error);
    return;
  }
  log::error("an operation failed after its call had returned: {}", error.message);
  std::lock_guard lock(mutex_);
  if (error_.status == Status::Success)
    error_ = error;
}

void StreamQueue::wake() {
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::Blocked || polled_)
      return;
    state_ = State::Ready;
    blockedOn_ = {};
    if (sleepers_)
      changed_.notify_all();
  }
  post();
}

bool StreamQueue::addWaiter(uint64_t number, const std::shared_ptr<StreamQueue>& waiter) {
  std::lock_guard lock(mutex_);
  if (reached(number))
    return false;
  waiters_.push_back({number, waiter});
  return true;
}

void StreamQueue::waitFor(uint64_t number) {
  if (reached(number))
    return;
  std::unique_lock lock(mutex_);
  while (!reached(number)) {
    if (state_ == State::Ready && threads_ == Threads::Workers) {
      state_ = State::Running;
      lock.unlock();
      drain(number, UINT32_MAX);
      lock.lock();
      continue;
    }
    if (state_ == State::Blocked && !blockedOn_.reached()) {
      QueuePosition position = blockedOn_;
      lock.unlock();
      position.queue->waitFor(position.number);
      lock.lock();
      continue;
    }
    if (state_ == State::Running) {
      lock.unlock();
      for (int i = 0; i < kSpins && !reached(number); ++i)
        spinPause();
      lock.lock();
      if (reached(number) || state_ != State::Running)
        continue;
    }
    ++sleepers_;
    changed_.wait(lock);
    --sleepers_;
  }
}

Result<void> StreamQueue::takeError() {
  std::lock_guard lock(mutex_);
  if (error_.status == Status::Success) [[likely]]
    return {};
  return std::exchange(error_, Error{Status::Success, {}});
}

void StreamQueue::stopAll() {
  stopping.store(true);
  // A kernel that never ends must not keep the process from ending.
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (running.load() > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

} // namespace anywarp::core
