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
static inline void transposeBlock(const float* in, Floats (&rows)[kLanes]) {
  Floats next[kLanes];
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
}

// 16 rows become one cache line of each of kLanes rows, which must be written in one go.
static inline void transposeLines(const float* in, float* out) {
  constexpr int kParts = 16 / kLanes;
  Floats rows[kParts][kLanes];
#pragma unroll
  for (int part = 0; part < kParts; ++part)
    transposeBlock(in + size_t(part) * kLanes * kSize, rows[part]);
#pragma unroll
  for (int i = 0; i < kLanes; ++i)
#pragma unroll
    for (int part = 0; part < kParts; ++part)
      stream(out + size_t(i) * kSize + part * kLanes, rows[part][i]);
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
        for (int i = 0; i < kSize; i += 16)
          for (int j = 0; j < kSize; j += kLanes)
            transposeLines(in + size_t(i) * kSize + j, out + size_t(j) * kSize + i);
      },
      [&] { return p.check(out); });
}
BENCHMARK("transpose", run);
