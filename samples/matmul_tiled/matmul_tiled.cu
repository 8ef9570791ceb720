// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C = A * B through tiles in shared memory: every block loads a tile of A and of B once and uses
// each element of them kTile times. Sizes need not be multiples of the tile.
#include "../common.h"

#include <cmath>
#include <vector>

constexpr int kTile = 16;

// a is rows x inner, b is inner x columns, all row by row.
__global__ void matmul(int rows, int columns, int inner, const float* a, const float* b, float* c) {
  __shared__ float tileA[kTile][kTile];
  __shared__ float tileB[kTile][kTile];
  int row = blockIdx.y * kTile + threadIdx.y, column = blockIdx.x * kTile + threadIdx.x;
  float sum = 0;
  for (int first = 0; first < inner; first += kTile) {
    int ka = first + threadIdx.x, kb = first + threadIdx.y;
    tileA[threadIdx.y][threadIdx.x] = row < rows && ka < inner ? a[row * inner + ka] : 0.0f;
    tileB[threadIdx.y][threadIdx.x] =
        kb < inner && column < columns ? b[kb * columns + column] : 0.0f;
    __syncthreads(); // the tiles are complete
    for (int k = 0; k < kTile; ++k)
      sum += tileA[threadIdx.y][k] * tileB[k][threadIdx.x];
    __syncthreads(); // nobody reads them any more
  }
  if (row < rows && column < columns)
    c[row * columns + column] = sum;
}

int main() {
  const int rows = 123, columns = 150, inner = 77;
  std::vector<float> a(rows * inner), b(inner * columns), c(rows * columns);
  for (size_t i = 0; i < a.size(); ++i)
    a[i] = float(int(i * 7 % 17) - 8);
  for (size_t i = 0; i < b.size(); ++i)
    b[i] = float(int(i * 5 % 13) - 6);

  float *deviceA, *deviceB, *deviceC;
  CHECK(cudaMalloc(&deviceA, a.size() * sizeof(float)));
  CHECK(cudaMalloc(&deviceB, b.size() * sizeof(float)));
  CHECK(cudaMalloc(&deviceC, c.size() * sizeof(float)));
  CHECK(cudaMemcpy(deviceA, a.data(), a.size() * sizeof(float), cudaMemcpyHostToDevice));
  CHECK(cudaMemcpy(deviceB, b.data(), b.size() * sizeof(float), cudaMemcpyHostToDevice));

  dim3 block(kTile, kTile), grid((columns + kTile - 1) / kTile, (rows + kTile - 1) / kTile);
  matmul<<<grid, block>>>(rows, columns, inner, deviceA, deviceB, deviceC);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(c.data(), deviceC, c.size() * sizeof(float), cudaMemcpyDeviceToHost));

  // Small integers: sums stay below 2^24 and are exact in any order.
  double largest = 0, trace = 0;
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) {
      double expected = 0;
      for (int k = 0; k < inner; ++k)
        expected += double(a[i * inner + k]) * b[k * columns + j];
      largest = std::fmax(largest, std::fabs(c[i * columns + j] - expected));
      trace += i == j ? c[i * columns + j] : 0;
    }
  std::printf("matmul_tiled: %d x %d x %d, trace %.0f\n", rows, columns, inner, trace);
  CHECK(cudaFree(deviceA));
  CHECK(cudaFree(deviceB));
  CHECK(cudaFree(deviceC));
  return verdict(largest, 0);
}
