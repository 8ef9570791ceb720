// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Running sums of an array: scans of blocks by shuffles, a scan of their sums, and an addition.
#pragma once
#include "../common/bench.h"

namespace bench::scan {

constexpr int kN = 1 << 24, kPerBlock = 1024;

struct Problem {
  std::vector<uint32_t> values;
  Problem() : values(kN) {
    Random random(1);
    for (uint32_t& v : values)
      v = random.bits();
  }

  Accuracy check(const uint32_t* out) const { // exact, modulo 2^32
    uint32_t sum = 0;
    double wrong = 0;
    for (int i = 0; i < kN; ++i)
      wrong += out[i] != (sum += values[i]);
    return {wrong, 0};
  }
};

} // namespace bench::scan
