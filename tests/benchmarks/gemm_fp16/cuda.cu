// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/mma.h"
#include "problem.h"

using namespace bench;
using namespace bench::gemm_fp16;

__global__ void gemmHalf(int n, int k, const uint16_t* __restrict__ a,
                         const uint16_t* __restrict__ b, float* __restrict__ c) {
  tensorGemm(n, k, a, b, c, [](float(&sum)[4], const uint32_t(&x)[4], uint32_t y0, uint32_t y1) {
    multiplyHalf(sum, x, y0, y1);
  });
}

static int run(const char* name) {
  Problem p;
  DeviceArray<uint16_t> a(p.a), b(p.b);
  DeviceArray<float> c(p.a.size());
  return measureLaunch(
      name, [&] { gemmHalf<<<dim3(kSize / 64, kSize / 64), 128>>>(kSize, kSize, a, b, c); },
      [&] { return p.check(c.host().data()); });
}
BENCHMARK("gemm_fp16", run);
