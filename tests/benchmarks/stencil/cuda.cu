// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::stencil;

__global__ void stencilKernel(int width, int height, const float* __restrict__ in,
                              float* __restrict__ out) {
  int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x >= width || y >= height)
    return;
  int i = y * width + x;
  float value = in[i];
  if (x > 0 && x < width - 1 && y > 0 && y < height - 1)
    value += kFlow * (in[i - 1] + in[i + 1] + in[i - width] + in[i + width] - 4 * value);
  out[i] = value;
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> in(p.in), out(p.in.size());
  return measureLaunch(
      name,
      [&] { stencilKernel<<<dim3(kSize / 32, kSize / 8), dim3(32, 8)>>>(kSize, kSize, in, out); },
      [&] { return p.check(out.host().data()); });
}
BENCHMARK("stencil", run);
