// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::reduction;

static int run(const char* name) {
  Problem p;
  const float* values = p.values.data();
  double sum = 0;
  return measure(
      name,
      [&] {
        // Chunks keep single precision sums small enough to be accurate.
        double total = 0;
#pragma omp parallel for schedule(static) reduction(+ : total)
        for (int chunk = 0; chunk < kN / 65536; ++chunk) {
          float part = 0;
          const float* q = values + size_t(chunk) * 65536;
#pragma omp simd reduction(+ : part)
          for (int i = 0; i < 65536; ++i)
            part += q[i];
          total += part;
        }
        sum = total;
      },
      [&] { return p.check(sum); });
}
BENCHMARK("reduction", run);
