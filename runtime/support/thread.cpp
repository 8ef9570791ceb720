// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/thread.h"

#include <pthread.h>
#include <thread>

namespace anywarp {

sigset_t foreignSignals() {
  sigset_t mask;
  sigfillset(&mask);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
    sigdelset(&mask, fault);
  return mask;
}

void startThread(const char* name, void (*body)()) {
  sigset_t mask = foreignSignals(), old;
  pthread_sigmask(SIG_SETMASK, &mask, &old);
  std::thread([name, body] {
    pthread_setname_np(pthread_self(), name);
    body();
  }).detach();
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

} // namespace anywarp
