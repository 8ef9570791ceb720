// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Clusters: their blocks are on the device at the same time and may wait for each other, so one
// thread runs them all, each for as long as it has something to do.
#include "execute.h"
#include "support/log.h"

#include <sched.h>

namespace anywarp::cpu {

// One Worker for each rank, with the cluster's windows instead of their own.
bool Grid::gatherCluster(Worker& worker) {
  if (!worker.clusterWindow.ensure(clusterBlocks_, launch_.total_shared))
    return false;
  while (worker.members.size() < clusterBlocks_) {
    worker.members.push_back(std::make_unique<Worker>());
    worker.members.back()->block.owner = worker.members.back().get();
  }
  for (unsigned rank = 0; rank < clusterBlocks_; rank++) {
    Worker& member = *worker.members[rank];
    if (!prepare(member))
      return false;
    member.block.shared = worker.clusterWindow.of(rank);
    member.block.cluster_rank = rank;
    member.block.sm = worker.block.sm;
  }
  return true;
}

// Runs gangs of one block of the cluster until it cannot go on alone; false if none could run.
bool Grid::runTurn(Worker& worker, Worker& member) {
  bool ran = false;
  worker.running = &member;
  for (int gang; (gang = member.barriers.tryNext()) >= 0;) {
    // All that could run wait for memory, and have looked once: the other blocks' turn.
    if (ran && member.barriers.idleYields())
      break;
    runGang(member, unsigned(gang));
    ran = true;
  }
  return ran;
}

void Grid::runCluster(Worker& worker, uint64_t number) {
  const uint32_t* size = launch_.cluster;
  const uint64_t clusters[2] = {launch_.grid[0] / size[0], launch_.grid[1] / size[1]};
  const uint64_t place[3] = {number % clusters[0], number / clusters[0] % clusters[1],
                             number / clusters[0] / clusters[1]};
  if (!gatherCluster(worker)) {
    fail(Status::LaunchOutOfResources, "no memory for the blocks of a cluster");
    return;
  }
  const bool simple = !(info_.flags & (AW_KERNEL_BARRIER | AW_KERNEL_FIBER)) && info_.range;
  worker.clusterBarrier.begin();
  for (unsigned rank = 0; rank < clusterBlocks_; rank++) {
    Worker& member = *worker.members[rank];
    uint32_t* ctaid = member.block.ctaid;
    ctaid[0] = uint32_t(place[0] * size[0] + rank % size[0]);
    ctaid[1] = uint32_t(place[1] * size[1] + rank / size[0] % size[1]);
    ctaid[2] = uint32_t(place[2] * size[2] + rank / size[0] / size[1]);
    if (simple) { // nobody waits for anybody
      worker.running = &member;
      info_.range(&member.block,
                  (uint64_t(ctaid[2]) * launch_.grid[1] + ctaid[1]) * launch_.grid[0] + ctaid[0],
                  1);
      continue;
    }
    begin(member);
    member.barriers.join(worker.clusterBarrier, rank);
  }
  if (simple)
    return;
  for (unsigned round = 1;; round++) {
    bool ran = false, done = true, idle = true;
    for (unsigned rank = 0; rank < clusterBlocks_; rank++) {
      BlockBarriers& barriers = worker.members[rank]->barriers;
      ran |= runTurn(worker, *worker.members[rank]);
      done &= barriers.finishedAll();
      idle &= barriers.finishedAll() || barriers.idleYields();
    }
    if (done)
      return;
    if (!ran)
      resolveClusterDeadlock(worker);
    if (idle && round % 16 == 0) { // they wait for other clusters
      if (failed())
        leaveGuarded(Status::LaunchFailed);
      sched_yield();
    }
  }
}

// Does not return if nothing helps.
void Grid::resolveClusterDeadlock(Worker& worker) {
  bool helped = worker.clusterBarrier.resolveDeadlock();
  for (unsigned rank = 0; rank < clusterBlocks_; rank++)
    helped |= worker.members[rank]->barriers.resolveDeadlock();
  if (helped)
    return;
  const uint32_t* c = worker.members[0]->block.ctaid;
  fail(Status::LaunchTimeout,
       fmt::format("deadlock in the cluster of block ({}, {}, {}): its threads wait at barriers "
                   "that no other thread can release; does every thread arrive?",
                   c[0], c[1], c[2]));
  leaveGuarded(Status::LaunchTimeout);
}

} // namespace anywarp::cpu
