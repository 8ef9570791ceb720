// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See smi.h. "[N/A]" is what nvidia-smi prints for what a device does not have.
#include "smi.h"

#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <span>
#include <vector>

namespace anywarp::cli {
namespace {

constexpr const char* kNone = "[N/A]";

std::string mebibytes(uint64_t bytes) {
  return std::to_string(bytes >> 20);
}

std::string orNone(const std::optional<unsigned>& value) {
  return value ? std::to_string(*value) : kNone;
}

std::string watts(const std::optional<unsigned>& milliwatts) {
  return milliwatts ? fmt::format("{:.2f}", *milliwatts / 1000.0) : kNone;
}

std::string now() {
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  tm local;
  localtime_r(&t.tv_sec, &local);
  char text[64];
  strftime(text, sizeof text, "%Y/%m/%d %H:%M:%S", &local);
  return fmt::format("{}.{:03}", text, t.tv_nsec / 1000000);
}

// What a line is about: a device, and for processes one of its processes.
struct Subject {
  const NvmlReport& report;
  const NvmlDevice& device;
  const NvmlProcess* process;
};

struct Field {
  const char* name;
  const char* unit; // "": none
  std::function<std::string(const Subject&)> value;
};

const std::vector<Field>& deviceFields() {
  using S = const Subject&;
  auto constant = [](const char* text) { return [text](S) { return std::string(text); }; };
  static const std::vector<Field> fields = {
      {"timestamp", "", [](S) { return now(); }},
      {"driver_version", "", [](S s) { return s.report.driver; }},
      {"count", "", [](S s) { return std::to_string(s.report.devices.size()); }},
      {"index", "", [](S s) { return std::to_string(s.device.index); }},
      {"name", "", [](S s) { return s.device.name; }},
      {"gpu_name", "", [](S s) { return s.device.name; }},
      {"uuid", "", [](S s) { return s.device.uuid; }},
      {"gpu_uuid", "", [](S s) { return s.device.uuid; }},
      {"serial", "", [](S s) { return s.device.serial; }},
      {"gpu_serial", "", [](S s) { return s.device.serial; }},
      {"pci.bus_id", "", [](S s) { return s.device.busId; }},
      {"gpu_bus_id", "", [](S s) { return s.device.busId; }},
      {"pci.domain", "", [](S s) { return fmt::format("0x{:04X}", s.device.domain); }},
      {"pci.bus", "", [](S s) { return fmt::format("0x{:02X}", s.device.bus); }},
      {"pci.device", "", [](S s) { return fmt::format("0x{:02X}", s.device.device); }},
      {"compute_cap", "",
       [](S s) { return fmt::format("{}.{}", s.device.computeMajor, s.device.computeMinor); }},
      {"memory.total", "MiB", [](S s) { return mebibytes(s.device.memoryTotal); }},
      {"memory.used", "MiB", [](S s) { return mebibytes(s.device.memoryUsed); }},
      {"memory.free", "MiB", [](S s) { return mebibytes(s.device.memoryFree); }},
      {"memory.reserved", "MiB", constant("0")},
      {"utilization.gpu", "%", [](S s) { return std::to_string(s.device.busyPercent); }},
      {"utilization.memory", "%", constant("0")},
      {"temperature.gpu", "", [](S s) { return orNone(s.device.temperature); }},
      {"temperature.memory", "", constant(kNone)},
      {"power.draw", "W", [](S s) { return watts(s.device.powerMilliwatts); }},
      {"power.limit", "W", [](S s) { return watts(s.device.powerLimitMilliwatts); }},
      {"enforced.power.limit", "W", [](S s) { return watts(s.device.powerLimitMilliwatts); }},
      {"clocks.sm", "MHz", [](S s) { return orNone(s.device.clock); }},
      {"clocks.gr", "MHz", [](S s) { return orNone(s.device.clock); }},
      {"clocks.mem", "MHz", [](S s) { return orNone(s.device.memoryClock); }},
      {"clocks.current.sm", "MHz", [](S s) { return orNone(s.device.clock); }},
      {"clocks.current.graphics", "MHz", [](S s) { return orNone(s.device.clock); }},
      {"clocks.current.memory", "MHz", [](S s) { return orNone(s.device.memoryClock); }},
      {"clocks.max.sm", "MHz", [](S s) { return orNone(s.device.maxClock); }},
      {"clocks.max.graphics", "MHz", [](S s) { return orNone(s.device.maxClock); }},
      {"clocks.max.memory", "MHz", [](S s) { return orNone(s.device.memoryClock); }},
      {"fan.speed", "%", constant(kNone)},
      {"pstate", "", constant("P0")},
      {"persistence_mode", "", constant("Enabled")},
      {"compute_mode", "", constant("Default")},
      {"display_mode", "", constant("Disabled")},
      {"display_active", "", constant("Disabled")},
      {"accounting.mode", "", constant(kNone)},
      {"ecc.mode.current", "", constant(kNone)},
      {"mig.mode.current", "", constant(kNone)},
      {"vbios_version", "", constant(kNone)},
      {"pcie.link.gen.current", "", constant(kNone)},
      {"pcie.link.width.current", "", constant(kNone)},
  };
  return fields;
}

const std::vector<Field>& processFields() {
  using S = const Subject&;
  static const std::vector<Field> fields = {
      {"timestamp", "", [](S) { return now(); }},
      {"gpu_name", "", [](S s) { return s.device.name; }},
      {"gpu_uuid", "", [](S s) { return s.device.uuid; }},
      {"gpu_serial", "", [](S s) { return s.device.serial; }},
      {"gpu_bus_id", "", [](S s) { return s.device.busId; }},
      {"pid", "", [](S s) { return std::to_string(s.process->id); }},
      {"process_name", "", [](S s) { return s.process->name; }},
      {"name", "", [](S s) { return s.process->name; }},
      {"used_memory", "MiB", [](S s) { return mebibytes(s.process->memory); }},
      {"used_gpu_memory", "MiB", [](S s) { return mebibytes(s.process->memory); }},
  };
  return fields;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find(',', at), text.size());
    size_t first = text.find_first_not_of(' ', at), last = text.find_last_not_of(' ', end - 1);
    parts.push_back(first < end ? text.substr(first, last - first + 1) : "");
    at = end + 1;
  }
  return parts;
}

