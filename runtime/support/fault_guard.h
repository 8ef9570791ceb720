// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Turns what would kill the process while foreign code runs (a wild pointer in a kernel, a crash in
// the compiler, a copy from nowhere) into an Error on the thread that ran it.
//
// runGuarded() marks the thread; only faults of marked threads are ours. All others go to the
// handlers that the application had, or has installed since. Guards nest. Async-signal-safe inside.
#pragma once

#include "support/export.h"
#include "support/result.h"

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <pthread.h>

namespace anywarp {

struct Fault {
  Status status = Status::Success;
  int signal = 0;        // 0: left by leaveGuarded()
  uintptr_t address = 0; // as the CPU reports it; 0 for non-canonical addresses
  uintptr_t pc = 0;
};

// Runs fn(arg). Returns false when it did not come back by itself; then `fault` says why. What fn
// had allocated is lost and locks that it held stay locked: guard leaf code only.
AW_API bool runGuarded(void (*fn)(void*), void* arg, Fault& fault);

template <typename Fn> bool runGuarded(Fn& fn, Fault& fault) {
  return runGuarded([](void* arg) { (*static_cast<Fn*>(arg))(); }, &fn, fault);
}

// Ends the innermost runGuarded() of this thread with this status. Only inside one.
[[noreturn]] AW_API void leaveGuarded(Status status);

// Installs the handlers unless they are in place; cheap (one system call). Handlers that the
// application installed meanwhile become the ones we pass foreign faults on to.
AW_API void installFaultHandlers();

// Ends a thread's kernel from outside (the watchdog): a signal leaves the innermost runGuarded()
// with Status::LaunchTimeout if it finds the thread inside `code`, and does nothing elsewhere.
struct CodeRange { // machine code of one kernel
  uintptr_t low = 0, high = 0;
};
AW_API void installInterruptHandler();
AW_API void interruptThread(pthread_t thread);
// The calling thread may be interrupted in `code` until closeInterrupts(). Nests: the inner one
// counts.
AW_API const CodeRange* openInterrupts(const CodeRange* code, sigset_t& oldMask);
AW_API void closeInterrupts(const CodeRange* outer, const sigset_t& oldMask);

// While it lives, the calling thread does not block the signals of faults: a blocked one would end
// the process. Applications do block all signals in some of their threads.
class AW_API FaultSignalsOpen {
public:
  FaultSignalsOpen();
  FaultSignalsOpen(const FaultSignalsOpen&) = delete;
  ~FaultSignalsOpen();

private:
  sigset_t old_;
};

// The handlers and the open signals for a series of kernels of the calling thread
// (BackendDevice::beginSeries()): what the two above do is in place until its end.
AW_API void beginSeries();
AW_API void endSeries();
AW_API bool inSeries();

// Gives the calling thread an alternate signal stack, so that an overflow of its stack can be
// reported. Once a thread; also called by runGuarded().
AW_API void prepareThread();

// LLVM ends the process when it meets what it cannot do. Every module with LLVM installs a handler
// that calls leaveFatal(); it ends the innermost runFatalGuarded() of the thread, and returns where
// there is none. What LLVM had allocated is lost.
struct FatalReason {
  char text[512] = {}; // cut off where it is longer
};
AW_API bool runFatalGuarded(void (*fn)(void*), void* arg, FatalReason& reason);
AW_API void leaveFatal(const char* reason);

template <typename Fn> bool runFatalGuarded(Fn& fn, FatalReason& reason) {
  return runFatalGuarded([](void* arg) { (*static_cast<Fn*>(arg))(); }, &fn, reason);
}

} // namespace anywarp
