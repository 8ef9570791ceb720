// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What nvJitLink's implementations share: links by handle, errors. Safe from any thread; each link
// is locked, though CUDA's rules leave one to one thread at a time.
#pragma once

#include "api/nvjitlink/impl.h"
#include "common/call.h"
#include "frontend/frontend.h"
#include "nvjitlink/types.h"
#include "support/ptx_unit.h"
#include "support/result.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace anywarp::nvjitlink {

// nvJitLink's own codes travel as a Status above all of CUDA's.
inline constexpr uint32_t kOwnCodes = 0x40000000;
inline Error fail(nvJitLinkResult code, std::string message = {}) {
  return makeError(Status(kOwnCodes + uint32_t(code)), std::move(message));
}

struct Link {
  std::mutex mutex; // guards everything below
  frontend::Target target;
  bool virtualArch = false, lto = false, ptxWanted = false, verbose = false;
  std::vector<PtxUnit> units;
  struct Bitcode {
    std::string name, bytes;
  };
  std::vector<Bitcode> bitcode;
  bool complete = false;
  std::vector<char> cubin;
  std::string ptx, errors, info;
};

// NVJITLINK_ERROR_NULL_INPUT for null, INVALID_INPUT for what is no live link.
Result<std::shared_ptr<Link>> find(nvJitLinkHandle handle);

// NVRTC's way with words, for the options of a link; errors go into the link's log.
Result<void> parseOptions(Link& link, const std::vector<std::string>& words);

} // namespace anywarp::nvjitlink
