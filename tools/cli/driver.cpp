// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See driver.h.
#include "driver.h"

#include "paths.h"

#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>

namespace anywarp::cli {
namespace {

// Values of CUdevice_attribute.
constexpr int kMultiprocessorCount = 16, kClockRate = 13, kComputeMajor = 75, kComputeMinor = 76;

class Driver {
public:
  explicit Driver(void* library) : library_(library) {}

  // Calls `name` with these arguments; the error names the function and CUDA's code.
  template <typename... Args> Result<void> call(const char* name, Args... args) {
    auto function = reinterpret_cast<int (*)(Args...)>(dlsym(library_, name));
    if (!function)
      return makeError(Status::NotFound, fmt::format("libcuda.so.1 has no {}", name));
    if (int code = function(args...))
      return makeError(static_cast<Status>(code),
                       fmt::format("{} gives error {}{}", name, code, errorName(code)));
    return {};
  }

private:
  std::string errorName(int code) {
    auto function = reinterpret_cast<int (*)(int, const char**)>(dlsym(library_, "cuGetErrorName"));
    const char* name = nullptr;
    return function && function(code, &name) == 0 && name ? fmt::format(" ({})", name) : "";
  }
  void* library_;
};

Result<DeviceReport> askDevice(Driver& driver, int ordinal) {
  DeviceReport device;
  device.ordinal = ordinal;
  int handle = 0;
  AW_TRY(driver.call("cuDeviceGet", &handle, ordinal));
  char name[256] = "";
  AW_TRY(driver.call("cuDeviceGetName", static_cast<char*>(name), int{sizeof name}, handle));
  device.name = name;
  size_t memory = 0;
  AW_TRY(driver.call("cuDeviceTotalMem_v2", &memory, handle));
  device.totalMemory = memory;
  auto attribute = [&](int& value, int code) {
    return driver.call("cuDeviceGetAttribute", &value, code, handle);
  };
  AW_TRY(attribute(device.computeMajor, kComputeMajor));
  AW_TRY(attribute(device.computeMinor, kComputeMinor));
  AW_TRY(attribute(device.multiprocessors, kMultiprocessorCount));
  AW_TRY(attribute(device.clockKHz, kClockRate));
  unsigned char uuid[16] = {};
  if (driver.call("cuDeviceGetUuid_v2", static_cast<unsigned char*>(uuid), handle)) {
    device.uuid = "GPU-";
    for (int i = 0; i < 16; ++i)
      device.uuid += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                                 unsigned{uuid[i]});
  }
  return device;
}

} // namespace

Result<DriverReport> askDriver() {
  std::string path = std::filesystem::path(libraryFolder()) / "libcuda.so.1";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError(Status::SharedObjectInitFailed, fmt::format("cannot load it: {}", dlerror()));
  Driver driver(library);
  DriverReport report;
  AW_TRY(driver.call("cuInit", 0u));
  AW_TRY(driver.call("cuDriverGetVersion", &report.version));
  int count = 0;
  AW_TRY(driver.call("cuDeviceGetCount", &count));
  for (int i = 0; i < count; ++i) {
    auto device = askDevice(driver, i);
    if (!device)
      return device.error();
    report.devices.push_back(std::move(*device));
  }
  return report;
}

} // namespace anywarp::cli
