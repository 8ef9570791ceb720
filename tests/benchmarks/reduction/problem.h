// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The sum of an array: grid-stride loops, shuffles within warps, shared memory across them.
#pragma once
#include "../common/bench.h"

namespace bench::reduction {

constexpr int kN = 1 << 25, kBlocks = 256;

struct Problem {
  std::vector<float> values = randoms(kN, 0, 1);

  // Threads add 512 numbers one by one and trees do the rest: a few dozen roundings.
  Accuracy check(double sum) const {
    double expected = 0;
    for (float v : values)
      expected += v;
    return {relative(sum, expected, 1), 1e-5};
  }
};

} // namespace bench::reduction
