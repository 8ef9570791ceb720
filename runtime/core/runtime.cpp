// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/runtime.h"

#include "core/backend_loader.h"
#include "core/coredump.h"
#include "core/device.h"
#include "core/device_attributes.h"
#include "core/error_log.h"
#include "core/graph_device_node.h"
#include "core/multicast.h"
#include "core/stream_queue.h"
#include "core/usage.h"
#include "support/log.h"
#include "support/options.h"

#include <cstdlib>
#include <memory>
#include <mutex>
#include <pthread.h>

namespace anywarp::core {

int driverVersion() {
  OptionVersion version = options().driverVersion;
  return 1000 * version.major + 10 * version.minor;
}
namespace {

std::mutex& initMutex() {
  static std::mutex* mutex = new std::mutex; // serialises init(); held across loading a backend
  return *mutex;
}

} // namespace

Runtime& Runtime::get() {
  static Runtime* runtime = new Runtime; // never destroyed: static destructors may still call in
  return *runtime;
}

Result<void> Runtime::checkSlow() const {
  State state;
  while ((state = state_.load(std::memory_order_acquire)) == State::Held)
    state_.wait(State::Held);
  switch (state) {
  case State::Ready:
  case State::Held:
    return {};
  case State::Failed:
    return initError_;
  case State::Forked:
    return makeError(Status::NotInitialized,
                     "CUDA cannot be used in a forked child of a process that has used it; start "
                     "the child with exec, or initialise CUDA only in the child");
  case State::Down:
    return makeError(Status::Deinitialized, "the process is exiting");
  case State::New:
    break;
  }
  return makeError(Status::NotInitialized, "cuInit has not been called");
}

Result<void> Runtime::init() {
  if (initialized())
    return {};
  std::lock_guard lock(initMutex());
  if (state_.load() != State::New)
    return check();
  Result<std::vector<std::unique_ptr<BackendDevice>>> opened = openBackendDevices();
  return finishInit(std::move(opened));
}

Result<void> Runtime::initForTest(Backend& backend, int deviceCount) {
  std::lock_guard lock(initMutex());
  if (state_.load() != State::New)
    return check();
  std::vector<std::unique_ptr<BackendDevice>> list;
  for (int i = 0; i < deviceCount; ++i) {
    Result<std::unique_ptr<BackendDevice>> device = backend.open("");
    if (!device)
      return device.error();
    list.push_back(std::move(*device));
  }
  return finishInit(std::move(list));
}

Result<void> Runtime::finishInit(Result<std::vector<std::unique_ptr<BackendDevice>>> opened) {
  if (opened && opened->empty())
    opened = makeError(Status::NoDevice, "no device is visible");
  if (!opened) {
    log::error("{}", opened.error().message);
    initError_ = opened.error();
    state_.store(State::Failed, std::memory_order_release);
    return initError_;
  }
  std::vector<const DeviceInfo*> infos;
  for (const std::unique_ptr<BackendDevice>& backend : *opened)
    infos.push_back(&backend->info());
  std::vector<DeviceCounters*> counters = publishUsage(infos);
  for (std::unique_ptr<BackendDevice>& backend : *opened) {
    int ordinal = int(devices_.size());
    DeviceCounters* own = counters[size_t(ordinal)];
    backend->setRole({ordinal, int(opened->size()), own, deviceAttribute, Multicast::replicas,
                      GraphDeviceNode::change});
    devices_.push_back(new Device(ordinal, std::move(backend)));
    devices_.back()->counters_ = own;
    devices_.back()->makeObjects();
  }
  ErrorLog::followLog();
  pthread_atfork(nullptr, nullptr, &Runtime::forkChild);
  std::atexit(&Runtime::atExit);
  state_.store(State::Ready, std::memory_order_release);
  Coredump::begin();
  return {};
}

Result<Device*> Runtime::device(int ordinal) const {
  if (ordinal < 0 || size_t(ordinal) >= devices_.size())
    return makeError(Status::InvalidDevice,
                     fmt::format("there is no device {}; there are {}", ordinal, devices_.size()));
  return devices_[size_t(ordinal)];
}

bool Runtime::hold() {
  State ready = State::Ready;
  return state_.compare_exchange_strong(ready, State::Held);
}

void Runtime::letGo() {
  State held = State::Held;
  if (state_.compare_exchange_strong(held, State::Ready))
    state_.notify_all();
}

bool Runtime::leave(State to) {
  State ready = State::Ready, held = State::Held;
  if (!state_.compare_exchange_strong(ready, to) && !state_.compare_exchange_strong(held, to))
    return false;
  state_.notify_all();
  return true;
}

void Runtime::atExit() {
  // Workers still run while the application's static destructors take its data away, so no
  // operation may start from here on, and those that run get a moment to end.
  if (get().leave(State::Down))
    StreamQueue::stopAll();
  withdrawUsage();
}

void Runtime::forkChild() {
  // Only the forking thread exists here; locks may be held by threads that are gone. Everything is
  // refused before it touches one.
  (void)get().leave(State::Forked);
}

} // namespace anywarp::core
