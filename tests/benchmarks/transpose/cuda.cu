// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::transpose;

__global__ void transposeKernel(int n, const float* __restrict__ in, float* __restrict__ out) {
  __shared__ float tile[32][33]; // one more, against bank conflicts
  int x = blockIdx.x * 32 + threadIdx.x, y = blockIdx.y * 32 + threadIdx.y;
  for (int j = 0; j < 32; j += 8)
    tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * n + x];
  __syncthreads();
  x = blockIdx.y * 32 + threadIdx.x, y = blockIdx.x * 32 + threadIdx.y;
  for (int j = 0; j < 32; j += 8)
    out[(y + j) * n + x] = tile[threadIdx.x][threadIdx.y + j];
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> in(p.in), out(p.in.size());
  return measureLaunch(
      name, [&] { transposeKernel<<<dim3(kSize / 32, kSize / 32), dim3(32, 8)>>>(kSize, in, out); },
      [&] { return p.check(out.host().data()); });
}
BENCHMARK("transpose", run);
