// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The device's worker threads: they run stream tasks and help with grids.
//
// A grid is run by the thread that calls run() (a worker or an application thread); workers join it
// when they have nothing else and leave when a task waits. The caller never waits for a worker that
// took no blocks, and wakes nobody for work that is done sooner than a sleeping thread wakes up.
// Chunks: schedule.h. On machines with several NUMA nodes workers stay at theirs, and each node has
// its part of a grid, of copies and of fills, so that memory lies where it is used (first touch).
// Everything here is safe from any thread.
//
// Why not oneTBB: us from call to return after 1 ms asleep, 2 loaded cores, empty units, this pool
// | oneTBB 2021.8: 1 unit 0.5 | 2.9, 8 units 0.8 | 8-11, 1000 units 3.7 | 12-13, 100,000 units 120
// | 105. Hot, both are equal but for few units (8: 0.35 | 0.65). Small launches are what counts.
#pragma once

#include "topology.h"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace anywarp::cpu {

// What a grid does; lives until Pool::run returns.
class GridBody {
public:
  virtual ~GridBody() = default;
  // Runs units first .. first+count-1. Returns false to stop the grid (a fault): nobody takes more.
  // Must not throw or block for long on anything but its own work.
  virtual bool run(uint64_t first, uint64_t count) = 0;
};

class Pool {
public:
  explicit Pool(unsigned threads, Topology topology = Topology::ofMachine());
  ~Pool(); // runs what was posted, then joins
  Pool(const Pool&) = delete;

  unsigned size() const { return unsigned(threads_.size()); }

  void post(std::function<void()> task);

  // Runs units 0 .. units-1, in ascending order of their start; with several nodes, those of each
  // node's part in ascending order. `nanosPerUnit` is what a unit took
  // last time (0: not known); the measured value is stored back. `together`: units may wait for
  // each other, so helpers are called at once and all take one unit at a time, in ascending order.
  // `maxThreads`: so many run units at once at most, the caller included; 0: no limit.
  void run(GridBody& body, uint64_t units, std::atomic<uint32_t>& nanosPerUnit,
           bool together = false, unsigned maxThreads = 0);

  // The calling thread runs a grid, and has only waited for long: what it waits for may be in a
  // task that no worker is free to take. Then one more thread takes it, and goes when no task is
  // left.
  void relieve();

  // The number of the calling worker thread of any pool, -1 on other threads.
  static int currentWorker();
  // What threads that run kernels block: asynchronous signals are for the application's own.
  static sigset_t workerSignalMask();

private:
  struct Grid;
  void loop(unsigned number);
  void runTasks(); // of relieve()
  bool takeTask(std::function<void()>& task);
  std::shared_ptr<Grid> joinGrid();
  std::shared_ptr<Grid> makeGrid(GridBody& body, uint64_t done, uint64_t units,
                                 uint64_t nanosPerUnit, bool together, int maxHelpers);
  void countOpenGrids(); // under mutex_
  bool hasWork() const;
  void sleep();
  void wake(unsigned threads);
  void work(Grid& grid, bool leaveForTasks);
  void publish(const std::shared_ptr<Grid>& grid);
  void retire(const std::shared_ptr<Grid>& grid);

  Topology topology_; // no nodes: they do not matter
  std::vector<unsigned> threadsOfNode_;
  std::vector<std::thread> threads_;
  alignas(64) std::mutex mutex_; // guards tasks_ and grids_
  std::deque<std::function<void()>> tasks_;
  std::vector<std::shared_ptr<Grid>> grids_; // those that want help
  // Copies of sizes that idle workers look at without the lock, and busy ones after each chunk.
  alignas(64) std::atomic<uint32_t> taskCount_{0}, openGrids_{0};
  std::atomic<bool> stop_{false};
  std::atomic<uint32_t> reliefs_{0}; // threads of relieve(), which nobody joins; also a futex
  alignas(64) std::atomic<uint32_t> epoch_{0}, sleepers_{0}, spinners_{0};
};

} // namespace anywarp::cpu
