// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ends grids that run for too long (ANYWARP_WATCHDOG): cudaErrorLaunchTimeout, and the process
// lives.
//
// A thread of the watchdog looks at all grids that run. Blocks that wait find out by themselves
// that their grid has failed; threads inside of compiled code are interrupted by a signal. Costs
// nothing while the option is off. Safe from any thread.
#pragma once

#include "support/fault_guard.h"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <vector>

namespace anywarp::cpu {

class Grid;

// One grid while it runs. Does nothing when no limit is set.
class GridWatch {
public:
  GridWatch(Grid& grid, const void* code);
  GridWatch(const GridWatch&) = delete;
  ~GridWatch();

  // The calling thread runs blocks of the grid.
  class Thread {
  public:
    explicit Thread(GridWatch& watch);
    Thread(const Thread&) = delete;
    ~Thread();

  private:
    GridWatch& watch_;
    const CodeRange* outer_ = nullptr;
    sigset_t oldMask_ = {};
  };

private:
  friend class Watchdog;
  void check(std::chrono::steady_clock::time_point now);

  Grid& grid_;
  const bool enabled_;
  std::chrono::steady_clock::time_point end_;
  CodeRange code_;
  std::mutex mutex_; // guards threads_; leaf
  std::vector<pthread_t> threads_;
};

} // namespace anywarp::cpu
