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

template <typename Memory> void fill(Memory& out, const nvmlDevice_st& device) {
  out.total = infoOf(&device).totalMemory;
  out.used = usedOf(device);
  out.free = out.total - out.used;
}

} // namespace

Result<void> deviceGetMemoryInfo_v1(nvmlDevice_t handle, nvmlMemory_t* memory) {
  AW_LET(device, findDevice(handle));
  AW_ARG(memory, "memory is null");
  fill(*memory, *device);
  return {};
}

Result<void> deviceGetMemoryInfo(nvmlDevice_t handle, nvmlMemory_v2_t* memory) {
  AW_LET(device, findDevice(handle));
  AW_ARG(memory, "memory is null");
  AW_TRY(checkVersion(memory->version, nvmlMemory_v2));
  fill(*memory, *device);
  memory->reserved = 0;
  return {};
}

// The host sees all of the device's memory.
Result<void> deviceGetBAR1MemoryInfo(nvmlDevice_t device, nvmlBAR1Memory_t* memory) {
  AW_ARG(memory, "bar1Memory is null");
  nvmlMemory_t all;
  AW_TRY(deviceGetMemoryInfo_v1(device, &all));
  memory->bar1Total = all.total;
  memory->bar1Used = all.used;
  memory->bar1Free = all.free;
  return {};
}

} // namespace anywarp::nvml
