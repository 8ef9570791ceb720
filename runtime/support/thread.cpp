// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/thread.h"

#include <memory>
#include <pthread.h>

namespace anywarp {
namespace {

struct Start {
  const char* name;
  std::function<void()> body;
};

void* run(void* argument) {
  std::unique_ptr<Start> start(static_cast<Start*>(argument));
  pthread_setname_np(pthread_self(), start->name);
  start->body();
  return nullptr;
}

} // namespace

sigset_t foreignSignals() {
  sigset_t mask;
  sigfillset(&mask);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
    sigdelset(&mask, fault);
  return mask;
}

bool startThread(const char* name, std::function<void()> body) {
  auto start = std::make_unique<Start>(name, std::move(body));
  sigset_t mask = foreignSignals(), old;
  pthread_sigmask(SIG_SETMASK, &mask, &old);
  pthread_t thread;
  // std::thread would end the process where there can be no more.
  bool started = pthread_create(&thread, nullptr, run, start.get()) == 0;
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (!started)
    return false;
  start.release(); // the thread's
  pthread_detach(thread);
  return true;
}

} // namespace anywarp
