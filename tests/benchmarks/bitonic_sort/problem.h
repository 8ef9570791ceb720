// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sorting by Batcher's bitonic network, as on a GPU; compared with the best native way to sort.
#pragma once
#include "../common/bench.h"

namespace bench::bitonic_sort {

constexpr int kN = 1 << 20, kPerBlock = 1024;

struct Problem {
  std::vector<uint32_t> keys;
  Problem() : keys(kN) {
    Random random(1);
    for (uint32_t& k : keys)
      k = random.bits() << 16 ^ random.bits();
  }

  Accuracy check(const uint32_t* out) const { // exact
    auto expected = keys;
    std::sort(expected.begin(), expected.end());
    double wrong = 0;
    for (int i = 0; i < kN; ++i)
      wrong += out[i] != expected[i];
    return {wrong, 0};
  }
};

} // namespace bench::bitonic_sort
