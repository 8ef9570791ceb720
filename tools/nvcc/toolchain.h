// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the driver works with: clang and the toolkit folder around this executable. Found once, then
// read only.
#pragma once

#include "support/result.h"

#include <string>

namespace anywarp::nvcc {

struct Toolchain {
  std::string root;      // the folder with bin/, include/, lib64/, nvvm/
  std::string clang;     // clang++ 19
  std::string wrappers;  // clang's headers that stand before the standard library's
  std::string libdevice; // bitcode
  std::string include() const { return root + "/include"; }
  std::string library() const { return root + "/lib64"; }
};

// `libdeviceFolder`: of --libdevice-directory; empty: the toolkit's.
Result<Toolchain> findToolchain(const std::string& libdeviceFolder);
// As a shell finds programs in PATH; empty: nowhere.
std::string findProgram(const std::string& name);

} // namespace anywarp::nvcc
