// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::softmax;

static int run(const char* name) {
  Problem p;
  const float* in = p.in.data();
  Aligned<float> result(p.in.size());
  float* out = result;
  return measure(
      name,
      [&] {
#pragma omp parallel for schedule(static)
        for (int r = 0; r < kRows; ++r) {
          const float* row = in + size_t(r) * kColumns;
          float* to = out + size_t(r) * kColumns;
          Floats top = load<Floats>(row);
          for (int c = kLanes; c < kColumns; c += kLanes)
            top = __builtin_elementwise_max(top, load<Floats>(row + c));
          float largest = __builtin_reduce_max(top), sum = 0;
#pragma omp simd reduction(+ : sum)
          for (int c = 0; c < kColumns; ++c) {
            float e = std::exp(row[c] - largest);
            to[c] = e;
            sum += e;
          }
          float factor = 1 / sum;
#pragma omp simd
          for (int c = 0; c < kColumns; ++c)
            to[c] *= factor;
        }
      },
      [&] { return p.check(out); });
}
BENCHMARK("softmax", run);
