// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Vectors of neighbours that stop together; four vectors at once hide the latency of the chain. A
// lane that has left runs on to infinity or NaN, which compares as "left" for good.
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::mandelbrot;

static int run(const char* name) {
  Problem p;
  std::vector<int> counts(size_t(kImage) * kImage);
  constexpr int kVectors = 4;
  return measure(
      name,
      [&] {
#pragma omp parallel for schedule(dynamic, 4)
        for (int row = 0; row < kImage; ++row)
          for (int column = 0; column < kImage; column += kVectors * kLanes) {
            Floats cx[kVectors], x[kVectors] = {}, y[kVectors] = {};
            Ints n[kVectors] = {};
            float cy = -1.5f + 3.0f * float(row) / kImage;
            for (int v = 0; v < kVectors; ++v)
              for (int l = 0; l < kLanes; ++l)
                cx[v][l] = -2.0f + 3.0f * float(column + v * kLanes + l) / kImage;
            for (int i = 0; i < kIterations; ++i) {
              Ints live = {};
#pragma unroll
              for (int v = 0; v < kVectors; ++v) {
                Floats xx = x[v] * x[v], yy = y[v] * y[v];
                Ints in = xx + yy <= 4.0f;
                y[v] = 2 * x[v] * y[v] + cy;
                x[v] = xx - yy + cx[v];
                n[v] -= in;
                live |= in;
              }
              if (!__builtin_reduce_or(live))
                break;
            }
            for (int v = 0; v < kVectors; ++v)
              store(&counts[size_t(row) * kImage + column + v * kLanes], n[v]);
          }
      },
      [&] { return p.check(counts.data()); });
}
BENCHMARK("mandelbrot", run);
