// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cluster_barrier.h"

#include <algorithm>

namespace anywarp::cpu {

void ClusterBarrier::begin() {
  count_ = missing_ = 0;
  arrived_ = false;
}

void ClusterBarrier::join(BlockBarriers& block, unsigned rank, unsigned gangs) {
  Block& b = blocks_[rank];
  b.barriers = &block;
  b.gangs = gangs;
  b.waiting = 0;
  for (unsigned g = 0; g < gangs; g++) {
    b.gang[g] = {0, block.live(g)};
    missing_ += b.gang[g].missing();
  }
  count_ = std::max(count_, rank + 1);
}

void ClusterBarrier::arrive(unsigned rank, unsigned gang, uint32_t lanes) {
  Gang& g = blocks_[rank].gang[gang];
  if (!lanes)
    return;
  bool before = g.missing();
  g.arrived += lanes;
  arrived_ = true;
  missing_ -= before && !g.missing();
  completeIfAllArrived();
}

bool ClusterBarrier::wait(unsigned rank, unsigned gang) {
  Block& b = blocks_[rank];
  if (!b.gang[gang].arrived) // its phase is complete
    return false;
  b.waiting |= 1u << gang;
  return true;
}

void ClusterBarrier::exited(unsigned rank, unsigned gang, uint32_t live) {
  Gang& g = blocks_[rank].gang[gang];
  bool before = g.missing();
  g.live = live;
  missing_ -= before && !g.missing();
  completeIfAllArrived();
}

void ClusterBarrier::completeIfAllArrived() {
  if (missing_ || !arrived_)
    return;
  arrived_ = false;
  for (unsigned rank = 0; rank < count_; rank++) {
    Block& b = blocks_[rank];
    for (unsigned g = 0; g < b.gangs; g++) {
      b.gang[g].arrived = 0;
      missing_ += b.gang[g].missing();
    }
    b.barriers->releaseFromCluster(b.waiting);
    b.waiting = 0;
  }
}

bool ClusterBarrier::resolveDeadlock() {
  bool any = false;
  for (unsigned rank = 0; rank < count_; rank++)
    for (unsigned g = 0; g < blocks_[rank].gangs; g++) {
      Gang& gang = blocks_[rank].gang[g];
      if ((blocks_[rank].waiting >> g & 1) && gang.missing()) {
        gang.arrived = gang.live;
        missing_--;
        any = true;
      }
    }
  if (!any || missing_)
    return false;
  completeIfAllArrived();
  return true;
}

} // namespace anywarp::cpu
