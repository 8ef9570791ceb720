// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::sgemm;

__global__ void sgemmNaive(int n, const float* __restrict__ a, const float* __restrict__ b,
                           float* __restrict__ c) {
  int row = blockIdx.y * blockDim.y + threadIdx.y, column = blockIdx.x * blockDim.x + threadIdx.x;
  float sum = 0;
  for (int k = 0; k < n; ++k)
    sum += a[row * n + k] * b[k * n + column];
  c[row * n + column] = sum;
}

__global__ void sgemmTiled(int n, const float* __restrict__ a, const float* __restrict__ b,
                           float* __restrict__ c) {
  __shared__ float tileA[16][16], tileB[16][16];
  int tx = threadIdx.x, ty = threadIdx.y;
  int row = blockIdx.y * 16 + ty, column = blockIdx.x * 16 + tx;
  float sum = 0;
  for (int k0 = 0; k0 < n; k0 += 16) {
    tileA[ty][tx] = a[row * n + k0 + tx];
    tileB[ty][tx] = b[(k0 + ty) * n + column];
    __syncthreads();
#pragma unroll
    for (int k = 0; k < 16; ++k)
      sum += tileA[ty][k] * tileB[k][tx];
    __syncthreads();
  }
  c[row * n + column] = sum;
}

// 16 x 16 threads, each 4 x 4 results of a 64 x 64 block; tiles of 16 along the inner dimension.
__global__ void sgemmRegister(int n, const float* __restrict__ a, const float* __restrict__ b,
                              float* __restrict__ c) {
  __shared__ float tileA[16][64], tileB[16][64]; // tileA transposed
  int tx = threadIdx.x, ty = threadIdx.y, t = ty * 16 + tx;
  int row0 = blockIdx.y * 64, column0 = blockIdx.x * 64;
  float sum[4][4] = {};
  for (int k0 = 0; k0 < n; k0 += 16) {
    for (int i = t; i < 1024; i += 256) {
      tileA[i % 16][i / 16] = a[(row0 + i / 16) * n + k0 + i % 16];
      tileB[i / 64][i % 64] = b[(k0 + i / 64) * n + column0 + i % 64];
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < 16; ++k) {
      float x[4], y[4];
      for (int i = 0; i < 4; ++i)
        x[i] = tileA[k][ty + 16 * i], y[i] = tileB[k][tx + 16 * i];
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j)
          sum[i][j] += x[i] * y[j];
    }
    __syncthreads();
  }
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      c[(row0 + ty + 16 * i) * n + column0 + tx + 16 * j] = sum[i][j];
}

template <int Tile, class Kernel> static int run(const char* name, Kernel kernel) {
  Problem p;
  DeviceArray<float> a(p.a), b(p.b), c(p.a.size());
  return measureLaunch(
      name, [&] { kernel<<<dim3(kSize / Tile, kSize / Tile), dim3(16, 16)>>>(kSize, a, b, c); },
      [&] { return p.check(c.host().data()); });
}
static int naive(const char* name) {
  return run<16>(name, sgemmNaive);
}
static int tiled(const char* name) {
  return run<16>(name, sgemmTiled);
}
static int registers(const char* name) {
  return run<64>(name, sgemmRegister);
}
BENCHMARK("sgemm_naive", naive);
BENCHMARK("sgemm_tiled", tiled);
BENCHMARK("sgemm_register", registers);
