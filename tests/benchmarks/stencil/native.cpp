// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::stencil;

static int run(const char* name) {
  Problem p;
  const float* in = p.in.data();
  Aligned<float> result(p.in.size());
  float* out = result;
  return measure(
      name,
      [&] {
#pragma omp parallel for schedule(static)
        for (int y = 0; y < kSize; ++y) {
          const float* row = in + size_t(y) * kSize;
          float* to = out + size_t(y) * kSize;
          if (y == 0 || y == kSize - 1) {
            std::memcpy(to, row, kSize * sizeof(float));
            continue;
          }
          for (int x = 0; x < kSize; x += kLanes) {
            Floats middle =
                load<Floats>(row + x); // the neighbours may be of the next row: mended below
            Floats sum = load<Floats>(row + x - 1) + load<Floats>(row + x + 1) +
                         load<Floats>(row + x - kSize) + load<Floats>(row + x + kSize);
            stream(to + x, middle + kFlow * (sum - 4 * middle));
          }
          to[0] = row[0], to[kSize - 1] = row[kSize - 1];
        }
      },
      [&] { return p.check(out); });
}
BENCHMARK("stencil", run);
