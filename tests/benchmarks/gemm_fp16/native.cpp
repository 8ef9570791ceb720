// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/gemm.h"
#include "problem.h"

using namespace bench;
using namespace bench::gemm_fp16;

static inline float widen(const uint16_t* half) {
  _Float16 value;
  std::memcpy(&value, half, sizeof value);
  return float(value);
}

static int run(const char* name) {
  Problem p;
  const uint16_t *a = p.a.data(), *b = p.b.data();
  std::vector<float> c(p.a.size());
  return measure(
      name,
      [&] {
        packedGemm(
            kSize, kSize, kSize, [=](int i, int k) { return widen(a + size_t(i) * kSize + k); },
            [=](int k, int j) { return widen(b + size_t(j) * kSize + k); }, c.data());
      },
      [&] { return p.check(c.data()); });
}
BENCHMARK("gemm_fp16", run);
