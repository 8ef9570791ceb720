// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where memory lies or is used from, as CUDA says it (CUmemLocation). All of it is memory of one
// host, which counts as one NUMA node here. Plain data.
#pragma once

#include "core/api.h"
#include "support/result.h"

#include <compare>

namespace anywarp::core {

enum LocationType : int { // CUmemLocationType
  kLocationNone = 0,
  kLocationDevice = 1,
  kLocationHost = 2,
  kLocationHostNuma = 3,
  kLocationHostNumaCurrent = 4,
};

struct MemoryLocation {
  int type = kLocationNone;
  int id = 0;
  auto operator<=>(const MemoryLocation&) const = default;
  bool isHost() const { return type == kLocationHost || type == kLocationHostNuma; }
};

// What checkLocation() may find.
constexpr unsigned locationBit(LocationType type) {
  return 1u << type;
}
inline constexpr unsigned kAnyPlace =
    locationBit(kLocationDevice) | locationBit(kLocationHost) | locationBit(kLocationHostNuma);

// InvalidValue: not of the allowed types, or no such NUMA node; InvalidDevice. An id that has no
// meaning becomes 0, the current NUMA node its number.
AW_API Result<MemoryLocation> checkLocation(MemoryLocation location, unsigned allowed);

} // namespace anywarp::core
