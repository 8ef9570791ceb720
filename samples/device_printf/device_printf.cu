// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// printf in device code: conversions, widths, strings, and its return value, the number of
// arguments. One thread prints at a time, so that the order of the lines is defined; output appears
// when the host synchronises.
#include "../common.h"

__global__ void hello(int line, int* returned) {
  if (threadIdx.x == line)
    *returned =
        printf("thread %2d of block %d says %s\n", int(threadIdx.x), int(blockIdx.x), "hello");
}

__global__ void conversions() {
  printf("%d %i %u %x %X %o %c %%\n", -42, 7, 42u, 0xbeefu, 0xbeefu, 8, 'q');
  printf("[%5d] [%-5d] [%05d] [%+d]\n", 42, 42, 42, 42);
  printf("%lld %llx\n", -1234567890123ll, 0xfedcba9876543210ull);
  printf("%f %.3f %10.2f %e %g\n", 1.5, 2.0 / 3.0, 1234.567, 12345.678, 0.0001);
  printf("%s and %10s and %-10s|\n", "text", "right", "left");
}

int main() {
  int *returned, result = -1, wrong = 0;
  CHECK(cudaMalloc(&returned, sizeof(int)));
  for (int line = 0; line < 40; line += 13) {
    hello<<<1, 64>>>(line, returned);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(&result, returned, sizeof(int), cudaMemcpyDeviceToHost));
    wrong += result != 3;
  }
  conversions<<<1, 1>>>();
  CHECK(cudaDeviceSynchronize());
  CHECK(cudaFree(returned));
  std::fflush(stdout);
  return verdict(wrong, 0);
}
