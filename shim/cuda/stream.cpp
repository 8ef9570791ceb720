// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Streams, host functions in stream order, and stream attributes.
#include "core/memory_hints.h"
#include "core/stream_attributes.h"
#include "cuda/support.h"

#include <algorithm>

namespace anywarp::cuda {

Result<void> streamCreate(CUstream* stream, unsigned int flags) {
  return streamCreateWithPriority(stream, flags, kLeastPriority);
}

Result<void> streamCreateWithPriority(CUstream* stream, unsigned int flags, int priority) {
  AW_ARG(stream, "phStream is null");
  AW_ARG(flags <= CU_STREAM_NON_BLOCKING, "unknown flags");
  AW_LET(context, core::Context::require());
  priority = std::clamp(priority, kGreatestPriority, kLeastPriority);
  AW_LET(created, core::Stream::create(*context, flags, priority));
  *stream = asHandle<CUstream>(created);
  return {};
}

Result<void> streamDestroy(CUstream handle) {
  core::StreamRef stream = core::Stream::fromHandle(handle); // no context need be current
  if (!stream)
    return makeError(Status::InvalidHandle, "not a stream that was created");
  return stream->destroy();
}

Result<void> streamGetPriority(CUstream handle, int* priority) {
  AW_ARG(priority, "priority is null");
  AW_LET(stream, findStream(handle));
  *priority = stream->priority();
  return {};
}

Result<void> streamGetFlags(CUstream handle, unsigned int* flags) {
  AW_ARG(flags, "flags is null");
  AW_LET(stream, findStream(handle));
  *flags = stream->flags();
  return {};
}

Result<void> streamGetId(CUstream handle, unsigned long long* id) {
  AW_ARG(id, "streamId is null");
  AW_LET(stream, findStream(handle));
  *id = stream->id();
  return {};
}

Result<void> streamGetDevice(CUstream handle, CUdevice* device) {
  AW_ARG(device, "device is null");
  AW_LET(stream, findStream(handle));
  *device = stream->device().ordinal();
  return {};
}

Result<void> streamGetCtx_v1(CUstream handle, CUcontext* context) {
  AW_ARG(context, "pctx is null");
  AW_LET(stream, findStream(handle));
  *context = static_cast<CUcontext>(stream->green() ? stream->green()->contextHandle()
                                                    : stream->context().handle());
  return {};
}

Result<void> streamGetCtx(CUstream handle, CUcontext* context, CUgreenCtx* green) {
  AW_ARG(context && green, "pCtx or pGreenCtx is null");
  AW_LET(stream, findStream(handle));
  *context = static_cast<CUcontext>(stream->context().handle());
  *green = stream->green() ? static_cast<CUgreenCtx>(stream->green()->handle()) : nullptr;
  return {};
}

Result<void> streamWaitEvent(CUstream handle, CUevent eventHandle, unsigned int flags) {
  AW_ARG(flags <= CU_EVENT_WAIT_EXTERNAL, "unknown flags");
  AW_LET(stream, findStream(handle));
  AW_LET(event, findEvent(eventHandle));
  return flags == CU_EVENT_WAIT_EXTERNAL ? stream->waitExternal(event) : stream->waitEvent(event);
}

Result<void> streamAddCallback(CUstream handle, CUstreamCallback callback, void* userData,
                               unsigned int flags) {
  AW_ARG(callback, "callback is null");
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(stream, findStream(handle));
  // CUstream and CUresult pass as void* and int do.
  return stream->addCallback(reinterpret_cast<void (*)(void*, int, void*)>(callback), userData);
}

Result<void> launchHostFunc(CUstream handle, CUhostFn function, void* userData) {
  AW_ARG(function, "fn is null");
  AW_LET(stream, findStream(handle));
  return stream->launchHostFunc(function, userData);
}

Result<void> streamAttachMemAsync(CUstream handle, CUdeviceptr pointer, size_t bytes,
                                  unsigned int flags) {
  AW_LET(stream, findStream(handle));
  return core::MemoryHints::attach(*stream, address(pointer), bytes, flags);
}

Result<void> streamQuery(CUstream handle) {
  AW_LET(stream, findStream(handle));
  return stream->query();
}

Result<void> streamSynchronize(CUstream handle) {
  AW_LET(stream, findStream(handle));
  return stream->synchronize();
}

Result<void> streamCopyAttributes(CUstream dstHandle, CUstream srcHandle) {
  AW_TRY(core::Context::require());
  auto dst = findStream(dstHandle), src = findStream(srcHandle);
  AW_ARG(dst && src, "not streams of the current context"); // the manual names no other error
  return core::StreamAttributes::copy(**dst, **src);
}

Result<void> streamGetAttribute(CUstream handle, CUstreamAttrID attribute,
                                CUstreamAttrValue* value) {
  AW_ARG(value, "value_out is null");
  AW_LET(stream, findStream(handle));
  return core::StreamAttributes::get(*stream, attribute, value);
}

Result<void> streamSetAttribute(CUstream handle, CUstreamAttrID attribute,
                                const CUstreamAttrValue* value) {
  AW_ARG(value, "value is null");
  AW_LET(stream, findStream(handle));
  return core::StreamAttributes::set(*stream, attribute, value);
}

} // namespace anywarp::cuda
