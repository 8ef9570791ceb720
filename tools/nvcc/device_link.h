// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Links relocatable device code. The linking itself is done by the runtime when it loads the
// program; here it is decided which units belong together, and an object is made that registers
// them as one module, as nvcc's link.stub does: each unit's object calls
// __cudaRegisterLinkedBinary<id> from a constructor, and the last call registers all.
#pragma once

#include "invocation.h"
#include "session.h"
#include "toolchain.h"

#include <string>
#include <vector>

namespace anywarp::nvcc {

struct DeviceUnit {
  std::string id; // what follows __cudaRegisterLinkedBinary and __fatbinwrap
  bool required =
      false; // takes part; otherwise only if the host linker takes its member of a library
};

struct DeviceLinkInputs {
  std::vector<std::string> objects;   // objects and static libraries, in order
  std::vector<std::string> libraries; // static libraries of -l
  std::vector<std::string> fatbins;   // with device code only
};

// Units that no device link has taken yet; empty: nothing to link.
Result<std::vector<DeviceUnit>> unitsToLink(const DeviceLinkInputs& inputs);

// Source of the object, in C.
std::string linkStub(const std::vector<DeviceUnit>& units, const std::vector<std::string>& fatbins);

} // namespace anywarp::nvcc
