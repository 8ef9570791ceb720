// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Places of memory from both APIs' structs to core's. Plain data.
#pragma once

#include "core/location.h"

namespace anywarp::shim {

template <typename Location> core::MemoryLocation locationOf(const Location& location) {
  return {int(location.type), location.id};
}

// By a device's number; CU_DEVICE_CPU (cudaCpuDeviceId) is the host.
inline core::MemoryLocation deviceLocation(int device) {
  return device == -1 ? core::MemoryLocation{core::kLocationHost, 0}
                      : core::MemoryLocation{core::kLocationDevice, device};
}

} // namespace anywarp::shim
