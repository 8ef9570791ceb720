// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Radix sort, 8 bits at a time; each thread counts and moves a contiguous part, so that it is
// stable. Keys are collected to whole cache lines, which go past the caches: 256 places that are a
// power of two apart would fight for the same lines of every cache, and each new line would be read
// first.
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::bitonic_sort;

constexpr int kBits = 8, kBuckets = 1 << kBits, kLine = 16;

// Moves keys to the places of their digits; `places` are those of the thread.
static void scatter(const uint32_t* from, int n, int shift, uint32_t* places, uint32_t* to) {
  alignas(64) uint32_t lines[kBuckets][kLine];
  uint32_t starts[kBuckets];
  std::copy_n(places, kBuckets, starts);
  for (int i = 0; i < n; ++i) {
    uint32_t key = from[i], bucket = key >> shift & (kBuckets - 1), place = places[bucket]++;
    lines[bucket][place % kLine] = key;
    if (place % kLine < kLine - 1)
      continue;
    uint32_t line = place - (kLine - 1), start = starts[bucket];
    if (line >= start)
      for (int k = 0; k < kLine; k += kLanes)
        stream(to + line + k, load<Words>(&lines[bucket][k]));
    else // the first one may be another thread's as well
      std::copy_n(lines[bucket] + (start - line), line + kLine - start, to + start);
  }
  for (int bucket = 0; bucket < kBuckets; ++bucket) {
    uint32_t end = places[bucket], first = std::max(starts[bucket], end / kLine * kLine);
    std::copy_n(lines[bucket] + first % kLine, end - first, to + first);
  }
}

static int run(const char* name) {
  Problem p;
  Aligned<uint32_t> out(kN), other(kN);
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
            const uint32_t* from = pass == 0 ? p.keys.data() : pass % 2 ? other.data : out.data;
            uint32_t* to = pass % 2 ? out : other;
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
            scatter(from + first, last - first, shift, mine, to);
#pragma omp barrier
          }
        }
      },
      [&] { return p.check(out); });
}
BENCHMARK("bitonic_sort", run);
