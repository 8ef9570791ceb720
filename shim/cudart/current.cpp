// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cudart/current.h"

#include "common/call.h"
#include "core/runtime.h"

#include <atomic>
#include <mutex>

namespace anywarp::cudart {
namespace {

constexpr int kNotChosen = -1;
thread_local constinit int tlsDevice = kNotChosen;

constexpr int kMaxDevices = 256;
// Whether this library holds a reference of the device's primary context.
constinit std::atomic<bool> retained[kMaxDevices] = {};
constinit std::mutex mutex; // guards changes of `retained` and `validDevices`
std::vector<int>& validDevices() {
  static auto* devices = new std::vector<int>; // leaked: threads may call during exit
  return *devices;
}

int chosenDevice() {
  if (tlsDevice != kNotChosen)
    return tlsDevice;
  std::lock_guard lock(mutex);
  return validDevices().empty() ? 0 : validDevices().front();
}

} // namespace

Result<void> initialize() {
  core::Runtime& runtime = core::Runtime::get();
  if (runtime.initialized()) [[likely]]
    return {};
  return runtime.init();
}

Result<core::Device*> deviceAt(int ordinal) {
  AW_TRY(initialize());
  return core::Runtime::get().device(ordinal);
}

Result<core::Device*> currentDevice() {
  AW_TRY(initialize());
  if (core::Context* context = core::Context::currentRaw())
    return &context->device();
  return core::Runtime::get().device(chosenDevice());
}

Result<core::ContextRef> primaryContext(core::Device& device) {
  core::ContextRef primary = device.primaryRef();
  int ordinal = device.ordinal();
  if (ordinal >= kMaxDevices)
    return makeError(Status::InvalidDevice, "more than 256 devices");
  if (retained[ordinal].load(std::memory_order_acquire) && primary->active()) [[likely]]
    return primary;
  std::lock_guard lock(mutex);
  if (!retained[ordinal].load(std::memory_order_relaxed) || !primary->active()) {
    AW_LET(context, device.primaryRetain());
    primary = context;
    retained[ordinal].store(true, std::memory_order_release);
  }
  return primary;
}

Result<core::Context*> currentContext() {
  if (core::Context::inHostFunction()) [[unlikely]]
    return makeError(Status::NotPermitted, "a host function of a stream called CUDA");
  core::Context* context = core::Context::currentRaw();
  if (context && context->check() && core::Runtime::get().initialized()) [[likely]]
    return context;
  AW_TRY(initialize());
  if (context && (context->active() || !context->isPrimary())) {
    AW_TRY(context->check());
    return context;
  }
  // No context yet, or the primary one was reset since.
  core::Device* device = context ? &context->device() : nullptr;
  if (!device) {
    AW_LET(chosen, core::Runtime::get().device(chosenDevice()));
    device = chosen;
  }
  AW_LET(primary, primaryContext(*device));
  core::Context::setCurrent(primary);
  AW_TRY(primary->check());
  return primary.get();
}

Result<void> setCurrentDevice(int ordinal) {
  AW_LET(device, deviceAt(ordinal));
  // The choice counts even when the context is broken, so that cudaDeviceReset can mend it.
  tlsDevice = ordinal;
  AW_LET(primary, primaryContext(*device));
  core::Context::setCurrent(primary);
  return {};
}

Result<void> setValidDevices(std::span<const int> ordinals) {
  for (int ordinal : ordinals)
    AW_TRY(deviceAt(ordinal));
  std::lock_guard lock(mutex);
  validDevices().assign(ordinals.begin(), ordinals.end());
  return {};
}

Result<void> resetCurrentDevice() {
  AW_LET(device, currentDevice());
  device->primary().flushPrintf();
  tlsDevice = device->ordinal();
  std::lock_guard lock(mutex);
  if (!retained[device->ordinal()].load(std::memory_order_relaxed) && !device->primary().active())
    return {};
  AW_TRY(device->primaryReset());
  retained[device->ordinal()].store(false, std::memory_order_release);
  return {};
}

Result<core::StreamRef> resolveStream(const void* handle) {
  AW_LET(context, currentContext());
  return core::Stream::resolve(handle, *context, false);
}

} // namespace anywarp::cudart
