// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NVML's state and what its implementations share: devices by handle, errors, texts. Safe from any
// thread.
#pragma once

#include "api/nvml/impl.h"
#include "common/call.h"
#include "core/backend_loader.h"
#include "nvml/types.h"
#include "support/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// A handle points to this. Never freed, so that a stale handle is still safe to look at.
struct nvmlDevice_st {
  anywarp::core::ListedDevice listed;
};

namespace anywarp::nvml {

// NVML's own codes travel as a Status above all of CUDA's.
inline constexpr uint32_t kOwnCodes = 0x40000000;
inline Error fail(nvmlReturn_t code, std::string message = {}) {
  return makeError(Status(kOwnCodes + uint32_t(code)), std::move(message));
}

// Between nvmlInit and its nvmlShutdown.
bool started();
// The devices of ANYWARP_DEVICES; empty before the first nvmlInit.
std::span<nvmlDevice_st* const> devices();

// NVML_ERROR_INVALID_ARGUMENT for what is no device.
Result<nvmlDevice_st*> findDevice(nvmlDevice_t handle);
inline const DeviceInfo& infoOf(const nvmlDevice_st* device) {
  return device->listed.info;
}

// An answer that is the same for every device, with the checks that all need.
template <typename T, typename Value>
Result<void> giveConstant(nvmlDevice_t handle, T* out, Value value) {
  AW_TRY(findDevice(handle));
  AW_ARG(out, "the place for the answer is null");
  *out = T(value);
  return {};
}

// Writes the text with its end; NVML_ERROR_INSUFFICIENT_SIZE when there is no room.
Result<void> giveText(char* out, unsigned length, std::string_view text);

// Checks `version` of a versioned structure.
inline Result<void> checkVersion(unsigned given, unsigned wanted) {
  if (given == wanted)
    return {};
  return fail(NVML_ERROR_ARGUMENT_VERSION_MISMATCH);
}

} // namespace anywarp::nvml
