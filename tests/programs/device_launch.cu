// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels that launch kernels, as clang compiles them with our headers.
#include <cstdio>
#include <cstring>
#include <cuda_device_runtime_api.h>
#include <cuda_runtime.h>

__global__ void fill(int* data, char tag, double scale) {
  data[threadIdx.x] = int(threadIdx.x * scale) + tag;
}

__global__ void sum(const int* data, int count, long long* result) {
  long long all = 0;
  for (int i = 0; i < count; i++)
    all += data[i];
  *result = all;
}

// Thread i fills the i-th part; the sum comes when all are full.
__global__ void parent(int* data, long long* result, int* errors) {
  int i = threadIdx.x;
  errors[i] = anywarp::launchKernel<fill>(1, 32, 0, 0, data + 32 * i, char(i), 0.5);
  if (i == 0)
    errors[0] |= anywarp::launchKernel<sum>(dim3(1), dim3(1), 0, cudaStreamTailLaunch, data,
                                            32 * int(blockDim.x), result);
}

__global__ void queries(int* out) {
  cudaGetDevice(&out[0]);
  out[1] = anywarp::launchKernel<sum>(1, 5000, 0, 0, nullptr, 0, nullptr);
  out[2] = cudaGetLastError();
  out[3] = cudaGetLastError();
  void* memory = nullptr;
  out[4] = cudaMalloc(&memory, 1000) == cudaSuccess && memory;
  out[5] = cudaFree(memory);
  printf("%s: %s\n", cudaGetErrorName(cudaErrorInvalidConfiguration),
         cudaGetErrorString(cudaErrorInvalidConfiguration));
}

int main() {
  int *data, *out;
  long long* result;
  cudaMallocManaged(&data, 64 * 32 * sizeof(int));
  cudaMallocManaged(&out, 64 * sizeof(int));
  cudaMallocManaged(&result, sizeof *result);
  parent<<<1, 64>>>(data, result, out);
  cudaError_t error = cudaDeviceSynchronize();
  int failed = 0;
  for (int i = 0; i < 64; i++)
    failed += out[i] != 0;
  printf("%s, %d launches failed, sum %lld\n", cudaGetErrorName(error), failed, *result);
  queries<<<1, 1>>>(out);
  error = cudaDeviceSynchronize();
  printf("%s", cudaGetErrorName(error));
  for (int i = 0; i < 6; i++)
    printf(" %d", out[i]);
  printf("\n");
}
