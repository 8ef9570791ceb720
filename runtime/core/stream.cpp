// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/stream.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/device.h"
#include "core/event_mark.h"
#include "core/green_context.h"
#include "core/handles.h"
#include "core/ipc.h"
#include "core/status.h"
#include "core/stream_queue.h"
#include "core/thread_state.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

uint64_t nextStreamId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

// CU_STREAM_LEGACY and CU_STREAM_PER_THREAD.
const void* const kLegacyHandle = reinterpret_cast<const void*>(uintptr_t{1});
const void* const kPerThreadHandle = reinterpret_cast<const void*>(uintptr_t{2});

// "The host function must not make any CUDA API calls. Attempting to use a CUDA API may result in
// CUDA_ERROR_NOT_PERMITTED."
class HostFunction {
public:
  HostFunction() : before_(std::exchange(ThreadState::get().inHostFunction, true)) {}
  ~HostFunction() { ThreadState::get().inHostFunction = before_; }
  HostFunction(const HostFunction&) = delete;

private:
  const bool before_;
};

} // namespace

Stream::Stream(ContextRef context, Kind kind, unsigned flags, int priority, GreenContextRef green)
    : context_(std::move(context)), kind_(kind), flags_(flags), priority_(priority),
      green_(std::move(green)), id_(nextStreamId()),
      queue_(std::make_shared<StreamQueue>(context_,
                                           !blocking() ? nullptr
                                           : green_    ? green_->order()
                                                       : context_->order(),
                                           kind == Kind::Legacy)) {
  queue_->setTrack(id_);
}

Stream::~Stream() = default;

Result<StreamRef> Stream::create(Context& context, unsigned flags, int priority,
                                 GreenContextRef green) {
  if (!green)
    if (CurrentContext current = Context::currentOf(); current.context.get() == &context)
      green = std::move(current.green);
  AW_TRY(green ? green->check() : context.check());
  if (flags & ~kNonBlocking)
    return makeError(Status::InvalidValue, fmt::format("{:#x} are no stream flags", flags));
  // The manual: a priority outside the range is clamped.
  priority = std::clamp(priority, kGreatestPriority, kLeastPriority);
  auto stream = std::make_shared<Stream>(context.shared_from_this(), Kind::Created, flags, priority,
                                         std::move(green));
  AW_TRY(context.addStream(stream));
  HandleTable<Stream>::get().insert(stream);
  return stream;
}

Result<void> Stream::destroy() {
  if (green_)
    AW_TRY(green_->check());
  if (!HandleTable<Stream>::get().remove(this))
    return makeError(Status::InvalidHandle, "the stream is no stream that can be destroyed");
  retire();
  return {};
}

void Stream::retire() {
  StreamRef self = shared_from_this();
  if (queue_->idle()) {
    context_->removeStream(this);
    return;
  }
  StreamQueue::Push push;
  push.always = true;
  push.run = [self] {
    self->context_->removeStream(self.get());
    return Result<void>();
  };
  queue_->push(std::move(push));
}

StreamRef Stream::fromHandle(const void* handle) {
  return HandleTable<Stream>::get().find(handle);
}

Result<StreamRef> Stream::resolve(const void* handle, Context& context, bool perThreadDefault) {
  if (!handle)
    handle = perThreadDefault ? kPerThreadHandle : kLegacyHandle;
  if (handle == kLegacyHandle || handle == kPerThreadHandle) {
    AW_TRY(context.check());
    GreenContext* green = Context::currentGreen();
    if (green && &green->root() == &context) [[unlikely]] {
      if (handle == kPerThreadHandle)
        return makeError(Status::InvalidHandle, "green contexts have no stream per thread");
      AW_TRY(green->check());
    } else {
      green = nullptr;
    }
    StreamRef stream = green                     ? green->legacyStream()
                       : handle == kLegacyHandle ? context.legacyStream()
                                                 : context.perThreadStream();
    if (!stream)
      return makeError(Status::ContextIsDestroyed, "the current context was destroyed");
    return stream;
  }
  StreamRef stream = fromHandle(handle);
  if (!stream)
    return makeError(Status::InvalidHandle, fmt::format("{} is no stream", handle));
  AW_TRY(stream->green() ? stream->green()->check() : stream->context().check());
  return stream;
}

void* Stream::handle() {
  return kind_ == Kind::Created  ? this
         : kind_ == Kind::Legacy ? const_cast<void*>(kLegacyHandle)
                                 : const_cast<void*>(kPerThreadHandle);
}

Device& Stream::device() const {
  return context_->device();
}

std::shared_ptr<Capture> Stream::capture() const {
  if (!capturing())
    return nullptr;
  std::lock_guard lock(captureMutex_);
  return capture_;
}

void Stream::setCapture(std::shared_ptr<Capture> capture) {
  std::lock_guard lock(captureMutex_);
  capture_ = std::move(capture);
  capturing_.store(capture_ != nullptr, std::memory_order_release);
}

