// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Blocks of kLanes x kLanes in registers, whole cache lines past the caches.
#include "../common/native.h"

#include "problem.h"

#include <utility>

using namespace bench;
using namespace bench::transpose;

template <int... I> static Floats low(Floats a, Floats b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b, (I / 2 + I % 2 * kLanes)...);
}
template <int... I> static Floats high(Floats a, Floats b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b, (kLanes / 2 + I / 2 + I % 2 * kLanes)...);
}

// log2(kLanes) rounds of interleaving row i with row i + kLanes / 2.
static inline void transposeBlock(const float* in, float* out) {
  Floats rows[kLanes], next[kLanes];
#pragma unroll
  for (int i = 0; i < kLanes; ++i)
    rows[i] = load<Floats>(in + size_t(i) * kSize);
#pragma unroll
  for (int step = 1; step < kLanes; step *= 2) {
#pragma unroll
    for (int i = 0; i < kLanes / 2; ++i) {
      std::make_integer_sequence<int, kLanes> all;
      next[2 * i] = low(rows[i], rows[i + kLanes / 2], all);
      next[2 * i + 1] = high(rows[i], rows[i + kLanes / 2], all);
    }
#pragma unroll
    for (int i = 0; i < kLanes; ++i)
      rows[i] = next[i];
  }
#pragma unroll
  for (int i = 0; i < kLanes; ++i)
    stream(out + size_t(i) * kSize, rows[i]);
}

static int run(const char* name) {
  Problem p;
  const float* in = p.in.data();
  Aligned<float> result(p.in.size());
  float* out = result;
  return measure(
      name,
      [&] {
#pragma omp parallel for schedule(static)
        for (int i0 = 0; i0 < kSize; i0 += 16) // 16 rows become one cache line of each row
          for (int j = 0; j < kSize; j += kLanes)
            for (int i = i0; i < i0 + 16; i += kLanes)
              transposeBlock(in + size_t(i) * kSize + j, out + size_t(j) * kSize + i);
      },
      [&] { return p.check(out); });
}
BENCHMARK("transpose", run);
