// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// exp(x - max) / sum for each row: one block a row, maximum and sum by shuffles.
#pragma once
#include "../common/bench.h"

namespace bench::softmax {

constexpr int kRows = 4096, kColumns = 1024;

struct Problem {
  std::vector<float> in = randoms(size_t(kRows) * kColumns, -5, 5);

  // Arguments of exp up to 10 are rounded to 2^-21, and exp itself and the sum add a few roundings.
  Accuracy check(const float* out) const {
    double worst = 0;
    for (size_t r = 0; r < kRows; r += stride(kRows, 100)) {
      const float* row = &in[r * kColumns];
      double sum = 0;
      for (int c = 0; c < kColumns; ++c)
        sum += std::exp(double(row[c]));
      for (int c = 0; c < kColumns; ++c)
        worst = worse(worst, relative(out[r * kColumns + c], std::exp(double(row[c])) / sum, 0));
    }
    return {worst, 5e-6};
  }
};

} // namespace bench::softmax
