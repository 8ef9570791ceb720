// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a process does over time: API calls of each thread, kernels and copies of each stream,
// compilations. For ANYWARP_TRACE_FILE (a trace for Perfetto and chrome://tracing) and
// ANYWARP_PROFILE_DIR (a table of times, for `anywarp profile`).
//
// Off, a call costs one relaxed load (trace::on). On, each thread writes fixed-size events into a
// buffer of its own; whoever finds it full, and a thread ten times a second, empties all of them
// into the outputs. So memory is bounded, and the file is valid JSON after every write: at exit,
// after a crash (a handler of fatal signals writes the rest) and after SIGKILL (what was written by
// then). A forked child goes on with buffers of its own. Safe from any thread.
#pragma once

#include "support/export.h"
#include "support/trace.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace anywarp::timeline {

enum class Kind : uint8_t { Api, Kernel, Copy, Fill, Host, Compile, Load };
inline constexpr int kKinds = 7;

// The call that asked for a piece of work: the arrow in the picture begins there.
struct Origin {
  uint32_t thread = 0; // 0: not asked for by a call
  uint64_t time = 0;
};

struct Event {
  const char* name = nullptr; // static storage or interned
  uint64_t start = 0, nanos = 0;
  Kind kind = Kind::Api;
  uint16_t device = 0;
  uint32_t stream = 0; // 0: on the thread's own track
  Origin origin;
  uint64_t bytes = 0;
  uint32_t grid[3] = {}, block[3] = {}, shared = 0;
};

inline bool on() {
  return trace::on(trace::kTimeline);
}

// Called once, when the options are first needed: opens the outputs that they ask for. True: events
// are wanted from now on (with ANYWARP_TRACE_RANGE=profiler not before cuProfilerStart).
bool begin();
// cuProfilerStart and cuProfilerStop; nothing unless the option says so.
AW_API void profilerRange(bool start);
// Writes what is still in buffers; for tests and before the process replaces itself.
AW_API void flush();

// A name that stays; demangled and fit to stand in JSON.
AW_API const char* intern(std::string_view symbol);
inline const char* nameOf(std::string_view symbol) {
  return on() ? intern(symbol) : nullptr;
}
AW_API void record(const Event& event);

// For trace::Call: a call begins, and ends with its event. Between them origin() is known.
void enterCall();
void leaveCall(const char* name, uint64_t start);
AW_API Origin origin(); // of the calling thread's present call

// Where the events of a stream's operation go.
struct Place {
  uint16_t device = 0;
  uint32_t stream = 0; // 0: on the thread's own track
  Origin origin;
};
AW_API Place place(); // of the operation that the calling thread runs

// While an operation of a stream runs, in whatever thread.
class AW_API OperationScope {
public:
  explicit OperationScope(Place place);
  ~OperationScope();
  OperationScope(const OperationScope&) = delete;

private:
  const Place before_;
};

// One piece of work from construction to destruction: on the track of the stream whose operation
// runs, or of the thread. Does nothing when off.
class Work {
public:
  Work(Kind kind, const char* name, uint64_t bytes = 0) {
    if (on()) [[unlikely]]
      enter(kind, name, bytes);
  }
  ~Work() {
    if (event_.start) [[unlikely]]
      leave();
  }
  Work(const Work&) = delete;
  Event* event() { return event_.start ? &event_ : nullptr; } // to add details; null: off

private:
  AW_API void enter(Kind kind, const char* name, uint64_t bytes);
  AW_API void leave();
  Event event_;
};

// An empty trace at this path, replacing what was there; false: errno says why. For the command
// line, so that all processes of one run share a file.
AW_API bool createTrace(const std::string& path);

} // namespace anywarp::timeline
