// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the host tells about its processor: temperature and fans (hwmon), energy and power limit
// (RAPL through powercap), clocks (cpufreq). Nothing where the system has no such file or does not
// let us read it. Stateless; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace anywarp::nvml {

class Sensors {
public:
  // `root`: where /sys and /proc are below; "" is the host's.
  explicit Sensors(std::string root) : root_(std::move(root)) {}
  static const Sensors& host();

  std::optional<int> temperature() const;            // degrees Celsius of the package
  std::optional<int> slowdownTemperature() const;    // where it slows down
  std::optional<int> shutdownTemperature() const;    // where it stops
  std::vector<unsigned> fans() const;                // turns per minute
  std::optional<uint64_t> energyMicrojoules() const; // of all packages, since some time
  std::optional<uint64_t> powerLimitMilliwatts() const;
  std::optional<unsigned> clockMHz() const; // the fastest processor's, now
  std::optional<unsigned> maxClockMHz() const;

private:
  std::string processorHwmon() const; // its folder; empty: none
  std::optional<uint64_t> sumOfPackages(const char* powercapFile) const;
  std::string root_;
};

} // namespace anywarp::nvml
