// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One step of heat conduction: each point from itself and its four neighbours, borders stay.
#pragma once
#include "../common/bench.h"

namespace bench::stencil {

constexpr int kSize = 4096;
constexpr float kFlow = 0.2f;

struct Problem {
  std::vector<float> in = randoms(size_t(kSize) * kSize, -1, 1);

  // Five numbers below 1 and six roundings.
  Accuracy check(const float* out) const {
    double worst = 0;
    for (size_t i = 0; i < in.size(); i += stride(in.size(), 50000)) {
      size_t x = i % kSize, y = i / kSize;
      double expected = in[i];
      if (x > 0 && x < kSize - 1 && y > 0 && y < kSize - 1)
        expected += double(kFlow) *
                    (double(in[i - 1]) + in[i + 1] + in[i - kSize] + in[i + kSize] - 4.0 * in[i]);
      worst = worse(worst, std::fabs(out[i] - expected));
    }
    return {worst, 1e-6};
  }
};

} // namespace bench::stencil
