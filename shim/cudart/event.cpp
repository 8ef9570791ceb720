// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/event.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "cudart/current.h"

#include <fmt/core.h>

namespace anywarp::cudart {
namespace {

Result<core::EventRef> find(cudaEvent_t handle) {
  AW_TRY(initialize());
  auto event = core::Event::fromHandle(handle);
  if (!event)
    return makeError(Status::InvalidHandle,
                     fmt::format("{} is no event", static_cast<const void*>(handle)));
  return event;
}

} // namespace

Result<void> eventCreateWithFlags(cudaEvent_t* event, unsigned int flags) {
  AW_ARG(event, "event is null");
  constexpr unsigned kKnown =
      cudaEventBlockingSync | cudaEventDisableTiming | cudaEventInterprocess;
  AW_ARG((flags & ~kKnown) == 0, "unknown event flags");
  AW_ARG(!(flags & cudaEventInterprocess) || (flags & cudaEventDisableTiming),
         "interprocess events cannot take times");
  AW_LET(context, currentContext());
  AW_LET(created, core::Event::create(*context, flags));
  *event = static_cast<cudaEvent_t>(created->handle());
  return {};
}

Result<void> eventCreate(cudaEvent_t* event) {
  return eventCreateWithFlags(event, cudaEventDefault);
}

Result<void> eventDestroy(cudaEvent_t event) {
  AW_LET(found, find(event));
  AW_TRY(found->destroy());
  // "This function may also return error codes from previous, asynchronous launches."
  core::Context* context = core::Context::currentRaw();
  if (context && context->stickyStatus() != Status::Success)
    return context->check();
  return {};
}

Result<void> eventRecord(cudaEvent_t event, cudaStream_t stream) {
  AW_LET(found, find(event));
  AW_LET(place, resolveStream(stream));
  return found->record(*place);
}

Result<void> eventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, unsigned int flags) {
  AW_ARG(flags <= cudaEventRecordExternal, "unknown flags");
  if (flags != cudaEventRecordExternal)
    return eventRecord(event, stream);
  AW_LET(found, find(event));
  AW_LET(place, resolveStream(stream));
  return found->recordExternal(*place);
}

Result<void> eventQuery(cudaEvent_t event) {
  AW_LET(found, find(event));
  return found->query();
}

Result<void> eventSynchronize(cudaEvent_t event) {
  AW_LET(found, find(event));
  return found->synchronize();
}

Result<void> eventElapsedTime(float* ms, cudaEvent_t start, cudaEvent_t end) {
  AW_ARG(ms, "ms is null");
  AW_LET(first, find(start));
  AW_LET(last, find(end));
  AW_LET(time, core::Event::elapsed(*first, *last));
  *ms = time;
  return {};
}

} // namespace anywarp::cudart
