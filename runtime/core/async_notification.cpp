// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/async_notification.h"

#include "core/handles.h"

namespace anywarp::core {
namespace {

struct Registration {
  const Device* device;
};

} // namespace

void* AsyncNotification::add(const Device& device) {
  auto made = std::make_shared<Registration>(Registration{&device});
  HandleTable<Registration>::get().insert(made);
  return made.get();
}

Result<void> AsyncNotification::remove(const Device& device, const void* handle) {
  auto found = HandleTable<Registration>::get().find(handle);
  if (!found || found->device != &device)
    return makeError(Status::InvalidValue, "no callback that is registered with this device");
  HandleTable<Registration>::get().remove(handle);
  return {};
}

} // namespace anywarp::core
