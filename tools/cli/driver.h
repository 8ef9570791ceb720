// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Our own libcuda.so.1, asked through the public driver API (CUDA driver API manual), so that the
// command links none of it. Loaded on first use and kept; used by one thread.
#pragma once

#include "support/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace anywarp::cli {

struct DeviceReport {
  int ordinal = 0;
  std::string name;
  uint64_t totalMemory = 0;
  int computeMajor = 0, computeMinor = 0;
  int multiprocessors = 0;
  int clockKHz = 0;
  std::string uuid; // "GPU-..."
};

struct DriverReport {
  int version = 0; // 13000: CUDA 13.0
  std::vector<DeviceReport> devices;
};

// Loads the library, initialises it and asks for the devices.
Result<DriverReport> askDriver();

} // namespace anywarp::cli
