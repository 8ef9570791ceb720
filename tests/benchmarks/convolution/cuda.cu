// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::convolution;

__constant__ float constantTaps[kTaps];

// Blocks of 64 x 4 points with kRadius more on both sides.
__global__ void convolveRows(int width, const float* __restrict__ in, float* __restrict__ out) {
  __shared__ float tile[4][64 + 2 * kRadius];
  int y = blockIdx.y * 4 + threadIdx.y, first = blockIdx.x * 64 - kRadius;
  for (int i = threadIdx.x; i < 64 + 2 * kRadius; i += 64) {
    int x = first + i;
    tile[threadIdx.y][i] = x >= 0 && x < width ? in[y * width + x] : 0.0f;
  }
  __syncthreads();
  float sum = 0;
#pragma unroll
  for (int k = 0; k < kTaps; ++k)
    sum += constantTaps[k] * tile[threadIdx.y][threadIdx.x + k];
  out[y * width + blockIdx.x * 64 + threadIdx.x] = sum;
}

// Blocks of 32 x 32 points, four for each of 32 x 8 threads.
__global__ void convolveColumns(int width, int height, const float* __restrict__ in,
                                float* __restrict__ out) {
  __shared__ float tile[32 + 2 * kRadius][32];
  int x = blockIdx.x * 32 + threadIdx.x, first = blockIdx.y * 32 - kRadius;
  for (int i = threadIdx.y; i < 32 + 2 * kRadius; i += 8) {
    int y = first + i;
    tile[i][threadIdx.x] = y >= 0 && y < height ? in[y * width + x] : 0.0f;
  }
  __syncthreads();
  for (int i = threadIdx.y; i < 32; i += 8) {
    float sum = 0;
#pragma unroll
    for (int k = 0; k < kTaps; ++k)
      sum += constantTaps[k] * tile[i + k][threadIdx.x];
    out[(blockIdx.y * 32 + i) * width + x] = sum;
  }
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> image(p.image), rows(p.image.size()), out(p.image.size());
  CHECK(cudaMemcpyToSymbol(constantTaps, p.taps.data(), sizeof constantTaps));
  return measureLaunch(
      name,
      [&] {
        convolveRows<<<dim3(kSize / 64, kSize / 4), dim3(64, 4)>>>(kSize, image, rows);
        convolveColumns<<<dim3(kSize / 32, kSize / 32), dim3(32, 8)>>>(kSize, kSize, rows, out);
      },
      [&] { return p.check(out.host().data()); });
}
BENCHMARK("convolution", run);
