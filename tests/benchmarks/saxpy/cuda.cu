// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::saxpy;

__global__ void saxpyKernel(int n, float a, const float* __restrict__ x, float* __restrict__ y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    y[i] = a * x[i] + y[i];
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> x(p.x), y(p.y);
  return measureLaunch(
      name, [&] { saxpyKernel<<<(kN + 255) / 256, 256>>>(kN, kA, x, y); },
      [&] { return p.check(y.host().data()); });
}
BENCHMARK("saxpy", run);
