// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Events of a whole context: cuCtxRecordEvent, cuCtxWaitEvent and those of green contexts.
#include "core/capture.h"
#include "core/context.h"
#include "core/context_gate.h"
#include "core/event.h"
#include "core/event_mark.h"
#include "core/green_context.h"
#include "core/stream.h"
#include "core/stream_queue.h"
#include "support/clock.h"

namespace anywarp::core {
namespace {

// "The API will return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED if the specified context has a stream
// in the capture mode. In such a case, the call will invalidate all the conflicting captures."
Result<void> refuseCaptures(const std::vector<StreamRef>& streams) {
  bool any = false;
  for (const StreamRef& stream : streams)
    if (auto capture = stream->capture()) {
      any = true;
      (void)capture->refuse("an event of the whole context");
    }
  if (any)
    return makeError(Status::CaptureUnsupported, "a stream of the context is being captured");
  return {};
}

std::vector<StreamRef> streamsOf(Context& context, GreenContext* green) {
  return green ? green->streams() : context.streams();
}

} // namespace

Result<void> Context::recordEvent(Event& event, GreenContext* green) {
  AW_TRY(green ? green->check() : check());
  AW_TRY(event.check());
  if (&event.context() != this)
    return makeError(Status::InvalidHandle, "the event is of another context");
  std::vector<StreamRef> streams = streamsOf(*this, green);
  AW_TRY(refuseCaptures(streams));
  // A queue of its own for the one operation, which all streams' ends come before.
  auto queue = std::make_shared<StreamQueue>(shared_from_this(), nullptr, false);
  std::vector<QueuePosition> ends;
  for (const StreamRef& stream : streams)
    ends.push_back({stream->queue(), stream->queue()->pushed()});
  event.recordIn(queue, std::move(ends));
  return {};
}

Result<void> Context::waitEvent(const EventRef& event, GreenContext* green) {
  AW_TRY(green ? green->check() : check());
  AW_TRY(event->check());
  std::vector<StreamRef> streams = streamsOf(*this, green);
  if (auto captured = event->captured(); captured && !captured->capture->ended()) {
    (void)captured->capture->refuse("a whole context waits for an event of the capture");
    return makeError(Status::CaptureUnsupported, "the event is part of a capture");
  }
  AW_TRY(refuseCaptures(streams));
  if (std::shared_ptr<Event::Mark> mark = event->latest(); mark && !mark->position.reached()) {
    std::lock_guard lock(mutex_);
    std::erase_if(gates_, [](const Gate& gate) { return gate.position.reached(); });
    gates_.push_back({mark->position, green ? green->id() : 0});
  }
  for (const StreamRef& stream : streamsOf(*this, green)) // with those that came meanwhile
    AW_TRY(stream->waitEvent(event));
  return {};
}

// mutex_ held. A new stream waits for what the whole context was told to wait for.
void Context::passGates(Stream& stream) {
  uint64_t green = stream.green() ? stream.green()->id() : 0;
  for (const Gate& gate : gates_)
    if (!gate.position.reached() && (!gate.green || gate.green == green)) {
      StreamQueue::Push push;
      push.deps.push_back(gate.position);
      push.mode = StreamQueue::Mode::Inline;
      push.always = true;
      stream.queue()->push(std::move(push));
    }
}

} // namespace anywarp::core
