// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "watchdog.h"

#include "execute.h"
#include "fault.h"
#include "support/options.h"
#include "support/thread.h"

#include <algorithm>
#include <condition_variable>
#include <fmt/core.h>
#include <link.h>
#include <thread>

namespace anywarp::cpu {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTick = std::chrono::milliseconds(50);

unsigned limitSeconds() {
  return options().watchdog;
}

} // namespace

// All grids that run; its thread sleeps while there are none. Never destroyed: grids may still run
// when the process ends.
class Watchdog {
public:
  static Watchdog& instance() {
    static auto* watchdog = new Watchdog;
    return *watchdog;
  }
  void add(GridWatch& watch) {
    std::lock_guard lock(mutex_);
    if (!started_) {
      installInterruptHandler();
      startThread("anywarp-watch", [] { instance().loop(); });
      started_ = true;
    }
    watches_.push_back(&watch);
    changed_.notify_one();
  }
  void remove(GridWatch& watch) {
    std::lock_guard lock(mutex_);
    std::erase(watches_, &watch);
  }

private:
  void loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !watches_.empty(); });
      auto now = Clock::now();
      for (GridWatch* watch : watches_)
        watch->check(now);
      lock.unlock();
      std::this_thread::sleep_for(kTick);
      lock.lock();
    }
  }

  std::mutex mutex_; // guards watches_ and started_; GridWatch::mutex_ is taken inside
  std::condition_variable changed_;
  std::vector<GridWatch*> watches_;
  bool started_ = false;
};

// The executable segment of the shared object that holds it.
CodeRange rangeAround(const void* code) {
  struct Search {
    uintptr_t address;
    CodeRange found;
  } search{reinterpret_cast<uintptr_t>(code), {}};
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* arg) {
        auto& s = *static_cast<Search*>(arg);
        for (int i = 0; i < info->dlpi_phnum; i++) {
          const auto& header = info->dlpi_phdr[i];
          uintptr_t low = info->dlpi_addr + header.p_vaddr;
          if (header.p_type != PT_LOAD || !(header.p_flags & PF_X) || s.address < low ||
              s.address >= low + header.p_memsz)
            continue;
          s.found = {low, low + header.p_memsz};
          return 1;
        }
        return 0;
      },
      &search);
  return search.found;
}

GridWatch::GridWatch(Grid& grid, const void* code) : grid_(grid), enabled_(limitSeconds() != 0) {
  if (!enabled_)
    return;
  end_ = Clock::now() + std::chrono::seconds(limitSeconds());
  code_ = rangeAround(code);
  Watchdog::instance().add(*this);
}

GridWatch::~GridWatch() {
  if (enabled_)
    Watchdog::instance().remove(*this);
}

void GridWatch::check(Clock::time_point now) {
  if (now < end_)
    return;
  if (!grid_.failed())
    grid_.fail(Status::LaunchTimeout,
               fmt::format("ended after {} s, as ANYWARP_WATCHDOG says", limitSeconds()));
  std::lock_guard lock(mutex_);
  for (pthread_t thread : threads_) // again with each tick: it may be outside of the kernel's code
    interruptThread(thread);
}

GridWatch::Thread::Thread(GridWatch& watch) : watch_(watch) {
  if (!watch_.enabled_)
    return;
  outer_ = openInterrupts(&watch_.code_, oldMask_);
  std::lock_guard lock(watch_.mutex_);
  watch_.threads_.push_back(pthread_self());
}

GridWatch::Thread::~Thread() {
  if (!watch_.enabled_)
    return;
  {
    std::lock_guard lock(watch_.mutex_);
    auto at = std::find_if(watch_.threads_.begin(), watch_.threads_.end(),
                           [](pthread_t t) { return pthread_equal(t, pthread_self()); });
    watch_.threads_.erase(at);
  }
  closeInterrupts(outer_, oldMask_);
}

} // namespace anywarp::cpu
