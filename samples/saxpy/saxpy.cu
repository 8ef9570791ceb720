// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// y = a * x + y, the smallest complete CUDA program: allocate, copy in, launch, copy out, compare.
#include "../common.h"

#include <cmath>
#include <vector>

__global__ void saxpy(int n, float a, const float* x, float* y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    y[i] = a * x[i] + y[i];
}

int main() {
  const int n = 1000003; // not a multiple of the block size
  const float a = 2.0f;
  std::vector<float> x(n), y(n), result(n);
  for (int i = 0; i < n; ++i) {
    x[i] = float(i % 1000);
    y[i] = float(i % 7);
  }

  float *deviceX, *deviceY;
  CHECK(cudaMalloc(&deviceX, n * sizeof(float)));
  CHECK(cudaMalloc(&deviceY, n * sizeof(float)));
  CHECK(cudaMemcpy(deviceX, x.data(), n * sizeof(float), cudaMemcpyHostToDevice));
  CHECK(cudaMemcpy(deviceY, y.data(), n * sizeof(float), cudaMemcpyHostToDevice));

  const int block = 256;
  saxpy<<<(n + block - 1) / block, block>>>(n, a, deviceX, deviceY);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(result.data(), deviceY, n * sizeof(float), cudaMemcpyDeviceToHost));

  // All values are small integers, so the sum is exact.
  double largest = 0;
  for (int i = 0; i < n; ++i)
    largest = std::fmax(largest, std::fabs(double(result[i]) - (a * x[i] + y[i])));
  std::printf("saxpy: %d elements, y[999] = %g\n", n, result[999]);
  CHECK(cudaFree(deviceX));
  CHECK(cudaFree(deviceY));
  return verdict(largest, 0);
}
