// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/event.h"

#include "core/capture.h"
#include "core/context.h"
#include "core/device.h"
#include "core/event_mark.h"
#include "core/handles.h"
#include "core/ipc.h"
#include "core/stream.h"
#include "support/clock.h"

#include <fmt/core.h>

namespace anywarp::core {
Event::Event(ContextRef context, unsigned flags)
    : context_(std::move(context)), contextId_(context_->id()), flags_(flags) {}

Event::~Event() = default;

Result<EventRef> Event::create(Context& context, unsigned flags) {
  AW_TRY(context.check());
  if (flags & ~(kBlockingSync | kDisableTiming | kInterprocess))
    return makeError(Status::InvalidValue, fmt::format("{:#x} are no event flags", flags));
  // The manual: CU_EVENT_INTERPROCESS must come with CU_EVENT_DISABLE_TIMING.
  if ((flags & kInterprocess) && !(flags & kDisableTiming))
    return makeError(Status::InvalidValue, "an interprocess event must have its timing disabled");
  auto event = std::make_shared<Event>(context.shared_from_this(), flags);
  if (flags & kInterprocess) {
    Result<std::shared_ptr<SharedEvent>> shared = SharedEvent::create();
    if (!shared)
      return shared.error();
    event->shared_ = *shared;
  }
  HandleTable<Event>::get().insert(event);
  return event;
}

Result<EventRef> Event::open(Context& context, const void* ipcHandle) {
  AW_TRY(context.check());
  Result<std::shared_ptr<SharedEvent>> shared = SharedEvent::open(ipcHandle);
  if (!shared)
    return shared.error();
  auto event = std::make_shared<Event>(context.shared_from_this(), kInterprocess | kDisableTiming);
  event->shared_ = *shared;
  HandleTable<Event>::get().insert(event);
  return event;
}

Result<void> Event::exportTo(void* ipcHandle) {
  AW_TRY(check());
  if (!shared_)
    return makeError(Status::InvalidHandle, "the event was created without CU_EVENT_INTERPROCESS");
  shared_->exportTo(ipcHandle);
  return {};
}

uint32_t Event::foreignRecord() const {
  if (!shared_)
    return 0;
  uint32_t record = shared_->recorded();
  std::shared_ptr<Mark> mine = latest();
  bool ours = mine && mine->record == record;
  return ours || shared_->reached(record) ? 0 : record;
}

Result<void> Event::destroy() {
  if (!HandleTable<Event>::get().remove(this))
    return makeError(Status::InvalidHandle, "the event was destroyed before");
  return {};
}

EventRef Event::fromHandle(const void* handle) {
  return HandleTable<Event>::get().find(handle);
}

std::shared_ptr<Event::Mark> Event::latest() const {
  std::lock_guard lock(mutex_);
  return latest_;
}

Result<void> Event::check() const {
  if (contextId_ != context_->id())
    return makeError(Status::InvalidHandle, "the event's context was reset");
  return context_->check();
}

Result<void> Event::checkStream(const Stream& stream) const {
  AW_TRY(check());
  if (&stream.context() != context_.get())
    return makeError(Status::InvalidHandle, "the event and the stream are of different contexts");
  return {};
}

Result<void> Event::recordPart(Stream& stream, uint8_t fromPort, uint8_t type) {
  std::shared_ptr<Capture> capture = stream.capture();
  if (!capture)
    return record(stream);
  AW_TRY(checkStream(stream));
  return captureRecord(stream, capture, *this, {fromPort, 0, type});
}

Result<void> Event::recordExternal(Stream& stream) {
  AW_TRY(checkStream(stream));
  return captureExternal(stream, GraphNodeType::EventRecord, shared_from_this());
}

Result<void> Event::record(Stream& stream) {
  AW_TRY(checkStream(stream));
  if (std::shared_ptr<Capture> capture = stream.capture())
    return captureRecord(stream, capture, *this, {});
  if (stream.kind() == Stream::Kind::Legacy)
    AW_TRY(checkLegacyStream(*context_));
  recordIn(stream.queue(), {});
  return {};
}

void Event::recordIn(const std::shared_ptr<StreamQueue>& queue, std::vector<QueuePosition> after) {
  auto mark = std::make_shared<Mark>();
  StreamQueue::Push push;
  push.deps = std::move(after);
  push.always = true;
  push.mode = StreamQueue::Mode::Inline;
  if (shared_)
    mark->record = shared_->noteRecord();
  push.run = [mark, shared = shared_] {
    mark->nanoseconds.store(nowNanoseconds(), std::memory_order_relaxed);
    if (shared)
      shared->reach(mark->record);
    return Result<void>();
  };
  mark->position = {queue, queue->push(std::move(push))};
  std::lock_guard lock(mutex_);
  latest_ = std::move(mark);
  captured_ = nullptr;
}

std::shared_ptr<Event::Captured> Event::captured() const {
  std::lock_guard lock(mutex_);
  return captured_;
}

void Event::setCaptured(std::shared_ptr<Captured> captured) {
  std::lock_guard lock(mutex_);
  captured_ = std::move(captured);
}

// A captured event marks a place in a graph, not in time.
Result<void> Event::checkNotCaptured() const {
  if (captured())
    return makeError(Status::CapturedEvent, "the event was last recorded in a captured stream");
  return {};
}

Result<void> Event::query() {
  AW_TRY(check());
  AW_TRY(checkNotCaptured());
  AW_TRY(checkUnsafeCall("a query of an event"));
  std::shared_ptr<Mark> mark = latest();
  if ((mark && !mark->position.reached()) || foreignRecord())
    return makeError(Status::NotReady, {});
  return context_->check();
}

Result<void> Event::synchronize() {
  AW_TRY(check());
  AW_TRY(checkNotCaptured());
  AW_TRY(checkUnsafeCall("a wait for an event"));
  if (uint32_t record = foreignRecord()) {
    shared_->waitFor(record);
    return context_->check();
  }
  if (std::shared_ptr<Mark> mark = latest()) {
    mark->position.queue->waitFor(mark->position.number);
    context_->device().releaseExcess();
    context_->flushPrintf();
  }
  return context_->check();
}

Result<float> Event::elapsed(Event& start, Event& end) {
  AW_TRY(start.check());
  AW_TRY(end.check());
  if (start.context_ != end.context_)
    return makeError(Status::InvalidHandle, "the events are of different contexts");
  if ((start.flags_ | end.flags_) & kDisableTiming)
    return makeError(Status::InvalidHandle, "an event was created without timing");
  std::shared_ptr<Mark> first = start.latest(), last = end.latest();
  if (!first || !last)
    return makeError(Status::InvalidHandle, "an event was never recorded");
  if (!first->position.reached() || !last->position.reached())
    return makeError(Status::NotReady, {});
  AW_TRY(start.context_->check());
  return float(double(last->nanoseconds.load() - first->nanoseconds.load()) * 1e-6);
}

} // namespace anywarp::core
