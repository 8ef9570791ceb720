// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::mandelbrot;

__global__ void mandelbrotKernel(int* __restrict__ counts) {
  int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  float cx = -2.0f + 3.0f * column / kImage, cy = -1.5f + 3.0f * row / kImage, x = 0, y = 0;
  int n = 0;
  for (; n < kIterations && x * x + y * y <= 4; ++n) {
    float t = x * x - y * y + cx;
    y = 2 * x * y + cy;
    x = t;
  }
  counts[row * kImage + column] = n;
}

static int run(const char* name) {
  Problem p;
  DeviceArray<int> counts(size_t(kImage) * kImage);
  return measureLaunch(
      name, [&] { mandelbrotKernel<<<dim3(kImage / 32, kImage / 8), dim3(32, 8)>>>(counts); },
      [&] { return p.check(counts.host().data()); });
}
BENCHMARK("mandelbrot", run);
