// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/stream.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "common/errors.h"
#include "core/event.h"
#include "core/memory.h"
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

Result<void> streamAttachMemAsync(cudaStream_t stream, void* devPtr, size_t, unsigned int flags) {
  AW_ARG(flags == cudaMemAttachGlobal || flags == cudaMemAttachHost || flags == cudaMemAttachSingle,
         "unknown flags");
  AW_TRY(resolveStream(stream));
  auto allocation = core::Memory::find(devPtr);
  AW_ARG(allocation && allocation->managed, "devPtr is no managed memory");
  return {}; // everybody sees managed memory at all times
}

Result<void> streamGetAttribute(cudaStream_t hStream, cudaLaunchAttributeID attr,
                                cudaLaunchAttributeValue* value_out) {
  AW_ARG(value_out, "value_out is null");
  AW_LET(found, resolveStream(hStream));
  ::memset(value_out, 0, sizeof *value_out);
  switch (int(attr)) {
  case cudaLaunchAttributePriority:
    value_out->priority = found->priority();
    return {};
  case cudaLaunchAttributeSynchronizationPolicy:
    value_out->syncPolicy = cudaSyncPolicyAuto;
    return {};
  case cudaLaunchAttributeAccessPolicyWindow:
  case 9:  // memory synchronisation domain map
  case 10: // memory synchronisation domain
    return {};
  }
  return makeError(Status::InvalidValue, fmt::format("streams have no attribute {}", int(attr)));
}

Result<void> streamSetAttribute(cudaStream_t hStream, cudaLaunchAttributeID attr,
                                const cudaLaunchAttributeValue* value) {
  AW_ARG(value, "value is null");
  AW_TRY(resolveStream(hStream));
  switch (int(attr)) {
  case cudaLaunchAttributeAccessPolicyWindow:
  case cudaLaunchAttributeSynchronizationPolicy:
  case cudaLaunchAttributePriority:
  case 9:
  case 10:
    return {};
  }
  return makeError(Status::InvalidValue, fmt::format("streams have no attribute {}", int(attr)));
}

Result<void> streamCopyAttributes(cudaStream_t dst, cudaStream_t src) {
  AW_TRY(resolveStream(dst));
  AW_TRY(resolveStream(src));
  return {};
}

} // namespace anywarp::cudart
