// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See nvml.h.
#include "nvml.h"

#include "own_library.h"

#define ANYWARP_NVML_TYPES_ONLY // symbols are named below
#include <nvml.h>

namespace anywarp::cli {
namespace {

struct Nvml {
  OwnLibrary library;

  template <typename... Args> std::optional<int> call(const char* name, Args... args) {
    return library.ask(name, args...);
  }
  template <typename... Args> Result<void> need(const char* name, Args... args) {
    auto text = [&](int code) {
      auto* find = library.find<const char*(nvmlReturn_t)>("nvmlErrorString");
      return find ? find(nvmlReturn_t(code)) : "unknown";
    };
    return library.need(text, name, args...);
  }
  template <typename... Args>
  std::optional<unsigned> maybe(const char* name, nvmlDevice_t device, Args... args) {
    unsigned value = 0;
    if (call(name, device, args..., &value) != NVML_SUCCESS)
      return std::nullopt;
    return value;
  }
  // A list with as much room as it needs; `fill` gives it with room for `count` entries. Processes
  // come and go between two calls.
  template <typename T, typename Fill> std::vector<T> list(Fill&& fill) {
    std::vector<T> entries; // the first answer is how many there are
    for (;;) {
      unsigned count = unsigned(entries.size());
      std::optional<int> code = fill(entries.data(), &count);
      if (code == NVML_ERROR_INSUFFICIENT_SIZE && count > entries.size()) {
        entries.resize(count + 16);
        continue;
      }
      entries.resize(code == NVML_SUCCESS ? count : 0);
      return entries;
    }
  }
};

Result<std::string> text(Nvml& nvml, const char* name, nvmlDevice_t device) {
  char buffer[128] = "";
  AW_TRY(nvml.need(name, device, &buffer[0], unsigned{sizeof buffer}));
  return std::string(buffer);
}

void askProcesses(Nvml& nvml, nvmlDevice_t handle, NvmlDevice& device) {
  auto samples = nvml.list<nvmlProcessUtilizationSample_t>([&](auto* entries, unsigned* count) {
    return nvml.call("nvmlDeviceGetProcessUtilization", handle, entries, count, 0ull);
  });
  for (const nvmlProcessInfo_t& info :
       nvml.list<nvmlProcessInfo_t>([&](auto* entries, unsigned* count) {
         return nvml.call("nvmlDeviceGetComputeRunningProcesses_v3", handle, count, entries);
       })) {
    NvmlProcess process{info.pid, {}, info.usedGpuMemory, 0};
    char name[4096] = "";
    if (nvml.call("nvmlSystemGetProcessName", info.pid, &name[0], unsigned{sizeof name}) ==
        NVML_SUCCESS)
      process.name = name;
    for (const nvmlProcessUtilizationSample_t& sample : samples)
      if (sample.pid == process.id)
        process.busyPercent = sample.smUtil;
    device.processes.push_back(std::move(process));
  }
}

Result<NvmlDevice> askDevice(Nvml& nvml, unsigned index) {
  NvmlDevice device;
  device.index = index;
  nvmlDevice_t handle = nullptr;
  AW_TRY(nvml.need("nvmlDeviceGetHandleByIndex_v2", index, &handle));
  struct {
    std::string* target;
    const char* function;
  } const texts[] = {{&device.name, "nvmlDeviceGetName"},
                     {&device.uuid, "nvmlDeviceGetUUID"},
                     {&device.serial, "nvmlDeviceGetSerial"}};
  for (const auto& one : texts) {
    Result<std::string> value = text(nvml, one.function, handle);
    if (!value)
      return value.error();
    *one.target = *value;
  }
  nvmlPciInfo_t pci = {};
  AW_TRY(nvml.need("nvmlDeviceGetPciInfo_v3", handle, &pci));
  device.busId = pci.busId;
  device.domain = pci.domain;
  device.bus = pci.bus;
  device.device = pci.device;
  AW_TRY(nvml.need("nvmlDeviceGetCudaComputeCapability", handle, &device.computeMajor,
                   &device.computeMinor));
  nvmlMemory_t memory = {};
  AW_TRY(nvml.need("nvmlDeviceGetMemoryInfo", handle, &memory));
  device.memoryTotal = memory.total;
  device.memoryUsed = memory.used;
  device.memoryFree = memory.free;
  nvmlUtilization_t use = {};
  AW_TRY(nvml.need("nvmlDeviceGetUtilizationRates", handle, &use));
  device.busyPercent = use.gpu;
  device.temperature = nvml.maybe("nvmlDeviceGetTemperature", handle, NVML_TEMPERATURE_GPU);
  device.powerMilliwatts = nvml.maybe("nvmlDeviceGetPowerUsage", handle);
  device.powerLimitMilliwatts = nvml.maybe("nvmlDeviceGetEnforcedPowerLimit", handle);
  device.clock = nvml.maybe("nvmlDeviceGetClockInfo", handle, NVML_CLOCK_SM);
  device.maxClock = nvml.maybe("nvmlDeviceGetMaxClockInfo", handle, NVML_CLOCK_SM);
  device.memoryClock = nvml.maybe("nvmlDeviceGetClockInfo", handle, NVML_CLOCK_MEM);
  device.cores = nvml.maybe("nvmlDeviceGetNumGpuCores", handle);
  askProcesses(nvml, handle, device);
  return device;
}

Result<NvmlReport> ask(Nvml& nvml) {
  NvmlReport report;
  char driver[96] = "";
  AW_TRY(nvml.need("nvmlSystemGetDriverVersion", &driver[0], unsigned{sizeof driver}));
  report.driver = driver;
  AW_TRY(nvml.need("nvmlSystemGetCudaDriverVersion_v2", &report.cudaVersion));
  unsigned count = 0;
  AW_TRY(nvml.need("nvmlDeviceGetCount_v2", &count));
  for (unsigned i = 0; i < count; ++i) {
    Result<NvmlDevice> device = askDevice(nvml, i);
    if (!device)
      return device.error();
    report.devices.push_back(std::move(*device));
  }
  return report;
}

} // namespace

Result<NvmlReport> askNvml() {
  Result<OwnLibrary> library = OwnLibrary::load("libnvidia-ml.so.1");
  if (!library)
    return library.error();
  Nvml nvml{*library};
  AW_TRY(nvml.need("nvmlInit_v2"));
  Result<NvmlReport> report = ask(nvml);
  (void)nvml.call("nvmlShutdown");
  return report;
}

} // namespace anywarp::cli
