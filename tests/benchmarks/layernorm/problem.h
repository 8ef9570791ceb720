// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows shifted and scaled to mean 0 and variance 1, then by weights: one warp a row.
#pragma once
#include "../common/bench.h"

namespace bench::layernorm {

constexpr int kRows = 8192, kColumns = 768;
constexpr float kEpsilon = 1e-5f;

struct Problem {
  std::vector<float> in = randoms(size_t(kRows) * kColumns, -2, 3, 1),
                     scale = randoms(kColumns, 0.5f, 1.5f, 2), shift = randoms(kColumns, -1, 1, 3);

  // Sums of 768 numbers in any order, and results of about 2.
  Accuracy check(const float* out) const {
    double worst = 0;
    for (size_t r = 0; r < kRows; r += stride(kRows, 200)) {
      const float* row = &in[r * kColumns];
      double sum = 0, squares = 0;
      for (int c = 0; c < kColumns; ++c)
        sum += row[c];
      double mean = sum / kColumns;
      for (int c = 0; c < kColumns; ++c)
        squares += (row[c] - mean) * (row[c] - mean);
      double factor = 1 / std::sqrt(squares / kColumns + kEpsilon);
      for (int c = 0; c < kColumns; ++c)
        worst = worse(worst, std::fabs(out[r * kColumns + c] -
                                       ((row[c] - mean) * factor * scale[c] + shift[c])));
    }
    return {worst, 1e-5};
  }
};

} // namespace bench::layernorm
