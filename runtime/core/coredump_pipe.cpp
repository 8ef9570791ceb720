// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/coredump_pipe.h"

#include "support/thread.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <memory>
#include <mutex>
#include <sys/stat.h>
#include <unistd.h>

namespace anywarp::core::coredump_pipe {
namespace {

struct Pipe {
  std::string path;
  void (*triggered)();
  std::atomic<bool> active{true};
  pid_t process = getpid(); // a forked child has no thread that listens
};

struct State {
  std::mutex mutex; // guards the pipe
  std::shared_ptr<Pipe> pipe;
};

State& state() {
  static State* state = new State; // the thread may outlive static objects
  return *state;
}

// A writer that writes nothing and closes is a way to wake the thread.
bool readAll(int descriptor) {
  char bytes[4096];
  bool any = false;
  for (;;) {
    ssize_t n = read(descriptor, bytes, sizeof bytes);
    if (n > 0)
      any = true;
    else if (n == 0 || errno != EINTR)
      return any;
  }
}

void loop(const std::shared_ptr<Pipe>& pipe) {
  while (pipe->active) {
    int descriptor = open(pipe->path.c_str(), O_RDONLY | O_CLOEXEC); // until there is a writer
    if (descriptor < 0 && errno == EINTR)
      continue;
    if (descriptor < 0)
      return;
    bool any = readAll(descriptor);
    close(descriptor);
    if (any && pipe->active)
      pipe->triggered();
  }
}

Error failed(const std::string& path, const char* what) {
  return makeError(Status::InvalidValue,
                   fmt::format("the pipe of core dumps {}: {}: {}", path, what, strerror(errno)));
}

} // namespace

Result<void> listen(const std::string& path, void (*triggered)()) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  if (s.pipe)
    return {};
  struct stat found = {};
  if (mkfifo(path.c_str(), 0600) != 0 && errno != EEXIST)
    return failed(path, "cannot be made");
  if (stat(path.c_str(), &found) != 0)
    return failed(path, "cannot be found");
  if (!S_ISFIFO(found.st_mode) || found.st_uid != geteuid())
    return makeError(Status::InvalidValue,
                     fmt::format("the pipe of core dumps {} is a file of another kind, or somebody "
                                 "else's",
                                 path));
  auto pipe = std::make_shared<Pipe>();
  pipe->path = path;
  pipe->triggered = triggered;
  if (!startThread("anywarp-dump", [pipe] { loop(pipe); }))
    return makeError(Status::InvalidValue, "no thread to listen to the pipe of core dumps");
  s.pipe = std::move(pipe);
  static std::once_flag once;
  std::call_once(once, [] { std::atexit(stop); });
  return {};
}

void stop() {
  State& s = state();
  std::lock_guard lock(s.mutex);
  std::shared_ptr<Pipe> pipe = std::move(s.pipe);
  s.pipe = nullptr;
  if (!pipe || pipe->process != getpid())
    return;
  pipe->active = false;
  // Wakes the thread where it waits for a writer; where it does not, it sees `active` before it
  // opens the pipe again, or finds none.
  int descriptor = open(pipe->path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  unlink(pipe->path.c_str());
  if (descriptor >= 0)
    close(descriptor);
}

} // namespace anywarp::core::coredump_pipe
