// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compile process's half of compile_process.h: takes orders from a socket and compiles them one
// after the other. When its maker is gone it finishes what fills the cache, within limits, and
// ends; what nobody will ever see ends at once. It also ends when there has been nothing to do for
// a while. Runs in a process that has nothing else to do.
#pragma once

#include "compile_message.h"
#include "compiler_module.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>

namespace anywarp::cpu {

class CompileServer {
public:
  CompileServer(int socket, std::string compilerPath);
  // Ends the process.
  [[noreturn]] void run();

private:
  using Clock = std::chrono::steady_clock;
  struct Job {
    CompileOrder order;
    int texts = -1;
  };

  bool receive(); // false: the other side is gone
  void take(Message& message);
  [[noreturn]] void finishAlone();
  bool endWhenIdle();

  static void* entry(void* self);
  [[noreturn]] void work();
  void compile(Job& job);
  Result<std::shared_ptr<const ptx::Index>> indexOf(const Job& job);
  void report(const CompileReport& report, int descriptor = -1);

  const int socket_;
  const std::string compilerPath_;
  // Of the compiling thread:
  CompilerModule module_;
  std::shared_ptr<const ptx::Index> index_; // of the last job: kernels of a program come together
  std::unique_ptr<Cache> cache_;            // of cacheFolder_
  std::string cacheFolder_;

  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool busy_ = false, keeps_ = false; // keeps: the code of the job at work goes to the cache
  Clock::time_point idleSince_ = Clock::now();
};

} // namespace anywarp::cpu
