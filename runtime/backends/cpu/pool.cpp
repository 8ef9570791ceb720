// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pool.h"

#include "fault.h"
#include "futex.h"
#include "schedule.h"
#include "support/thread.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <pthread.h>
#include <sched.h>

namespace anywarp::cpu {
namespace {

using Clock = std::chrono::steady_clock;

// A sleeping thread needs 17-140 us to start on a virtual machine: less work than this is done
// sooner by the caller alone.
constexpr uint64_t kWakeNanos = 20'000;
constexpr auto kSpin = std::chrono::microseconds(40);
constexpr uint64_t kMaxChunk = 64;
// Looking at the clock costs about 0.1 us: tiny units go in larger chunks.
constexpr uint64_t kChunkNanos = 10'000;
// The kernel wakes threads one after the other, a microsecond or more for each: woken ones help.
constexpr unsigned kWakeAtOnce = 8, kWakeFurther = 2;
constexpr unsigned kMostNodes = 16;
constexpr unsigned kMostReliefs = 128; // as many grids as a GPU runs at once
constexpr size_t kLine = 64;           // what processors pass to each other

// What the caller runs at first, as long as it is alone.
uint64_t firstChunk(uint64_t units, uint64_t nanosPerUnit) {
  uint64_t most = nanosPerUnit ? std::max(kMaxChunk, kChunkNanos / nanosPerUnit) : kMaxChunk;
  return std::max<uint64_t>(1, std::min(units / 64, most));
}

thread_local int workerNumber = -1;
thread_local unsigned workerNode = 0;
thread_local const Pool* relieved = nullptr; // that the thread is one more of

void stayAt(const std::vector<int>& processors) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int processor : processors)
    if (processor < CPU_SETSIZE)
      CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof set, &set); // a wish
}

uint64_t nanosSince(Clock::time_point start) {
  return uint64_t(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
}

} // namespace

// Outlives run(): a worker may still hold it after the caller has left. `body` may only be touched
// after taking units, because the caller does not leave before those are done.
struct Pool::Grid {
  // Units next to each other, which the threads of one node take first: neighbours read and write
  // the same memory, again and again from launch to launch.
  struct alignas(kLine) Share {
    std::atomic<uint64_t> next{0}; // ticket of the schedule
    alignas(kLine) Schedule schedule;
    bool open() const { return next.load(std::memory_order_relaxed) < schedule.chunks(); }
  };

  GridBody* body = nullptr;
  uint64_t units = 0;
  unsigned shareCount = 1;
  int maxHelpers = 0;
  std::unique_ptr<Share[]> shares;
  alignas(kLine) std::atomic<uint64_t> done{0};
  std::atomic<uint32_t> finished{0}; // futex: 1 when done == units
  alignas(kLine) std::atomic<int> helpers{0}, joined{0};
  std::atomic<int> toWake{0}; // threads that whoever joins shall wake
  unsigned wanted = 0;        // threads to wake, these included

  bool open() const {
    return std::any_of(&shares[0], &shares[shareCount], [](const Share& s) { return s.open(); });
  }
  uint64_t chunksLeft() const {
    uint64_t left = 0;
    for (unsigned i = 0; i < shareCount; i++)
      left += shares[i].schedule.chunks() -
              std::min(shares[i].schedule.chunks(), shares[i].next.load(std::memory_order_relaxed));
    return left;
  }
  // The next chunk for a thread of this node; when its share is used up, of another one.
  Schedule::Range take(unsigned node) {
    for (unsigned i = 0; i < shareCount; i++) {
      Share& share = shares[(node + i) % shareCount];
      if (!share.open()) // without writing to a line that others read
        continue;
      uint64_t ticket = share.next.fetch_add(1, std::memory_order_relaxed);
      if (auto range = share.schedule.chunk(ticket); range.count)
        return range;
    }
    return {};
  }
  void complete(uint64_t count) {
    if (count && done.fetch_add(count, std::memory_order_acq_rel) + count == units) {
      finished.store(1, std::memory_order_release);
      futexWake(finished, INT_MAX);
    }
  }
  void abort() {
    for (unsigned i = 0; i < shareCount; i++)
      complete(shares[i].schedule.unitsFrom(
          shares[i].next.exchange(shares[i].schedule.chunks(), std::memory_order_relaxed)));
  }
};

int Pool::currentWorker() {
  return workerNumber;
}

sigset_t Pool::workerSignalMask() {
  return foreignSignals();
}

// Nodes count where each processor has its thread: smaller pools may be one of several.
Pool::Pool(unsigned threads, Topology topology) : topology_(std::move(topology)) {
  if (topology_.processors() > threads || topology_.nodes.size() > kMostNodes)
    topology_.nodes.clear();
  threadsOfNode_.resize(std::max<size_t>(1, topology_.nodes.size()));
  for (unsigned i = 0; i < threads; i++)
    threadsOfNode_[topology_.nodeOfThread(i)]++;
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
  const uint32_t self = relieved == this;
  for (uint32_t left; (left = reliefs_.load(std::memory_order_acquire)) > self;)
    futexWait(reliefs_, left);
}

