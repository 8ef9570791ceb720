// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a kernel thread after thread, as lowering gives it: no vectoriser, no optimiser. For kernels
// whose threads do not meet. One call at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace anywarp::fuzz {

// Text of an error, empty if it worked.
std::string runScalar(const std::string& ptx, const std::string& kernel, uint32_t blocks,
                      uint32_t threads, const std::vector<uint64_t>& params);

} // namespace anywarp::fuzz
