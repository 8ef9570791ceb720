// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_wait.h"

#include "core/graph_team.h"
#include "support/spin.h"

#include <chrono>
#include <utility>

namespace anywarp::core {
namespace {

// So long a waiting thread looks for news before it sleeps: a wake-up costs as much.
constexpr auto kSpin = std::chrono::microseconds(40);

thread_local GraphWait* whole = nullptr; // that the thread runs a part of

} // namespace

GraphWait::GraphWait() : above_(whole ? whole->shared_from_this() : nullptr) {}

GraphWait::Part::Part(GraphWait& of) : before_(std::exchange(whole, &of)) {}

GraphWait::Part::~Part() {
  whole = before_;
}

void GraphWait::call(const std::weak_ptr<GraphTeam>& team) {
  {
    std::lock_guard lock(mutex_);
    calls_.push_back(team);
    notify();
  }
  callAbove(team);
}

void GraphWait::notify() {
  news_.fetch_add(1, std::memory_order_relaxed);
  if (asleep_)
    changed_.notify_one();
}

bool GraphWait::help(Lock& lock) {
  if (calls_.empty())
    return false;
  std::shared_ptr<GraphTeam> team = calls_.front().lock();
  calls_.pop_front();
  lock.unlock();
  if (team)
    team->assist();
  team = nullptr;
  lock.lock();
  return true;
}

void GraphWait::pause(Lock& lock) {
  uint32_t seen = news_.load(std::memory_order_relaxed);
  waiting_ = true;
  lock.unlock();
  auto start = std::chrono::steady_clock::now();
  while (news_.load(std::memory_order_relaxed) == seen &&
         std::chrono::steady_clock::now() - start < kSpin)
    spinPause();
  lock.lock();
  asleep_ = true;
  changed_.wait(lock, [&] { return news_.load(std::memory_order_relaxed) != seen; });
  asleep_ = waiting_ = false;
}

} // namespace anywarp::core
