// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which errors stick to the context.
#pragma once

#include "support/result.h"

namespace anywarp::core {

// The driver API manual says of these: "This leaves the process in an inconsistent state and any
// further CUDA work will return the same error."
inline bool isSticky(Status status) {
  switch (status) {
  case Status::IllegalAddress:
  case Status::LaunchTimeout:
  case Status::Assert:
  case Status::HardwareStackError:
  case Status::IllegalInstruction:
  case Status::MisalignedAddress:
  case Status::InvalidAddressSpace:
  case Status::InvalidPc:
  case Status::LaunchFailed:
    return true;
  default:
    return false;
  }
}

} // namespace anywarp::core
