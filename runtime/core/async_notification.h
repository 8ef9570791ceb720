// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Callbacks for a device's notices (cuDeviceRegisterAsyncNotification). The one notice that CUDA
// has, memory over a budget, is of Windows' display driver: devices here have no budget, so a
// callback that is registered is never called. Safe from any thread.
#pragma once

#include "core/api.h"
#include "support/result.h"

namespace anywarp::core {

class AW_API AsyncNotification {
public:
  static void* add(const Device& device);
  // InvalidValue: not registered with this device.
  static Result<void> remove(const Device& device, const void* handle);
};

} // namespace anywarp::core