bool Stream::readAttribute(int attribute, void* value) const {
  std::lock_guard lock(captureMutex_);
  auto it = attributes_.find(attribute);
  if (it == attributes_.end())
    return false;
  std::memcpy(value, it->second.data(), it->second.size());
  return true;
}

void Stream::writeAttribute(int attribute, const void* value) {
  std::lock_guard lock(captureMutex_);
  std::memcpy(attributes_[attribute].data(), value, sizeof attributes_[attribute]);
}

Result<void> Stream::synchronize() {
  AW_TRY(context_->check());
  if (auto capture = this->capture())
    return capture->refuse("a stream that is being captured cannot be waited for");
  queue_->waitFor(queue_->end());
  device().releaseExcess();
  context_->flushPrintf();
  AW_TRY(context_->check());
  return queue_->takeError();
}

Result<void> Stream::query() {
  AW_TRY(context_->check());
  if (auto capture = this->capture())
    return capture->refuse("a stream that is being captured cannot be queried");
  if (!queue_->finished())
    return makeError(Status::NotReady, {});
  AW_TRY(context_->check());
  return queue_->takeError();
}

bool Stream::idle() {
  return queue_->finished();
}

Result<void> Stream::waitEvent(const EventRef& event) {
  AW_TRY(context_->check());
  AW_TRY(event->check());
  std::shared_ptr<Capture> capture = this->capture();
  std::shared_ptr<Event::Captured> captured = event->captured();
  if (capture || captured)
    return captureWait(*this, capture, captured);
  if (uint32_t record = event->foreignRecord()) {
    StreamQueue::Push push;
    push.ready = [shared = event->shared_, record]() -> Result<bool> {
      return shared->settled(record);
    };
    push.mode = StreamQueue::Mode::Inline;
    queue_->push(std::move(push));
    return {};
  }
  std::shared_ptr<Event::Mark> mark = event->latest();
  if (!mark || mark->position.queue == queue_)
    return {};
  if (mark->position.reached()) {
    queue_->noteFollowed(mark->position);
    return {};
  }
  StreamQueue::Push push;
  push.deps.push_back(mark->position);
  push.mode = StreamQueue::Mode::Inline;
  queue_->push(std::move(push));
  return {};
}

Result<void> Stream::waitExternal(const EventRef& event) {
  AW_TRY(context_->check());
  AW_TRY(event->check());
  return captureExternal(*this, GraphNodeType::WaitEvent, event);
}

Stream::Operation Stream::hostOperation(void (*function)(void*), void* userData) {
  return [function, userData] {
    HostFunction here;
    timeline::Work work(timeline::Kind::Host, "host function");
    function(userData);
    return Result<void>();
  };
}

Result<void> Stream::launchHostFunc(void (*function)(void*), void* userData) {
  if (!function)
    return makeError(Status::InvalidValue, "the host function is null");
  Operation run = hostOperation(function, userData);
  auto capture = this->capture();
  if (!capture)
    return enqueue(std::move(run));
  GraphWork work;
  work.type = GraphNodeType::Host;
  work.run = std::move(run);
  work.described = HostParams{function, userData};
  return capture->add(*this, std::move(work));
}

Result<void> Stream::addCallback(void (*callback)(void*, int, void*), void* userData) {
  if (!callback)
    return makeError(Status::InvalidValue, "the callback is null");
  AW_TRY(admit("callbacks cannot be captured; cuLaunchHostFunc can"));
  StreamQueue::Push push;
  push.always = true;
  push.run = [context = context_, handle = handle(), callback, userData] {
    HostFunction here;
    callback(handle, int(context->stickyStatus()), userData);
    return Result<void>();
  };
  queue_->push(std::move(push));
  return {};
}

Result<void> Stream::admit(const char* refusal, const char* unsafe) {
  AW_TRY(context_->check());
  if (auto capture = this->capture())
    return capture->refuse(refusal);
  if (unsafe)
    AW_TRY(checkUnsafeCall(unsafe));
  if (kind_ == Kind::Legacy)
    AW_TRY(checkLegacyStream(*context_));
  queue_->throttle();
  return {};
}

Result<void> Stream::enqueue(Operation run) {
  AW_TRY(admit());
  StreamQueue::Push push;
  push.run = std::move(run);
  queue_->push(std::move(push));
  return {};
}

Result<void> Stream::enqueue(Operation run, GraphNodeType type) {
  auto capture = this->capture();
  return capture ? capture->add(*this, type, std::move(run)) : enqueue(std::move(run));
}

Result<void> Stream::enqueueAndWait(Operation run) {
  AW_TRY(admit("a call that waits cannot be captured", "a call that waits"));
  Result<void> outcome;
  bool ran = false;
  StreamQueue::Push push;
  push.mode = StreamQueue::Mode::Caller;
  push.run = [&]() -> Result<void> {
    outcome = run();
    ran = true;
    // Errors that stick go on to the context; the others are the caller's alone.
    return isSticky(outcome.status()) ? outcome : Result<void>();
  };
  queue_->waitFor(queue_->push(std::move(push)));
  if (!ran)
    AW_TRY(context_->check());
  return outcome;
}

} // namespace anywarp::core
