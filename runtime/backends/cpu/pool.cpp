// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pool.h"

#include "fault.h"
#include "futex.h"
#include "support/thread.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <pthread.h>

namespace anywarp::cpu {
namespace {

using Clock = std::chrono::steady_clock;

// A sleeping thread needs 17-140 us to start on a virtual machine: less work than this is done
// sooner by the caller alone.
constexpr uint64_t kWakeNanos = 20'000;
constexpr auto kSpin = std::chrono::microseconds(40);
constexpr uint64_t kMaxChunk = 64;
// Taking a chunk costs about 0.1 us: tiny units go in larger ones.
constexpr uint64_t kChunkNanos = 10'000;

uint64_t chunkSize(uint64_t units, uint64_t nanosPerUnit, unsigned threads) {
  uint64_t most = nanosPerUnit ? std::max(kMaxChunk, kChunkNanos / nanosPerUnit) : kMaxChunk;
  return std::clamp<uint64_t>(std::min(units / 64, most), 1,
                              std::max<uint64_t>(1, units / threads));
}

thread_local int workerNumber = -1;

uint64_t nanosSince(Clock::time_point start) {
  return uint64_t(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
}

} // namespace

// Outlives run(): a worker may still hold it after the caller has left. `body` may only be touched
// after taking units, because the caller does not leave before those are done.
struct Pool::Grid {
  GridBody* body = nullptr;
  uint64_t units = 0, chunk = 1;
  std::atomic<uint64_t> next{0};
  std::atomic<uint64_t> done{0};
  std::atomic<uint32_t> finished{0}; // futex: 1 when done == units
  std::atomic<int> helpers{0}, joined{0};
  int maxHelpers = 0;

