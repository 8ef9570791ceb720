// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The Mandelbrot set as text: one thread per character, each with its own number of iterations. In
// double precision and with every product and sum rounded by itself (__dmul_rn, __dadd_rn), so that
// the picture is the same on every machine.
#include "../common.h"

#include <cmath>
#include <vector>

constexpr int kWidth = 78, kHeight = 31, kIterations = 1000;

__host__ __device__ inline double multiply(double a, double b) {
#ifdef __CUDA_ARCH__
  return __dmul_rn(a, b);
#else
  volatile double product = a * b; // keeps the host compiler from fusing
  return product;
#endif
}

__host__ __device__ inline int iterations(int column, int row) {
  double cx = -2.2 + column * 0.0390625, cy = -1.171875 + row * 0.078125;
  double x = 0, y = 0;
  int i = 0;
  for (; i < kIterations; ++i) {
    double xx = multiply(x, x), yy = multiply(y, y), xy = multiply(x, y);
    if (xx + yy > 4)
      break;
    x = (xx - yy) + cx;
    y = (xy + xy) + cy;
  }
  return i;
}

__global__ void mandelbrot(int* counts) {
  int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
  if (column < kWidth && row < kHeight)
    counts[row * kWidth + column] = iterations(column, row);
}

int main() {
  int* deviceCounts;
  std::vector<int> counts(kWidth * kHeight);
  CHECK(cudaMalloc(&deviceCounts, counts.size() * sizeof(int)));
  dim3 block(16, 8), grid((kWidth + 15) / 16, (kHeight + 7) / 8);
  mandelbrot<<<grid, block>>>(deviceCounts);
  CHECK(cudaGetLastError());
  CHECK(
      cudaMemcpy(counts.data(), deviceCounts, counts.size() * sizeof(int), cudaMemcpyDeviceToHost));

  const char shades[] = " .,:;=+*%#";
  double largest = 0;
  for (int row = 0; row < kHeight; ++row) {
    for (int column = 0; column < kWidth; ++column) {
      int count = counts[row * kWidth + column];
      largest = std::fmax(largest, std::abs(count - iterations(column, row)));
      std::putchar(count == kIterations ? '@' : shades[count < 27 ? count / 3 : 9]);
    }
    std::putchar('\n');
  }
  CHECK(cudaFree(deviceCounts));
  return verdict(largest, 0);
}
