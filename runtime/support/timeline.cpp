// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/timeline.h"

#include "support/log.h"
#include "support/options.h"
#include "support/thread.h"
#include "support/timeline_internal.h"

#include <atomic>
#include <csignal>
#include <cxxabi.h>
#include <mutex>
#include <pthread.h>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>
#include <unordered_map>

namespace anywarp::timeline {
namespace {

constexpr uint32_t kEvents = 512; // of a thread's buffer; a power of two

// Written by its thread, emptied under the lock.
struct Buffer {
  std::atomic<uint32_t> written{0}, taken{0}; // running numbers
  std::atomic<bool> owned{true};
  bool named = false; // the thread's name is in the file
  uint32_t thread = 0;
  char name[16] = {};
  Buffer* next = nullptr;
  Event events[kEvents];
};

// Not a std::mutex: it is taken in handlers of fatal signals and across fork().
class Lock {
public:
  void lock() {
    for (unsigned i = 0; !tryLock(); ++i)
      if (i > 100)
        usleep(50);
  }
  bool tryLock() {
    int nobody = 0;
    return owner_.compare_exchange_strong(nobody, self(), std::memory_order_acquire);
  }
  void unlock() { owner_.store(0, std::memory_order_release); }
  bool mine() const { return owner_.load(std::memory_order_relaxed) == self(); }

private:
  static int self() { return int(syscall(SYS_gettid)); }
  std::atomic<int> owner_{0};
};

struct State {
  Lock lock; // guards the outputs, `named` of buffers and the taking of events
  TraceFile trace;
  ProfileTable profile;
  std::atomic<Buffer*> buffers{nullptr}; // a list that only grows
  std::atomic<bool> threadWanted{true};
  bool onlyRange = false;
  std::mutex namesMutex; // guards names
  std::unordered_map<std::string, std::string> names;
};
// Set once the state is there: nobody else shall make it.
std::atomic<bool> begun{false};

State& state() {
  static State* value = new State; // never destroyed: used to the very end
  return *value;
}

thread_local Buffer* mine = nullptr;
thread_local bool gone = false;
thread_local Origin call;
thread_local unsigned callDepth = 0; // a call may call another one, as a static cudart does
thread_local Place operation;

struct Release {
  void arm() {}
  ~Release() {
    gone = true;
    if (mine)
      mine->owned.store(false, std::memory_order_release);
    mine = nullptr;
  }
};

// Null at the end of a thread: what it still does then is not recorded.
Buffer* buffer() {
  if (mine || gone) [[likely]]
    return mine;
  State& s = state();
  for (Buffer* b = s.buffers.load(std::memory_order_acquire); b && !mine; b = b->next) {
    bool free = false;
    if (b->taken.load(std::memory_order_acquire) == b->written.load(std::memory_order_relaxed) &&
        b->owned.compare_exchange_strong(free, true))
      mine = b;
  }
  if (!mine) {
    auto* made = new Buffer;
    made->next = s.buffers.load();
    while (!s.buffers.compare_exchange_weak(made->next, made))
      ;
    mine = made;
  }
  s.lock.lock();
  mine->thread = uint32_t(syscall(SYS_gettid));
  pthread_getname_np(pthread_self(), mine->name, sizeof mine->name);
  mine->named = false;
  s.lock.unlock();
  static thread_local Release release;
  release.arm();
  return mine;
}

void drain(State& s) { // lock held
  for (Buffer* b = s.buffers.load(std::memory_order_acquire); b; b = b->next) {
    uint32_t end = b->written.load(std::memory_order_acquire);
    uint32_t at = b->taken.load(std::memory_order_relaxed);
    if (at != end && !b->named && s.trace.isOpen()) {
      s.trace.thread(b->thread, b->name);
      b->named = true;
    }
    for (; at != end; ++at) {
      const Event& event = b->events[at % kEvents];
      if (s.trace.isOpen())
        s.trace.event(event, b->thread);
      if (s.profile.isOpen())
        s.profile.event(event);
    }
    b->taken.store(end, std::memory_order_release);
  }
  if (s.trace.isOpen())
    s.trace.write();
}

void writer() {
  for (;;) {
    usleep(100'000);
    state().lock.lock();
    drain(state());
    state().lock.unlock();
  }
}

void startWriter() {
  if (state().threadWanted.exchange(false))
    startThread("anywarp-trace", writer);
}

// Fatal signals: the rest of the buffers, then whatever would have happened.
constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM, SIGINT, SIGHUP};
struct sigaction previous[std::size(kSignals)];

void onSignal(int signal, siginfo_t* info, void* context) {
  State& s = state();
  // The thread that holds the lock may be the one that crashed; another one lets go soon, unless it
  // crashed as well.
  for (int i = 0; i < 3000 && !s.lock.mine(); ++i) {
    if (s.lock.tryLock()) {
      drain(s);
      s.lock.unlock();
      break;
    }
    usleep(1000);
  }
  size_t slot = 0;
  while (kSignals[slot] != signal)
    ++slot;
  const struct sigaction& old = previous[slot];
  if (old.sa_flags & SA_SIGINFO)
    return old.sa_sigaction(signal, info, context);
  if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN)
    return old.sa_handler(signal);
  sigaction(signal, &old, nullptr);
  // A fault happens again on return; a signal that was sent has to be sent again.
  if (info && info->si_code > 0 && signal != SIGABRT && signal != SIGTERM && signal != SIGINT &&
      signal != SIGHUP)
    return;
  raise(signal);
}

void watchSignals() {
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    int signal = kSignals[i];
    if (sigaction(signal, nullptr, &previous[i]) != 0)
      continue;
    bool ends = !(previous[i].sa_flags & SA_SIGINFO) && previous[i].sa_handler == SIG_DFL;
    // An application's own handler of a request to end does not end the process: exit() will.
    if (!ends && (signal == SIGTERM || signal == SIGINT || signal == SIGHUP))
      continue;
    struct sigaction action = {};
    action.sa_sigaction = onSignal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(signal, &action, nullptr);
  }
}

