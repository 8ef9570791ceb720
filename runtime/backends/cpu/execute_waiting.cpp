// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels whose threads may wait for each other through memory. Every gang has a stack of its own,
// and a thread runs one block until all its gangs wait. When that lasts, it starts the next block
// of the grid beside it and runs both in turns, so that a block may also wait for one with a higher
// number: up to as many blocks as would be on a GPU at the same time. When no block is left to
// start, the pool finds a thread for other kernels that no worker is free for.
#include "execute.h"

#include <ctime>
#include <sched.h>

namespace anywarp::cpu {
namespace {

// Rounds without progress before the next block is started, before the thread gives its processor
// away, and before it sleeps. What is waited for may run on another thread right now.
constexpr unsigned kStartNext = 32, kGiveWay = 4, kSleep = 4000;
constexpr unsigned kLongTurn = 1 << 14; // gangs run before other blocks get their turn in any case

void pause(unsigned idleRounds) {
  if (idleRounds < kSleep) {
    if (idleRounds % kGiveWay == 0)
      sched_yield();
    return;
  }
  timespec time{0, 50'000};
  nanosleep(&time, nullptr);
}

} // namespace

// Begins the next block of the grid; false if there is none.
bool Grid::startNext(Worker& worker) {
  uint64_t number = nextBlock_.fetch_add(1, std::memory_order_relaxed);
  if (number >= blocks_ || failed())
    return false;
  resident_.fetch_add(1, std::memory_order_relaxed);
  setBlock(worker, number);
  begin(worker);
  return true;
}

// Runs gangs of one block until those that can run have waited once more. False if all only waited.
bool Grid::runTurn(Worker& worker, Worker& member) {
  worker.running = &member;
  bool progress = false;
  unsigned waited = 0;
  // Blocks with barriers in their waiting loops never only wait.
  for (unsigned runs = 0; runs < kLongTurn; runs++) {
    int gang = nextGang(member);
    if (gang < 0)
      return true;
    if (!member.barriers.idleYields())
      progress = true;
    else if (++waited > member.barriers.readyGangs())
      break;
    runGang(member, unsigned(gang));
  }
  return progress;
}

// Starts one more block on this thread.
bool Grid::startAnother(Leases& more) {
  if (nextBlock_.load(std::memory_order_relaxed) >= blocks_ ||
      resident_.load(std::memory_order_relaxed) >= maxResident_)
    return false;
  for (auto& lease : more)
    if ((**lease).barriers.finishedAll())
      return startNext(**lease);
  std::unique_ptr<WorkerSet::Lease> lease(new WorkerSet::Lease(workers_.lease()));
  if (!prepare(**lease) || !startNext(**lease))
    return false;
  more.push_back(std::move(lease));
  return true;
}

// `count` blocks are started by this thread at least, unless others have started them meanwhile.
void Grid::runWaiting(Worker& worker, uint64_t count, Leases& more) {
  for (; count && startNext(worker); count--) {
    for (unsigned rounds = 0, idle = 0;;) {
      if (givenUp())
        leaveGuarded(Status::LaunchFailed);
      bool progress = false, left = false;
      auto turn = [&](Worker& member) {
        if (member.barriers.finishedAll())
          return;
        progress |= runTurn(worker, member);
        if (!member.barriers.finishedAll()) {
          left = true;
          return;
        }
        resident_.fetch_sub(1, std::memory_order_relaxed);
        rounds = 0;
      };
      turn(worker);
      for (auto& lease : more)
        turn(**lease);
      if (!left)
        break;
      idle = progress ? 0 : idle + 1;
      if (++rounds >= kStartNext) {
        rounds = 0;
        if (startAnother(more))
          continue;
        if (pool_) // what they wait for may also be another kernel
          pool_->relieve();
      }
      if (idle)
        pause(idle);
    }
  }
}

} // namespace anywarp::cpu
