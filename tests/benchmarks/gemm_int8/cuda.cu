// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/mma.h"
#include "problem.h"

using namespace bench;
using namespace bench::gemm_int8;

__global__ void gemmBytes(int n, int k, const int8_t* __restrict__ a, const int8_t* __restrict__ b,
                          int* __restrict__ c) {
  tensorGemm(n, k, a, b, c, [](int(&sum)[4], const uint32_t(&x)[4], uint32_t y0, uint32_t y1) {
    multiplyBytes(sum, x, y0, y1);
  });
}

static int run(const char* name) {
  Problem p;
  DeviceArray<int8_t> a(p.a), b(p.b);
  DeviceArray<int> c(p.a.size());
  return measureLaunch(
      name, [&] { gemmBytes<<<dim3(kSize / 64, kSize / 64), 128>>>(kSize, kSize, a, b, c); },
      [&] { return p.check(c.host().data()); });
}
BENCHMARK("gemm_int8", run);
