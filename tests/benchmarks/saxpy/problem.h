// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// y = a * x + y: memory bandwidth and nothing else.
#pragma once
#include "../common/bench.h"

namespace bench::saxpy {

constexpr int kN = 1 << 24;
constexpr float kA = 0.001f; // so small that y stays in range when it is added again and again

struct Problem {
  std::vector<float> x = randoms(kN, -1, 1, 1), y = randoms(kN, -1, 1, 2);

  // Two roundings of numbers below 1.
  Accuracy check(const float* result) const {
    double worst = 0;
    for (size_t i = 0; i < kN; i += stride(kN, 20000))
      worst = worse(worst, std::fabs(result[i] - (double(kA) * x[i] + y[i])));
    return {worst, 1.2e-7};
  }
};

} // namespace bench::saxpy
