// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An event: marks a place in a stream; can be waited for, queried and timed. Timestamps are taken
// when the record operation runs. Owned by the handle table; streams keep it alive while they need
// it. Safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace anywarp::core {

class SharedEvent;
class StreamQueue;
struct QueuePosition;

class AW_API Event : public std::enable_shared_from_this<Event> {
public:
  static constexpr unsigned kBlockingSync = 1, kDisableTiming = 2, kInterprocess = 4;

  Event(ContextRef context, unsigned flags); // use create()
  ~Event();

  static Result<EventRef> create(Context& context, unsigned flags);
  // cuIpcOpenEventHandle: an event of another process.
  static Result<EventRef> open(Context& context, const void* ipcHandle);
  // cuIpcGetEventHandle: InvalidHandle: not made with kInterprocess.
  Result<void> exportTo(void* ipcHandle);
  Result<void> destroy();
  static EventRef fromHandle(const void* handle); // null: not live
  void* handle() { return this; }

  Context& context() const { return *context_; }
  unsigned flags() const { return flags_; }

  // InvalidHandle when the stream belongs to another context, as CUDA has it.
  Result<void> record(Stream& stream);
  // The same behind a kernel of a captured stream: waiting kernels need only a part of it, as
  // CUgraphEdgeData says with these two.
  Result<void> recordPart(Stream& stream, uint8_t fromPort, uint8_t type);
  // cudaEventRecordExternal: a node of the captured stream's graph. IllegalState: not captured.
  Result<void> recordExternal(Stream& stream);
  Result<void> query(); // Success, NotReady or the context's error; Success when never recorded
  Result<void> synchronize();
  // Milliseconds. InvalidHandle: not recorded or no timing; NotReady: not reached yet.
  static Result<float> elapsed(Event& start, Event& end);

  // A record in a captured stream: what the next one to wait for the event depends on.
  struct Captured;
  std::shared_ptr<Captured> captured() const;
  void setCaptured(std::shared_ptr<Captured> captured);

private:
  friend class Context;
  friend class Stream;
  struct Mark; // one record
  std::shared_ptr<Mark> latest() const;
  Result<void> check() const;
  Result<void> checkStream(const Stream& stream) const;
  // The next operation of `queue`, which also waits for `after`.
  void recordIn(const std::shared_ptr<StreamQueue>& queue, std::vector<QueuePosition> after);
  // The record that another process made last, when none of ours is later; 0: none to wait for.
  uint32_t foreignRecord() const;
  Result<void> checkNotCaptured() const;

  const ContextRef context_;
  const uint64_t contextId_; // a reset context has a new one and its events are gone
  const unsigned flags_;
  std::shared_ptr<SharedEvent> shared_; // with kInterprocess; set before anybody sees the event
  mutable std::mutex mutex_;            // guards the two below
  std::shared_ptr<Captured> captured_;
  std::shared_ptr<Mark> latest_;
};

} // namespace anywarp::core
