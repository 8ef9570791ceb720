// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA "barrier.cluster": all threads of a cluster that have not exited arrive, then those that
// wait go on. Arriving and waiting are apart; a gang's threads arrive once in each phase.
//
// Used by the one thread that runs the blocks of the cluster; begin() makes it fresh.
#pragma once

#include "barriers.h"

#include <array>
#include <cstdint>

namespace anywarp::cpu {

inline constexpr unsigned kMaxClusterBlocks = 16;

class ClusterBarrier {
public:
  void begin();
  // `block` is the block of this rank, none of whose threads has arrived yet.
  void join(BlockBarriers& block, unsigned rank, unsigned gangs);

  // `lanes` threads of the gang arrive and go on.
  void arrive(unsigned rank, unsigned gang, uint32_t lanes);
  // True: the gang has to wait until its block's releaseFromCluster(). False: all have arrived.
  bool wait(unsigned rank, unsigned gang);
  // `live` threads of the gang have not exited.
  void exited(unsigned rank, unsigned gang, uint32_t live);
  // Nobody can go on: a gang that waits counts as a whole (.aligned). True if that helped.
  bool resolveDeadlock();

private:
  struct Gang {
    uint32_t arrived = 0, live = 0; // threads
    bool missing() const { return arrived < live; }
  };
  struct Block {
    BlockBarriers* barriers = nullptr;
    unsigned gangs = 0;
    uint32_t waiting = 0; // mask of gangs
    std::array<Gang, kMaxGangs> gang;
  };
  void completeIfAllArrived();

  std::array<Block, kMaxClusterBlocks> blocks_;
  unsigned count_ = 0;   // blocks
  unsigned missing_ = 0; // gangs of which threads have yet to arrive
  bool arrived_ = false; // somebody has, in this phase
};

} // namespace anywarp::cpu
