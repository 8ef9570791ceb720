// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "execute.h"

#include "float_state.h"
#include "services.h"
#include "support/log.h"

#include <boost/context/detail/fcontext.hpp>
#include <cstring>
#include <optional>
#include <pthread.h>
#include <sched.h>
#include <utility>

namespace anywarp::cpu {
namespace {

namespace context = boost::context::detail;

// What maxActiveBlocks() counts with, too (CUDA programming guide, compute capability 9.0).
constexpr uint64_t kMaxBlocksPerWorker = 32, kMaxThreadsPerWorker = 2048;
constexpr size_t kFiberStack = size_t(4) << 20;
constexpr size_t kKernelStack = size_t(64) << 20; // pages count only when touched

std::atomic<uint64_t> gridCounter{1};

// Calls fn(arg) on another stack.
struct StackCall {
  void (*fn)(void*);
  void* arg;
};
void stackEntry(context::transfer_t from) {
  auto* call = static_cast<StackCall*>(from.data);
  call->fn(call->arg);
  context::jump_fcontext(from.fctx, nullptr);
}
void callOnStack(const GuardedStack& stack, void (*fn)(void*), void* arg) {
  StackCall call{fn, arg};
  context::fcontext_t entry = context::make_fcontext(stack.top(), stack.size(), stackEntry);
  context::jump_fcontext(entry, &call);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ANYWARP_SANITIZED 1
#endif
#endif

// Recursive kernels have large frames, and threads of the application may have small stacks:
// kernels run on a stack of known size with a wide guard.
Status onKernelStack(Worker& worker, void (*fn)(void*), void* arg) {
#ifndef ANYWARP_SANITIZED
  if (!worker.stack) {
    auto stack = GuardedStack::create(kKernelStack);
    if (!stack)
      return stack.status();
    worker.stack = std::move(*stack);
  }
  callOnStack(worker.stack, fn, arg);
#else
  fn(arg); // sanitizers do not know about other stacks
#endif
  return Status::Success;
}

// Kernels write large outputs past the caches (spmd/emit_stream.cpp), in no order for other
// processors: what tells them that the blocks are done comes behind.
void publishStreams() {
#ifdef __SSE__
  __builtin_ia32_sfence();
#endif
}

AwSuspend* frameOf(const AwBlock& block, const AwKernelInfo& info, unsigned gang) {
  return reinterpret_cast<AwSuspend*>(block.frames + size_t(gang) * info.frame_size);
}

void fiberEntry(context::transfer_t from) {
  auto* worker = static_cast<Worker*>(from.data);
  worker->schedulerContext = from.fctx;
  const Grid& grid = Grid::of(worker->block);
  unsigned gang = worker->runningGang;
  grid.kernel().gang(&worker->block, gang, 0);
  worker->barriers.finished(gang);
  context::jump_fcontext(worker->schedulerContext, nullptr);
}

} // namespace

// Called by fiber kernels on the gang's own stack.
void fiberBarrier(AwBlock* block, uint32_t gang, AwSuspend* stop) {
  auto* worker = static_cast<Worker*>(block->owner);
  worker->barriers.stopped(gang, stop);
  context::transfer_t back = context::jump_fcontext(worker->schedulerContext, nullptr);
  worker->schedulerContext = back.fctx;
}

// The running gang waits for memory: other gangs and other blocks get their turn.
void yieldGang(AwBlock* block) {
  auto* worker = static_cast<Worker*>(block->owner);
  const Grid& grid = Grid::of(*block);
  if (grid.givenUp())
    leaveGuarded(Status::LaunchFailed);
  if (!(grid.kernel().flags & AW_KERNEL_FIBER)) {
    sched_yield();
    return;
  }
  worker->barriers.yielded(worker->runningGang);
  context::transfer_t back = context::jump_fcontext(worker->schedulerContext, nullptr);
  worker->schedulerContext = back.fctx;
}

// A thread sleeps.
void yieldThread(AwBlock* block) {
  auto* worker = static_cast<Worker*>(block->owner);
  // Once for all lanes that sleep at this instruction: they come one by one, in ascending order.
  unsigned gang = block->current_thread / AW_GANG_WIDTH;
  uint8_t lane = uint8_t(block->current_thread % AW_GANG_WIDTH);
  bool sameRound = lane > std::exchange(worker->waitingLane[gang], lane);
  if (!sameRound)
    yieldGang(block);
}

Grid::Grid(const AwKernelInfo& info, const std::string& name, const LaunchConfig& config,
           void* const* globals, WorkerSet& workers, Services& services)
    : info_(info), name_(name), workers_(workers), services_(services),
      context_(config.context ? static_cast<CpuContext&>(*config.context) : services.ownContext()),
      maxWorkers_(config.maxWorkers), cooperative_(config.cooperative), team_(config.team),
      watch_(*this,
             info.gang ? reinterpret_cast<void*>(info.gang) : reinterpret_cast<void*>(info.range)) {
  std::copy(std::begin(config.grid), std::end(config.grid), launch_.grid);
  std::copy(std::begin(config.block), std::end(config.block), launch_.block);
  launch_.threads = config.block[0] * config.block[1] * config.block[2];
  launch_.gangs = (launch_.threads + AW_GANG_WIDTH - 1) / AW_GANG_WIDTH;
  launch_.dynamic_shared = config.dynamicShared;
  launch_.total_shared = ((info.static_shared + 15) & ~15u) + config.dynamicShared;
  launch_.grid_id = gridCounter.fetch_add(1, std::memory_order_relaxed);
  launch_.params = config.params.data();
  if (uintptr_t(launch_.params) % 16) {
    // operator new aligns to 16.
    alignedParams_.assign(config.params.begin(), config.params.end());
    launch_.params = alignedParams_.data();
  }
  launch_.globals = globals;
  launch_.runtime = services.table();
  launch_.owner = this;
  for (int i = 0; i < 2; i++)
    launch_.block_inverse[i] = AW_INVERSE(config.block[i]);
  blocks_ = uint64_t(config.grid[0]) * config.grid[1] * config.grid[2];
  ownGroup_ = {0, 0, &ownGroup_.arrived, uint32_t(blocks_), 1, 0, 1};
  if (team_)
    teamGroup_ = {0,
                  0,
                  &team_->arrived,
                  uint32_t(blocks_) * team_->grids,
                  config.teamRank == 0,
                  config.teamRank,
                  team_->grids};
  launch_.all_threads = blocks_ * launch_.threads;
  for (int i = 0; i < 3; i++)
    launch_.cluster[i] = std::max(config.cluster[i], 1u);
  launch_.cluster_explicit = config.cluster[0] != 0;
  clusterBlocks_ = launch_.cluster[0] * launch_.cluster[1] * launch_.cluster[2];
  units_ = blocks_ / clusterBlocks_;
  // As on a GPU with as many multiprocessors as there are workers.
  uint64_t blocksOfOne = std::min(kMaxBlocksPerWorker, kMaxThreadsPerWorker / launch_.threads);
  maxResident_ = cooperative_ ? 0 : std::max<uint64_t>(blocksOfOne, 1) * workers.size();
}

Result<void> Grid::run(Pool& pool, std::atomic<uint32_t>& nanosPerUnit) {
  std::optional<FaultSignalsOpen> open;
  if (!inSeries()) {
    installFaultHandlers();
    open.emplace();
  }
  pool_ = &pool;
  pool.run(*this, units_, nanosPerUnit, isWaiting(), maxWorkers_);
  return outcome();
}

Result<void> Grid::runCoResident() {
  installFaultHandlers();
  FaultSignalsOpen open;
  std::vector<pthread_t> threads;
  struct Start {
    Grid& grid;
    uint64_t unit;
  };
  std::vector<Start> starts;
  for (uint64_t unit = 0; unit < units_; unit++)
    starts.push_back({*this, unit});
  sigset_t mask = Pool::workerSignalMask(), old;
  pthread_sigmask(SIG_SETMASK, &mask, &old);
  // In ascending order; this thread keeps the last one.
  bool complete = true;
  for (uint64_t unit = 0; unit + 1 < units_ && complete; unit++) {
    pthread_t thread;
    auto entry = [](void* arg) -> void* {
      auto& start = *static_cast<Start*>(arg);
      start.grid.gate_.wait(0);
      if (start.grid.gate_ == 1)
        start.grid.run(start.unit, 1);
      return nullptr;
    };
    complete = pthread_create(&thread, nullptr, entry, &starts[unit]) == 0;
    if (complete)
      threads.push_back(thread);
  }
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (!complete) // none may start: those that exist would wait for the others
    fail(Status::CooperativeLaunchTooLarge,
         fmt::format("cannot start {} threads for a cooperative launch", units_));
  gate_ = complete ? 1 : 2;
  gate_.notify_all();
  if (complete)
    run(units_ - 1, 1);
  for (pthread_t thread : threads)
    pthread_join(thread, nullptr);
  return outcome();
}

Result<void> Grid::outcome() {
  if (!failed())
    return {};
  std::lock_guard lock(errorMutex_);
  return error_;
}

void Grid::fail(Status status, const std::string& detail) {
  std::lock_guard lock(errorMutex_);
  if (error_.status != Status::Success)
    return;
  error_ = makeError(status, "kernel " + name_ + ": " + detail);
  log::error("{}", error_.message);
  failed_.store(true, std::memory_order_release);
}

bool Grid::run(uint64_t first, uint64_t count) {
  if (failed())
    return false;
  GridWatch::Thread watched(watch_);
  auto lease = workers_.lease();
  Worker& worker = *lease;
  if (!prepare(worker)) {
    fail(Status::LaunchOutOfResources, "no memory for shared memory and frames of a block");
    return false;
  }
  struct Chunk {
    Grid& grid;
    Worker& worker;
    uint64_t first, count;
    bool ok;
    std::vector<std::unique_ptr<WorkerSet::Lease>> more; // outlives a fault
  } chunk{*this, worker, first, count, false, {}};
  Status status = onKernelStack(
      worker,
      [](void* arg) {
        auto& c = *static_cast<Chunk*>(arg);
        IeeeFloatState ieee; // outside of the guard: restored after a fault, too
        Fault fault;
        auto body = [&c] {
          if (c.grid.isWaiting() && c.grid.clusterBlocks_ == 1)
            c.grid.runWaiting(c.worker, c.count, c.more);
          else
            c.grid.runBlocks(c.worker, c.first, c.count);
        };
        c.ok = runGuarded(body, fault);
        if (!c.ok)
          c.grid.reportFault(c.worker, fault);
      },
      &chunk);
  publishStreams();
  if (status != Status::Success)
    fail(Status::LaunchOutOfResources, "no memory for a stack");
  return chunk.ok && !failed();
}

bool Grid::prepare(Worker& worker) {
  AwBlock& block = worker.block;
  if (!worker.shared.ensure(launch_.total_shared) ||
      !worker.frames.ensure(size_t(info_.frame_size) * launch_.gangs) ||
      !worker.local.ensure(size_t(info_.local_size) * launch_.gangs))
    return false;
  block.launch = &launch_;
  block.shared = worker.shared.data();
  block.frames = worker.frames.data();
  block.local = worker.local.data();
  block.current_thread = 0;
  block.cluster_rank = 0;
  worker.running = &worker;
  if (info_.flags & AW_KERNEL_FIBER) {
    while (worker.fibers.size() < launch_.gangs) {
      auto stack = GuardedStack::create(kFiberStack);
      if (!stack)
        return false;
      worker.fibers.push_back({std::move(*stack), nullptr});
    }
  }
  return true;
}

void Grid::setBlock(Worker& worker, uint64_t number) const {
  worker.block.ctaid[0] = uint32_t(number % launch_.grid[0]);
  number /= launch_.grid[0];
  worker.block.ctaid[1] = uint32_t(number % launch_.grid[1]);
  worker.block.ctaid[2] = uint32_t(number / launch_.grid[1]);
}

void Grid::runBlocks(Worker& worker, uint64_t first, uint64_t count) {
  if (clusterBlocks_ > 1) {
    for (uint64_t i = 0; i < count && !failed(); i++)
      runCluster(worker, first + i);
    return;
  }
  if (info_.range && !(info_.flags & (AW_KERNEL_BARRIER | AW_KERNEL_FIBER))) {
    info_.range(&worker.block, first, count);
    return;
  }
  for (uint64_t i = 0; i < count && !failed(); i++) {
    setBlock(worker, first + i);
    runResumable(worker);
  }
}

// Each to its next stop; full ones side by side where the kernel has a function for that.
Grid::Stops Grid::runGangs(Worker& worker, uint32_t running) {
  AwBlock& block = worker.block;
  uint32_t* resume = worker.resume;
  const unsigned n = info_.fused_gangs, full = n ? launch_.threads / AW_GANG_WIDTH : 0;
  const uint32_t all = (1u << n) - 1;
  Stops stops;
  // One by one: a vector of what was just written one by one would wait for all writes before.
  auto note = [&](unsigned gang) {
    stops.still |= uint32_t(resume[gang] != 0) << gang;
    stops.whole |= uint32_t((resume[gang] & AW_STOP_WHOLE) != 0) << gang;
    resume[gang] &= ~AW_STOP_WHOLE;
  };
  for (unsigned gang = 0; gang < launch_.gangs;) {
    bool together = gang + n <= full && (running >> gang & all) == all;
    for (unsigned k = 1; k < n && together; k++)
      together = resume[gang + k] == resume[gang];
    if (n && together) {
      info_.fused(&block, gang, resume + gang);
      for (unsigned last = gang + n; gang < last; gang++)
        note(gang);
      continue;
    }
    if (running >> gang & 1) {
      resume[gang] = info_.gang(&block, gang, resume[gang]);
      note(gang);
    }
    gang++;
  }
  return stops;
}

// All gangs go from barrier to barrier together, which is what nearly all blocks do. Anything else
// goes on in runScheduled().
void Grid::runResumable(Worker& worker) {
  AwBlock& block = worker.block;
  const unsigned gangs = launch_.gangs;
  uint32_t* resume = worker.resume;
  std::fill(resume, resume + gangs, 0);
  worker.barriers.begin(gangs, launch_.threads);
  for (uint32_t running = gangs == 32 ? ~0u : (1u << gangs) - 1; running;) {
    uint32_t lanes = 0, votes = 0;
    const AwSuspend* first = nullptr;
    bool regular = true;
    const Stops stops = runGangs(worker, running);
    running = stops.still;
    if (!running || failed())
      return;
    if (stops.whole == running && !worker.barriers.touched())
      continue;
    for (uint32_t rest = running; rest; rest &= rest - 1) {
      unsigned gang = unsigned(__builtin_ctz(rest));
      AwSuspend* stop = frameOf(block, info_, gang);
      if (stops.whole >> gang & 1)
        *stop = awWholeStop();
      if (!first)
        first = stop;
      regular = regular && stop->kind == AW_STOP_BARRIER && stop->barrier == first->barrier &&
                stop->count == first->count && stop->lanes == stop->live && stop->red == first->red;
      lanes += stop->lanes;
      votes += stop->value;
    }
    if (!regular || (first->count && first->count != lanes) || worker.barriers.touched()) {
      runScheduled(worker);
      return;
    }
    if (first->red != AW_RED_NONE) {
      uint32_t value = first->red == AW_RED_POPC  ? votes
                       : first->red == AW_RED_AND ? uint32_t(votes == lanes)
                                                  : uint32_t(votes != 0);
      for (uint32_t rest = running; rest; rest &= rest - 1)
        frameOf(block, info_, unsigned(__builtin_ctz(rest)))->value = value;
    }
  }
}

// Runs a gang to its next stop.
void Grid::runGang(Worker& worker, unsigned gang) {
  if (info_.flags & AW_KERNEL_FIBER) {
    worker.runningGang = gang;
    Fiber& fiber = worker.fibers[gang];
    fiber.context = context::jump_fcontext(fiber.context, &worker).fctx;
    return;
  }
  uint32_t resume = info_.gang(&worker.block, gang, worker.resume[gang]);
  if (resume & AW_STOP_WHOLE)
    *frameOf(worker.block, info_, gang) = awWholeStop();
  worker.resume[gang] = resume & ~AW_STOP_WHOLE;
  afterGang(worker, gang);
}

void Grid::afterGang(Worker& worker, unsigned gang) {
  if (worker.resume[gang])
    worker.barriers.stopped(gang, frameOf(worker.block, info_, gang));
  else
    worker.barriers.finished(gang);
}

// Takes over a block whose gangs stand at different stops.
void Grid::runScheduled(Worker& worker) {
  for (unsigned gang = 0; gang < launch_.gangs; gang++)
    afterGang(worker, gang);
  for (int gang; !failed() && (gang = nextGang(worker)) >= 0;)
    runGang(worker, unsigned(gang));
}

// All gangs of the block at the kernel's start, for runGang().
void Grid::begin(Worker& worker) {
  worker.barriers.begin(launch_.gangs, launch_.threads);
  if (!(info_.flags & AW_KERNEL_FIBER)) {
    std::fill(worker.resume, worker.resume + launch_.gangs, 0);
    return;
  }
  for (unsigned gang = 0; gang < launch_.gangs; gang++) {
    const GuardedStack& stack = worker.fibers[gang].stack;
    worker.fibers[gang].context = context::make_fcontext(stack.top(), stack.size(), fiberEntry);
  }
}

// The next gang to run, negative at the end of the block. Does not return from a deadlock.
int Grid::nextGang(Worker& worker) {
  int gang = worker.barriers.next();
  if (gang == BlockBarriers::kDeadlock) {
    fail(Status::LaunchTimeout,
         fmt::format(
             "deadlock at barrier {} in block ({}, {}, {}): threads wait that no other thread "
             "can release; does every thread reach the barrier?",
             worker.barriers.someBarrier(), worker.block.ctaid[0], worker.block.ctaid[1],
             worker.block.ctaid[2]));
    leaveGuarded(Status::LaunchTimeout);
  }
  return gang;
}

void Grid::reportFault(Worker& worker, const Fault& fault) {
  if (failed())
    return;
  const uint32_t* c = worker.running->block.ctaid;
  std::string where = fmt::format(" in block ({}, {}, {})", c[0], c[1], c[2]);
  switch (fault.status) {
  case Status::IllegalAddress:
    fail(fault.status, fmt::format("illegal access to address {:#x}{} (instruction at {:#x})",
                                   fault.address, where, fault.pc));
    return;
  case Status::HardwareStackError:
    fail(fault.status, "stack overflow" + where + " (endless recursion?)");
    return;
  case Status::LaunchFailed:
    if (team_ && team_->failed) {
      fail(fault.status, "waits for a grid on another device, which has failed");
      return;
    }
    fail(fault.status, fault.signal ? "arithmetic exception" + where : "trap" + where);
    return;
  case Status::MisalignedAddress:
    fail(fault.status, "misaligned access" + where);
    return;
  case Status::IllegalInstruction:
    fail(fault.status, fmt::format("illegal instruction{} at {:#x}", where, fault.pc));
    return;
  default:
    fail(fault.status, "stopped" + where);
  }
}

} // namespace anywarp::cpu
