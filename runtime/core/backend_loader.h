// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds and opens the devices that ANYWARP_DEVICES and CUDA_VISIBLE_DEVICES name. Called once, from
// Runtime::init(); modules stay loaded for good.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "support/result.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anywarp::core {

struct DeviceSpec {
  std::string backend, settings;
};
// "cpu;cpu:threads=2" -> {cpu, ""}, {cpu, "threads=2"}
AW_API std::vector<DeviceSpec> parseDevices(std::string_view text);

// Which of `uuids` to show, as the CUDA programming guide describes CUDA_VISIBLE_DEVICES: ordinals
// or prefixes of GPU-<uuid>; the first invalid entry ends the list.
AW_API std::vector<size_t> visibleIndices(const std::optional<std::string>& visible,
                                          const std::vector<std::string>& uuids);

// An error names the first problem; devices that could not be opened are logged and left out.
Result<std::vector<std::unique_ptr<BackendDevice>>> openBackendDevices();

} // namespace anywarp::core
