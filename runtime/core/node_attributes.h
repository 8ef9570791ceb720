// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attributes of kernel nodes (CUkernelNodeAttrID), as values of 64 bytes: both APIs have the same
// union. What a node was not given reads as CUDA's default. A plain value.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <map>

namespace anywarp::core {

struct AccessPolicyWindow { // CUaccessPolicyWindow
  void* base;
  size_t bytes;
  float hitRatio;
  int hitProp, missProp;
  // "hitProp ... missProp: must be either NORMAL or STREAMING"
  bool legal() const {
    return hitRatio >= 0 && hitRatio <= 1 && hitProp >= 0 && hitProp <= 2 && missProp >= 0 &&
           missProp <= 1;
  }
};

class AW_API NodeAttributes {
public:
  using Value = std::array<std::byte, 64>;
  enum Id : int {
    kAccessPolicyWindow = 1,
    kCooperative = 2,
    kClusterDimension = 4,
    kClusterScheduling = 5,
    kPriority = 8,
    kMemSyncDomainMap = 9,
    kMemSyncDomain = 10,
    kPreferredCluster = 11,
    kDeviceUpdatable = 13,
    kCarveout = 14,
  };

  // InvalidValue: no attribute of kernel nodes, or not a value of it.
  Result<void> set(int id, const void* value);
  Result<Value> get(int id) const;
  bool has(int id) const { return values_.contains(id); }
  // A value that starts with these bytes.
  template <typename T> static Value valueOf(const T& from) {
    Value value = {};
    static_assert(sizeof from <= sizeof value);
    memcpy(value.data(), &from, sizeof from);
    return value;
  }
  void setInt(int id, int value); // of the program's own knowledge, unchecked
  int getInt(int id) const;

  bool operator==(const NodeAttributes&) const = default;

private:
  std::map<int, Value> values_;
};

} // namespace anywarp::core
