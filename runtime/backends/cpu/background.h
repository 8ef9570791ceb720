// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compilations that nobody waits for: one thread of the process, which gives way to all others.
//
// Known defect: static data that LLVM makes while it compiles is destroyed before exit() stops the
// thread, which may crash then; so ANYWARP_TIER=auto, the only user, is not the default.
//
// The end of the process neither waits for it nor meets it: exit() runs the destructors of LLVM's
// static data, so the thread is stopped before that, where it stands, as soon as it holds none of
// the locks that exit() may need (freeze() in background.cpp). Safe from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <pthread.h>

namespace anywarp::cpu {

class Background {
public:
  static Background& instance(); // never destroyed: its thread outlives exit()

  // Runs jobs one after the other, in order, on a deep stack. A fault in one ends that job only.
  void post(std::function<void()> job);
  // For tests: returns when all jobs are done.
  void drain();

  // While it lives, the calling job may be stopped for ever at any instruction of the compiler.
  class Stoppable {
  public:
    Stoppable();
    ~Stoppable();
    Stoppable(const Stoppable&) = delete;
  };

  // Jobs use a library that has just been loaded: its destructors, and those of what it uses, shall
  // run after the thread has been stopped.
  static void libraryLoaded();

private:
  static void* entry(void*);
  static void atExit();
  void loop();
  void stop();
  void freeze(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_; // guards all below
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool started_ = false, busy_ = false, stopped_ = false;
  pthread_t thread_{};
  std::atomic<int> process_{0}; // whose thread it is: a forked child has none
};

} // namespace anywarp::cpu
