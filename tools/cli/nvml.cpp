// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See nvml.h.
#include "nvml.h"

#include "paths.h"

#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>
#define ANYWARP_NVML_TYPES_ONLY // symbols are named below
#include <nvml.h>

namespace anywarp::cli {
namespace {

class Nvml {
public:
  explicit Nvml(void* library) : library_(library) {}

  template <typename... Args> nvmlReturn_t call(const char* name, Args... args) {
    auto function = reinterpret_cast<nvmlReturn_t (*)(Args...)>(dlsym(library_, name));
    return function ? function(args...) : NVML_ERROR_FUNCTION_NOT_FOUND;
  }
  // An error names the function and what NVML says.
  template <typename... Args> Result<void> need(const char* name, Args... args) {
    nvmlReturn_t code = call(name, args...);
    if (code == NVML_SUCCESS)
      return {};
    auto text = reinterpret_cast<const char* (*)(nvmlReturn_t)>(dlsym(library_, "nvmlErrorString"));
    return makeError(Status::Unknown, fmt::format("{} gives error {} ({})", name, int(code),
                                                  text ? text(code) : "not an NVML library"));
  }
  template <typename... Args>
  std::optional<unsigned> maybe(const char* name, nvmlDevice_t device, Args... args) {
    unsigned value = 0;
    if (call(name, device, args..., &value) != NVML_SUCCESS)
      return std::nullopt;
    return value;
  }

private:
  void* library_;
};

Result<std::string> text(Nvml& nvml, const char* name, nvmlDevice_t device) {
  char buffer[128] = "";
  AW_TRY(nvml.need(name, device, &buffer[0], unsigned{sizeof buffer}));
  return std::string(buffer);
}

void askProcesses(Nvml& nvml, nvmlDevice_t handle, NvmlDevice& device) {
  unsigned count = 256;
  std::vector<nvmlProcessInfo_t> list(count);
  if (nvml.call("nvmlDeviceGetComputeRunningProcesses_v3", handle, &count, list.data()) !=
      NVML_SUCCESS)
    return;
  std::vector<nvmlProcessUtilizationSample_t> samples(256);
  unsigned sampled = unsigned(samples.size());
  if (nvml.call("nvmlDeviceGetProcessUtilization", handle, samples.data(), &sampled, 0ull) !=
      NVML_SUCCESS)
    sampled = 0;
  for (unsigned i = 0; i < count; ++i) {
    NvmlProcess process{list[i].pid, {}, list[i].usedGpuMemory, 0};
    char name[4096] = "";
    if (nvml.call("nvmlSystemGetProcessName", list[i].pid, &name[0], unsigned{sizeof name}) ==
        NVML_SUCCESS)
      process.name = name;
    for (unsigned k = 0; k < sampled; ++k)
      if (samples[k].pid == process.id)
        process.busyPercent = samples[k].smUtil;
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
  std::string path = std::filesystem::path(libraryFolder()) / "libnvidia-ml.so.1";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError(Status::SharedObjectInitFailed, fmt::format("cannot load it: {}", dlerror()));
  Nvml nvml(library);
  AW_TRY(nvml.need("nvmlInit_v2"));
  Result<NvmlReport> report = ask(nvml);
  (void)nvml.call("nvmlShutdown");
  return report;
}

} // namespace anywarp::cli
