// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/detached_process.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The functions of the short-lived processes run in this process's memory, on stacks that the
// sanitizers do not know.
#define AW_ON_FOREIGN_STACK __attribute__((no_sanitize("address", "thread", "undefined"), noinline))

namespace anywarp {
namespace {

constexpr size_t kStack = size_t(64) << 10; // of each of the two

struct Plan {
  const char* path;
  char* const* arguments;
  char* const* environment;
  int descriptor;
  char* innerStack; // its end
  volatile int error;
};

// Not _exit(), before which compilers put a call of the address sanitizer.
AW_ON_FOREIGN_STACK void leave() {
  syscall(SYS_exit_group, 0);
}

AW_ON_FOREIGN_STACK int becomeProgram(void* argument) {
  auto* plan = static_cast<Plan*>(argument);
  // dup2() of a descriptor to itself would leave it to be closed by execve().
  int given = plan->descriptor == kGivenDescriptor ? fcntl(plan->descriptor, F_SETFD, 0)
                                                   : dup2(plan->descriptor, kGivenDescriptor);
  if (given >= 0)
    execve(plan->path, plan->arguments, plan->environment);
  plan->error = errno;
  leave();
  return 0;
}

// The program's parent, which ends at once.
AW_ON_FOREIGN_STACK int startAndLeave(void* argument) {
  auto* plan = static_cast<Plan*>(argument);
  int child = clone(becomeProgram, plan->innerStack, CLONE_VM | CLONE_VFORK | SIGCHLD, plan);
  if (child < 0)
    plan->error = errno;
  else if (plan->error)
    waitpid(child, nullptr, 0);
  leave();
  return 0;
}

// What execve() takes.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (const std::string& text : texts)
    list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

// The clone() of the thread sanitizer does not share memory.
constexpr bool canClone() {
#if defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
  return !__has_feature(thread_sanitizer);
#else
  return true;
#endif
}

} // namespace

// Two steps, each as vfork() does it, so that no page table is copied. The first process never
// executes anything and so keeps the exit signal that it was made with, none: only we, who ask for
// such processes (__WCLONE), can wait for it. execve() would give it SIGCHLD again; the second
// process, which does that, is an orphan by then.
int startDetached(const std::string& path, const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment, int descriptor) {
  if (!canClone())
    return ENOSYS;
  std::vector<char*> argumentList = pointers(arguments), environmentList = pointers(environment);
  void* stacks = mmap(nullptr, 2 * kStack, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stacks == MAP_FAILED)
    return errno;
  auto* outerStack = static_cast<char*>(stacks) + kStack;
  Plan plan{path.c_str(), argumentList.data(), environmentList.data(),
            descriptor,   outerStack + kStack, 0};
  // Handlers of the application would run in those processes and change its memory.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  int child = clone(startAndLeave, outerStack, CLONE_VM | CLONE_VFORK, &plan);
  int error = child < 0 ? errno : plan.error;
  if (child > 0)
    while (waitpid(child, nullptr, __WCLONE) < 0 && errno == EINTR)
      ;
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  munmap(stacks, 2 * kStack);
  return error;
}

bool collectsOrphans() {
  int subreaper = 0;
  return getpid() == 1 || (prctl(PR_GET_CHILD_SUBREAPER, &subreaper) == 0 && subreaper);
}

} // namespace anywarp
