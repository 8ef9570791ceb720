// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/gemm.h"
#include "problem.h"

using namespace bench;
using namespace bench::sgemm;

static int run(const char* name) {
  Problem p;
  const float *a = p.a.data(), *b = p.b.data();
  std::vector<float> c(p.a.size());
  return measure(
      name,
      [&] {
        packedGemm(
            kSize, kSize, kSize, [=](int i, int k) { return a[size_t(i) * kSize + k]; },
            [=](int k, int j) { return b[size_t(k) * kSize + j]; }, c.data());
      },
      [&] { return p.check(c.data()); });
}
BENCHMARK("sgemm_naive", run);
BENCHMARK("sgemm_tiled", run);
BENCHMARK("sgemm_register", run);
