// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `anywarp smi`: devices, their use and the processes on them.
#include "smi.h"

#include "commands.h"
#include "paths.h"
#include "table.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <strings.h>
#include <unistd.h>

using nlohmann::ordered_json;

namespace anywarp::cli {
namespace {

std::string text(const std::optional<unsigned>& value, const char* unit, unsigned divisor = 1) {
  return value ? fmt::format("{}{}", *value / divisor, unit) : "-";
}

std::string bar(unsigned percent) {
  constexpr unsigned kWidth = 10;
  unsigned full = std::min(kWidth, (percent * kWidth + 50) / 100);
  return std::string(full, '#') + std::string(kWidth - full, '.');
}

ordered_json number(const std::optional<unsigned>& value, double divisor = 1) {
  return !value         ? ordered_json()
         : divisor == 1 ? ordered_json(*value)
                        : ordered_json(*value / divisor);
}

void printJson(const NvmlReport& report) {
  ordered_json out;
  out["driver_version"] = report.driver;
  out["cuda_version"] = cudaVersion(report.cudaVersion);
  out["devices"] = ordered_json::array();
  for (const NvmlDevice& d : report.devices) {
    ordered_json device = {
        {"index", d.index},
        {"name", d.name},
        {"uuid", d.uuid},
        {"serial", d.serial},
        {"pci_bus_id", d.busId},
        {"compute_capability", fmt::format("{}.{}", d.computeMajor, d.computeMinor)},
        {"memory_total", d.memoryTotal},
        {"memory_used", d.memoryUsed},
        {"memory_free", d.memoryFree},
        {"utilization_percent", d.busyPercent},
        {"temperature_celsius", number(d.temperature)},
        {"power_watts", number(d.powerMilliwatts, 1000)},
        {"power_limit_watts", number(d.powerLimitMilliwatts, 1000)},
        {"clock_mhz", number(d.clock)},
        {"clock_max_mhz", number(d.maxClock)},
        {"processes", ordered_json::array()}};
    for (const NvmlProcess& p : d.processes)
      device["processes"].push_back({{"pid", p.id},
                                     {"name", p.name},
                                     {"memory", p.memory},
                                     {"utilization_percent", p.busyPercent}});
    out["devices"].push_back(std::move(device));
  }
  std::puts(out.dump(2, ' ', false, ordered_json::error_handler_t::replace).c_str());
}

void printTable(const NvmlReport& report) {
  auto heading = [](std::string_view text) { std::puts(styled(Style::Heading, text).c_str()); };
  time_t seconds = time(nullptr);
  tm local;
  localtime_r(&seconds, &local);
  char date[64];
  strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &local);
  heading(fmt::format("Anywarp {}   driver {}   CUDA {}   {}", ANYWARP_VERSION, report.driver,
                      cudaVersion(report.cudaVersion), date));
  heading("\nDevices");
  Table devices({{"", Table::Align::Right},
                 {"name", Table::Align::Left, true},
                 {"compute", Table::Align::Right},
                 {"temp", Table::Align::Right},
                 {"power", Table::Align::Right},
                 {"MHz", Table::Align::Right},
                 {"memory used / total", Table::Align::Right},
                 {"use", Table::Align::Right},
                 {""}});
  for (const NvmlDevice& d : report.devices) {
    std::string power = text(d.powerMilliwatts, " W", 1000);
    if (d.powerLimitMilliwatts)
      power += " / " + text(d.powerLimitMilliwatts, " W", 1000);
    devices.row({std::to_string(d.index), d.name,
                 fmt::format("{}.{}", d.computeMajor, d.computeMinor), text(d.temperature, " C"),
                 power, text(d.clock, ""),
                 humanSize(d.memoryUsed) + " / " + humanSize(d.memoryTotal),
                 fmt::format("{}%", d.busyPercent), bar(d.busyPercent)});
  }
  devices.print();
  heading("\nProcesses");
  Table processes({{"device", Table::Align::Right},
                   {"pid", Table::Align::Right},
                   {"memory", Table::Align::Right},
                   {"use", Table::Align::Right},
                   {"program", Table::Align::Left, true}});
  for (const NvmlDevice& d : report.devices)
    for (const NvmlProcess& p : d.processes)
      processes.row({std::to_string(d.index), std::to_string(p.id), humanSize(p.memory),
                     fmt::format("{}%", p.busyPercent), p.name});
  if (processes.empty())
    std::puts("  none");
  else
    processes.print();
}

bool isDevice(const NvmlDevice& device, const std::string& id) {
  auto same = [&](const std::string& text) { return strcasecmp(text.c_str(), id.c_str()) == 0; };
  return id == std::to_string(device.index) || same(device.uuid) || same(device.serial) ||
         same(device.busId) || (device.busId.size() > 4 && same(device.busId.substr(4)));
}

int once(const SmiOptions& options, const CsvFormat& format) {
  Result<NvmlReport> report = askNvml();
  if (!report)
    return fail("smi: " + report.error().message);
  if (!options.id.empty()) {
    std::erase_if(report->devices, [&](const NvmlDevice& d) { return !isDevice(d, options.id); });
    if (report->devices.empty())
      return fail("smi: there is no device " + options.id);
  }
  if (!options.queryGpu.empty() || !options.queryApps.empty()) {
    Result<std::string> answer = options.queryGpu.empty()
                                     ? queryProcesses(*report, options.queryApps, format)
                                     : queryDevices(*report, options.queryGpu, format);
    if (!answer)
      return fail("smi: " + answer.error().message, 2);
    std::fputs(answer->c_str(), stdout);
  } else if (options.list) {
    for (const NvmlDevice& d : report->devices)
      fmt::print("GPU {}: {} (UUID: {})\n", d.index, d.name, d.uuid);
  } else if (options.json) {
    printJson(*report);
  } else {
    printTable(*report);
  }
  if (std::fflush(stdout) != 0)
    return fail(fmt::format("smi: cannot write: {}", std::strerror(errno)));
  return 0;
}

} // namespace

int smi(const SmiOptions& options) {
  Result<CsvFormat> format = parseFormat(options.format);
  if (!format)
    return fail("smi --format: " + format.error().message, 2);
  int status = once(options, *format);
  while (status == 0 && options.loop) {
    sleep(options.loop);
    status = once(options, *format);
  }
  return status;
}

} // namespace anywarp::cli