Result<std::vector<const Field*>> choose(const std::vector<Field>& known, const std::string& text) {
  std::vector<const Field*> chosen;
  for (const std::string& name : split(text)) {
    const Field* found = nullptr;
    for (const Field& field : known)
      if (name == field.name)
        found = &field;
    if (!found) {
      std::string all;
      for (const Field& field : known)
        all += fmt::format("{}{}", all.empty() ? "" : ", ", field.name);
      return makeError(Status::InvalidValue,
                       fmt::format("'{}' is no field of a query; there are {}", name, all));
    }
    chosen.push_back(found);
  }
  return chosen;
}

Result<std::string> lines(const std::vector<Field>& known, const std::string& names,
                          std::span<const Subject> subjects, const CsvFormat& format) {
  auto chosen = choose(known, names);
  if (!chosen)
    return chosen.error();
  const std::vector<const Field*>& fields = *chosen;
  std::string out;
  if (format.header) {
    for (size_t i = 0; i < fields.size(); ++i)
      out += fmt::format("{}{}{}", i ? ", " : "", fields[i]->name,
                         *fields[i]->unit ? fmt::format(" [{}]", fields[i]->unit) : "");
    out += '\n';
  }
  for (const Subject& subject : subjects) {
    for (size_t i = 0; i < fields.size(); ++i) {
      std::string value = fields[i]->value(subject);
      bool unit = format.units && *fields[i]->unit && value != kNone;
      out += fmt::format("{}{}{}{}", i ? ", " : "", value, unit ? " " : "",
                         unit ? fields[i]->unit : "");
    }
    out += '\n';
  }
  return out;
}

} // namespace

Result<CsvFormat> parseFormat(const std::string& text) {
  CsvFormat format;
  bool csv = false;
  for (const std::string& word : split(text)) {
    csv |= word == "csv";
    if (word == "noheader")
      format.header = false;
    else if (word == "nounits")
      format.units = false;
    else if (word != "csv")
      return makeError(Status::InvalidValue,
                       fmt::format("'{}' is none of csv, noheader, nounits", word));
  }
  if (!csv)
    return makeError(Status::InvalidValue, "the only format of queries is csv");
  return format;
}

Result<std::string> queryDevices(const NvmlReport& report, const std::string& fields,
                                 const CsvFormat& format) {
  std::vector<Subject> subjects;
  for (const NvmlDevice& device : report.devices)
    subjects.push_back({report, device, nullptr});
  return lines(deviceFields(), fields, subjects, format);
}

Result<std::string> queryProcesses(const NvmlReport& report, const std::string& fields,
                                   const CsvFormat& format) {
  std::vector<Subject> subjects;
  for (const NvmlDevice& device : report.devices)
    for (const NvmlProcess& process : device.processes)
      subjects.push_back({report, device, &process});
  return lines(processFields(), fields, subjects, format);
}

} // namespace anywarp::cli
