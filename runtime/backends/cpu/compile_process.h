// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compilations that nobody waits for, in a process of their own: LLVM in a thread of this one would
// be in the way of exit(), and its crash or hang would be ours. There is one such process at most;
// it starts when first needed and ends by itself (compile_server.h).
//
// The end of this process neither waits for it nor ends it: it fills the cache for the next run.
// The application never notices it (support/detached_process.h). No thread waits for answers:
// launches look for them now and then. Safe from any thread; in a forked child it does nothing.
#pragma once

#include "compile_message.h"
#include "ptx/index.h"
#include "support/own_descriptor.h"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <sys/types.h>

namespace anywarp::cpu {

class CompileProcess {
public:
  // `program`: anywarp-compile; `compiler`: the module that it loads, known by `compilerId`.
  CompileProcess(std::string program, std::string compiler, std::string compilerId);
  ~CompileProcess(); // as the end of this process
  CompileProcess(const CompileProcess&) = delete;
  // The one of this process and this installation.
  static std::shared_ptr<CompileProcess> instance();

  // Whether an order would be taken now, as far as one can tell.
  bool mayTake();
  // Called with the answer, by a thread that looks or orders. `descriptor`: of the code, with
  // CompileOutcome::Attached; the callee's to close.
  using Done = std::function<void(const CompileReport& report, int descriptor)>;
  // False: it is not taken and will not be done. `order` needs no id, text hash and compiler.
  bool post(CompileOrder order, const std::shared_ptr<const ptx::Index>& index, Done done);
  // Takes the answers that are there. Costs next to nothing where it was called a moment ago.
  void look();
  size_t pending(); // orders without an answer yet; looks

private:
  // The texts of an index as a file, for all orders of them.
  struct Texts {
    explicit Texts(int descriptor) : file(descriptor) {}
    const OwnDescriptor file;
  };
  struct Pending {
    uint64_t id;
    std::string message;
    std::shared_ptr<Texts> texts;
    Done done;
  };
  struct Answer {
    CompileReport report;
    int descriptor;
    Done done;
  };

  bool canStart();
  bool start();
  bool startUnless();
  bool isOurSocket() const;
  void closeSocket();
  void receive(std::vector<Answer>& answers);
  void take(Message& message, std::vector<Answer>& answers);
  void lost(std::vector<Answer>& answers);
  void giveUp(std::vector<Answer>& answers, const char* why);
  std::shared_ptr<Texts> textsOf(const std::shared_ptr<const ptx::Index>& index);
  static void deliver(std::vector<Answer>& answers);

  const std::string program_, compiler_, compilerId_;
  const pid_t owner_;
  std::atomic<int64_t> nextLook_{0}; // nanoseconds of the steady clock

  std::mutex mutex_; // guards what follows; not held while answers are delivered
  bool usable_ = true;
  int socket_ = -1;
  dev_t device_ = 0; // of the socket, in case the application closes what it does not know
  ino_t inode_ = 0;
  unsigned losses_ = 0;
  bool answered_ = false; // ever
  uint64_t nextId_ = 1;
  std::deque<Pending> pending_; // in the order in which they are done
  std::weak_ptr<const ptx::Index> lastIndex_;
  std::weak_ptr<Texts> lastTexts_;
};

} // namespace anywarp::cpu
