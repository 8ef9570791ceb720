// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The array in pieces of a second level cache: each thread adds up its part and then, when it knows
// what is before, reads it again from there. Prefixes within vectors by shifts.
#include "../common/native.h"

#include "problem.h"

#include <utility>

using namespace bench;
using namespace bench::scan;

template <int Step, int... I> static Words shifted(Words v, std::integer_sequence<int, I...>) {
  Words zero = {};
  return __builtin_shufflevector(zero, v, (kLanes - Step + I)...);
}
template <int Step> static inline void prefix(Words& v) {
  if constexpr (Step < kLanes) {
    v += shifted<Step>(v, std::make_integer_sequence<int, kLanes>());
    prefix<2 * Step>(v);
  }
}

static uint32_t sumOf(const uint32_t* in, int n) {
  uint32_t sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int i = 0; i < n; ++i)
    sum += in[i];
  return sum;
}

static void scanPart(const uint32_t* in, uint32_t* out, int n, uint32_t before) {
  Words carry = before + Words{};
  for (int i = 0; i < n; i += kLanes) {
    Words v = load<Words>(in + i);
    prefix<1>(v);
    stream(out + i, v + carry);
    carry += v[kLanes - 1];
  }
}

static int run(const char* name) {
  constexpr int kPart = 1 << 16;
  Problem p;
  const uint32_t* in = p.values.data();
  Aligned<uint32_t> out(kN);
  return measure(
      name,
      [&] {
        int threads = omp_get_max_threads();
        std::vector<uint32_t> sums(2 * size_t(threads)); // of this round and of the next one
#pragma omp parallel num_threads(threads)
        {
          int me = omp_get_thread_num();
          uint32_t before = 0;
          for (int base = 0, round = 0; base < kN; base += threads * kPart, ++round) {
            int first = base + me * kPart, n = std::max(0, std::min(kPart, kN - first));
            uint32_t* part = &sums[(round & 1) * size_t(threads)];
            part[me] = sumOf(in + first, n);
#pragma omp barrier
            uint32_t mine = before;
            for (int t = 0; t < threads; ++t)
              mine += t < me ? part[t] : 0, before += part[t];
            scanPart(in + first, out + first, n, mine);
          }
        }
      },
      [&] { return p.check(out); });
}
BENCHMARK("scan", run);
