// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/location.h"

#include "core/runtime.h"

#include <fmt/core.h>

namespace anywarp::core {

Result<MemoryLocation> checkLocation(MemoryLocation location, unsigned allowed) {
  if (location.type < 0 || location.type > kLocationHostNumaCurrent ||
      !(allowed & 1u << location.type))
    return makeError(Status::InvalidValue,
                     fmt::format("a location of type {} has no meaning here", location.type));
  switch (location.type) {
  case kLocationDevice: {
    Result<Device*> device = Runtime::get().device(location.id);
    if (!device)
      return device.error();
    return location;
  }
  case kLocationHostNuma:
    if (location.id != 0)
      return makeError(Status::InvalidValue,
                       fmt::format("there is no host NUMA node {}, only 0", location.id));
    return location;
  case kLocationHostNumaCurrent:
    return MemoryLocation{kLocationHostNuma, 0};
  default:
    return MemoryLocation{location.type, 0};
  }
}

} // namespace anywarp::core
