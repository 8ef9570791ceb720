// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Clusters: their blocks are on the device at the same time and may wait for each other, so one
// thread runs them all, each for as long as it has something to do.
#include "execute.h"
#include "support/log.h"

#include <sched.h>

namespace anywarp::cpu {
namespace {
constexpr unsigned kLongTurn = 1 << 14; // gangs run before other blocks get their turn in any case
constexpr unsigned kRelieve = 32;       // rounds without progress before the pool is asked for help
} // namespace

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

// Runs gangs of one block of the cluster until it cannot go on alone.
Grid::Turn Grid::runClusterTurn(Worker& worker, Worker& member) {
  Turn turn;
  worker.running = &member;
  unsigned waited = 0;
  for (unsigned runs = 0; runs < kLongTurn; runs++) {
    int gang = member.barriers.tryNext();
    if (gang < 0)
      break;
    turn.ran = true;
    if (!member.barriers.idleYields())
      turn.progress = true;
    else if (++waited > member.barriers.readyGangs())
      break;
    runGang(member, unsigned(gang));
  }
  return turn;
}

// All blocks of cluster `number` at the kernel's start.
void Grid::startCluster(Worker& worker, uint64_t number) {
  const uint32_t* size = launch_.cluster;
  const uint64_t clusters[2] = {launch_.grid[0] / size[0], launch_.grid[1] / size[1]};
  const uint64_t place[3] = {number % clusters[0], number / clusters[0] % clusters[1],
                             number / clusters[0] / clusters[1]};
  worker.clusterBarrier.begin();
  for (unsigned rank = 0; rank < clusterBlocks_; rank++) {
    Worker& member = *worker.members[rank];
    uint32_t* ctaid = member.block.ctaid;
    ctaid[0] = uint32_t(place[0] * size[0] + rank % size[0]);
    ctaid[1] = uint32_t(place[1] * size[1] + rank / size[0] % size[1]);
    ctaid[2] = uint32_t(place[2] * size[2] + rank / size[0] / size[1]);
    begin(member);
    member.barriers.join(worker.clusterBarrier, rank);
  }
}

void Grid::runCluster(Worker& worker, uint64_t number) {
  if (!gatherCluster(worker)) {
    fail(Status::LaunchOutOfResources, "no memory for the blocks of a cluster");
    return;
  }
  startCluster(worker, number);
  if (info_.range && !(info_.flags & (AW_KERNEL_BARRIER | AW_KERNEL_FIBER))) {
    for (unsigned rank = 0; rank < clusterBlocks_; rank++) { // nobody waits for anybody
      AwBlock& block = worker.members[rank]->block;
      const uint32_t* c = block.ctaid;
      worker.running = worker.members[rank].get();
      info_.range(&block, (uint64_t(c[2]) * launch_.grid[1] + c[1]) * launch_.grid[0] + c[0], 1);
    }
    return;
  }
  for (unsigned idle = 0;;) {
    if (givenUp())
      leaveGuarded(Status::LaunchFailed);
    Turn all;
    bool done = true;
    for (unsigned rank = 0; rank < clusterBlocks_; rank++) {
      Turn turn = runClusterTurn(worker, *worker.members[rank]);
      all.ran |= turn.ran;
      all.progress |= turn.progress;
      done &= worker.members[rank]->barriers.finishedAll();
    }
    if (done)
      return;
    if (!all.ran)
      resolveClusterDeadlock(worker);
    idle = all.progress ? 0 : idle + 1;
    if (idle) // they wait for other clusters
      sched_yield();
    if (pool_ && idle && idle % kRelieve == 0) // or for another kernel
      pool_->relieve();
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
