// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A sparse matrix (rows of 1 to 63 numbers, compressed) times a vector, by one thread for each row
// and by one warp for each row.
#pragma once
#include "../common/bench.h"

namespace bench::spmv {

constexpr int kRows = 1 << 17;

struct Problem {
  std::vector<int> starts, columns; // row r is [starts[r], starts[r + 1])
  std::vector<float> values, x = randoms(kRows, -1, 1, 3);
  Problem() {
    Random random(1);
    for (int r = 0; r < kRows; ++r) {
      starts.push_back(int(columns.size()));
      for (uint32_t n = random.bits() % 63 + 1; n; --n)
        columns.push_back(int((random.bits() * 37ull >> 4) % kRows));
    }
    starts.push_back(int(columns.size()));
    values = randoms(columns.size(), -1, 1, 2);
  }

  // At most 63 products below 1, in any order.
  Accuracy check(const float* y) const {
    double worst = 0;
    for (size_t r = 0; r < kRows; ++r) {
      double sum = 0;
      for (int i = starts[r]; i < starts[r + 1]; ++i)
        sum += double(values[i]) * x[columns[i]];
      worst = worse(worst, std::fabs(y[r] - sum));
    }
    return {worst, 1e-5};
  }
};

} // namespace bench::spmv