  bool open() const { return next.load(std::memory_order_relaxed) < units; }
  void complete(uint64_t count) {
    if (done.fetch_add(count, std::memory_order_acq_rel) + count == units) {
      finished.store(1, std::memory_order_release);
      futexWake(finished, INT_MAX);
    }
  }
  void abort() {
    uint64_t taken = next.exchange(units);
    if (taken < units)
      complete(units - taken);
  }
};

int Pool::currentWorker() {
  return workerNumber;
}

sigset_t Pool::workerSignalMask() {
  return foreignSignals();
}

Pool::Pool(unsigned threads) {
  sigset_t mask = workerSignalMask(), old;
  pthread_sigmask(SIG_SETMASK, &mask, &old);
  for (unsigned i = 0; i < threads; i++)
    threads_.emplace_back([this, i] { loop(i); });
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

Pool::~Pool() {
  stop_ = true;
  wake(size());
  for (std::thread& thread : threads_) {
    if (thread.get_id() == std::this_thread::get_id())
      thread.detach(); // exit() called from a stream callback
    else
      thread.join();
  }
}

void Pool::post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    taskCount_.store(uint32_t(tasks_.size()), std::memory_order_relaxed);
  }
  wake(1);
}

void Pool::wake(unsigned threads) {
  epoch_.fetch_add(1, std::memory_order_seq_cst);
  uint32_t spinning = spinners_.load(std::memory_order_seq_cst);
  uint32_t asleep = sleepers_.load(std::memory_order_seq_cst);
  if (threads > spinning && asleep)
    futexWake(epoch_, int(std::min(threads - spinning, asleep)));
}

bool Pool::hasWork() const {
  return taskCount_.load(std::memory_order_relaxed) || openGrids_.load(std::memory_order_relaxed) ||
         stop_.load(std::memory_order_relaxed);
}

bool Pool::takeTask(std::function<void()>& task) {
  if (!taskCount_.load(std::memory_order_relaxed))
    return false;
  std::lock_guard lock(mutex_);
  if (tasks_.empty())
    return false;
  task = std::move(tasks_.front());
  tasks_.pop_front();
  taskCount_.store(uint32_t(tasks_.size()), std::memory_order_relaxed);
  // Who posted several may have counted on one spinning worker for all of them.
  if (!tasks_.empty())
    wake(1);
  return true;
}

std::shared_ptr<Pool::Grid> Pool::joinGrid() {
  if (!openGrids_.load(std::memory_order_relaxed))
    return nullptr;
  std::lock_guard lock(mutex_);
  std::shared_ptr<Grid> found;
  // A grid with nothing left to take is dropped here, or idle workers would circle around it.
  std::erase_if(grids_, [](const auto& grid) { return !grid->open(); });
  for (auto& grid : grids_)
    if (grid->helpers.load(std::memory_order_relaxed) < grid->maxHelpers) {
      grid->helpers.fetch_add(1, std::memory_order_relaxed);
      grid->joined.fetch_add(1, std::memory_order_relaxed);
      found = grid;
      break;
    }
  countOpenGrids();
  return found;
}

void Pool::countOpenGrids() {
  uint32_t open = 0;
  for (auto& grid : grids_)
    open += grid->helpers.load(std::memory_order_relaxed) < grid->maxHelpers;
  openGrids_.store(open, std::memory_order_relaxed);
}

void Pool::publish(const std::shared_ptr<Grid>& grid) {
  {
    std::lock_guard lock(mutex_);
    grids_.push_back(grid);
    countOpenGrids();
  }
  uint64_t left = (grid->units - std::min(grid->units, grid->next.load())) / grid->chunk;
  wake(unsigned(std::min<uint64_t>(uint64_t(grid->maxHelpers), left + 1)));
}

void Pool::retire(const std::shared_ptr<Grid>& grid) {
  std::lock_guard lock(mutex_);
  std::erase(grids_, grid);
  countOpenGrids();
}

void Pool::work(Grid& grid, bool leaveForTasks) {
  while (!(leaveForTasks && taskCount_.load(std::memory_order_relaxed))) {
    uint64_t first = grid.next.fetch_add(grid.chunk, std::memory_order_relaxed);
    if (first >= grid.units)
      return;
    uint64_t count = std::min(grid.chunk, grid.units - first);
    if (!grid.body->run(first, count))
      grid.abort();
    grid.complete(count);
  }
}

void Pool::run(GridBody& body, uint64_t units, std::atomic<uint32_t>& nanosPerUnit, bool together,
               unsigned maxThreads) {
  if (!units)
    return;
  // One block has nobody to share with. Looking at the clock costs as much as a small kernel, so
  // most of the time nobody does.
  static thread_local constinit unsigned singles = 0;
  if (units == 1 && nanosPerUnit.load(std::memory_order_relaxed) && ++singles % 16) {
    body.run(0, 1);
    return;
  }
  bool fromWorker = workerNumber >= 0;
  int maxHelpers = int(size()) - (fromWorker ? 1 : 0);
  if (maxThreads)
    maxHelpers = std::min(maxHelpers, int(maxThreads) - 1);
  auto start = Clock::now();
  uint64_t estimate = nanosPerUnit.load(std::memory_order_relaxed);
  uint64_t chunk = together ? 1 : chunkSize(units, estimate, size() + 1);

  // Alone, as long as it looks short; whoever finds out that it is not calls for help. A chunk
  // costs more than the looking at the clock behind it, so they grow while the units are as short
  // as that.
  uint64_t done = 0;
  if (units == 1 || maxHelpers <= 0 || (!together && estimate && estimate * units < kWakeNanos)) {
    for (uint64_t next = chunk; done < units;) {
      uint64_t count = std::min(next, units - done);
      if (!body.run(done, count))
        return;
      done += count;
      if (maxHelpers <= 0 || done == units)
        continue;
      uint64_t used = nanosSince(start);
      if (used > kWakeNanos)
        break;
      if (used * next * 2 < done * (kWakeNanos / 2)) // what twice as many will take
        next *= 2;
    }
  }
  if (done < units) {
    auto grid = std::make_shared<Grid>();
    grid->body = &body;
    grid->units = units;
    grid->chunk = chunk;
    grid->next = done;
    grid->done = done;
    grid->maxHelpers = maxHelpers;
    publish(grid);
    work(*grid, false);
    retire(grid);
    for (auto spinStart = Clock::now(); !grid->finished.load(std::memory_order_acquire);) {
      if (Clock::now() - spinStart < kSpin)
        spinPause();
      else
        futexWait(grid->finished, 0);
    }
    // CPU time per unit is not known with helpers; wall time times the threads is its upper bound.
    uint64_t used = nanosSince(start) * uint64_t(1 + grid->joined.load(std::memory_order_relaxed));
    nanosPerUnit.store(uint32_t(std::clamp<uint64_t>(used / units, 1, UINT32_MAX)),
                       std::memory_order_relaxed);
    return;
  }
  uint64_t measured = std::clamp<uint64_t>(nanosSince(start) / units, 1, UINT32_MAX);
  // Slowly down, at once up: calling for help without need costs less than not calling.
  if (estimate && measured < estimate)
    measured = (estimate * 3 + measured) / 4;
  nanosPerUnit.store(uint32_t(std::max<uint64_t>(measured, 1)), std::memory_order_relaxed);
}

void Pool::sleep() {
  uint32_t seen = epoch_.load(std::memory_order_seq_cst);
  spinners_.fetch_add(1, std::memory_order_seq_cst);
  auto start = Clock::now();
  bool found = false;
  while (!(found = hasWork()) && Clock::now() - start < kSpin)
    for (int i = 0; i < 16; i++)
      spinPause();
  if (!found) // before leaving the spinners: a poster either sees a sleeper or changes the epoch
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
  spinners_.fetch_sub(1, std::memory_order_seq_cst);
  if (found)
    return;
  if (!hasWork())
    futexWait(epoch_, seen);
  sleepers_.fetch_sub(1, std::memory_order_seq_cst);
}

void Pool::loop(unsigned number) {
  workerNumber = int(number);
  char name[16];
  snprintf(name, sizeof name, "anywarp-%u", number);
  pthread_setname_np(pthread_self(), name);
  prepareThread();
  std::function<void()> task;
  for (;;) {
    if (takeTask(task)) {
      task();
      task = nullptr;
      continue;
    }
    if (auto grid = joinGrid()) {
      work(*grid, true);
      grid->helpers.fetch_sub(1, std::memory_order_relaxed);
      if (grid->open()) { // left for a task: the place is free again
        std::lock_guard lock(mutex_);
        countOpenGrids();
      }
      continue;
    }
    if (stop_.load(std::memory_order_acquire))
      return;
    sleep();
  }
}

} // namespace anywarp::cpu
