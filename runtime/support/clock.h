// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The process's steady clock as a number. Safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace anywarp {

inline int64_t nowNanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

} // namespace anywarp
