// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "problem.h"

#include <cblas.h>

using namespace bench;
using namespace bench::sgemm;

static int run(const char* name) {
  Problem p;
  std::vector<float> c(p.a.size());
  return measure(
      name,
      [&] {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, kSize, kSize, kSize, 1, p.a.data(),
                    kSize, p.b.data(), kSize, 0, c.data(), kSize);
      },
      [&] { return p.check(c.data()); });
}
BENCHMARK("sgemm_naive", run);
BENCHMARK("sgemm_tiled", run);
BENCHMARK("sgemm_register", run);
