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
// "cpu;cpu:threads=2" or "cpu,cpu:threads=2" -> {cpu, ""}, {cpu, "threads=2"}; settings come out
// separated by commas.
AW_API std::vector<DeviceSpec> parseDevices(std::string_view text);

// Which of `uuids` to show, as the CUDA programming guide describes CUDA_VISIBLE_DEVICES: ordinals
// or prefixes of GPU-<uuid>; the first invalid entry ends the list.
AW_API std::vector<size_t> visibleIndices(const std::optional<std::string>& visible,
                                          const std::vector<std::string>& uuids);

// "GPU-xxxxxxxx-xxxx-...", as tools write it.
AW_API std::string uuidText(const uint8_t (&uuid)[16]);

// A device of ANYWARP_DEVICES, described but not opened.
struct ListedDevice {
  DeviceSpec spec;
  Backend* backend = nullptr;
  unsigned index = 0; // place in the list
  DeviceInfo info;
};
// All of them, CUDA_VISIBLE_DEVICES aside. Backends that cannot be loaded are logged and left out;
// a device with wrong settings is logged and has none.
AW_API Result<std::vector<ListedDevice>> listDevices();

// The visible ones. An error names the first problem.
Result<std::vector<std::unique_ptr<BackendDevice>>> openBackendDevices();

} // namespace anywarp::core
