// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/stream_poller.h"

#include "core/stream_queue.h"
#include "support/thread.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <sys/prctl.h>
#include <vector>

namespace anywarp::core {
namespace {

using namespace std::chrono_literals;
constexpr auto kShortest = 2us, kLongest = 200us;

std::atomic<uint32_t> waiting{0}; // queues

struct State {
  std::mutex mutex; // guards all below
  std::condition_variable changed;
  std::vector<std::shared_ptr<StreamQueue>> queues;
  bool kicked = false, started = false;
};

State& state() {
  static State* state = new State; // the thread may outlive static objects
  return *state;
}

void loop() {
  State& s = state();
  prctl(PR_SET_TIMERSLACK, 1000); // ns; the default of 50 us is longer than most waits
  std::chrono::microseconds pause = kShortest;
  std::unique_lock lock(s.mutex);
  for (;;) {
    if (s.queues.empty())
      s.changed.wait(lock, [&] { return !s.queues.empty(); });
    else
      s.changed.wait_for(lock, pause, [&] { return s.kicked; });
    pause = s.kicked ? kShortest : std::min<std::chrono::microseconds>(pause * 2, kLongest);
    s.kicked = false;
    std::vector<std::shared_ptr<StreamQueue>> queues = s.queues; // what goes is destroyed unlocked
    lock.unlock();
    for (const auto& queue : queues)
      queue->poll();
    lock.lock();
    // One that is done may wait again already, for its next value.
    std::erase_if(s.queues, [](const auto& queue) { return !queue->polled(); });
    waiting.store(uint32_t(s.queues.size()), std::memory_order_seq_cst);
    lock.unlock();
    queues.clear();
    lock.lock();
  }
}

} // namespace

void StreamPoller::add(std::shared_ptr<StreamQueue> queue) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  if (!std::exchange(s.started, true))
    startThread("anywarp-poll", loop);
  if (std::find(s.queues.begin(), s.queues.end(), queue) == s.queues.end())
    s.queues.push_back(std::move(queue));
  waiting.store(uint32_t(s.queues.size()), std::memory_order_seq_cst);
  s.kicked = true;
  s.changed.notify_one();
}

void StreamPoller::kick() {
  if (!waiting.load(std::memory_order_seq_cst)) [[likely]]
    return;
  State& s = state();
  std::lock_guard lock(s.mutex);
  s.kicked = true;
  s.changed.notify_one();
}

} // namespace anywarp::core
