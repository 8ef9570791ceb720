// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nan() and nanf() in device code, under both of their names.
#include <cmath>
#include <cstdio>

__global__ void make(double* d, float* f) {
  d[0] = nan("");
  d[1] = std::nan("1");
  f[0] = nanf("");
  f[1] = std::nanf("2");
}

int main() {
  double* d;
  float* f;
  cudaMallocManaged(&d, 2 * sizeof *d);
  cudaMallocManaged(&f, 2 * sizeof *f);
  make<<<1, 1>>>(d, f);
  int error = cudaDeviceSynchronize();
  std::printf("error %d: %d %d %d %d\n", error, std::isnan(d[0]), std::isnan(d[1]),
              std::isnan(f[0]), std::isnan(f[1]));
}
