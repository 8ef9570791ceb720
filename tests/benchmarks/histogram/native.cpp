// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Four tables for each thread, so that equal neighbours do not wait for each other's stores.
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::histogram;

static int run(const char* name) {
  Problem p;
  std::vector<uint32_t> counts(kBins);
  const uint32_t* words = p.words.data();
  return measure(
      name,
      [&] {
        std::fill(counts.begin(), counts.end(), 0);
#pragma omp parallel
        {
          uint32_t tables[4][kBins] = {};
#pragma omp for schedule(static) nowait
          for (int i = 0; i < kN / 4; i += 2) {
            uint64_t w = load<uint64_t>(words + i);
            for (int k = 0; k < 8; ++k)
              ++tables[k & 3][w >> 8 * k & 255];
          }
#pragma omp critical
          for (int i = 0; i < kBins; ++i)
            counts[i] += tables[0][i] + tables[1][i] + tables[2][i] + tables[3][i];
        }
      },
      [&] { return p.check(counts.data()); });
}
BENCHMARK("histogram", run);
