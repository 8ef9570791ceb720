// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Version, architectures, names of results.
#include "api/nvrtc/print.h"
#include "nvrtc/support.h"

#include <algorithm>

namespace anywarp::nvrtc {

const std::vector<int>& architectures() {
  static const std::vector<int>* list = new std::vector<int>(
      kCudaMajor >= 13 ? std::vector<int>{75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121}
      : kCudaMajor == 12
          ? std::vector<int>{50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90, 100, 101, 103,
                             120, 121}
          : std::vector<int>{35, 37, 50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90});
  return *list;
}

const char* getErrorString(nvrtcResult result) {
  std::string_view name = enumName(result);
  return name.empty() ? "NVRTC_ERROR unknown" : name.data(); // literals
}

Result<void> version(int* major, int* minor) {
  AW_ARG(major && minor, "the place for the version is null");
  *major = kCudaMajor;
  *minor = kCudaMinor;
  return {};
}

Result<void> getNumSupportedArchs(int* numArchs) {
  AW_ARG(numArchs, "the place for the number is null");
  *numArchs = int(architectures().size());
  return {};
}

Result<void> getSupportedArchs(int* supportedArchs) {
  AW_ARG(supportedArchs, "the place for the architectures is null");
  std::copy(architectures().begin(), architectures().end(), supportedArchs);
  return {};
}

} // namespace anywarp::nvrtc
