// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// longjmp leaves for another stack here; glibc's checked variant refuses that.
#undef _FORTIFY_SOURCE
#include "support/fault_guard.h"

#include <atomic>
#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstring>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <utility>

namespace anywarp {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
constexpr size_t kSignalCount = std::size(kSignals);
constexpr size_t kGuardBytes = size_t(1) << 20; // frames larger than a page skip a small guard

struct Point {
  sigjmp_buf jump;
  Point* outer = nullptr;
  Fault fault;
};

// initial-exec: the handler must not allocate, which the general model may do in a new thread.
__attribute__((tls_model("initial-exec"))) thread_local Point* current = nullptr;
__attribute__((tls_model("initial-exec"))) thread_local const CodeRange* interruptible = nullptr;

// Ignored by default, so a stray one does no harm.
constexpr int kInterrupt = SIGURG;
struct sigaction previousInterrupt; // written before the handler is set

std::mutex installMutex;
struct sigaction previous[kSignalCount]; // written under installMutex before the handler is set
std::atomic<bool> everInstalled{false};

size_t slotOf(int signal) {
  for (size_t i = 0; i < kSignalCount; i++)
    if (kSignals[i] == signal)
      return i;
  return 0;
}

uintptr_t stackPointer(const ucontext_t* context) {
#if defined(__x86_64__)
  return uintptr_t(context->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  return uintptr_t(context->uc_mcontext.sp);
#endif
}

uintptr_t programCounter(const ucontext_t* context) {
#if defined(__x86_64__)
  return uintptr_t(context->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return uintptr_t(context->uc_mcontext.pc);
#endif
}

// A fault close below (or, after the frame was set up, above) the stack pointer is an overflow;
// a guard region is never mapped, and nothing of ours lies within a guard of it.
bool isStackOverflow(uintptr_t address, uintptr_t sp) {
  return address && address + kGuardBytes >= sp && address < sp + 65536;
}

Status statusOf(int signal, const siginfo_t* info, const ucontext_t* context) {
  switch (signal) {
  case SIGSEGV:
    if (info->si_code == SEGV_MAPERR || info->si_code == SEGV_ACCERR)
      if (isStackOverflow(uintptr_t(info->si_addr), stackPointer(context)))
        return Status::HardwareStackError;
    return Status::IllegalAddress;
  case SIGBUS:
    return info->si_code == BUS_ADRALN ? Status::MisalignedAddress : Status::IllegalAddress;
  case SIGILL:
    return Status::IllegalInstruction;
  default:
    return Status::LaunchFailed;
  }
}

// As the kernel would have called it, had we not been there.
void passOn(int signal, siginfo_t* info, void* context) {
  struct sigaction old = previous[slotOf(signal)];
  bool sent = info->si_code <= 0; // kill(2): there is no instruction to repeat
  if (!(old.sa_flags & SA_SIGINFO) && old.sa_handler == SIG_IGN && sent)
    return;
  if (!(old.sa_flags & SA_SIGINFO) && (old.sa_handler == SIG_DFL || old.sa_handler == SIG_IGN)) {
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
    if (sent)
      syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
    return; // the faulting instruction runs again and the process ends as it should
  }
  sigset_t mask = old.sa_mask, saved;
  if (!(old.sa_flags & SA_NODEFER))
    sigaddset(&mask, signal);
  pthread_sigmask(SIG_BLOCK, &mask, &saved);
  if (old.sa_flags & int(SA_RESETHAND)) {
    previous[slotOf(signal)] = {};
    previous[slotOf(signal)].sa_handler = SIG_DFL;
  }
  if (old.sa_flags & SA_SIGINFO)
    old.sa_sigaction(signal, info, context);
  else
    old.sa_handler(signal);
  pthread_sigmask(SIG_SETMASK, &saved, nullptr);
}

void onSignal(int signal, siginfo_t* info, void* opaque) {
  int savedErrno = errno;
  Point* point = current;
  if (!point || info->si_code <= 0) {
    passOn(signal, info, opaque);
    errno = savedErrno;
    return;
  }
  auto* context = static_cast<const ucontext_t*>(opaque);
  point->fault = {statusOf(signal, info, context), signal, uintptr_t(info->si_addr),
                  programCounter(context)};
  // For runtimes (sanitizers) that put their own handler before this one and drop NODEFER.
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, signal);
  pthread_sigmask(SIG_UNBLOCK, &mask, nullptr);
  siglongjmp(point->jump, 1);
}

void onInterrupt(int signal, siginfo_t* info, void* opaque) {
  int savedErrno = errno;
  Point* point = current;
  const CodeRange* code = interruptible;
  uintptr_t pc = programCounter(static_cast<const ucontext_t*>(opaque));
  if (point && code && pc >= code->low && pc < code->high) {
    point->fault = {Status::LaunchTimeout, 0, 0, pc};
    siglongjmp(point->jump, 1);
  }
  const struct sigaction& old = previousInterrupt;
  if (info->si_pid != getpid()) { // not from interruptThread()
    if (old.sa_flags & SA_SIGINFO)
      old.sa_sigaction(signal, info, opaque);
    else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN)
      old.sa_handler(signal);
  }
  errno = savedErrno;
}

bool isOurs(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) && action.sa_sigaction == onSignal;
}

