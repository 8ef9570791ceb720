// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A matrix transposed through tiles in shared memory: columns of 4 KiB stride on one side.
#pragma once
#include "../common/bench.h"

namespace bench::transpose {

constexpr int kSize = 4096;

struct Problem {
  std::vector<float> in = randoms(size_t(kSize) * kSize, -1, 1);

  Accuracy check(const float* out) const { // exact
    double wrong = 0;
    for (size_t i = 0; i < kSize; ++i)
      for (size_t j = i % 7; j < kSize; j += 7)
        wrong += out[j * kSize + i] != in[i * kSize + j];
    return {wrong, 0};
  }
};

} // namespace bench::transpose
