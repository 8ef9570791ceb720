// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C = A * B, square, single precision, by three CUDA kernels of growing care: naive, tiles in
// shared memory, tiles in registers as well. All are compared with the same best native product.
#pragma once
#include "../common/bench.h"

namespace bench::sgemm {

constexpr int kSize = 1024;

struct Problem {
  std::vector<float> a = randoms(size_t(kSize) * kSize, -1, 1, 1),
                     b = randoms(size_t(kSize) * kSize, -1, 1, 2);

  // 1024 products below 1 in any order: the sum's size is about 10, its error some 1e-5 at most.
  Accuracy check(const float* c) const {
    double worst = 0;
    for (size_t i = 0; i < a.size(); i += stride(a.size(), 1000)) {
      size_t row = i / kSize, column = i % kSize;
      double sum = 0;
      for (int k = 0; k < kSize; ++k)
        sum += double(a[row * kSize + k]) * b[size_t(k) * kSize + column];
      worst = worse(worst, std::fabs(c[i] - sum));
    }
    return {worst, 1e-4};
  }
};

} // namespace bench::sgemm
