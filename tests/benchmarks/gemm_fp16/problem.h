// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C = A * B' of half precision numbers with single precision sums, by mma.sync; B is given by
// columns.
#pragma once
#include "../common/bench.h"

namespace bench::gemm_fp16 {

constexpr int kSize = 1024;

struct Problem {
  std::vector<uint16_t> a, b;
  Problem() : a(halves(1)), b(halves(2)) {}

  // Products of halves are exact in single precision; 1024 of them below 1 in any order, and with
  // the truncation that tensor cores may do.
  Accuracy check(const float* c) const {
    double worst = 0;
    for (size_t i = 0; i < a.size(); i += stride(a.size(), 1000)) {
      const uint16_t *row = &a[i / kSize * kSize], *column = &b[i % kSize * kSize];
      double sum = 0;
      for (int k = 0; k < kSize; ++k)
        sum += double(fromHalf(row[k])) * fromHalf(column[k]);
      worst = worse(worst, std::fabs(c[i] - sum));
    }
    return {worst, 2e-4};
  }

private:
  static std::vector<uint16_t> halves(uint32_t seed) {
    std::vector<uint16_t> result;
    for (float v : randoms(size_t(kSize) * kSize, -1, 1, seed))
      result.push_back(toHalf(v));
    return result;
  }
};

} // namespace bench::gemm_fp16
