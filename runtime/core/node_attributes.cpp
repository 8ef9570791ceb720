// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/node_attributes.h"

#include <cstring>
#include <fmt/core.h>

namespace anywarp::core {
namespace {

template <typename T> T read(const void* from) {
  T value;
  memcpy(&value, from, sizeof value);
  return value;
}

bool known(int id) {
  switch (id) {
  case NodeAttributes::kAccessPolicyWindow:
  case NodeAttributes::kCooperative:
  case NodeAttributes::kClusterDimension:
  case NodeAttributes::kClusterScheduling:
  case NodeAttributes::kPriority:
  case NodeAttributes::kMemSyncDomainMap:
  case NodeAttributes::kMemSyncDomain:
  case NodeAttributes::kPreferredCluster:
  case NodeAttributes::kDeviceUpdatable:
  case NodeAttributes::kCarveout:
    return true;
  default:
    return false;
  }
}

bool legal(int id, const void* value) {
  int number = read<int>(value);
  switch (id) {
  case NodeAttributes::kAccessPolicyWindow:
    return read<AccessPolicyWindow>(value).legal();
  case NodeAttributes::kCooperative:
  case NodeAttributes::kMemSyncDomain:
  case NodeAttributes::kDeviceUpdatable:
    return number == 0 || number == 1;
  case NodeAttributes::kClusterScheduling:
    return number >= 0 && number <= 2;
  case NodeAttributes::kClusterDimension:
  case NodeAttributes::kPreferredCluster: { // all three or none
    auto size = read<std::array<uint32_t, 3>>(value);
    bool none = !size[0] && !size[1] && !size[2];
    return none || (size[0] && size[1] && size[2]);
  }
  case NodeAttributes::kCarveout: // percent; -1: the driver's choice
    return number >= -1 && number <= 100;
  default:
    return true;
  }
}

} // namespace

Result<void> NodeAttributes::set(int id, const void* value) {
  if (!known(id))
    return makeError(Status::InvalidValue, fmt::format("{} is no attribute of kernel nodes", id));
  if (!legal(id, value))
    return makeError(Status::InvalidValue,
                     fmt::format("kernel node attribute {} cannot have this value", id));
  if (id == kDeviceUpdatable) // the rest of the value is a handle that goes back
    setInt(id, read<int>(value));
  else
    memcpy(values_[id].data(), value, sizeof(Value));
  return {};
}

Result<NodeAttributes::Value> NodeAttributes::get(int id) const {
  if (!known(id))
    return makeError(Status::InvalidValue, fmt::format("{} is no attribute of kernel nodes", id));
  auto it = values_.find(id);
  if (it != values_.end())
    return it->second;
  Value value = {};
  if (id == kMemSyncDomainMap)
    value[1] = std::byte(1); // the remote domain is 1 by default
  else if (id == kCarveout)
    memset(value.data(), 0xff, sizeof(int)); // -1
  return value;
}

void NodeAttributes::setInt(int id, int value) {
  Value& place = values_[id];
  place = {};
  memcpy(place.data(), &value, sizeof value);
}

int NodeAttributes::getInt(int id) const {
  auto it = values_.find(id);
  return it == values_.end() ? 0 : read<int>(it->second.data());
}

} // namespace anywarp::core