// Frees the signal stack at the end of the thread, if it is still in use.
struct SignalStack {
  void* memory = nullptr;
  bool done = false;
  ~SignalStack() {
    if (!memory)
      return;
    stack_t now = {};
    if (sigaltstack(nullptr, &now) == 0 && now.ss_sp == memory) {
      stack_t off = {};
      off.ss_flags = SS_DISABLE;
      sigaltstack(&off, nullptr);
    }
    munmap(memory, kBytes);
  }
  static constexpr size_t kBytes = 64 * 1024;
};
thread_local SignalStack signalStack;

} // namespace

void prepareThread() {
  if (signalStack.done)
    return;
  signalStack.done = true;
  stack_t now = {};
  if (sigaltstack(nullptr, &now) != 0 || !(now.ss_flags & SS_DISABLE))
    return; // the application has one
  void* memory = mmap(nullptr, SignalStack::kBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return;
  stack_t stack = {};
  stack.ss_sp = memory;
  stack.ss_size = SignalStack::kBytes;
  if (sigaltstack(&stack, nullptr) == 0)
    signalStack.memory = memory;
  else
    munmap(memory, SignalStack::kBytes);
}

void installFaultHandlers() {
  struct sigaction now;
  if (everInstalled.load(std::memory_order_acquire) && sigaction(SIGSEGV, nullptr, &now) == 0 &&
      isOurs(now))
    return;
  std::lock_guard lock(installMutex);
  for (size_t i = 0; i < kSignalCount; i++) {
    if (sigaction(kSignals[i], nullptr, &now) != 0 || isOurs(now))
      continue;
    previous[i] = now;
    struct sigaction action = {};
    action.sa_sigaction = onSignal;
    // NODEFER: the handler leaves by a jump that does not restore the mask.
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    sigaction(kSignals[i], &action, nullptr);
  }
  everInstalled.store(true, std::memory_order_release);
}

void installInterruptHandler() {
  sigaction(kInterrupt, nullptr, &previousInterrupt);
  struct sigaction action = {};
  action.sa_sigaction = onInterrupt;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(kInterrupt, &action, nullptr);
}

void interruptThread(pthread_t thread) {
  pthread_kill(thread, kInterrupt);
}

const CodeRange* openInterrupts(const CodeRange* code, sigset_t& oldMask) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, kInterrupt);
  pthread_sigmask(SIG_UNBLOCK, &mask, &oldMask);
  return std::exchange(interruptible, code);
}

void closeInterrupts(const CodeRange* outer, const sigset_t& oldMask) {
  interruptible = outer;
  if (sigismember(&oldMask, kInterrupt))
    pthread_sigmask(SIG_SETMASK, &oldMask, nullptr);
}

FaultSignalsOpen::FaultSignalsOpen() {
  sigset_t faults;
  sigemptyset(&faults);
  for (int signal : kSignals)
    sigaddset(&faults, signal);
  pthread_sigmask(SIG_UNBLOCK, &faults, &old_);
}

FaultSignalsOpen::~FaultSignalsOpen() {
  for (int signal : kSignals)
    if (sigismember(&old_, signal)) { // rare: the usual thread pays for one system call
      pthread_sigmask(SIG_SETMASK, &old_, nullptr);
      return;
    }
}

namespace {

thread_local constinit unsigned tlsSeries = 0;
// Made by the outermost beginSeries() of the thread.
thread_local std::optional<FaultSignalsOpen> tlsSeriesSignals;

} // namespace

void beginSeries() {
  if (tlsSeries++)
    return;
  installFaultHandlers();
  tlsSeriesSignals.emplace();
}

void endSeries() {
  if (--tlsSeries == 0)
    tlsSeriesSignals.reset();
}

bool inSeries() {
  return tlsSeries != 0;
}

bool runGuarded(void (*fn)(void*), void* arg, Fault& fault) {
  prepareThread();
  Point point;
  point.outer = current;
  if (sigsetjmp(point.jump, 0) != 0) {
    current = point.outer;
    fault = point.fault;
    return false;
  }
  current = &point;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  fn(arg);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  current = point.outer;
  return true;
}

void leaveGuarded(Status status) {
  Point* point = current;
  point->fault = {status, 0, 0, 0};
  siglongjmp(point->jump, 1);
}

namespace {

// No std::string in this file: its functions would be reason enough for a linker to take this copy
// of the file beside the one in libanywarp.so.
struct FatalPoint {
  jmp_buf jump;
  FatalReason* reason;
  FatalPoint* outer;
};
thread_local constinit FatalPoint* currentFatal = nullptr;

} // namespace

bool runFatalGuarded(void (*fn)(void*), void* arg, FatalReason& reason) {
  FatalPoint point;
  point.reason = &reason;
  point.outer = currentFatal;
  if (setjmp(point.jump) != 0) {
    currentFatal = point.outer;
    return false;
  }
  currentFatal = &point;
  fn(arg);
  currentFatal = point.outer;
  return true;
}

void leaveFatal(const char* reason) {
  if (!currentFatal)
    return;
  strncpy(currentFatal->reason->text, reason, sizeof currentFatal->reason->text - 1);
  longjmp(currentFatal->jump, 1);
}

} // namespace anywarp
