// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Events.
#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> eventCreate(CUevent* event, unsigned int flags) {
  AW_ARG(event, "phEvent is null");
  AW_LET(context, core::Context::require());
  AW_LET(created, core::Event::create(*context, flags));
  *event = asHandle<CUevent>(created);
  return {};
}

Result<void> eventRecord(CUevent handle, CUstream streamHandle) {
  AW_LET(event, findEvent(handle));
  AW_LET(stream, findStream(streamHandle));
  return event->record(*stream);
}

Result<void> eventRecordWithFlags(CUevent handle, CUstream stream, unsigned int flags) {
  AW_ARG(flags <= CU_EVENT_RECORD_EXTERNAL, "unknown flags");
  if (flags != CU_EVENT_RECORD_EXTERNAL)
    return eventRecord(handle, stream);
  AW_LET(event, findEvent(handle));
  AW_LET(place, findStream(stream));
  return event->recordExternal(*place);
}

Result<void> eventQuery(CUevent handle) {
  AW_LET(event, findEvent(handle));
  return event->query();
}

Result<void> eventSynchronize(CUevent handle) {
  AW_LET(event, findEvent(handle));
  return event->synchronize();
}

Result<void> eventDestroy(CUevent handle) {
  AW_LET(event, findEvent(handle));
  return event->destroy();
}

Result<void> eventElapsedTime(float* milliseconds, CUevent startHandle, CUevent endHandle) {
  AW_ARG(milliseconds, "pMilliseconds is null");
  AW_LET(start, findEvent(startHandle));
  AW_LET(end, findEvent(endHandle));
  AW_LET(time, core::Event::elapsed(*start, *end));
  *milliseconds = time;
  return {};
}

} // namespace anywarp::cuda
