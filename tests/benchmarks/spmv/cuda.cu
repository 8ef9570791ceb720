// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::spmv;

__global__ void spmvThread(int rows, const int* __restrict__ starts,
                           const int* __restrict__ columns, const float* __restrict__ values,
                           const float* __restrict__ x, float* __restrict__ y) {
  int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows)
    return;
  float sum = 0;
  for (int i = starts[row]; i < starts[row + 1]; ++i)
    sum += values[i] * x[columns[i]];
  y[row] = sum;
}

__global__ void spmvWarp(int rows, const int* __restrict__ starts, const int* __restrict__ columns,
                         const float* __restrict__ values, const float* __restrict__ x,
                         float* __restrict__ y) {
  int row = (blockIdx.x * blockDim.x + threadIdx.x) / 32, lane = threadIdx.x % 32;
  if (row >= rows)
    return;
  float sum = 0;
  for (int i = starts[row] + lane; i < starts[row + 1]; i += 32)
    sum += values[i] * x[columns[i]];
  for (int offset = 16; offset > 0; offset /= 2)
    sum += __shfl_xor_sync(0xffffffffu, sum, offset);
  if (lane == 0)
    y[row] = sum;
}

template <class Kernel> static int run(const char* name, Kernel kernel, int threads) {
  Problem p;
  DeviceArray<int> starts(p.starts), columns(p.columns);
  DeviceArray<float> values(p.values), x(p.x), y(kRows);
  return measureLaunch(
      name, [&] { kernel<<<threads / 256, 256>>>(kRows, starts, columns, values, x, y); },
      [&] { return p.check(y.host().data()); });
}
static int thread(const char* name) {
  return run(name, spmvThread, kRows);
}
static int warp(const char* name) {
  return run(name, spmvWarp, kRows * 32);
}
BENCHMARK("spmv_thread", thread);
BENCHMARK("spmv_warp", warp);
