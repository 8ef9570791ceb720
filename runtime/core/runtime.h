// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The process-wide state: initialisation, the device list, teardown and fork. One instance, leaked
// on purpose, so that static destructors of the application may still call in (they get
// Deinitialized). Every function is safe from any thread.
#pragma once

#include "core/api.h"
#include "core/backend.h"
#include "support/result.h"

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace anywarp::core {

class AW_API Runtime {
public:
  static Runtime& get();

  // cuInit: opens the devices of ANYWARP_DEVICES. Idempotent. NoDevice if there are none.
  Result<void> init();
  // Success, NotInitialized (before init, or in a forked child) or Deinitialized (after teardown).
  // One atomic load; every entry point calls it first.
  Result<void> check() const {
    if (state_.load(std::memory_order_acquire) == State::Ready) [[likely]]
      return {};
    return checkSlow();
  }
  bool down() const { return state_.load(std::memory_order_acquire) == State::Down; }
  // For Checkpoint: check() waits from now on / goes on. False: not initialised.
  bool hold();
  void letGo();
  bool initialized() const { return state_.load(std::memory_order_acquire) == State::Ready; }

  // Visible devices by ordinal (CUDA_VISIBLE_DEVICES applied); empty before init.
  std::span<Device* const> devices() const { return devices_; }
  // CUdevice is the ordinal. InvalidDevice when out of range.
  Result<Device*> device(int ordinal) const;

  // For unit tests: initialises with this backend's devices in place of ANYWARP_DEVICES.
  Result<void> initForTest(Backend& backend, int deviceCount);

private:
  enum class State { New, Ready, Held, Failed, Forked, Down };
  Runtime() = default;
  Result<void> checkSlow() const;
  Result<void> finishInit(Result<std::vector<std::unique_ptr<BackendDevice>>> opened);
  bool leave(State to); // from Ready or Held, for good
  static void atExit();
  static void forkChild();

  std::atomic<State> state_{State::New};
  Error initError_;              // why state_ is Failed; written before state_
  std::vector<Device*> devices_; // fixed once Ready; never freed
};

// The driver version that Anywarp reports (cuDriverGetVersion): 1000 * major + 10 * minor. That of
// the functions that libcuda has, unless ANYWARP_DRIVER_VERSION says more.
AW_API int driverVersion();

} // namespace anywarp::core
