// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who uses which device how much, across processes, for NVML and `anywarp smi`.
//
// Every process that initialises CUDA keeps a small file with the counters of its devices in shared
// memory (/dev/shm/anywarp-usage.<pid>, else in $XDG_RUNTIME_DIR), and holds a lock on it: a file
// that nobody has locked is left over from a crash, is not believed, and is deleted by whoever
// finds it. Where no file can be made the counters live in ordinary memory and only this process
// sees them. Safe from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace anywarp::core {

struct DeviceUsage {
  uint8_t uuid[16] = {};
  uint64_t memoryUsed = 0; // bytes
  uint64_t busyNanos = 0;  // since the process began; also of a kernel that still runs
  bool context = false;    // holds an active context
};

struct ProcessUsage {
  int process = 0;
  std::vector<DeviceUsage> devices;
};

// At initialisation, once: counters for each device, in this order. Never null, never freed.
std::vector<DeviceCounters*> publishUsage(std::span<const DeviceInfo* const> devices);
// At exit.
void withdrawUsage();

// Of every living process, this one included.
AW_API std::vector<ProcessUsage> readUsage();

// Around every kernel of a device: counts the time with at least one.
class KernelScope {
public:
  explicit KernelScope(DeviceCounters* counters);
  ~KernelScope();
  KernelScope(const KernelScope&) = delete;

private:
  DeviceCounters* const counters_;
};

} // namespace anywarp::core
