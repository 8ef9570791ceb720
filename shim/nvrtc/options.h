// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NVRTC's command line (NVRTC manual, "Supported Compile Options"): words in, a request out. Pure.
#pragma once

#include "frontend/frontend.h"
#include "nvrtc/types.h"

#include <string>
#include <vector>

namespace anywarp::nvrtc {

struct ParsedOptions {
  frontend::SourceRequest request; // source, headers and expressions are for the caller
  bool machineCode = false;        // sm_XX and not compute_XX
  bool lto = false, optix = false;
  std::string timeFile, timeTraceFile, usePch; // empty: not asked for; "-": into the log
  std::string messages;                        // warnings and errors for the log
  nvrtcResult result = NVRTC_SUCCESS;
};

ParsedOptions parseOptions(const std::vector<std::string>& words, const std::string& name);

} // namespace anywarp::nvrtc
