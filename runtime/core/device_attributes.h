// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CU_DEVICE_ATTRIBUTE_* by number. Pure.
#pragma once

#include "core/backend.h"

#include <optional>

namespace anywarp::core {

inline constexpr int kMaxDeviceAttribute = 147; // CUDA 13.0

// Nothing for codes that no CUDA version defines.
std::optional<int> deviceAttribute(const DeviceInfo& info, int code);

} // namespace anywarp::core
