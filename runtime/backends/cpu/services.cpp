// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "services.h"

#include "async_services.h"
#include "device_runtime.h"
#include "execute.h"
#include "spmd/multimem_abi.h"
#include "support/log.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <sched.h>

namespace anywarp::cpu {

void fiberBarrier(AwBlock* block, uint32_t gang, AwSuspend* stop); // execute.cpp
void yieldGang(AwBlock* block);
void yieldThread(AwBlock* block);

namespace {

uint64_t nanos(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return uint64_t(now.tv_sec) * 1'000'000'000 + uint64_t(now.tv_nsec);
}

struct Position {
  uint32_t x, y, z;
};

Position currentThread(const AwBlock& block) {
  const uint32_t* size = block.launch->block;
  uint32_t linear = block.current_thread;
  return {linear % size[0], linear / size[0] % size[1], linear / size[0] / size[1]};
}

std::string describe(const AwBlock& block) {
  Position t = currentThread(block);
  return fmt::format("block ({}, {}, {}), thread ({}, {}, {})", block.ctaid[0], block.ctaid[1],
                     block.ctaid[2], t.x, t.y, t.z);
}

// Services that end the kernel say where first; then every worker drops what it is doing.
[[noreturn]] void end(AwBlock* block, Status status, const char* what) {
  Grid::of(*block).fail(status, fmt::format("{} in {}", what, describe(*block)));
  leaveGuarded(status);
}

void trap(AwBlock* block) {
  end(block, Status::LaunchFailed, "trap");
}

void indexWrap(AwBlock* block) {
  end(block, Status::LaunchFailed,
      "a 32-bit index wraps around between the threads of a warp; run with ANYWARP_EXACT_INDEX=1");
}

void misaligned(AwBlock* block) {
  end(block, Status::MisalignedAddress, "misaligned access");
}

void illegalInstruction(AwBlock* block) {
  end(block, Status::IllegalInstruction, "illegal instruction");
}

void stackOverflow(AwBlock* block) {
  end(block, Status::HardwareStackError, "stack overflow (endless recursion?)");
}

// The format is CUDA's own; programs and test suites look for it.
void printAssertion(const AwBlock& block, const char* message, const char* file, uint32_t line,
                    const char* function) {
  Position t = currentThread(block);
  std::string text =
      fmt::format("{}:{}: {}: block: [{},{},{}], thread: [{},{},{}] Assertion `{}` failed.\n",
                  file ? file : "?", line, function ? function : "?", block.ctaid[0],
                  block.ctaid[1], block.ctaid[2], t.x, t.y, t.z, message ? message : "?");
  fwrite(text.data(), 1, text.size(), stderr);
}

void assertFail(AwBlock* block, const char* message, const char* file, uint32_t line,
                const char* function, uint64_t) {
  printAssertion(*block, message, file, line, function); // apart: end() destroys nothing
  end(block, Status::Assert, "assertion failed");
}

uint32_t print(AwBlock* block, const char* format, const void* args) {
  return uint32_t(Grid::of(*block).context().print().print(format, args));
}

void* allocate(AwBlock* block, uint64_t size) {
  return Grid::of(*block).context().heap().allocate(size);
}

void release(AwBlock* block, void* pointer) {
  if (!Grid::of(*block).context().heap().release(pointer))
    log::warn("kernel {}: free({}) in {}: not a pointer from malloc() in a kernel; ignored",
              Grid::of(*block).name(), pointer, describe(*block));
}

// PTX ISA, nanosleep: waits for between 0 and twice the time. Who sleeps waits for others, as a
// rule for threads of its own block, which this very worker has to run.
void sleepFor(AwBlock* block, uint32_t) {
  yieldThread(block);
}

void yield(AwBlock* block, uint32_t) {
  yieldGang(block);
}

uint64_t clock64(AwBlock* block) {
  using Wide = unsigned __int128;
  return uint64_t(Wide(nanos(CLOCK_MONOTONIC)) * Grid::of(*block).services().clockKHz / 1'000'000);
}

// The time of day, but it never goes back when somebody sets the clock.
uint64_t globalTimer(AwBlock*) {
  static const uint64_t offset = nanos(CLOCK_REALTIME) - nanos(CLOCK_MONOTONIC);
  return nanos(CLOCK_MONOTONIC) + offset;
}

uint64_t gridWorkspace(AwBlock* block) {
  return uint64_t(uintptr_t(Grid::of(*block).workspace()));
}

void arrive(AwBlock* block, uint32_t gang, uint32_t barrier, uint32_t count, uint32_t lanes) {
  static_cast<Worker*>(block->owner)->barriers.arrive(gang, barrier, count, lanes);
}

const AwReplicas* multimem(AwBlock* block, const void* address) {
  static constexpr AwReplicas kItself = {1, {0}};
  auto* replicas = Grid::of(*block).services().replicas;
  return replicas ? replicas(address) : &kItself;
}

AwRuntime makeTable() {
  AwRuntime t = {};
  t.trap = trap;
  t.index_wrap = indexWrap;
  t.misaligned = misaligned;
  t.illegal_instruction = illegalInstruction;
  t.assertfail = assertFail;
  t.vprintf = print;
  t.malloc = allocate;
  t.free = release;
  t.nanosleep = sleepFor;
  t.clock64 = clock64;
  t.globaltimer = globalTimer;
  t.barrier = fiberBarrier;
  t.arrive = arrive;
  t.grid_workspace = gridWorkspace;
  t.yield = yield;
  t.device_runtime = callDeviceRuntime;
  t.stack_overflow = stackOverflow;
  t.multimem = multimem;
  addAsyncServices(t);
  return t;
}

} // namespace

const AwRuntime* Services::table() const {
  static const AwRuntime table = makeTable();
  return &table;
}

} // namespace anywarp::cpu
