// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Our own libnvidia-ml.so.1, asked through NVML's public interface, so that the command shows what
// every NVML tool sees. Loaded on first use and kept; used by one thread.
#pragma once

#include "support/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace anywarp::cli {

struct NvmlProcess {
  unsigned id = 0;
  std::string name;
  uint64_t memory = 0;
  unsigned busyPercent = 0;
};

// What a device does not have is empty.
struct NvmlDevice {
  unsigned index = 0, domain = 0, bus = 0, device = 0;
  std::string name, uuid, serial, busId;
  int computeMajor = 0, computeMinor = 0;
  uint64_t memoryTotal = 0, memoryUsed = 0, memoryFree = 0;
  unsigned busyPercent = 0;
  std::optional<unsigned> temperature, powerMilliwatts, powerLimitMilliwatts, clock, maxClock;
  std::optional<unsigned> memoryClock, cores;
  std::vector<NvmlProcess> processes;
};

struct NvmlReport {
  std::string driver;
  int cudaVersion = 0;
  std::vector<NvmlDevice> devices;
};

Result<NvmlReport> askNvml();

} // namespace anywarp::cli
