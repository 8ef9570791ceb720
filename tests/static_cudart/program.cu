// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Built by nvcc with its static cudart, run on our libcuda: initialisation, variables, launches
// from several threads, both default streams, errors that stick, and an orderly end. Prints what
// failed.
#include <cstdio>
#include <cuda_runtime.h>
#include <thread>
#include <vector>

static int failures = 0;
#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      std::printf("line %d: %s\n", __LINE__, #condition);                                          \
      ++failures;                                                                                  \
    }                                                                                              \
  } while (0)
#define OK(call) CHECK((call) == cudaSuccess)

__device__ int fromDevice = 5;
__constant__ int table[4];
__managed__ int shared = 3;

__global__ void addTable(int* data, int count) {
  int i = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count)
    data[i] += table[i % 4];
}
__global__ void bump(int* counter) {
  atomicAdd(counter, 1);
}
__global__ void writeTo(int* where) {
  *where = 1;
}

int main() {
  int devices = 0;
  OK(cudaGetDeviceCount(&devices));
  CHECK(devices >= 1);
  cudaDeviceProp properties;
  OK(cudaGetDeviceProperties(&properties, 0));
  CHECK(properties.warpSize == 32);

  int host[4] = {1, 2, 3, 4}, value = 0;
  OK(cudaMemcpyToSymbol(table, host, sizeof host));
  OK(cudaMemcpyFromSymbol(&value, fromDevice, sizeof value));
  CHECK(value == 5);

  int* data = nullptr;
  OK(cudaMalloc(&data, 1000 * sizeof(int)));
  OK(cudaMemset(data, 0, 1000 * sizeof(int)));
  addTable<<<4, 256>>>(data, 1000);
  OK(cudaGetLastError());
  std::vector<int> result(1000);
  OK(cudaMemcpy(result.data(), data, 1000 * sizeof(int), cudaMemcpyDeviceToHost));
  for (int i = 0; i < 1000; ++i)
    CHECK(result[size_t(i)] == i % 4 + 1);

  OK(cudaMemset(data, 0, sizeof(int)));
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([=] {
      cudaStream_t stream;
      cudaStreamCreate(&stream);
      for (int i = 0; i < 50; ++i)
        bump<<<2, 64, 0, stream>>>(data);
      cudaStreamSynchronize(stream);
      cudaStreamDestroy(stream);
    });
  for (std::thread& thread : threads)
    thread.join();
  OK(cudaMemcpy(&value, data, sizeof value, cudaMemcpyDeviceToHost));
  CHECK(value == 8 * 50 * 128);

  shared = 7;
  bump<<<1, 1>>>(&shared);
  OK(cudaDeviceSynchronize());
  CHECK(shared == 8);

  cudaPointerAttributes attributes;
  OK(cudaPointerGetAttributes(&attributes, data));
  CHECK(attributes.type == cudaMemoryTypeDevice);
  OK(cudaPointerGetAttributes(&attributes, host));
  CHECK(attributes.type == cudaMemoryTypeUnregistered);

  bump<<<1, 2000>>>(data);
  CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
  writeTo<<<1, 1>>>(reinterpret_cast<int*>(8));
  CHECK(cudaDeviceSynchronize() == cudaErrorIllegalAddress);
  CHECK(cudaMalloc(&data, 4) == cudaErrorIllegalAddress); // sticky
  OK(cudaDeviceReset());
  OK(cudaMalloc(&data, 4));
  OK(cudaMemcpyFromSymbol(&value, fromDevice, sizeof value));
  CHECK(value == 5);

  std::puts(failures ? "FAILED" : "PASSED");
  return failures != 0;
}
