// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gravity of all bodies on all bodies: single precision arithmetic out of shared memory.
#pragma once
#include "../common/bench.h"

namespace bench::nbody {

constexpr int kBodies = 8192;
constexpr float kSoftening = 0.01f;

struct Problem {
  // x, y, z and mass of each body; the results are accelerations in x, y, z and an unused number.
  std::vector<float> bodies = randoms(4 * kBodies, 0.1f, 1.0f);

  // Sums of 8192 terms in any order: some hundred roundings' worth, compared with the size that an
  // acceleration typically has, because the parts of the middle ones cancel.
  Accuracy check(const float* result) const {
    const float* p = bodies.data();
    double worst = 0;
    for (size_t i = 0; i < kBodies; i += stride(kBodies, 50)) {
      double sum[3] = {};
      for (size_t j = 0; j < kBodies; ++j) {
        double d[3], r2 = kSoftening;
        for (int k = 0; k < 3; ++k)
          d[k] = double(p[4 * j + k]) - p[4 * i + k], r2 += d[k] * d[k];
        for (int k = 0; k < 3; ++k)
          sum[k] += p[4 * j + 3] * d[k] / (r2 * std::sqrt(r2));
      }
      for (int k = 0; k < 3; ++k)
        worst = worse(worst, relative(result[4 * i + k], sum[k], 1000));
    }
    return {worst, 1e-4};
  }
};

} // namespace bench::nbody
