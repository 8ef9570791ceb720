// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Devices: what they are and can do.
#include "core/async_notification.h"
#include "cuda/support.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fmt/core.h>

namespace anywarp::cuda {

Result<void> deviceGet(CUdevice* device, int ordinal) {
  AW_ARG(device, "device is null");
  AW_LET(found, findDevice(ordinal));
  *device = found->ordinal();
  return {};
}

Result<void> deviceGetCount(int* count) {
  AW_ARG(count, "count is null");
  *count = int(core::Runtime::get().devices().size());
  return {};
}

Result<void> deviceGetName(char* name, int len, CUdevice dev) {
  AW_ARG(name && len > 0, "no room for the name");
  AW_LET(device, findDevice(dev));
  std::snprintf(name, size_t(len), "%s", device->info().name.c_str());
  return {};
}

Result<void> deviceGetUuid(CUuuid* uuid, CUdevice dev) {
  AW_ARG(uuid, "uuid is null");
  AW_LET(device, findDevice(dev));
  std::memcpy(uuid->bytes, device->info().uuid, sizeof uuid->bytes);
  return {};
}

Result<void> deviceGetLuid(char* luid, unsigned int* deviceNodeMask, CUdevice dev) {
  AW_ARG(luid && deviceNodeMask, "null pointer");
  AW_TRY(findDevice(dev));
  std::memset(luid, 0, 8); // a LUID is a thing of Windows
  *deviceNodeMask = 0;
  return {};
}

Result<void> deviceTotalMem(size_t* bytes, CUdevice dev) {
  AW_ARG(bytes, "bytes is null");
  AW_LET(device, findDevice(dev));
  *bytes = device->info().totalMemory;
  return {};
}

Result<void> deviceGetTexture1DLinearMaxWidth(size_t* width, CUarray_format format,
                                              unsigned int channels, CUdevice dev) {
  AW_ARG(width, "maxWidthInElements is null");
  AW_TRY(core::texelFormat(int(format), channels));
  AW_LET(device, findDevice(dev));
  AW_LET(value, device->attribute(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_LINEAR_WIDTH));
  *width = size_t(value);
  return {};
}

Result<void> deviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice dev) {
  AW_ARG(value, "pi is null");
  AW_LET(device, findDevice(dev));
  AW_LET(answer, device->attribute(attribute));
  *value = answer;
  return {};
}

Result<void> deviceGetHostAtomicCapabilities(unsigned int* capabilities,
                                             const CUatomicOperation* operations,
                                             unsigned int count, CUdevice dev) {
  AW_TRY(findDevice(dev));
  return core::Device::atomicCapabilities(capabilities, reinterpret_cast<const int*>(operations),
                                          count, true);
}

Result<void> deviceGetP2PAtomicCapabilities(unsigned int* capabilities,
                                            const CUatomicOperation* operations, unsigned int count,
                                            CUdevice srcDevice, CUdevice dstDevice) {
  AW_LET(src, findDevice(srcDevice));
  AW_LET(dst, findDevice(dstDevice));
  return core::Device::atomicCapabilities(capabilities, reinterpret_cast<const int*>(operations),
                                          count, src->canAccessPeer(*dst));
}

Result<void> deviceRegisterAsyncNotification(CUdevice dev, CUasyncCallback callback, void*,
                                             CUasyncCallbackHandle* handle) {
  AW_LET(device, findDevice(dev));
  AW_ARG(callback && handle, "callbackFunc or callback is null");
  *handle = static_cast<CUasyncCallbackHandle>(core::AsyncNotification::add(*device));
  return {};
}

Result<void> deviceUnregisterAsyncNotification(CUdevice dev, CUasyncCallbackHandle handle) {
  AW_LET(device, findDevice(dev));
  return core::AsyncNotification::remove(*device, handle);
}

Result<void> deviceSetMemPool(CUdevice dev, CUmemoryPool pool) {
  AW_LET(device, findDevice(dev));
  AW_LET(found, findPool(pool));
  return core::Pool::setCurrentAt(core::kPoolPinned, {core::kLocationDevice, device->ordinal()},
                                  found);
}

Result<void> deviceGetMemPool(CUmemoryPool* pool, CUdevice dev) {
  AW_ARG(pool, "pool is null");
  AW_LET(device, findDevice(dev));
  *pool = static_cast<CUmemoryPool>(device->currentPool()->handle());
  return {};
}

