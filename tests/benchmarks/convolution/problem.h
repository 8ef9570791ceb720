// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A separable filter of 17 taps over an image, rows and then columns; zero outside of the image.
#pragma once
#include "../common/bench.h"

namespace bench::convolution {

constexpr int kSize = 2048, kRadius = 8, kTaps = 2 * kRadius + 1;

struct Problem {
  std::vector<float> image = randoms(size_t(kSize) * kSize, 0, 1), taps;
  Problem() {
    double sum = 0;
    for (int i = -kRadius; i <= kRadius; ++i)
      taps.push_back(float(std::exp(-0.05 * i * (i + 0.5)))), sum += taps.back();
    for (float& tap : taps)
      tap = float(tap / sum);
  }

  // Two sums of 17 products that add up to 1 at most.
  Accuracy check(const float* out) const {
    double worst = 0;
    for (size_t i = 0; i < image.size(); i += stride(image.size(), 3000)) {
      int x0 = int(i % kSize), y0 = int(i / kSize);
      double sum = 0;
      for (int dy = -kRadius; dy <= kRadius; ++dy)
        for (int dx = -kRadius; dx <= kRadius; ++dx) {
          int x = x0 + dx, y = y0 + dy;
          if (x >= 0 && x < kSize && y >= 0 && y < kSize)
            sum += double(taps[dy + kRadius]) * taps[dx + kRadius] * image[size_t(y) * kSize + x];
        }
      worst = worse(worst, std::fabs(out[i] - sum));
    }
    return {worst, 3e-6};
  }
};

} // namespace bench::convolution
