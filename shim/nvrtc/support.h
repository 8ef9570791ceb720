// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What NVRTC's implementations share: programs by handle, errors. Safe from any thread; two threads
// may not compile one program at once by NVRTC's rules, and each program is locked all the same.
#pragma once

#include "api/nvrtc/impl.h"
#include "common/call.h"
#include "nvrtc/types.h"
#include "support/result.h"

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace anywarp::nvrtc {

// NVRTC's own codes travel as a Status above all of CUDA's.
inline constexpr uint32_t kOwnCodes = 0x40000000;
inline Error fail(nvrtcResult code, std::string message = {}) {
  return makeError(Status(kOwnCodes + uint32_t(code)), std::move(message));
}

// The version that this library stands for.
inline constexpr unsigned kCudaMajor = ANYWARP_CUDA_VERSION / 1000;
inline constexpr unsigned kCudaMinor = ANYWARP_CUDA_VERSION % 1000 / 10;

struct Program {
  std::string source, name;
  std::vector<std::pair<std::string, std::string>> headers; // name and text

  std::mutex mutex; // guards what follows
  std::vector<std::string> expressions;
  std::vector<std::string> lowered; // of the last compilation, if it succeeded
  bool compiled = false;            // an attempt was made
  bool succeeded = false;
  std::string log, ptx, cubin, lto;
  nvrtcFlowCallback callback = nullptr;
  void* payload = nullptr;
};

// NVRTC_ERROR_INVALID_PROGRAM for what is no live program.
Result<std::shared_ptr<Program>> find(nvrtcProgram handle);

// sm_75, ... of this version, ascending.
const std::vector<int>& architectures();

} // namespace anywarp::nvrtc
