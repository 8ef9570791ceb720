// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Streams, host functions in stream order, and stream attributes.
#include "cuda/support.h"

#include <algorithm>
#include <map>
#include <mutex>

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
  *context = static_cast<CUcontext>(stream->context().handle());
  return {};
}

Result<void> streamGetCtx(CUstream handle, CUcontext* context, CUgreenCtx* green) {
  if (green)
    *green = nullptr;
  return streamGetCtx_v1(handle, context);
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

Result<void> streamAttachMemAsync(CUstream handle, CUdeviceptr pointer, size_t,
                                  unsigned int flags) {
  AW_ARG(flags == CU_MEM_ATTACH_GLOBAL || flags == CU_MEM_ATTACH_HOST ||
             flags == CU_MEM_ATTACH_SINGLE,
         "unknown flags");
  AW_LET(stream, findStream(handle));
  (void)stream;
  // Managed memory is one with the host's: there is nothing to move, whoever it is attached to.
  auto found = core::Memory::find(address(pointer));
  AW_ARG(!found || found->kind == core::AllocationKind::Managed ||
             found->kind == core::AllocationKind::Variable,
         "not managed memory");
  return {};
}

Result<void> streamQuery(CUstream handle) {
  AW_LET(stream, findStream(handle));
  return stream->query();
}

Result<void> streamSynchronize(CUstream handle) {
  AW_LET(stream, findStream(handle));
  return stream->synchronize();
}

namespace {

// Attributes have no effect on how streams run here; they are kept so that they read back.
std::mutex attributeMutex; // guards attributes()
using Attributes = std::map<CUstreamAttrID, CUstreamAttrValue>;
std::map<uint64_t, Attributes>& attributes() {
  static auto* table = new std::map<uint64_t, Attributes>;
  return *table;
}

bool knownAttribute(CUstreamAttrID attribute) {
  switch (attribute) {
  case CU_STREAM_ATTRIBUTE_ACCESS_POLICY_WINDOW:
  case CU_STREAM_ATTRIBUTE_SYNCHRONIZATION_POLICY:
  case CU_STREAM_ATTRIBUTE_PRIORITY:
  case CU_STREAM_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP:
  case CU_STREAM_ATTRIBUTE_MEM_SYNC_DOMAIN:
    return true;
  default:
    return false;
  }
}

} // namespace

Result<void> streamCopyAttributes(CUstream dstHandle, CUstream srcHandle) {
  AW_LET(dst, findStream(dstHandle));
  AW_LET(src, findStream(srcHandle));
  std::lock_guard lock(attributeMutex);
  auto it = attributes().find(src->id());
  if (it != attributes().end()) {
    Attributes copied = it->second;
    attributes()[dst->id()] = std::move(copied);
  }
  return {};
}

Result<void> streamGetAttribute(CUstream handle, CUstreamAttrID attribute,
                                CUstreamAttrValue* value) {
  AW_ARG(value, "value_out is null");
  AW_ARG(knownAttribute(attribute), "unknown stream attribute");
  AW_LET(stream, findStream(handle));
  *value = {};
  if (attribute == CU_STREAM_ATTRIBUTE_PRIORITY) {
    value->priority = stream->priority();
    return {};
  }
  if (attribute == CU_STREAM_ATTRIBUTE_SYNCHRONIZATION_POLICY)
    value->syncPolicy = CU_SYNC_POLICY_AUTO;
  std::lock_guard lock(attributeMutex);
  auto it = attributes().find(stream->id());
  if (it != attributes().end())
    if (auto kept = it->second.find(attribute); kept != it->second.end())
      *value = kept->second;
  return {};
}

Result<void> streamSetAttribute(CUstream handle, CUstreamAttrID attribute,
                                const CUstreamAttrValue* value) {
  AW_ARG(value, "value is null");
  AW_ARG(knownAttribute(attribute), "unknown stream attribute");
  AW_LET(stream, findStream(handle));
  std::lock_guard lock(attributeMutex);
  attributes()[stream->id()][attribute] = *value;
  return {};
}

} // namespace anywarp::cuda
