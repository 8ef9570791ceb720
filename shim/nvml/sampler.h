// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rates from counters: how busy each process keeps each device between two looks at what they
// publish (core/usage.h), and the power from the energy counter. One for the process; safe from any
// thread.
#pragma once

#include "nvml/support.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace anywarp::nvml {

// One process on one device, now and over the last period.
struct ProcessSample {
  unsigned process = 0;
  uint64_t memoryUsed = 0;
  unsigned busyPercent = 0;
  bool context = false;
};

struct DeviceSample {
  uint64_t timeMicros = 0; // CLOCK_REALTIME, as NVML's time stamps are
  unsigned busyPercent = 0;
  std::vector<ProcessSample> processes;
};

class Sampler {
public:
  static Sampler& get();
  void start(); // at nvmlInit: the first look
  // Rates are over at least a tenth of a second: the first call may wait for it, later ones give
  // what they gave before until enough time has passed.
  DeviceSample device(const nvmlDevice_st& device);
  std::optional<uint64_t> powerMilliwatts(); // nothing where there is no energy counter

private:
  struct Busy {
    unsigned process;
    uint8_t uuid[16];
    uint64_t nanos;
  };
  struct Look {
    uint64_t time = 0; // nanoseconds, monotonic
    std::vector<Busy> busy;
    std::optional<uint64_t> energy; // microjoules
  };
  static Look look();
  void advance(); // mutex_ held: `before_` and `now_` are far enough apart
  unsigned percent(unsigned process, const uint8_t (&uuid)[16]) const;

  std::mutex mutex_; // guards what follows
  Look before_, now_;
};

} // namespace anywarp::nvml
