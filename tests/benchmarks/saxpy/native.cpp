// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::saxpy;

static int run(const char* name) {
  Problem p;
  const float* x = p.x.data();
  auto initial = p.y;
  float* y = initial.data();
  return measure(
      name,
      [&] {
#pragma omp parallel for simd schedule(static)
        for (int i = 0; i < kN; ++i)
          y[i] = kA * x[i] + y[i];
      },
      [&] { return p.check(y); });
}
BENCHMARK("saxpy", run);
