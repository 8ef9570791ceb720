// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// anywarp-compile: the process that compiles kernels fully while the program runs with quick code
// (compile_process.h starts it). Nothing for people to run.
#include "compile_server.h"
#include "support/detached_process.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

bool isSocket(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

void writeTo(const char* path, const char* text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return;
  [[maybe_unused]] ssize_t n = write(fd, text, strlen(text));
  close(fd);
}

// Whoever waits until all writers of a pipe are gone must not wait for us.
void closeInherited() {
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < anywarp::kGivenDescriptor && null >= 0; fd++)
    if (null != fd)
      dup2(null, fd);
  if (null > anywarp::kGivenDescriptor)
    close(null);
  fcntl(anywarp::kGivenDescriptor, F_SETFD, FD_CLOEXEC);
  if (DIR* list = opendir("/proc/self/fd")) {
    int own = dirfd(list);
    while (dirent* entry = readdir(list))
      if (int fd = atoi(entry->d_name); fd > anywarp::kGivenDescriptor && fd != own)
        close(fd);
    closedir(list);
  }
}

// A tenth of a busy processor: a program that keeps all of them busy with quick code is who wants
// the better code most, and at 19 would get it after minutes.
constexpr int kNice = 10;

// Out of the way of everybody: of the terminal's signals, of the processors' time, of memory.
void settle() {
  for (int signal = 1; signal < NSIG; signal++)
    ::signal(signal, SIG_DFL);
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  closeInherited();
  // Not a session, where those share the processors first and their threads only then (sched(7),
  // autogroups): the time that this takes is the program's.
  setpgid(0, 0);
  sched_param parameters = {};
  sched_setscheduler(0, SCHED_BATCH, &parameters);
  setpriority(PRIO_PROCESS, 0, std::max(kNice, getpriority(PRIO_PROCESS, 0)));
  writeTo("/proc/self/oom_score_adj", "1000");
  rlimit noCore = {0, 0};
  setrlimit(RLIMIT_CORE, &noCore);
  [[maybe_unused]] int result = chdir("/");
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2 || !isSocket(anywarp::kGivenDescriptor)) {
    fputs("anywarp-compile is a part of Anywarp that its libraries start\n", stderr);
    return 2;
  }
  settle();
  anywarp::cpu::CompileServer(anywarp::kGivenDescriptor, argv[1]).run();
}
