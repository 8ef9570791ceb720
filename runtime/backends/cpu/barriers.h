// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The barriers of one block: which gangs may run, which wait, and when a barrier lets go.
//
// Barriers count threads, as PTX does (PTX ISA, "bar"): 16 of them, each with an optional count,
// arrivals without waiting, and reductions over the arriving threads; 8 more are where the warps of
// each warpgroup meet (wgmma.wait_group). Used by one worker; begin()
// makes it fresh for the next block.
#pragma once

#include "spmd/kernel_abi.h"

#include <bit>
#include <cstdint>
#include <memory>

namespace anywarp::cpu {

class ClusterBarrier;

inline constexpr unsigned kMaxGangs = 32; // 1024 threads
inline constexpr unsigned kBarriers = AW_CLUSTER_BARRIER;

class BlockBarriers {
public:
  static constexpr int kDone = -1, kDeadlock = -2, kBlocked = -3;

  BlockBarriers();
  ~BlockBarriers();
  void begin(unsigned gangs, uint32_t threads);

  // A gang to run now, fair among those that can; kDone when all have finished.
  int next();
  // The same without resolving deadlocks: kBlocked when all gangs wait for something.
  int tryNext();
  // Lets go a barrier that only a warp's own other threads could still reach.
  bool resolveDeadlock();
  // Barriers from AW_CLUSTER_BARRIER on are this one's; after begin(). Without: of one block.
  void join(ClusterBarrier& cluster, unsigned rank);
  // The gang came to a stop; `stop` is read now and answered when the barrier opens.
  void stopped(unsigned gang, AwSuspend* stop);
  void finished(unsigned gang);
  // The gang waits for memory that another gang writes: it runs again, but others come first.
  void yielded(unsigned gang);
  // `lanes` threads arrive and go on (bar.arrive).
  void arrive(unsigned gang, uint32_t barrier, uint32_t count, uint32_t lanes);
  // The cluster's barrier lets these gangs go on.
  void releaseFromCluster(uint32_t gangs) { ready_ |= gangs; }
  uint32_t live(unsigned gang) const { return live_[gang]; }

  // Somebody arrived without stopping: the state is not fresh any more.
  bool touched() const { return touched_; }
  // A barrier that somebody waits at, for messages.
  unsigned someBarrier() const;
  // How often next() had only yielding gangs to offer, in a row.
  unsigned idleYields() const { return idleYields_; }
  unsigned readyGangs() const { return unsigned(std::popcount(ready_)); }
  bool finishedAll() const { return !unfinished_; }

private:
  struct Barrier {
    uint32_t arrived = 0, count = 0, waiting = 0 /* mask of gangs */, votes = 0;
  };
  bool tryRelease(Barrier& barrier);
  void release(Barrier& barrier);
  void setLive(unsigned gang, uint32_t live);
  ClusterBarrier& cluster();

  Barrier barriers_[kBarriers];
  AwSuspend* stops_[kMaxGangs] = {};
  uint32_t live_[kMaxGangs] = {};
  uint32_t liveTotal_ = 0;
  uint32_t ready_ = 0, yielded_ = 0, unfinished_ = 0; // masks of gangs
  unsigned last_ = 0, idleYields_ = 0;
  bool touched_ = false;
  unsigned gangs_ = 0, rank_ = 0;
  ClusterBarrier* cluster_ = nullptr;
  std::unique_ptr<ClusterBarrier> own_; // of a block that is a cluster by itself
};

} // namespace anywarp::cpu
