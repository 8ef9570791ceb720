// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Choosing, asking and configuring devices.
#include "core/device.h"

#include "api/cudart/impl.h"
#include "common/call.h"
#include "core/async_notification.h"
#include "core/runtime.h"
#include "cudart/channel.h"
#include "cudart/current.h"
#include "cudart/last_error.h"

#include <cstdio>
#include <cstring>
#include <fmt/core.h>

namespace anywarp::cudart {

Result<void> getDeviceCount(int* count) {
  AW_ARG(count, "count is null");
  *count = 0;
  AW_TRY(initialize());
  *count = int(core::Runtime::get().devices().size());
  if (*count == 0)
    return makeError(Status::NoDevice, "no device is visible; see ANYWARP_DEVICES and "
                                       "CUDA_VISIBLE_DEVICES");
  return {};
}

Result<void> getDevice(int* device) {
  AW_ARG(device, "device is null");
  AW_LET(current, currentDevice());
  *device = current->ordinal();
  return {};
}

Result<void> setDevice(int device) {
  return setCurrentDevice(device);
}

#if CUDART_VERSION >= 12000
Result<void> initDevice(int device, unsigned int deviceFlags, unsigned int flags) {
  AW_ARG((flags & ~unsigned(cudaInitDeviceFlagsAreValid)) == 0, "unknown flags");
  AW_LET(chosen, deviceAt(device));
  if (flags & cudaInitDeviceFlagsAreValid)
    AW_TRY(chosen->primarySetFlags(deviceFlags & ~unsigned(cudaDeviceMapHost)));
  AW_TRY(primaryContext(*chosen));
  return {};
}
#endif

Result<void> setDeviceFlags(unsigned int flags) {
  constexpr unsigned kKnown = cudaDeviceScheduleMask | cudaDeviceMapHost |
                              cudaDeviceLmemResizeToMax | 0x80; // 0x80: cudaDeviceSyncMemops
  unsigned schedule = flags & cudaDeviceScheduleMask;
  AW_ARG((flags & ~kKnown) == 0 && (schedule & (schedule - 1)) == 0, "unknown device flags");
  AW_LET(device, currentDevice());
  // Every context maps host memory, so that flag asks for nothing.
  return device->primarySetFlags(flags & ~unsigned(cudaDeviceMapHost));
}

Result<void> getDeviceFlags(unsigned int* flags) {
  AW_ARG(flags, "flags is null");
  AW_LET(device, currentDevice());
  *flags = device->primaryState().flags | cudaDeviceMapHost;
  return {};
}

Result<void> setValidDevices(int* device_arr, int len) {
  AW_ARG(len >= 0 && (len == 0 || device_arr), "no list of devices");
  return setValidDevices(std::span<const int>(device_arr, size_t(len)));
}

Result<void> deviceSynchronize() {
  AW_LET(context, currentContext());
  return context->synchronize();
}

Result<void> deviceReset() {
  AW_TRY(resetCurrentDevice());
  clearLastError();
  return {};
}

Result<void> deviceGetAttribute(int* value, cudaDeviceAttr attr, int device) {
  AW_ARG(value, "value is null");
  AW_LET(chosen, deviceAt(device));
  AW_LET(number, chosen->attribute(int(attr)));
  *value = number;
  return {};
}

Result<void> deviceSetLimit(cudaLimit limit, size_t value) {
  AW_LET(context, currentContext());
  auto result = context->setLimit(int(limit), value);
  if (!result && unsigned(limit) > 6)
    return makeError(RuntimeStatus::UnsupportedLimit, fmt::format("{} is no limit", int(limit)));
  return result;
}

Result<void> deviceGetLimit(size_t* pValue, cudaLimit limit) {
  AW_ARG(pValue, "pValue is null");
  AW_LET(context, currentContext());
  auto value = context->limit(int(limit));
  if (!value && unsigned(limit) > 6)
    return makeError(RuntimeStatus::UnsupportedLimit, fmt::format("{} is no limit", int(limit)));
  AW_TRY(value);
  *pValue = *value;
  return {};
}

Result<void> deviceSetCacheConfig(cudaFuncCache cacheConfig) {
  AW_LET(context, currentContext());
  return context->setCacheConfig(int(cacheConfig));
}

Result<void> deviceGetCacheConfig(cudaFuncCache* pCacheConfig) {
  AW_ARG(pCacheConfig, "pCacheConfig is null");
  AW_LET(context, currentContext());
  *pCacheConfig = cudaFuncCache(context->cacheConfig());
  return {};
}

Result<void> deviceSetSharedMemConfig(cudaSharedMemConfig config) {
  AW_LET(context, currentContext());
  return context->setSharedMemConfig(int(config));
}

Result<void> deviceGetSharedMemConfig(cudaSharedMemConfig* pConfig) {
  AW_ARG(pConfig, "pConfig is null");
  AW_LET(context, currentContext());
  *pConfig = cudaSharedMemConfig(context->sharedMemConfig());
  return {};
}

Result<void> ctxResetPersistingL2Cache() {
  AW_LET(context, currentContext());
  return context->resetPersistingL2Cache();
}

Result<void> deviceFlushGPUDirectRDMAWrites(cudaFlushGPUDirectRDMAWritesTarget target,
                                            cudaFlushGPUDirectRDMAWritesScope scope) {
  AW_ARG(target == cudaFlushGPUDirectRDMAWritesTargetCurrentDevice, "unknown target");
  AW_ARG(scope == cudaFlushGPUDirectRDMAWritesToOwner ||
             scope == cudaFlushGPUDirectRDMAWritesToAllDevices,
         "unknown scope");
  AW_TRY(currentContext());
  return {}; // writes of other devices into host memory are coherent
}

Result<void> deviceGetTexture1DLinearMaxWidth(size_t* maxWidthInElements,
                                              const cudaChannelFormatDesc* fmtDesc, int device) {
  AW_ARG(maxWidthInElements && fmtDesc, "null argument");
  AW_TRY(channelFormat(*fmtDesc));
  AW_LET(chosen, deviceAt(device));
  AW_LET(width, chosen->attribute(69)); // CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_LINEAR_WIDTH
  *maxWidthInElements = size_t(width);
  return {};
}

Result<void> deviceGetPCIBusId(char* pciBusId, int len, int device) {
  AW_ARG(pciBusId && len > 0, "no room for the text");
  AW_LET(chosen, deviceAt(device));
  const DeviceInfo& info = chosen->info();
  char text[32];
  snprintf(text, sizeof text, "%04X:%02X:%02X.0", unsigned(info.pciDomain), unsigned(info.pciBus),
           unsigned(info.pciDevice));
  AW_ARG(size_t(len) > strlen(text), "the text needs 13 characters");
  strcpy(pciBusId, text);
  return {};
}

Result<void> deviceGetByPCIBusId(int* device, const char* pciBusId) {
  AW_ARG(device && pciBusId, "null argument");
  unsigned domain = 0, bus = 0, slot = 0, function = 0;
  bool read = sscanf(pciBusId, "%x:%x:%x.%x", &domain, &bus, &slot, &function) >= 3;
  if (!read) {
    domain = 0;
    read = sscanf(pciBusId, "%x:%x.%x", &bus, &slot, &function) >= 2;
  }
  AW_ARG(read, "not of the form domain:bus:device.function");
  AW_TRY(initialize());
  for (core::Device* candidate : core::Runtime::get().devices()) {
    const DeviceInfo& info = candidate->info();
    if (unsigned(info.pciDomain) == domain && unsigned(info.pciBus) == bus &&
        unsigned(info.pciDevice) == slot && function == 0) {
      *device = candidate->ordinal();
      return {};
    }
  }
  return makeError(Status::InvalidDevice, fmt::format("no device at {}", pciBusId));
}

#if CUDART_VERSION >= 12000
Result<void> deviceRegisterAsyncNotification(int ordinal, cudaAsyncCallback callback, void*,
                                             cudaAsyncCallbackHandle_t* handle) {
  AW_LET(device, deviceAt(ordinal));
  AW_ARG(callback && handle, "callbackFunc or callback is null");
  *handle = static_cast<cudaAsyncCallbackHandle_t>(core::AsyncNotification::add(*device));
  return {};
}

Result<void> deviceUnregisterAsyncNotification(int ordinal, cudaAsyncCallbackHandle_t handle) {
  AW_LET(device, deviceAt(ordinal));
  return core::AsyncNotification::remove(*device, handle);
}
#endif

#if CUDART_VERSION >= 13000
Result<void> deviceGetHostAtomicCapabilities(unsigned int* capabilities,
                                             const cudaAtomicOperation* operations,
                                             unsigned int count, int device) {
  AW_TRY(deviceAt(device));
  return core::Device::atomicCapabilities(capabilities, reinterpret_cast<const int*>(operations),
                                          count, true);
}

Result<void> deviceGetP2PAtomicCapabilities(unsigned int* capabilities,
                                            const cudaAtomicOperation* operations,
                                            unsigned int count, int srcDevice, int dstDevice) {
  AW_LET(src, deviceAt(srcDevice));
  AW_LET(dst, deviceAt(dstDevice));
  return core::Device::atomicCapabilities(capabilities, reinterpret_cast<const int*>(operations),
                                          count, src->canAccessPeer(*dst));
}
#endif

} // namespace anywarp::cudart
