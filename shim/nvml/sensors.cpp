// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files and units: Documentation/hwmon/sysfs-interface, Documentation/power/powercap and
// Documentation/admin-guide/pm/cpufreq of the Linux kernel.
#include "nvml/sensors.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>

namespace anywarp::nvml {
namespace {

std::optional<std::string> firstLine(const std::string& path) {
  FILE* file = fopen(path.c_str(), "re");
  if (!file)
    return std::nullopt;
  char line[256] = {};
  bool read = fgets(line, sizeof line, file) != nullptr;
  fclose(file);
  if (!read)
    return std::nullopt;
  line[strcspn(line, "\n")] = '\0';
  return line;
}

std::optional<uint64_t> number(const std::string& path) {
  auto line = firstLine(path);
  char* end = nullptr;
  unsigned long long value = line ? strtoull(line->c_str(), &end, 10) : 0;
  if (!line || end == line->c_str() || *line->c_str() == '-')
    return std::nullopt;
  return value;
}

std::vector<std::string> entries(const std::string& folder, const char* prefix) {
  std::vector<std::string> names;
  if (DIR* directory = opendir(folder.c_str())) {
    while (dirent* entry = readdir(directory))
      if (!strncmp(entry->d_name, prefix, strlen(prefix)))
        names.push_back(entry->d_name);
    closedir(directory);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<int> degrees(const std::string& path) {
  auto milli = number(path);
  return milli ? std::optional<int>(int(*milli / 1000)) : std::nullopt;
}

} // namespace

const Sensors& Sensors::host() {
  static const auto* sensors = new Sensors("");
  return *sensors;
}

std::string Sensors::processorHwmon() const {
  std::string folder = root_ + "/sys/class/hwmon/";
  for (const std::string& name : entries(folder, "hwmon")) {
    auto driver = firstLine(folder + name + "/name");
    for (const char* known : {"coretemp", "k10temp", "zenpower", "cpu_thermal"})
      if (driver && *driver == known)
        return folder + name;
  }
  return {};
}

std::optional<int> Sensors::temperature() const {
  std::string folder = processorHwmon();
  return folder.empty() ? std::nullopt : degrees(folder + "/temp1_input");
}

std::optional<int> Sensors::slowdownTemperature() const {
  std::string folder = processorHwmon();
  return folder.empty() ? std::nullopt : degrees(folder + "/temp1_max");
}

std::optional<int> Sensors::shutdownTemperature() const {
  std::string folder = processorHwmon();
  return folder.empty() ? std::nullopt : degrees(folder + "/temp1_crit");
}

std::vector<unsigned> Sensors::fans() const {
  std::vector<unsigned> list;
  std::string folder = root_ + "/sys/class/hwmon/";
  for (const std::string& name : entries(folder, "hwmon"))
    for (const std::string& file : entries(folder + name, "fan"))
      if (file.ends_with("_input"))
        if (auto turns = number(folder + name + "/" + file))
          list.push_back(unsigned(*turns));
  return list;
}

std::optional<uint64_t> Sensors::sumOfPackages(const char* file) const {
  std::string folder = root_ + "/sys/class/powercap/";
  std::optional<uint64_t> sum;
  for (const std::string& name : entries(folder, "intel-rapl:")) // AMD's have the same name
    if (std::count(name.begin(), name.end(), ':') == 1)          // others are parts of a package
      if (auto value = number(folder + name + "/" + file))
        sum = sum.value_or(0) + *value;
  return sum;
}

std::optional<uint64_t> Sensors::energyMicrojoules() const {
  return sumOfPackages("energy_uj");
}

std::optional<uint64_t> Sensors::powerLimitMilliwatts() const {
  auto micro = sumOfPackages("constraint_0_power_limit_uw");
  return micro ? std::optional<uint64_t>(*micro / 1000) : std::nullopt;
}

std::optional<unsigned> Sensors::clockMHz() const {
  std::optional<unsigned> fastest;
  std::string folder = root_ + "/sys/devices/system/cpu/";
  for (const std::string& name : entries(folder, "cpu"))
    if (auto khz = number(folder + name + "/cpufreq/scaling_cur_freq"))
      fastest = std::max(fastest.value_or(0), unsigned(*khz / 1000));
  if (fastest)
    return fastest;
  FILE* file = fopen((root_ + "/proc/cpuinfo").c_str(), "re");
  if (!file)
    return std::nullopt;
  char line[512];
  while (fgets(line, sizeof line, file))
    if (!strncmp(line, "cpu MHz", 7))
      if (const char* colon = strchr(line, ':'))
        fastest = std::max(fastest.value_or(0), unsigned(atof(colon + 1)));
  fclose(file);
  return fastest;
}

std::optional<unsigned> Sensors::maxClockMHz() const {
  auto khz = number(root_ + "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
  return khz ? std::optional<unsigned>(unsigned(*khz / 1000)) : std::nullopt;
}

} // namespace anywarp::nvml
