// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "barriers.h"

#include "cluster_barrier.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace anywarp::cpu {

BlockBarriers::BlockBarriers() = default;
BlockBarriers::~BlockBarriers() = default;

void BlockBarriers::begin(unsigned gangs, uint32_t threads) {
  if (touched_)
    std::fill(std::begin(barriers_), std::end(barriers_), Barrier{});
  touched_ = false;
  for (unsigned g = 0; g < gangs; g++)
    live_[g] = std::min(AW_GANG_WIDTH, threads - g * AW_GANG_WIDTH);
  liveTotal_ = threads;
  ready_ = unfinished_ = gangs >= 32 ? ~0u : (1u << gangs) - 1;
  yielded_ = 0;
  last_ = gangs - 1;
  idleYields_ = 0;
  gangs_ = gangs;
  cluster_ = nullptr;
}

void BlockBarriers::join(ClusterBarrier& cluster, unsigned rank) {
  cluster_ = &cluster;
  rank_ = rank;
  cluster.join(*this, rank, gangs_);
}

ClusterBarrier& BlockBarriers::cluster() {
  if (!cluster_) {
    if (!own_)
      own_ = std::make_unique<ClusterBarrier>();
    own_->begin();
    join(*own_, 0);
  }
  return *cluster_;
}

int BlockBarriers::next() {
  int gang = tryNext();
  if (gang != kBlocked)
    return gang;
  return resolveDeadlock() || (cluster_ && cluster_->resolveDeadlock()) ? tryNext() : kDeadlock;
}

int BlockBarriers::tryNext() {
  if (!ready_)
    return unfinished_ ? kBlocked : kDone;
  if (ready_ & ~yielded_)
    idleYields_ = 0;
  else
    idleYields_++;
  // Round robin: the first ready gang behind the last one.
  uint32_t behind = last_ >= 31 ? 0 : ready_ & (~0u << (last_ + 1));
  last_ = unsigned(std::countr_zero(behind ? behind : ready_));
  yielded_ &= ~(1u << last_);
  return int(last_);
}

void BlockBarriers::setLive(unsigned gang, uint32_t live) {
  if (live_[gang] == live)
    return;
  liveTotal_ = liveTotal_ - live_[gang] + live;
  live_[gang] = live;
  if (cluster_)
    cluster_->exited(rank_, gang, live);
  for (Barrier& barrier : barriers_)
    if (barrier.arrived && !barrier.count)
      tryRelease(barrier);
}

void BlockBarriers::finished(unsigned gang) {
  ready_ &= ~(1u << gang);
  unfinished_ &= ~(1u << gang);
  setLive(gang, 0);
}

void BlockBarriers::yielded(unsigned gang) {
  ready_ |= 1u << gang;
  yielded_ |= 1u << gang;
}

void BlockBarriers::stopped(unsigned gang, AwSuspend* stop) {
  touched_ = true;
  if (stop->kind == AW_STOP_YIELD) {
    setLive(gang, stop->live);
    yielded(gang);
    return;
  }
  if (stop->barrier >= AW_CLUSTER_BARRIER) {
    setLive(gang, stop->live);
    ready_ &= ~(1u << gang);
    if (!cluster().wait(rank_, gang))
      ready_ |= 1u << gang;
    return;
  }
  Barrier& barrier = barriers_[stop->barrier];
  ready_ &= ~(1u << gang);
  stops_[gang] = stop;
  barrier.waiting |= 1u << gang;
  barrier.votes += stop->red != AW_RED_NONE ? stop->value : 0;
  barrier.arrived += stop->lanes;
  if (stop->count)
    barrier.count = stop->count;
  setLive(gang, stop->live);
  // Only where setLive() has not done so already.
  if (barrier.waiting & (1u << gang))
    tryRelease(barrier);
}

void BlockBarriers::arrive(unsigned gang, uint32_t id, uint32_t count, uint32_t lanes) {
  touched_ = true;
  if (id >= AW_CLUSTER_BARRIER)
    return cluster().arrive(rank_, gang, lanes);
  Barrier& barrier = barriers_[id];
  barrier.arrived += lanes;
  if (count)
    barrier.count = count;
  tryRelease(barrier);
}

bool BlockBarriers::tryRelease(Barrier& barrier) {
  uint32_t expected = barrier.count ? barrier.count : liveTotal_;
  if (barrier.arrived < expected)
    return false;
  release(barrier);
  return true;
}

void BlockBarriers::release(Barrier& barrier) {
  for (uint32_t rest = barrier.waiting; rest; rest &= rest - 1) {
    AwSuspend* stop = stops_[std::countr_zero(rest)];
    switch (stop->red) {
    case AW_RED_POPC:
      stop->value = barrier.votes;
      break;
    case AW_RED_AND:
      stop->value = barrier.votes == barrier.arrived;
      break;
    case AW_RED_OR:
      stop->value = barrier.votes != 0;
      break;
    }
  }
  ready_ |= barrier.waiting;
  barrier = {};
}

// Nobody can go on. A gang of which only some threads came to a barrier waits for its own others:
// then the hardware counts the warp as a whole (bar.sync is .aligned), and so do we.
bool BlockBarriers::resolveDeadlock() {
  for (Barrier& barrier : barriers_) {
    if (!barrier.waiting)
      continue;
    uint32_t whole = 0, lanes = 0;
    for (uint32_t rest = barrier.waiting; rest; rest &= rest - 1) {
      unsigned gang = unsigned(std::countr_zero(rest));
      whole += live_[gang];
      lanes += stops_[gang]->lanes;
    }
    uint32_t expected = barrier.count ? barrier.count : liveTotal_;
    if (barrier.arrived - lanes + whole >= expected) {
      release(barrier);
      return true;
    }
  }
  return false;
}

unsigned BlockBarriers::someBarrier() const {
  for (unsigned i = 0; i < kBarriers; i++)
    if (barriers_[i].waiting)
      return i;
  return 0;
}

} // namespace anywarp::cpu
