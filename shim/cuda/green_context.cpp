// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Green contexts and the multiprocessors they are made of.
#include "core/green_context.h"

#include "core/handles.h"
#include "cuda/support.h"

#include <cstring>

namespace anywarp::cuda {
namespace {

using core::Multiprocessors;

// What a CUdevResource holds in the bytes that are the driver's own.
struct Inside {
  uint64_t magic;
  Multiprocessors set;
};
constexpr uint64_t kMagic = 0x414e5957534d3031;
static_assert(sizeof(Inside) <= sizeof(CUdevResource::_internal_padding));

Result<void> write(CUdevResource* to, const Multiprocessors& set) {
  *to = {};
  if (!set.count) {
    to->type = CU_DEV_RESOURCE_TYPE_INVALID;
    return {};
  }
  AW_LET(device, findDevice(set.device));
  to->type = CU_DEV_RESOURCE_TYPE_SM;
  to->sm.smCount = set.count;
  to->sm.minSmPartitionSize = Multiprocessors::smallestPart(*device, false);
  to->sm.smCoscheduledAlignment = Multiprocessors::alignment(*device, false);
  Inside inside = {kMagic, set};
  std::memcpy(to->_internal_padding, &inside, sizeof inside);
  return {};
}

Result<Multiprocessors> read(const CUdevResource& from) {
  if (from.type != CU_DEV_RESOURCE_TYPE_SM)
    return makeError(Status::InvalidResourceType, "the resource is not of type SM");
  Inside inside;
  std::memcpy(&inside, from._internal_padding, sizeof inside);
  AW_ARG(inside.magic == kMagic && inside.set.count == from.sm.smCount,
         "the resource was not made by this API, or was changed");
  return inside.set;
}

Result<void> checkType(CUdevResourceType type) {
  if (type != CU_DEV_RESOURCE_TYPE_SM)
    return makeError(Status::InvalidResourceType, "only resources of type SM are known");
  return {};
}

Multiprocessors all(core::Device& device) {
  return {device.ordinal(), 0, uint32_t(device.info().multiprocessors), 0};
}

// A CUdevResourceDesc.
struct Description {
  Multiprocessors set;
};

Result<core::GreenContextRef> findGreen(CUgreenCtx handle) {
  core::GreenContextRef green = core::GreenContext::fromHandle(handle);
  if (!green)
    return makeError(Status::InvalidContext, "not a live green context");
  return green;
}

} // namespace

Result<void> deviceGetDevResource(CUdevice dev, CUdevResource* resource, CUdevResourceType type) {
  AW_ARG(resource, "resource is null");
  AW_LET(device, findDevice(dev));
  AW_TRY(checkType(type));
  return write(resource, all(*device));
}

Result<void> ctxGetDevResource(CUcontext handle, CUdevResource* resource, CUdevResourceType type) {
  AW_ARG(resource, "resource is null");
  AW_LET(context, findContext(handle));
  AW_TRY(checkType(type));
  core::GreenContextRef green = findGreenOf(handle);
  return write(resource, green ? green->resource() : all(context->device()));
}

Result<void> greenCtxGetDevResource(CUgreenCtx handle, CUdevResource* resource,
                                    CUdevResourceType type) {
  AW_ARG(resource, "resource is null");
  AW_LET(green, findGreen(handle));
  AW_TRY(checkType(type));
  return write(resource, green->resource());
}

Result<void> devSmResourceSplitByCount(CUdevResource* result, unsigned int* groups,
                                       const CUdevResource* input, CUdevResource* remaining,
                                       unsigned int flags, unsigned int least) {
  AW_ARG(groups && input, "nbGroups or input is null");
  AW_LET(set, read(*input));
  AW_LET(split, set.divide(least, result ? *groups : SIZE_MAX, flags));
  *groups = unsigned(split.groups.size());
  if (result)
    for (size_t i = 0; i < split.groups.size(); ++i)
      AW_TRY(write(&result[i], split.groups[i]));
  return remaining ? write(remaining, split.rest) : Result<void>();
}

Result<void> devResourceGenerateDesc(CUdevResourceDesc* desc, CUdevResource* resources,
                                     unsigned int count) {
  AW_ARG(desc && resources && count, "null pointer or no resources");
  std::vector<Multiprocessors> sets;
  for (unsigned i = 0; i < count; ++i) {
    AW_LET(set, read(resources[i]));
    sets.push_back(set);
  }
  AW_LET(joined, Multiprocessors::join(sets));
  // There is no call that destroys a descriptor.
  auto made = std::make_shared<Description>(Description{joined});
  core::HandleTable<Description>::get().insert(made);
  *desc = reinterpret_cast<CUdevResourceDesc>(made.get());
  return {};
}

Result<void> greenCtxCreate(CUgreenCtx* handle, CUdevResourceDesc desc, CUdevice dev,
                            unsigned int flags) {
  AW_ARG(handle, "phCtx is null");
  AW_LET(device, findDevice(dev));
  AW_ARG(flags == CU_GREEN_CTX_DEFAULT_STREAM, "flags must be CU_GREEN_CTX_DEFAULT_STREAM");
  auto description = core::HandleTable<Description>::get().find(desc);
  AW_ARG(description, "not a resource descriptor");
  AW_LET(green, core::GreenContext::create(*device, description->set));
  *handle = asHandle<CUgreenCtx>(green);
  return {};
}

Result<void> greenCtxDestroy(CUgreenCtx handle) {
  AW_LET(green, findGreen(handle));
  return green->destroy();
}

Result<void> ctxFromGreenCtx(CUcontext* context, CUgreenCtx handle) {
  AW_ARG(context, "pContext is null");
  AW_LET(green, findGreen(handle));
  *context = static_cast<CUcontext>(green->contextHandle());
  return {};
}

Result<void> greenCtxGetId(CUgreenCtx handle, unsigned long long* id) {
  AW_ARG(id, "greenCtxId is null");
  AW_LET(green, findGreen(handle));
  *id = green->id();
  return {};
}

Result<void> greenCtxRecordEvent(CUgreenCtx handle, CUevent eventHandle) {
  AW_LET(green, findGreen(handle));
  AW_LET(event, findEvent(eventHandle));
  return green->root().recordEvent(*event, green.get());
}

Result<void> greenCtxWaitEvent(CUgreenCtx handle, CUevent eventHandle) {
  AW_LET(green, findGreen(handle));
  AW_LET(event, findEvent(eventHandle));
  return green->root().waitEvent(event, green.get());
}

Result<void> greenCtxStreamCreate(CUstream* stream, CUgreenCtx handle, unsigned int flags,
                                  int priority) {
  AW_ARG(stream, "phStream is null");
  AW_LET(green, findGreen(handle));
  AW_ARG(flags == CU_STREAM_NON_BLOCKING, "flags must be CU_STREAM_NON_BLOCKING");
  AW_LET(created, core::Stream::create(green->root(), flags, priority, green));
  *stream = asHandle<CUstream>(created);
  return {};
}

Result<void> streamGetGreenCtx(CUstream handle, CUgreenCtx* green) {
  AW_ARG(green, "phCtx is null");
  AW_LET(stream, findStream(handle));
  *green = stream->green() ? static_cast<CUgreenCtx>(stream->green()->handle()) : nullptr;
  return {};
}

} // namespace anywarp::cuda
