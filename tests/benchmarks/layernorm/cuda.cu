// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::layernorm;

__device__ inline float warpSum(float value) {
  for (int offset = 16; offset > 0; offset /= 2)
    value += __shfl_xor_sync(0xffffffffu, value, offset);
  return value;
}

__global__ void layernormKernel(int rows, int columns, const float* __restrict__ in,
                                const float* __restrict__ scale, const float* __restrict__ shift,
                                float* __restrict__ out) {
  int r = blockIdx.x * blockDim.y + threadIdx.y, lane = threadIdx.x;
  if (r >= rows)
    return;
  const float* row = in + (size_t)r * columns;
  float* to = out + (size_t)r * columns;
  float sum = 0;
  for (int c = lane; c < columns; c += 32)
    sum += row[c];
  float mean = warpSum(sum) / columns, squares = 0;
  for (int c = lane; c < columns; c += 32) {
    float d = row[c] - mean;
    squares += d * d;
  }
  float factor = rsqrtf(warpSum(squares) / columns + kEpsilon);
  for (int c = lane; c < columns; c += 32)
    to[c] = (row[c] - mean) * factor * scale[c] + shift[c];
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> in(p.in), scale(p.scale), shift(p.shift), out(p.in.size());
  return measureLaunch(
      name,
      [&] { layernormKernel<<<kRows / 8, dim3(32, 8)>>>(kRows, kColumns, in, scale, shift, out); },
      [&] { return p.check(out.host().data()); });
}
BENCHMARK("layernorm", run);
