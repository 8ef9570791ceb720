// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "background.h"

#include "fault.h"
#include "support/log.h"
#include "support/thread.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <link.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr size_t kStack = size_t(64) << 20;
constexpr int kNice = 10; // a tenth of a busy processor: the better code is wanted some day
// On a busy machine the thread, which gives way to all others, may not run for a while.
constexpr auto kPatience = std::chrono::seconds(5);
// Linux has it on all its processors and sends it to nobody.
constexpr int kFreeze = SIGSTKFLT;

// The code of LLVM and of the compiler around it. A thread that is found there is not inside of
// malloc, the dynamic linker, the log or the file system, so none of their locks is held for ever.
constexpr size_t kMostRanges = 8;
struct CodeRanges {
  uintptr_t low[kMostRanges], high[kMostRanges];
  size_t count;
};
CodeRanges compilerCode;
std::atomic<pthread_t> toFreeze{};
std::atomic<bool> frozen{false};
std::atomic<bool> stoppable{false}; // of the one thread
struct sigaction previousAction;    // written before the handler is set

int collectCode(dl_phdr_info* info, size_t, void*) {
  if (!strstr(info->dlpi_name, "libLLVM") && !strstr(info->dlpi_name, "libanywarp_compiler"))
    return 0;
  for (int i = 0; i < info->dlpi_phnum && compilerCode.count < kMostRanges; i++) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_LOAD || !(header.p_flags & PF_X))
      continue;
    compilerCode.low[compilerCode.count] = info->dlpi_addr + header.p_vaddr;
    compilerCode.high[compilerCode.count++] = info->dlpi_addr + header.p_vaddr + header.p_memsz;
  }
  return 0;
}

uintptr_t programCounter(const void* opaque) {
  const auto* context = static_cast<const ucontext_t*>(opaque);
#if defined(__x86_64__)
  return uintptr_t(context->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return uintptr_t(context->uc_mcontext.pc);
#endif
}

void onFreeze(int signal, siginfo_t* info, void* context) {
  if (!pthread_equal(pthread_self(), toFreeze.load())) {
    const struct sigaction& old = previousAction;
    if (old.sa_flags & SA_SIGINFO)
      old.sa_sigaction(signal, info, context);
    else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN)
      old.sa_handler(signal);
    return;
  }
  // Not while it loads the compiler, whose constructors are code of the same library.
  if (!stoppable.load())
    return;
  uintptr_t pc = programCounter(context);
  for (size_t i = 0; i < compilerCode.count; i++)
    if (pc >= compilerCode.low[i] && pc < compilerCode.high[i]) {
      frozen.store(true);
      for (;;)
        pause(); // until the process is gone
    }
}

} // namespace

Background::Stoppable::Stoppable() {
  stoppable.store(true);
}

Background::Stoppable::~Stoppable() {
  stoppable.store(false);
}

Background& Background::instance() {
  static auto* background = new Background;
  return *background;
}

void Background::libraryLoaded() {
  std::atexit(&Background::atExit);
}

void Background::post(std::function<void()> job) {
  std::lock_guard lock(mutex_);
  if (stopped_)
    return;
  if (!started_) {
    libraryLoaded();
    process_ = getpid();
    sigset_t mask = foreignSignals(), old;
    sigdelset(&mask, kFreeze);
    pthread_sigmask(SIG_SETMASK, &mask, &old);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStack);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    started_ = pthread_create(&thread_, &attributes, &Background::entry, this) == 0;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    if (!started_)
      return; // what runs now goes on to do so
  }
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

void Background::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (jobs_.empty() && !busy_) || stopped_; });
}

void* Background::entry(void* self) {
  pthread_setname_np(pthread_self(), "anywarp-later");
  setpriority(PRIO_PROCESS, id_t(syscall(SYS_gettid)), kNice); // of this thread, on Linux
  static_cast<Background*>(self)->loop();
  return nullptr;
}

void Background::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !jobs_.empty() && !stopped_; });
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    Fault fault;
    if (!runGuarded(job, fault))
      log::debug("a compilation in the background crashed (signal {} at {:#x})", fault.signal,
                 fault.pc);
    job = nullptr;
    lock.lock();
    busy_ = false;
    stoppable.store(false); // where the job did not come back
    changed_.notify_all();
  }
}

void Background::atExit() {
  instance().stop();
}

void Background::stop() {
  if (process_.load() != getpid()) // none, or the parent's, and who knows who holds the mutex
    return;
  std::unique_lock lock(mutex_);
  if (!started_ || stopped_)
    return;
  stopped_ = true;
  jobs_.clear();
  freeze(lock);
}

// Again and again until the thread is met at a good place: LLVM's own code is never far. If it
// cannot be had, the process ends all the same.
void Background::freeze(std::unique_lock<std::mutex>& lock) {
  if (!busy_)
    return;
  compilerCode.count = 0;
  dl_iterate_phdr(collectCode, nullptr);
  toFreeze = thread_;
  struct sigaction action = {};
  action.sa_sigaction = onFreeze;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(kFreeze, &action, &previousAction);
  auto end = std::chrono::steady_clock::now() + kPatience;
  while (busy_ && !frozen && std::chrono::steady_clock::now() < end) {
    if (stoppable.load())
      pthread_kill(thread_, kFreeze);
    changed_.wait_for(lock, std::chrono::microseconds(50));
  }
}

} // namespace anywarp::cpu
