// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the one-thread IR of a kernel natively: a machine with one thread, thread 3 of a block of
// 8 x 1 x 1, and tiny stand-ins for the aw.* services. Not for use by several threads.
#pragma once

#include "ptx/index.h"

#include <string>
#include <vector>

namespace anywarp::ptxtest {

struct Outcome {
  std::string error;  // empty: it ran
  std::string ending; // "", "trap", "exit"
  std::string printed;
};

// Lowers `entry` of the index and calls it with this parameter block. `optimize` sends it through
// LLVM's -O2 first, which turns latent undefined behaviour into wrong results.
Outcome runKernel(const ptx::Index& index, const std::string& entry,
                  const std::vector<char>& params, bool optimize);

} // namespace anywarp::ptxtest
