// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A stream: work that runs in order, without a thread of its own (stream_queue.h). Owned by its
// context and the handle table; queued operations keep what they need alive. Safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace anywarp::core {

class StreamQueue;
class Capture;
enum class GraphNodeType : int;

class AW_API Stream : public std::enable_shared_from_this<Stream> {
public:
  using Operation = std::function<Result<void>()>;
  enum class Kind { Legacy, PerThread, Created };
  static constexpr unsigned kNonBlocking = 1;                      // CU_STREAM_NON_BLOCKING
  static constexpr int kLeastPriority = 0, kGreatestPriority = -5; // cuCtxGetStreamPriorityRange

  // Use create().
  Stream(ContextRef context, Kind kind, unsigned flags, int priority,
         GreenContextRef green = nullptr);
  ~Stream();
  Stream(const Stream&) = delete;

  // Of the green context, or of the calling thread's current one where that is a part of `context`.
  static Result<StreamRef> create(Context& context, unsigned flags, int priority,
                                  GreenContextRef green = nullptr);
  // cuStreamDestroy: returns at once; queued work still runs. InvalidHandle for default streams.
  Result<void> destroy();
  // A created stream's handle; null: not live.
  static StreamRef fromHandle(const void* handle);
  // Any CUstream: 0 is the default stream (the per-thread one for _ptsz entry points), 1 legacy,
  // 2 per-thread, all of the current context `context`. InvalidHandle for garbage, InvalidContext
  // style errors of the stream's own context otherwise.
  static Result<StreamRef> resolve(const void* handle, Context& context, bool perThreadDefault);
  void* handle();

  Context& context() const { return *context_; }
  ContextRef contextRef() const { return context_; }
  Device& device() const;
  GreenContext* green() const { return green_.get(); } // null: it has the whole device
  Kind kind() const { return kind_; }
  unsigned flags() const { return flags_; }
  int priority() const { return priority_.load(std::memory_order_relaxed); }
  void setPriority(int priority) { priority_ = priority; }
  uint64_t id() const { return id_; }
  bool blocking() const { return kind_ != Kind::Created || !(flags_ & kNonBlocking); }

  Result<void> synchronize();
  // Success or NotReady (not a failure to log) or the context's error.
  Result<void> query();
  bool idle(); // all work done

  // cuStreamWaitEvent: later work waits for the event's latest record.
  Result<void> waitEvent(const EventRef& event);
  // cudaEventWaitExternal: a node of the captured stream's graph. IllegalState: not captured.
  Result<void> waitExternal(const EventRef& event);
  // cuLaunchHostFunc. Not called once the context has failed.
  Result<void> launchHostFunc(void (*function)(void*), void* userData);
  // What runs such a function, for graphs as well; it must not call CUDA meanwhile.
  static Operation hostOperation(void (*function)(void*), void* userData);
  // cuStreamAddCallback: called even then, with the error.
  Result<void> addCallback(void (*callback)(void* stream, int status, void* userData),
                           void* userData);

  // Queues `run` behind the stream's earlier work. It runs once, on any thread, with no lock held;
  // not at all once the context has failed. Its error becomes the context's sticky error unless it
  // is a launch-time error (LaunchOutOfResources, NotSupported, ...).
  Result<void> enqueue(Operation run);
  // The same, as a node of this type while the stream is captured into a graph.
  Result<void> enqueue(Operation run, GraphNodeType type);
  // The same, and waits until it has run; gives its own result back.
  Result<void> enqueueAndWait(Operation run);

  // Stream capture (capture.h).
  bool capturing() const { return capturing_.load(std::memory_order_acquire); }
  std::shared_ptr<Capture> capture() const;
  void setCapture(std::shared_ptr<Capture> capture); // null: no longer

  // What StreamAttributes keeps for it.
  bool readAttribute(int attribute, void* value) const; // false: never written
  void writeAttribute(int attribute, const void* value);

  // For core: what comes before a push to queue() of something that a captured stream cannot take.
  // The context's error, CaptureUnsupported with `refusal` while this stream is captured, the same
  // with `unsafe` (null: it is not) or CaptureImplicit where another capture forbids the call.
  // Waits while too much is queued.
  Result<void> admit(const char* refusal = "this call cannot be captured",
                     const char* unsafe = nullptr);
  const std::shared_ptr<StreamQueue>& queue() const { return queue_; }
  void retire(); // leaves the context once its work is done

private:
  const ContextRef context_; // a circle with the context's list, broken when the context goes
  const Kind kind_;
  const unsigned flags_;
  std::atomic<int> priority_; // a hint
  const GreenContextRef green_;
  const uint64_t id_;
  const std::shared_ptr<StreamQueue> queue_;
  std::atomic<bool> capturing_{false};
  mutable std::mutex captureMutex_; // guards what follows; a leaf
  std::shared_ptr<Capture> capture_;
  std::map<int, std::array<char, 64>> attributes_;
};

} // namespace anywarp::core