Result<void> deviceGetDefaultMemPool(CUmemoryPool* pool, CUdevice dev) {
  AW_ARG(pool, "pool_out is null");
  AW_LET(device, findDevice(dev));
  *pool = static_cast<CUmemoryPool>(device->defaultPool()->handle());
  return {};
}

Result<void> deviceGetExecAffinitySupport(int* value, CUexecAffinityType type, CUdevice dev) {
  AW_ARG(value, "pi is null");
  AW_ARG(type < CU_EXEC_AFFINITY_TYPE_MAX, "unknown affinity type");
  AW_TRY(findDevice(dev));
  *value = 0;
  return {};
}

Result<void> deviceGetProperties(CUdevprop* prop, CUdevice dev) {
  AW_ARG(prop, "prop is null");
  AW_LET(device, findDevice(dev));
  struct {
    int* target;
    CUdevice_attribute attribute;
  } const parts[] = {
      {&prop->maxThreadsPerBlock, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK},
      {&prop->maxThreadsDim[0], CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X},
      {&prop->maxThreadsDim[1], CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y},
      {&prop->maxThreadsDim[2], CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z},
      {&prop->maxGridSize[0], CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X},
      {&prop->maxGridSize[1], CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y},
      {&prop->maxGridSize[2], CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z},
      {&prop->sharedMemPerBlock, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK},
      {&prop->totalConstantMemory, CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY},
      {&prop->SIMDWidth, CU_DEVICE_ATTRIBUTE_WARP_SIZE},
      {&prop->memPitch, CU_DEVICE_ATTRIBUTE_MAX_PITCH},
      {&prop->regsPerBlock, CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK},
      {&prop->clockRate, CU_DEVICE_ATTRIBUTE_CLOCK_RATE},
      {&prop->textureAlign, CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT},
  };
  for (const auto& part : parts) {
    AW_LET(value, device->attribute(part.attribute));
    *part.target = value;
  }
  return {};
}

Result<void> deviceComputeCapability(int* major, int* minor, CUdevice dev) {
  AW_ARG(major && minor, "null pointer");
  AW_LET(device, findDevice(dev));
  *major = device->info().computeMajor;
  *minor = device->info().computeMinor;
  return {};
}

Result<void> deviceGetByPCIBusId(CUdevice* dev, const char* id) {
  AW_ARG(dev && id, "null pointer");
  // "domain:bus:device.function", "domain:bus:device", "bus:device.function" or "bus:device", in
  // hex
  unsigned a = 0, b = 0, c = 0, d = 0;
  unsigned domain, bus, slot;
  if (std::sscanf(id, "%x:%x:%x.%x", &a, &b, &c, &d) >= 3)
    domain = a, bus = b, slot = c;
  else if (std::sscanf(id, "%x:%x.%x", &a, &b, &d) >= 2)
    domain = 0, bus = a, slot = b;
  else
    return makeError(Status::InvalidValue, fmt::format("\"{}\" is not a PCI bus id", id));
  for (core::Device* device : core::Runtime::get().devices()) {
    const DeviceInfo& info = device->info();
    if (unsigned(info.pciDomain) == domain && unsigned(info.pciBus) == bus &&
        unsigned(info.pciDevice) == slot) {
      *dev = device->ordinal();
      return {};
    }
  }
  return makeError(Status::InvalidDevice, fmt::format("no device has the PCI bus id {}", id));
}

Result<void> deviceGetPCIBusId(char* id, int len, CUdevice dev) {
  AW_ARG(id && len > 0, "no room for the bus id");
  AW_LET(device, findDevice(dev));
  const DeviceInfo& info = device->info();
  std::snprintf(id, size_t(len), "%04x:%02x:%02x.0", unsigned(info.pciDomain),
                unsigned(info.pciBus), unsigned(info.pciDevice));
  return {};
}

Result<void> flushGPUDirectRDMAWrites(CUflushGPUDirectRDMAWritesTarget target,
                                      CUflushGPUDirectRDMAWritesScope scope) {
  AW_ARG(target == CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TARGET_CURRENT_CTX, "unknown target");
  AW_ARG(scope == CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TO_OWNER ||
             scope == CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TO_ALL_DEVICES,
         "unknown scope");
  AW_TRY(core::Context::require());
  return {};
}

} // namespace anywarp::cuda
