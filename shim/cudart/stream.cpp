// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/stream.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "common/errors.h"
#include "core/event.h"
#include "core/memory.h"
#include "core/memory_hints.h"
#include "core/stream_attributes.h"
#include "cudart/current.h"

#include <algorithm>
#include <cstring>
#include <fmt/core.h>

namespace anywarp::cudart {
namespace {

// The range that recent devices report; lower numbers go first.
constexpr int kLeastPriority = 0, kGreatestPriority = -5;

Result<void> create(cudaStream_t* stream, unsigned flags, int priority) {
  AW_ARG(stream, "pStream is null");
  AW_ARG(flags == cudaStreamDefault || flags == cudaStreamNonBlocking, "unknown stream flags");
  AW_LET(context, currentContext());
  AW_LET(created, core::Stream::create(*context, flags,
                                       std::clamp(priority, kGreatestPriority, kLeastPriority)));
  *stream = static_cast<cudaStream_t>(created->handle());
  return {};
}

// A callback and the handle under which the program knows the stream.
struct Callback {
  cudaStreamCallback_t function;
  cudaStream_t stream;
  void* userData;
};

void runCallback(void*, int status, void* data) {
  std::unique_ptr<Callback> callback(static_cast<Callback*>(data));
  callback->function(callback->stream, cudaError_t(shim::runtimeError(uint32_t(status))),
                     callback->userData);
}

} // namespace

Result<void> streamCreate(cudaStream_t* pStream) {
  return create(pStream, cudaStreamDefault, 0);
}

Result<void> streamCreateWithFlags(cudaStream_t* pStream, unsigned int flags) {
  return create(pStream, flags, 0);
}

Result<void> streamCreateWithPriority(cudaStream_t* pStream, unsigned int flags, int priority) {
  return create(pStream, flags, priority);
}

Result<void> streamDestroy(cudaStream_t stream) {
  AW_LET(found, resolveStream(stream));
  return found->destroy();
}

Result<void> streamSynchronize(cudaStream_t stream) {
  AW_LET(found, resolveStream(stream));
  return found->synchronize();
}

Result<void> streamQuery(cudaStream_t stream) {
  AW_LET(found, resolveStream(stream));
  return found->query();
}

Result<void> streamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned int flags) {
  AW_ARG(flags <= cudaEventWaitExternal, "unknown flags");
  AW_LET(found, resolveStream(stream));
  auto waited = core::Event::fromHandle(event);
  if (!waited)
    return makeError(Status::InvalidHandle, "the event is none");
  return flags == cudaEventWaitExternal ? found->waitExternal(waited) : found->waitEvent(waited);
}

Result<void> streamAddCallback(cudaStream_t stream, cudaStreamCallback_t callback, void* userData,
                               unsigned int flags) {
  AW_ARG(callback && flags == 0, "callback is null or flags are not 0");
  AW_LET(found, resolveStream(stream));
  cudaStream_t known = stream == cudaStreamLegacy ? nullptr : stream;
  auto data = std::make_unique<Callback>(Callback{callback, known, userData});
  AW_TRY(found->addCallback(runCallback, data.get()));
  data.release(); // NOLINT(bugprone-unused-return-value): runCallback frees it
  return {};
}

Result<void> launchHostFunc(cudaStream_t stream, cudaHostFn_t fn, void* userData) {
  AW_ARG(fn, "fn is null");
  AW_LET(found, resolveStream(stream));
  return found->launchHostFunc(fn, userData);
}

Result<void> streamGetFlags(cudaStream_t hStream, unsigned int* flags) {
  AW_ARG(flags, "flags is null");
  AW_LET(found, resolveStream(hStream));
  *flags = found->flags();
  return {};
}

Result<void> streamGetPriority(cudaStream_t hStream, int* priority) {
  AW_ARG(priority, "priority is null");
  AW_LET(found, resolveStream(hStream));
  *priority = found->priority();
  return {};
}

#if CUDART_VERSION >= 12000
Result<void> streamGetId(cudaStream_t hStream, unsigned long long* streamId) {
  AW_ARG(streamId, "streamId is null");
  AW_LET(found, resolveStream(hStream));
  *streamId = found->id();
  return {};
}

Result<void> streamGetDevice(cudaStream_t hStream, int* device) {
  AW_ARG(device, "device is null");
  AW_LET(found, resolveStream(hStream));
  *device = found->device().ordinal();
  return {};
}
#endif

Result<void> deviceGetStreamPriorityRange(int* leastPriority, int* greatestPriority) {
  AW_TRY(currentContext());
  if (leastPriority)
    *leastPriority = kLeastPriority;
  if (greatestPriority)
    *greatestPriority = kGreatestPriority;
  return {};
}

Result<void> streamAttachMemAsync(cudaStream_t stream, void* devPtr, size_t length,
                                  unsigned int flags) {
  AW_LET(found, resolveStream(stream));
  return core::MemoryHints::attach(*found, devPtr, length, flags);
}

Result<void> streamGetAttribute(cudaStream_t hStream, cudaLaunchAttributeID attr,
                                cudaLaunchAttributeValue* value_out) {
  AW_ARG(value_out, "value_out is null");
  AW_LET(found, resolveStream(hStream));
  return core::StreamAttributes::get(*found, int(attr), value_out);
}

Result<void> streamSetAttribute(cudaStream_t hStream, cudaLaunchAttributeID attr,
                                const cudaLaunchAttributeValue* value) {
  AW_ARG(value, "value is null");
  AW_LET(found, resolveStream(hStream));
  return core::StreamAttributes::set(*found, int(attr), value);
}

Result<void> streamCopyAttributes(cudaStream_t dst, cudaStream_t src) {
  AW_LET(to, resolveStream(dst));
  AW_LET(from, resolveStream(src));
  return core::StreamAttributes::copy(*to, *from);
}

} // namespace anywarp::cudart
