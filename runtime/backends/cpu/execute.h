// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the blocks of one launch: the three kinds of kernels (range, resumable gangs, fibers),
// faults included. The blocks of a cluster share one thread and take turns. Called through
// Grid::run from any thread; blocks run on that thread and on workers.
#pragma once

#include "core/backend.h"
#include "fault.h"
#include "pool.h"
#include "ptx/device_runtime.h"
#include "spmd/kernel_abi.h"
#include "watchdog.h"
#include "worker.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace anywarp::cpu {

class CpuContext;
class GridScope;
class Services;

// All blocks of one launch. Lives on the stack of the thread that launches.
class Grid final : public GridBody {
public:
  Grid(const AwKernelInfo& info, const std::string& name, const LaunchConfig& config,
       void* const* globals, WorkerSet& workers, Services& services);

  // Runs everything; the first fault of any block is the error.
  Result<void> run(Pool& pool, std::atomic<uint32_t>& nanosPerUnit);
  // Cooperative launches: every block (cluster) on a thread of its own, so that blocks may wait for
  // each other whatever the number of processors. Slow where there are more blocks than processors.
  Result<void> runCoResident();

  bool run(uint64_t first, uint64_t count) override; // Pool calls this

  Services& services() const { return services_; }
  CpuContext& context() const { return context_; }
  const std::string& name() const { return name_; }
  const AwKernelInfo& kernel() const { return info_; }
  // Where the blocks of a cooperative launch meet, of this grid or of all grids of its team; null
  // where there is no such group.
  const ptx::GroupWorkspace* workspace() const { return cooperative_ ? &ownGroup_ : nullptr; }
  const ptx::GroupWorkspace* teamWorkspace() const { return team_ ? &teamGroup_ : nullptr; }
  // What the device runtime knows of this grid; null in tests of the engine alone.
  GridScope* scope() const { return scope_; }
  void setScope(GridScope* scope) { scope_ = scope; }
  bool failed() const { return failed_.load(std::memory_order_relaxed); }
  // What a block waits for may never come: this grid or another one of its team has failed.
  bool givenUp() const {
    return failed() || (team_ && team_->failed.load(std::memory_order_relaxed));
  }
  // Remembers the first failure; logs it. `detail` is for people.
  void fail(Status status, const std::string& detail);

  // The grid that a block belongs to.
  static Grid& of(const AwBlock& block) { return *static_cast<Grid*>(block.launch->owner); }

private:
  Result<void> outcome();
  bool prepare(Worker& worker);
  void runBlocks(Worker& worker, uint64_t first, uint64_t count);
  void runResumable(Worker& worker);
  struct Stops {        // masks of gangs
    uint32_t still = 0; // have not finished
    uint32_t whole = 0; // said AW_STOP_WHOLE; nothing is in their frames
  };
  Stops runGangs(Worker& worker, uint32_t running);
  void runScheduled(Worker& worker);
  // execute_cluster.cpp
  void runCluster(Worker& worker, uint64_t number);
  bool gatherCluster(Worker& worker);
  void startCluster(Worker& worker, uint64_t number);
  void resolveClusterDeadlock(Worker& worker);
  struct Turn {
    bool ran = false, progress = false; // anything; anything that does not just wait for memory
  };
  Turn runClusterTurn(Worker& worker, Worker& member);
  // execute_waiting.cpp
  bool isWaiting() const { return info_.flags & AW_KERNEL_FIBER; }
  using Leases = std::vector<std::unique_ptr<WorkerSet::Lease>>;
  void runWaiting(Worker& worker, uint64_t count, Leases& more);
  bool startNext(Worker& worker);
  bool startAnother(Leases& more);
  bool runTurn(Worker& worker, Worker& member);
  void begin(Worker& worker);
  void runGang(Worker& worker, unsigned gang);
  void afterGang(Worker& worker, unsigned gang);
  int nextGang(Worker& worker);
  void setBlock(Worker& worker, uint64_t number) const;
  void reportFault(Worker& worker, const Fault& fault);

  const AwKernelInfo& info_;
  const std::string& name_;
  WorkerSet& workers_;
  Services& services_;
  CpuContext& context_;
  GridScope* scope_ = nullptr;
  AwLaunch launch_ = {};
  uint64_t blocks_ = 0, units_ = 0; // units: clusters, blocks where there are none
  uint32_t clusterBlocks_ = 1;
  // Kernels whose threads may wait for each other: the next block to start, how many have started
  // and not ended, and how many there may be.
  std::atomic<uint64_t> nextBlock_{0}, resident_{0};
  uint64_t maxResident_ = 0;
  std::vector<std::byte> alignedParams_;
  std::atomic<bool> failed_{false};
  Pool* pool_ = nullptr; // that runs it
  const uint32_t maxWorkers_;
  const bool cooperative_;
  LaunchTeam* const team_;
  alignas(64) ptx::GroupWorkspace ownGroup_;
  ptx::GroupWorkspace teamGroup_;
  std::atomic<int> gate_{0}; // cooperative launches: 1 go, 2 give up
  std::mutex errorMutex_;    // guards error_
  Error error_{Status::Success, {}};
  GridWatch watch_; // last: the watchdog sees a complete grid
};

} // namespace anywarp::cpu
