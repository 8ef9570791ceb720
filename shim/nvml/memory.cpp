// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory: what the processes of Anywarp have allocated.
#include "core/usage.h"
#include "nvml/support.h"

#include <algorithm>
#include <cstring>

namespace anywarp::nvml {
namespace {

uint64_t usedOf(const nvmlDevice_st& device) {
  uint64_t used = 0;
  for (const core::ProcessUsage& process : core::readUsage())
    for (const core::DeviceUsage& d : process.devices)
      if (std::memcmp(d.uuid, infoOf(&device).uuid, sizeof d.uuid) == 0)
        used += d.memoryUsed;
  return std::min(used, infoOf(&device).totalMemory);
}

} // namespace

Result<void> deviceGetMemoryInfo_v1(nvmlDevice_t handle, nvmlMemory_t* memory) {
  AW_LET(device, findDevice(handle));
  AW_ARG(memory, "memory is null");
  uint64_t total = infoOf(device).totalMemory, used = usedOf(*device);
  memory->total = total;
  memory->used = used;
  memory->free = total - used;
  return {};
}

Result<void> deviceGetMemoryInfo(nvmlDevice_t handle, nvmlMemory_v2_t* memory) {
  AW_LET(device, findDevice(handle));
  AW_ARG(memory, "memory is null");
  AW_TRY(checkVersion(memory->version, nvmlMemory_v2));
  uint64_t total = infoOf(device).totalMemory, used = usedOf(*device);
  memory->total = total;
  memory->reserved = 0;
  memory->used = used;
  memory->free = total - used;
  return {};
}

// The host sees all of the device's memory.
Result<void> deviceGetBAR1MemoryInfo(nvmlDevice_t handle, nvmlBAR1Memory_t* memory) {
  AW_LET(device, findDevice(handle));
  AW_ARG(memory, "bar1Memory is null");
  uint64_t total = infoOf(device).totalMemory, used = usedOf(*device);
  memory->bar1Total = total;
  memory->bar1Used = used;
  memory->bar1Free = total - used;
  return {};
}

} // namespace anywarp::nvml
