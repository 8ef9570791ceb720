// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Contexts and the calling thread's stack of them.
#include "cuda/support.h"

#include <map>
#include <mutex>

namespace anywarp::cuda {
namespace {

constexpr unsigned kApiVersion = 3020; // what every driver since CUDA 3.2 reports

constexpr unsigned kUnsupportedAffinity = CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY;

// References of cuCtxAttach beyond the first one.
std::mutex attachMutex; // guards attachments()
std::map<const void*, unsigned>& attachments() {
  static auto* counts = new std::map<const void*, unsigned>;
  return *counts;
}

} // namespace

Result<void> ctxCreate_v2(CUcontext* context, unsigned int flags, CUdevice dev) {
  AW_ARG(context, "pctx is null");
  AW_LET(device, findDevice(dev));
  AW_LET(created, core::Context::create(*device, flags));
  *context = asHandle<CUcontext>(created);
  return {};
}

Result<void> ctxCreate_v3(CUcontext* context, CUexecAffinityParam* affinity, int count,
                          unsigned int flags, CUdevice dev) {
  AW_ARG(count >= 0 && (count == 0 || affinity), "affinity parameters are null");
  if (count > 0)
    return makeError(Status(kUnsupportedAffinity), "contexts always use the whole device");
  return ctxCreate_v2(context, flags, dev);
}

Result<void> ctxCreate(CUcontext* context, CUctxCreateParams* params, unsigned int flags,
                       CUdevice dev) {
  if (!params)
    return ctxCreate_v2(context, flags, dev);
  if (params->cigParams)
    return makeError(Status::NotSupported, "contexts cannot share with a graphics queue");
  return ctxCreate_v3(context, params->execAffinityParams, params->numExecAffinityParams, flags,
                      dev);
}

Result<void> ctxDestroy(CUcontext handle) {
  AW_ARG(handle, "ctx is null");
  AW_LET(context, findContext(handle));
  if (findGreenOf(handle))
    return makeError(Status::InvalidContext, "green contexts end with cuGreenCtxDestroy");
  if (context->isPrimary())
    return makeError(Status::InvalidContext,
                     "primary contexts end with cuDevicePrimaryCtxRelease or Reset");
  {
    std::lock_guard lock(attachMutex);
    attachments().erase(handle);
  }
  return context->destroy();
}

Result<void> ctxPushCurrent(CUcontext handle) {
  if (!handle)
    return makeError(Status::InvalidContext, "ctx is null");
  AW_LET(context, findContext(handle));
  core::Context::push(context, findGreenOf(handle));
  return {};
}

Result<void> ctxPopCurrent(CUcontext* handle) {
  void* top = core::Context::currentOf().handle();
  AW_TRY(core::Context::pop());
  if (handle)
    *handle = static_cast<CUcontext>(top);
  return {};
}

Result<void> ctxSetCurrent(CUcontext handle) {
  if (!handle) {
    core::Context::setCurrent(nullptr);
    return {};
  }
  if (core::Context* current = core::Context::currentRaw();
      current && current->active() && !core::Context::currentGreen() && current->handle() == handle)
    return {};
  AW_LET(context, findContext(handle));
  core::Context::setCurrent(context, findGreenOf(handle));
  return {};
}

Result<void> ctxGetCurrent(CUcontext* handle) {
  AW_ARG(handle, "pctx is null");
  *handle = static_cast<CUcontext>(core::Context::currentOf().handle());
  return {};
}

Result<void> ctxGetDevice_v1(CUdevice* device) {
  return ctxGetDevice(device, nullptr);
}

Result<void> ctxGetDevice(CUdevice* device, CUcontext handle) {
  AW_ARG(device, "device is null");
  if (core::Context* current = core::Context::currentRaw();
      current && (!handle || current->handle() == handle)) {
    *device = current->device().ordinal();
    return {};
  }
  AW_LET(context, findContext(handle));
  *device = context->device().ordinal();
  return {};
}

Result<void> ctxGetFlags(unsigned int* flags) {
  AW_ARG(flags, "flags is null");
  AW_LET(context, core::Context::require());
  *flags = context->flags();
  return {};
}

Result<void> ctxSetFlags(unsigned int flags) {
  AW_LET(context, core::Context::require());
  return context->setFlags(flags);
}

Result<void> ctxGetId(CUcontext handle, unsigned long long* id) {
  AW_ARG(id, "ctxId is null");
  AW_LET(context, findContext(handle));
  if (!context->active())
    return makeError(Status::ContextIsDestroyed, "the context is not active any more");
  core::GreenContextRef green = findGreenOf(handle);
  *id = green ? green->id() : context->id();
  return {};
}

Result<void> ctxSynchronize_v1() {
  return ctxSynchronize(nullptr);
}

Result<void> ctxSynchronize(CUcontext handle) {
  if (!handle) {
    AW_LET(current, core::Context::require());
    return current->synchronize(core::Context::currentGreen());
  }
  AW_LET(context, findContext(handle));
  return context->synchronize(findGreenOf(handle).get());
}

Result<void> ctxSetLimit(CUlimit limit, size_t value) {
  AW_LET(context, core::Context::require());
  return context->setLimit(limit, value);
}

Result<void> ctxGetLimit(size_t* value, CUlimit limit) {
  AW_ARG(value, "pvalue is null");
  AW_LET(context, core::Context::require());
  AW_LET(answer, context->limit(limit));
  *value = answer;
  return {};
}

Result<void> ctxGetCacheConfig(CUfunc_cache* config) {
  AW_ARG(config, "pconfig is null");
  AW_LET(context, core::Context::require());
  *config = CUfunc_cache(context->cacheConfig());
  return {};
}

Result<void> ctxSetCacheConfig(CUfunc_cache config) {
  AW_LET(context, core::Context::require());
  return context->setCacheConfig(config);
}

Result<void> ctxGetApiVersion(CUcontext handle, unsigned int* version) {
  AW_ARG(version, "version is null");
  AW_TRY(findContext(handle));
  *version = kApiVersion;
  return {};
}

Result<void> ctxGetStreamPriorityRange(int* least, int* greatest) {
  AW_TRY(core::Context::require());
  if (least)
    *least = kLeastPriority;
  if (greatest)
    *greatest = kGreatestPriority;
  return {};
}

Result<void> ctxResetPersistingL2Cache() {
  AW_LET(context, core::Context::require());
  return context->resetPersistingL2Cache();
}

Result<void> ctxGetExecAffinity(CUexecAffinityParam* affinity, CUexecAffinityType type) {
  AW_ARG(affinity, "pExecAffinity is null");
  AW_LET(context, core::Context::require());
  if (type != CU_EXEC_AFFINITY_TYPE_SM_COUNT)
    return makeError(Status(kUnsupportedAffinity), "unknown affinity type");
  affinity->type = type;
  core::GreenContext* green = core::Context::currentGreen();
  affinity->param.smCount.val =
      green ? green->resource().count : unsigned(context->device().info().multiprocessors);
  return {};
}

Result<void> ctxRecordEvent(CUcontext handle, CUevent eventHandle) {
  AW_LET(context, findContext(handle));
  AW_LET(event, findEvent(eventHandle));
  return context->recordEvent(*event, findGreenOf(handle).get());
}

Result<void> ctxWaitEvent(CUcontext handle, CUevent eventHandle) {
  AW_LET(context, findContext(handle));
  AW_LET(event, findEvent(eventHandle));
  return context->waitEvent(event, findGreenOf(handle).get());
}

Result<void> ctxAttach(CUcontext* handle, unsigned int flags) {
  AW_ARG(handle, "pctx is null");
  AW_ARG(flags == 0, "flags must be 0");
  AW_LET(context, core::Context::require());
  std::lock_guard lock(attachMutex);
  ++attachments()[context->handle()];
  *handle = static_cast<CUcontext>(context->handle());
  return {};
}

Result<void> ctxDetach(CUcontext handle) {
  {
    std::lock_guard lock(attachMutex);
    auto it = attachments().find(handle);
    if (it != attachments().end() && it->second > 0) {
      --it->second;
      return {};
    }
  }
  return ctxDestroy(handle);
}

Result<void> ctxGetSharedMemConfig(CUsharedconfig* config) {
  AW_ARG(config, "pConfig is null");
  AW_LET(context, core::Context::require());
  *config = CUsharedconfig(context->sharedMemConfig());
  return {};
}

Result<void> ctxSetSharedMemConfig(CUsharedconfig config) {
  AW_LET(context, core::Context::require());
  return context->setSharedMemConfig(config);
}

} // namespace anywarp::cuda