void Pool::post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    taskCount_.store(uint32_t(tasks_.size()), std::memory_order_relaxed);
  }
  wake(1);
}

void Pool::relieve() {
  if (!taskCount_.load(std::memory_order_relaxed))
    return;
  std::lock_guard lock(mutex_);
  if (tasks_.empty() || stop_ || reliefs_.load(std::memory_order_relaxed) >= kMostReliefs)
    return;
  reliefs_.fetch_add(1, std::memory_order_relaxed);
  auto entry = [](void* pool) -> void* {
    static_cast<Pool*>(pool)->runTasks();
    return nullptr;
  };
  sigset_t mask = workerSignalMask(), old;
  pthread_sigmask(SIG_SETMASK, &mask, &old);
  pthread_t thread;
  if (pthread_create(&thread, nullptr, entry, this) == 0)
    pthread_detach(thread);
  else
    reliefs_.fetch_sub(1, std::memory_order_relaxed); // the next call tries again
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

void Pool::runTasks() {
  pthread_setname_np(pthread_self(), "anywarp-more");
  prepareThread();
  relieved = this;
  for (std::function<void()> task; takeTask(task); task = nullptr)
    task();
  relieved = nullptr;
  reliefs_.fetch_sub(1, std::memory_order_release);
  futexWake(reliefs_, INT_MAX); // the pool may be gone, and nobody sleep there
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
  std::unique_lock lock(mutex_);
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
  lock.unlock();
  if (found && found->toWake.load(std::memory_order_relaxed) > 0) {
    int left = found->toWake.fetch_sub(int(kWakeFurther), std::memory_order_relaxed);
    if (left > 0)
      wake(std::min(unsigned(left), kWakeFurther));
  }
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
  wake(std::min(grid->wanted, kWakeAtOnce));
}

void Pool::retire(const std::shared_ptr<Grid>& grid) {
  std::lock_guard lock(mutex_);
  std::erase(grids_, grid);
  countOpenGrids();
}

void Pool::work(Grid& grid, bool leaveForTasks) {
  int processor = workerNumber < 0 && grid.shareCount > 1 ? sched_getcpu() : -1;
  unsigned node = processor >= 0 ? topology_.nodeOfProcessor(processor) : workerNode;
  uint64_t done = 0; // said once: all threads count in one place
  while (!(leaveForTasks && taskCount_.load(std::memory_order_relaxed))) {
    Schedule::Range range = grid.take(node);
    if (!range.count)
      break;
    if (!grid.body->run(range.first, range.count))
      grid.abort();
    done += range.count;
  }
  grid.complete(done);
}

std::shared_ptr<Pool::Grid> Pool::makeGrid(GridBody& body, uint64_t done, uint64_t units,
                                           uint64_t nanosPerUnit, bool together, int maxHelpers) {
  auto grid = std::make_shared<Grid>();
  grid->body = &body;
  grid->units = units;
  grid->done = done;
  grid->maxHelpers = maxHelpers;
  // Units that wait for each other start in ascending order, all of them.
  bool spread = !together && unsigned(maxHelpers) + 1 >= size() && units - done >= 2 * size();
  grid->shareCount = spread ? unsigned(threadsOfNode_.size()) : 1;
  grid->shares = std::make_unique<Grid::Share[]>(grid->shareCount);
  uint64_t first = done;
  unsigned before = 0;
  for (unsigned i = 0; i < grid->shareCount; i++) {
    unsigned threads = spread ? threadsOfNode_[i] : unsigned(maxHelpers) + 1;
    before += threads;
    uint64_t end = spread ? done + (units - done) / size() * before : units;
    if (i + 1 == grid->shareCount)
      end = units;
    grid->shares[i].schedule = Schedule(first, end - first, nanosPerUnit, threads, together);
    first = end;
  }
  grid->wanted = unsigned(std::min<uint64_t>(uint64_t(maxHelpers), grid->chunksLeft() + 1));
  grid->toWake = int(grid->wanted - std::min(grid->wanted, kWakeAtOnce));
  return grid;
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

  // Alone, as long as it looks short; whoever finds out that it is not calls for help. A chunk
  // costs more than the looking at the clock behind it, so they grow while the units are as short
  // as that.
  uint64_t done = 0;
  if (units == 1 || maxHelpers <= 0 || (!together && estimate && estimate * units < kWakeNanos)) {
    for (uint64_t next = firstChunk(units, estimate); done < units;) {
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
    // What has been found out while alone.
    if (done)
      estimate = std::max<uint64_t>(1, nanosSince(start) / done);
    auto grid = makeGrid(body, done, units, estimate, together, maxHelpers);
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
  workerNode = topology_.nodeOfThread(number);
  if (topology_.nodes.size() > 1)
    stayAt(topology_.nodes[workerNode]);
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
