// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A test that starts itself again as another process, and a Unix socket between the two that
// carries bytes and file descriptors. The other process runs one test, which is disabled otherwise,
// and finds its end of the socket by Peer::other(). Not for several threads.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace anywarp::test {

class Peer {
public:
  // Starts the test "Suite.DISABLED_name" in another process.
  static Peer start(const std::string& test) {
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
      return Peer(-1, -1);
    std::string filter = "--gtest_filter=" + test, end = std::to_string(ends[1]);
    pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      setenv("TEST_SOCKET", end.c_str(), 1);
      execl("/proc/self/exe", "other process", filter.c_str(), "--gtest_also_run_disabled_tests",
            "--gtest_brief=1", nullptr);
      _exit(99);
    }
    close(ends[1]);
    return Peer(ends[0], child);
  }
  // The other process's end.
  static Peer other() {
    const char* end = getenv("TEST_SOCKET");
    return Peer(end ? atoi(end) : -1, -1);
  }
  Peer(Peer&& from) noexcept : socket_(from.socket_), child_(from.child_) {
    from.socket_ = -1;
    from.child_ = -1;
  }
  ~Peer() {
    if (socket_ >= 0) // first, or a process that still waits for us would wait for ever
      close(socket_);
    if (child_ > 0)
      finish();
  }

  bool send(const void* data, size_t bytes, int descriptor = -1) {
    iovec part = {const_cast<void*>(data), bytes};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))] = {};
    if (descriptor >= 0) {
      message.msg_control = room;
      message.msg_controllen = sizeof room;
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(sizeof(int));
      memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    return sendmsg(socket_, &message, MSG_NOSIGNAL) == ssize_t(bytes);
  }
  // The descriptor that came along, or -1.
  int receive(void* data, size_t bytes) {
    iovec part = {data, bytes};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))] = {};
    message.msg_control = room;
    message.msg_controllen = sizeof room;
    int descriptor = -1;
    good_ = recvmsg(socket_, &message, MSG_CMSG_CLOEXEC) == ssize_t(bytes);
    if (cmsghdr* header = CMSG_FIRSTHDR(&message))
      memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return descriptor;
  }
  template <typename T> bool send(const T& value, int descriptor = -1) {
    return send(&value, sizeof value, descriptor);
  }
  template <typename T> int receive(T& value) { return receive(&value, sizeof value); }
  bool good() const { return good_; } // the last receive() got all
  // Waits for the other process; its exit status, -1 when it was killed.
  int finish() {
    int status = -1;
    waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

private:
  Peer(int socket, pid_t child) : socket_(socket), child_(child) {}
  int socket_;
  pid_t child_;
  bool good_ = true;
};

} // namespace anywarp::test
