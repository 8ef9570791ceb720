// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Links and parses a module's PTX without compiling it: which kernels would fail already there.
#pragma once

#include "modules.h"

#include <string>
#include <vector>

namespace anywarp::cli {

struct PtxProblem {
  std::string kernel; // mangled; empty: the whole module does not link
  std::string message;
};
// Looks at no more than `kernelLimit` kernels and takes that many off it, so that a file with tens
// of thousands of kernels stays quick.
std::vector<PtxProblem> checkPtx(std::vector<PtxUnit> units, size_t& kernelLimit);

} // namespace anywarp::cli