void beforeFork() {
  state().namesMutex.lock();
  state().lock.lock();
}
void afterForkParent() {
  state().lock.unlock();
  state().namesMutex.unlock();
}
void afterForkChild() {
  State& s = state();
  // The events are the parent's, and so were the threads.
  for (Buffer* b = s.buffers.load(); b; b = b->next) {
    b->taken.store(b->written.load());
    b->owned.store(b == mine);
    b->named = false;
  }
  if (mine)
    mine->thread = uint32_t(getpid());
  if (mine && callDepth)
    call.thread = mine->thread;
  s.trace.forked();
  s.profile.forked();
  s.threadWanted.store(true);
  s.lock.unlock();
  s.namesMutex.unlock();
}

__attribute__((destructor)) void atEnd() {
  if (begun.load())
    flush();
}

} // namespace

bool begin() {
  const Options& o = options();
  if (o.traceFile.empty() && o.profileDir.empty())
    return false;
  State& s = state();
  static std::once_flag once;
  std::call_once(once, [&s, &o] {
    bool any = !o.traceFile.empty() && s.trace.open(o.traceFile);
    any |= !o.profileDir.empty() && s.profile.open(o.profileDir);
    if (!any)
      return;
    s.onlyRange = o.traceRange == TraceRangeOption::Profiler;
    watchSignals();
    pthread_atfork(beforeFork, afterForkParent, afterForkChild);
    begun.store(true);
  });
  return begun.load() && !s.onlyRange;
}

void profilerRange(bool start) {
  (void)trace::on(trace::kTimeline); // reads the options if nobody has
  if (!begun.load() || !state().onlyRange)
    return;
  if (start)
    trace::detail::mask.fetch_or(trace::kTimeline);
  else
    trace::detail::mask.fetch_and(~unsigned(trace::kTimeline));
}

void flush() {
  if (!begun.load())
    return;
  State& s = state();
  s.lock.lock();
  drain(s);
  s.lock.unlock();
}

const char* intern(std::string_view symbol) {
  State& s = state();
  std::lock_guard lock(s.namesMutex);
  auto [it, isNew] = s.names.try_emplace(std::string(symbol));
  if (isNew) {
    int status = 0;
    char* text = abi::__cxa_demangle(it->first.c_str(), nullptr, nullptr, &status);
    it->second = status == 0 && text ? text : it->first;
    free(text);
  }
  return it->second.c_str(); // nodes stay where they are
}

void record(const Event& event) {
  Buffer* b = buffer();
  if (!b)
    return;
  startWriter();
  uint32_t at = b->written.load(std::memory_order_relaxed);
  if (at - b->taken.load(std::memory_order_acquire) == kEvents)
    flush();
  b->events[at % kEvents] = event;
  b->written.store(at + 1, std::memory_order_release);
}

void enterCall() {
  Buffer* b = buffer();
  if (b && callDepth++ == 0)
    call = {b->thread, 1};
}

void leaveCall(const char* name, uint64_t start) {
  if (callDepth && --callDepth == 0)
    call = {};
  Event event;
  event.name = name;
  event.start = start;
  event.nanos = nowNanos() - start;
  record(event);
}

Origin origin() {
  return call.thread ? Origin{call.thread, nowNanos()} : Origin{};
}

Place place() {
  return operation;
}

OperationScope::OperationScope(Place place) : before_(operation) {
  operation = place;
}

OperationScope::~OperationScope() {
  operation = before_;
}

void Work::enter(Kind kind, const char* name, uint64_t bytes) {
  event_.kind = kind;
  event_.name = name;
  event_.bytes = bytes;
  if (kind != Kind::Compile && kind != Kind::Load) { // those happen where somebody waits for them
    event_.device = operation.device;
    event_.stream = operation.stream;
    event_.origin = operation.origin;
  }
  event_.start = nowNanos();
}

void Work::leave() {
  event_.nanos = nowNanos() - event_.start;
  record(event_);
}

} // namespace anywarp::timeline
