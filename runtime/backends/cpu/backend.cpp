// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The door of libanywarp_cpu.so (core/backend.h).
#include "device.h"
#include "support/options.h"

#include <atomic>

namespace anywarp::cpu {
namespace {

class CpuBackend final : public Backend {
public:
  std::string_view name() const override { return "cpu"; }

  Result<std::unique_ptr<BackendDevice>> open(std::string_view spec) override {
    return openAt(spec, opened_.fetch_add(1));
  }

  Result<DeviceInfo> describe(std::string_view spec, unsigned index) override {
    auto settings = parseSettings(spec);
    if (!settings)
      return settings.error();
    return describeDevice(*settings, index);
  }

  Result<std::unique_ptr<BackendDevice>> openAt(std::string_view spec, unsigned index) override {
    auto settings = parseSettings(spec);
    if (!settings)
      return settings.error();
    // One cache for all devices of the process.
    static auto cache = std::make_shared<Cache>(cacheDirectory(), options().cacheSize);
    return std::unique_ptr<BackendDevice>(std::make_unique<CpuDevice>(*settings, index, cache));
  }

private:
  std::atomic<unsigned> opened_{0};
};

} // namespace
} // namespace anywarp::cpu

extern "C" __attribute__((visibility("default"))) anywarp::Backend* anywarpBackend() {
  static auto* backend =
      new anywarp::cpu::CpuBackend; // never destroyed: threads may outlive exit()
  return backend;
}
