// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// See driver.h.
#include "driver.h"

#include "own_library.h"

namespace anywarp::cli {
namespace {

// Values of CUdevice_attribute.
constexpr int kMultiprocessorCount = 16, kClockRate = 13, kComputeMajor = 75, kComputeMinor = 76;

struct Driver {
  OwnLibrary library;

  template <typename... Args> Result<void> call(const char* name, Args... args) {
    return library.need([&](int code) { return errorName(code); }, name, args...);
  }
  std::string errorName(int code) const {
    const char* name = nullptr;
    return library.ask("cuGetErrorName", code, &name) == 0 && name ? name : "unknown";
  }
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
  Result<OwnLibrary> library = OwnLibrary::load("libcuda.so.1");
  if (!library)
    return library.error();
  Driver driver{*library};
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
