// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

#include <cmath>

using namespace bench;
using namespace bench::softmax;

template <class Combine>
__device__ inline float blockReduce(float value, float* shared, Combine combine) {
  for (int offset = 16; offset > 0; offset /= 2)
    value = combine(value, __shfl_xor_sync(0xffffffffu, value, offset));
  if (threadIdx.x % 32 == 0)
    shared[threadIdx.x / 32] = value;
  __syncthreads();
  value = shared[threadIdx.x % 8];
  for (int offset = 4; offset > 0; offset /= 2)
    value = combine(value, __shfl_xor_sync(0xffffffffu, value, offset));
  return value;
}

__global__ void softmaxKernel(int columns, const float* __restrict__ in, float* __restrict__ out) {
  __shared__ float maxima[8], sums[8];
  const float* row = in + (size_t)blockIdx.x * columns;
  float* to = out + (size_t)blockIdx.x * columns;
  float largest = -INFINITY;
  for (int c = threadIdx.x; c < columns; c += blockDim.x)
    largest = fmaxf(largest, row[c]);
  largest = blockReduce(largest, maxima, [](float a, float b) { return fmaxf(a, b); });
  float sum = 0;
  for (int c = threadIdx.x; c < columns; c += blockDim.x)
    sum += expf(row[c] - largest);
  sum = blockReduce(sum, sums, [](float a, float b) { return a + b; });
  for (int c = threadIdx.x; c < columns; c += blockDim.x)
    to[c] = expf(row[c] - largest) / sum;
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> in(p.in), out(p.in.size());
  return measureLaunch(
      name, [&] { softmaxKernel<<<kRows, 256>>>(kColumns, in, out); },
      [&] { return p.check(out.host().data()); });
}
BENCHMARK("softmax", run);
