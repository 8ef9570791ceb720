// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How often each of 256 bytes occurs: atomics in shared memory, then in global memory.
#pragma once
#include "../common/bench.h"

namespace bench::histogram {

constexpr int kN = 1 << 25, kBins = 256;

struct Problem {
  std::vector<uint32_t> words; // four bytes each
  Problem() : words(kN / 4) {
    Random random(1);
    for (uint32_t& w :
         words) // 16 good bits at a time; the sum of two makes the middle more frequent
      for (int i = 0; i < 4; ++i)
        w = w << 8 | ((random.bits() >> 16 & 255) + (random.bits() >> 16 & 255)) / 2;
  }

  Accuracy check(const uint32_t* counts) const { // exact
    std::vector<uint32_t> expected(kBins);
    for (uint32_t w : words)
      for (int i = 0; i < 4; ++i)
        ++expected[w >> 8 * i & 255];
    double wrong = 0;
    for (int i = 0; i < kBins; ++i)
      wrong += counts[i] != expected[i];
    return {wrong, 0};
  }
};

} // namespace bench::histogram
