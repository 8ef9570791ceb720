// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Radix sort, 8 bits at a time, so that the places where the 256 buckets grow stay in the first
// level cache: each thread counts and moves a contiguous part, so that it is stable.
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::bitonic_sort;

constexpr int kBits = 8, kBuckets = 1 << kBits;

static int run(const char* name) {
  Problem p;
  std::vector<uint32_t> out(kN), other(kN);
  int threads = omp_get_max_threads();
  std::vector<uint32_t> counts(size_t(threads) * kBuckets);
  return measure(
      name,
      [&] {
#pragma omp parallel num_threads(threads)
        {
          int me = omp_get_thread_num();
          int first = int(int64_t(kN) * me / threads), last = int(int64_t(kN) * (me + 1) / threads);
          uint32_t* mine = &counts[size_t(me) * kBuckets];
          for (int pass = 0; pass < 4; ++pass) {
            const uint32_t* from = pass == 0       ? p.keys.data()
                                   : pass % 2 == 1 ? other.data()
                                                   : out.data();
            uint32_t* to = pass % 2 ? out.data() : other.data();
            int shift = pass * kBits;
            std::fill_n(mine, kBuckets, 0);
            for (int i = first; i < last; ++i)
              ++mine[from[i] >> shift & (kBuckets - 1)];
#pragma omp barrier
#pragma omp single
            {
              uint32_t sum = 0;
              for (int bucket = 0; bucket < kBuckets; ++bucket)
                for (int t = 0; t < threads; ++t) {
                  uint32_t& count = counts[size_t(t) * kBuckets + bucket];
                  uint32_t n = count;
                  count = sum, sum += n;
                }
            }
            for (int i = first; i < last; ++i)
              to[mine[from[i] >> shift & (kBuckets - 1)]++] = from[i];
#pragma omp barrier
          }
        }
      },
      [&] { return p.check(out.data()); });
}
BENCHMARK("bitonic_sort", run);
