// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::layernorm;

static int run(const char* name) {
  Problem p;
  const float *in = p.in.data(), *scale = p.scale.data(), *shift = p.shift.data();
  Aligned<float> result(p.in.size());
  float* out = result;
  return measure(
      name,
      [&] {
#pragma omp parallel for schedule(static)
        for (int r = 0; r < kRows; ++r) {
          const float* row = in + size_t(r) * kColumns;
          float* to = out + size_t(r) * kColumns;
          float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
          for (int c = 0; c < kColumns; ++c)
            sum += row[c];
          float mean = sum / kColumns;
#pragma omp simd reduction(+ : squares)
          for (int c = 0; c < kColumns; ++c)
            squares += (row[c] - mean) * (row[c] - mean);
          float factor = 1 / std::sqrt(squares / kColumns + kEpsilon);
          for (int c = 0; c < kColumns; c += kLanes)
            stream(to + c, (load<Floats>(row + c) - mean) * factor * load<Floats>(scale + c) +
                               load<Floats>(shift + c));
        }
      },
      [&] { return p.check(out); });
}
BENCHMARK("layernorm", run);
