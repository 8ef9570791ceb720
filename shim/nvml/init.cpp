// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Start and end of NVML, and the texts of its codes. Starts are counted.
#include "nvml/sampler.h"
#include "nvml/support.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <vector>

namespace anywarp::nvml {
namespace {

struct State {
  std::mutex mutex; // guards what follows
  unsigned starts = 0;
  std::vector<nvmlDevice_st*> devices; // fixed after the first start
  std::atomic<bool> started{false};
};
State& state() {
  static State* value = new State; // never destroyed: static destructors may still call in
  return *value;
}

Result<void> start() {
  State& s = state();
  std::lock_guard lock(s.mutex);
  if (s.devices.empty()) {
    Result<std::vector<core::ListedDevice>> listed = core::listDevices();
    if (!listed)
      return fail(NVML_ERROR_DRIVER_NOT_LOADED, listed.error().message);
    for (core::ListedDevice& device : *listed)
      s.devices.push_back(new nvmlDevice_st{std::move(device)});
  }
  if (s.starts++ == 0)
    Sampler::get().start();
  s.started.store(true, std::memory_order_release);
  return {};
}

} // namespace

bool started() {
  return state().started.load(std::memory_order_acquire);
}

std::span<nvmlDevice_st* const> devices() {
  return state().devices;
}

Result<nvmlDevice_st*> findDevice(nvmlDevice_t handle) {
  for (nvmlDevice_st* device : devices())
    if (device == handle)
      return device;
  return fail(NVML_ERROR_INVALID_ARGUMENT, "not the handle of a device");
}

Result<void> giveText(char* out, unsigned length, std::string_view text) {
  AW_ARG(out, "the place for the text is null");
  if (text.size() >= length)
    return fail(NVML_ERROR_INSUFFICIENT_SIZE);
  std::memcpy(out, text.data(), text.size());
  out[text.size()] = '\0';
  return {};
}

Result<void> init() {
  return start();
}

Result<void> initWithFlags(unsigned int flags) {
  AW_ARG((flags & ~unsigned(NVML_INIT_FLAG_NO_GPUS | NVML_INIT_FLAG_NO_ATTACH)) == 0,
         "unknown flags");
  return start();
}

Result<void> shutdown() {
  State& s = state();
  std::lock_guard lock(s.mutex);
  if (s.starts == 0)
    return fail(NVML_ERROR_UNINITIALIZED);
  if (--s.starts == 0)
    s.started.store(false, std::memory_order_release);
  return {};
}

const char* errorString(nvmlReturn_t result) {
  switch (result) {
  case NVML_SUCCESS:
    return "Success";
  case NVML_ERROR_UNINITIALIZED:
    return "nvmlInit has not been called";
  case NVML_ERROR_INVALID_ARGUMENT:
    return "An argument is wrong";
  case NVML_ERROR_NOT_SUPPORTED:
    return "The device has nothing like it";
  case NVML_ERROR_NO_PERMISSION:
    return "The user may not do this";
  case NVML_ERROR_ALREADY_INITIALIZED:
    return "NVML is initialized already";
  case NVML_ERROR_NOT_FOUND:
    return "Nothing was found";
  case NVML_ERROR_INSUFFICIENT_SIZE:
    return "There is not enough room for the answer";
  case NVML_ERROR_INSUFFICIENT_POWER:
    return "The device lacks a power cable";
  case NVML_ERROR_DRIVER_NOT_LOADED:
    return "No device can be used: see ANYWARP_DEVICES";
  case NVML_ERROR_TIMEOUT:
    return "The time is over";
  case NVML_ERROR_OPERATING_SYSTEM:
    return "The operating system refused";
  case NVML_ERROR_IN_USE:
    return "The device is in use";
  case NVML_ERROR_MEMORY:
    return "Not enough memory";
  case NVML_ERROR_NO_DATA:
    return "There is no data";
  case NVML_ERROR_FUNCTION_NOT_FOUND:
    return "This version has no such function";
  case NVML_ERROR_ARGUMENT_VERSION_MISMATCH:
    return "A structure has another version";
  case NVML_ERROR_NOT_READY:
    return "The system is not ready";
  case NVML_ERROR_GPU_NOT_FOUND:
    return "There is no device";
  case NVML_ERROR_INVALID_STATE:
    return "The state of the object forbids it";
  case NVML_ERROR_UNKNOWN:
    return "Unknown error";
  default:
    return result > NVML_SUCCESS && result <= NVML_ERROR_RESET_TYPE_NOT_SUPPORTED
               ? "An error that these devices do not have"
               : "No error code of NVML";
  }
}

} // namespace anywarp::nvml
