// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Iterations of z = z * z + c until it leaves: neighbours run loops of different length.
#pragma once
#include "../common/bench.h"

namespace bench::mandelbrot {

constexpr int kImage = 1024, kIterations = 256; // square

struct Problem {
  // The part of pixels whose count differs from double precision by more than 1; on the border of
  // the set single precision may be anywhere.
  Accuracy check(const int* counts) const {
    size_t wrong = 0, looked = 0;
    for (size_t i = 0; i < size_t(kImage) * kImage; i += stride(size_t(kImage) * kImage, 20000)) {
      double cx = -2.0 + 3.0 * double(i % kImage) / kImage,
             cy = -1.5 + 3.0 * double(i / kImage) / kImage, x = 0, y = 0;
      int n = 0;
      for (; n < kIterations && x * x + y * y <= 4; ++n) {
        double t = x * x - y * y + cx;
        y = 2 * x * y + cy;
        x = t;
      }
      wrong += std::abs(n - counts[i]) > 1;
      ++looked;
    }
    return {double(wrong) / double(looked), 0.005};
  }
};

} // namespace bench::mandelbrot
