// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What nvcc makes of the common things: kernels, variables of each kind, streams, events, managed
// memory, launch errors. Prints "ok" when all values are those of the host's arithmetic.
#include <cstdio>
#include <cstdlib>
#include <vector>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error = (call);                                                                    \
    if (error != cudaSuccess) {                                                                    \
      printf("line %d: %s: %s\n", __LINE__, #call, cudaGetErrorName(error));                       \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)
#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      printf("line %d: not %s\n", __LINE__, #condition);                                           \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

__device__ int counter;
__constant__ float scale[4];
__managed__ int managed = 5;

__global__ void combine(const float* a, const float* b, float* c, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    c[i] = a[i] * scale[0] + b[i];
    atomicAdd(&counter, 1);
  }
  if (i == 0)
    managed += 2;
}

template <typename T> __global__ void fill(T* p, T value) {
  extern __shared__ char room[];
  room[threadIdx.x] = char(threadIdx.x);
  __syncthreads();
  p[threadIdx.x] = value + room[blockDim.x - 1 - threadIdx.x];
}

int main() {
  const int n = 10000;
  EXPECT(managed == 5);
  std::vector<float> a(n), b(n), c(n);
  for (int i = 0; i < n; ++i) {
    a[i] = float(i);
    b[i] = float(2 * i);
  }
  float *da, *db, *dc;
  CHECK(cudaMalloc(&da, n * sizeof(float)));
  CHECK(cudaMalloc(&db, n * sizeof(float)));
  CHECK(cudaMalloc(&dc, n * sizeof(float)));
  CHECK(cudaMemcpy(da, a.data(), n * sizeof(float), cudaMemcpyHostToDevice));
  CHECK(cudaMemcpy(db, b.data(), n * sizeof(float), cudaMemcpyHostToDevice));
  float factors[4] = {3, 0, 0, 0};
  CHECK(cudaMemcpyToSymbol(scale, factors, sizeof factors));

  cudaStream_t stream;
  cudaEvent_t start, stop;
  CHECK(cudaStreamCreate(&stream));
  CHECK(cudaEventCreate(&start));
  CHECK(cudaEventCreate(&stop));
  CHECK(cudaEventRecord(start, stream));
  combine<<<(n + 255) / 256, 256, 0, stream>>>(da, db, dc, n);
  CHECK(cudaGetLastError());
  CHECK(cudaEventRecord(stop, stream));
  CHECK(cudaStreamSynchronize(stream));
  float ms = -1;
  CHECK(cudaEventElapsedTime(&ms, start, stop));
  EXPECT(ms >= 0);
  CHECK(cudaMemcpy(c.data(), dc, n * sizeof(float), cudaMemcpyDeviceToHost));
  for (int i = 0; i < n; ++i)
    EXPECT(c[i] == 5.0f * float(i));
  int count = 0;
  CHECK(cudaMemcpyFromSymbol(&count, counter, sizeof count));
  EXPECT(count == n);
  EXPECT(managed == 7);

  int* shared;
  CHECK(cudaMallocManaged(&shared, 32 * sizeof(int)));
  fill<<<1, 32, 32>>>(shared, 100);
  CHECK(cudaDeviceSynchronize());
  for (int i = 0; i < 32; ++i)
    EXPECT(shared[i] == 100 + 31 - i);

  int grid = 0, block = 0, active = 0;
  CHECK(cudaOccupancyMaxPotentialBlockSize(&grid, &block, combine));
  EXPECT(grid > 0 && block > 0 && block <= 1024);
  CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&active, combine, 256, 0));
  EXPECT(active > 0);
  fill<<<1, 2048>>>(shared, 1);
  EXPECT(cudaGetLastError() == cudaErrorInvalidConfiguration);
  CHECK(cudaDeviceReset());
  printf("ok\n");
  return 0;
}
