// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs that the process that starts them does not notice.
#include "support/detached_process.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace anywarp {
namespace {

std::atomic<int> childSignals{0};

// Runs a shell's text with the writing end of a pipe as descriptor 3; what it wrote until its end.
std::string outputOf(const std::string& text, const std::vector<std::string>& environment = {}) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return "no pipe";
  int error = startDetached("/bin/sh", {"sh", "-c", text}, environment, ends[1]);
  close(ends[1]);
  std::string all;
  char buffer[4096];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    all.append(buffer, size_t(n));
  close(ends[0]);
  return error ? "error " + std::to_string(error) : all;
}

class DetachedProcess : public ::testing::Test {
protected:
  DetachedProcess() {
    childSignals = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) { childSignals++; };
    action.sa_flags = SA_RESTART;
    sigaction(SIGCHLD, &action, &old_);
  }
  void SetUp() override {
    if (startDetached("/bin/true", {"true"}, {}, STDERR_FILENO) == ENOSYS)
      GTEST_SKIP() << "not with the thread sanitizer";
  }
  ~DetachedProcess() override { sigaction(SIGCHLD, &old_, nullptr); }
  struct sigaction old_;
};

TEST_F(DetachedProcess, gets_arguments_environment_and_descriptor) {
  EXPECT_EQ(outputOf("echo $NAME >&3", {"NAME=value"}), "value\n");
  EXPECT_EQ(outputOf("echo \"[$HOME]\" >&3"), "[]\n");
}

TEST_F(DetachedProcess, is_nobody_s_child) {
  std::string parent = outputOf("echo $PPID >&3");
  EXPECT_NE(parent, std::to_string(getpid()) + "\n");
  EXPECT_EQ(waitpid(-1, nullptr, 0), -1);
  EXPECT_EQ(errno, ECHILD);
  EXPECT_EQ(childSignals, 0);
}

TEST_F(DetachedProcess, children_of_the_process_are_what_they_were) {
  pid_t child = fork();
  if (child == 0) {
    usleep(50'000);
    _exit(7);
  }
  EXPECT_EQ(outputOf("true"), "");
  int status = 0;
  EXPECT_EQ(waitpid(-1, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(childSignals, 1);
}

TEST_F(DetachedProcess, what_cannot_be_started_is_an_error_and_leaves_nothing) {
  EXPECT_EQ(startDetached("/nowhere/program", {"program"}, {}, 2), ENOENT);
  EXPECT_EQ(startDetached("/etc/passwd", {"passwd"}, {}, 2), EACCES);
  EXPECT_EQ(startDetached("/bin/sh", {"sh", "-c", "true"}, {}, 1000), EBADF);
  EXPECT_EQ(waitpid(-1, nullptr, __WALL), -1);
  EXPECT_EQ(errno, ECHILD);
  EXPECT_EQ(childSignals, 0);
}

TEST_F(DetachedProcess, any_descriptor_will_do_also_the_one_it_becomes) {
  int saved = fcntl(kGivenDescriptor, F_DUPFD_CLOEXEC, 10);
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  ASSERT_EQ(dup3(ends[1], 20, O_CLOEXEC), 20);
  close(ends[1]);
  if (ends[0] == kGivenDescriptor)
    ends[0] = fcntl(kGivenDescriptor, F_DUPFD_CLOEXEC, 10);
  ASSERT_EQ(dup3(20, kGivenDescriptor, O_CLOEXEC), kGivenDescriptor);
  close(20);
  EXPECT_EQ(startDetached("/bin/sh", {"sh", "-c", "echo here >&3"}, {}, kGivenDescriptor), 0);
  EXPECT_EQ(fcntl(kGivenDescriptor, F_GETFD), FD_CLOEXEC); // ours is as it was
  char text[5];
  EXPECT_EQ(read(ends[0], text, 5), 5);
  close(ends[0]);
  if (saved >= 0) {
    dup3(saved, kGivenDescriptor, O_CLOEXEC);
    close(saved);
  } else
    close(kGivenDescriptor);
}

TEST_F(DetachedProcess, the_signal_mask_is_as_it_was) {
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  EXPECT_EQ(outputOf("true"), "");
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int signal = 1; signal < NSIG; signal++)
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
}

TEST_F(DetachedProcess, subreapers_are_known) {
  EXPECT_FALSE(collectsOrphans());
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  EXPECT_TRUE(collectsOrphans());
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

} // namespace
} // namespace anywarp
