// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dynamic parallelism as nvcc compiles it, with -rdc=true; CDP1 where CUDA_FORCE_CDP1_IF_SUPPORTED
// is defined. Prints "ok".
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      printf("line %d: %s is false\n", __LINE__, #condition);                                      \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

struct Box {
  short a[5];
  double scale;
};

template <typename T> __global__ void put(T* p, Box box, char add) {
  p[blockIdx.x * blockDim.x + threadIdx.x] = T(threadIdx.x * box.scale + box.a[4] + add);
}
__global__ void step(int* p, int v) {
  *p = *p * 3 + v;
}
typedef void (*Step)(int*, int);
__device__ Step pointers[2] = {nullptr, step};

__global__ void parent(float* p, int* q) {
  Box box = {{1, 2, 3, 4, 5}, 2.0};
  put<float><<<2, 16>>>(p + 32 * threadIdx.x, box, char(threadIdx.x));
  if (threadIdx.x == 0) {
    step<<<1, 1>>>(q, 1);
    pointers[1]<<<1, 1>>>(q, 2);
  }
}

// A sort of the usual kind: both halves in streams of their own.
__global__ void quick(int* data, int left, int right, int depth) {
  if (depth > 10 || right - left < 16) {
    for (int i = left; i <= right; i++)
      for (int j = i; j > left && data[j] < data[j - 1]; j--) {
        int t = data[j];
        data[j] = data[j - 1];
        data[j - 1] = t;
      }
    return;
  }
  int pivot = data[(left + right) / 2], i = left, j = right;
  while (i <= j) {
    while (data[i] < pivot)
      i++;
    while (data[j] > pivot)
      j--;
    if (i <= j) {
      int t = data[i];
      data[i++] = data[j];
      data[j--] = t;
    }
  }
  cudaStream_t s;
  if (left < j) {
    cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);
    quick<<<1, 1, 0, s>>>(data, left, j, depth + 1);
    cudaStreamDestroy(s);
  }
  if (i < right) {
    cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);
    quick<<<1, 1, 0, s>>>(data, i, right, depth + 1);
    cudaStreamDestroy(s);
  }
}

__device__ int* kept;
__global__ void keep() {
  kept = static_cast<int*>(malloc(sizeof(int)));
  *kept = 4711;
}
__global__ void useKept(int* q) {
  *q = *kept;
  free(kept);
}

#ifdef CUDA_FORCE_CDP1_IF_SUPPORTED
__global__ void waits(int* q) {
  step<<<1, 1>>>(q, 1);
  cudaDeviceSynchronize();
  q[1] = *(volatile int*)q;
}
#else
__global__ void tail(int* q) {
  step<<<1, 1, 0, cudaStreamTailLaunch>>>(q, 5);
  step<<<1, 1, 0, cudaStreamFireAndForget>>>(q, 1);
  q[1] = *(volatile int*)q >= 0;
}
#endif

__global__ void child_fault() {
  *(volatile int*)8 = 1;
}
__global__ void parent_of_fault() {
  child_fault<<<1, 1>>>();
}

int main() {
  float* p;
  int* q;
  CHECK(cudaMallocManaged(&p, 64 * 32 * sizeof(float)) == cudaSuccess);
  CHECK(cudaMallocManaged(&q, 4096) == cudaSuccess);
  *q = 1;
  parent<<<1, 64>>>(p, q);
  CHECK(cudaDeviceSynchronize() == cudaSuccess);
  for (int t = 0; t < 64; t++)
    for (int i = 0; i < 32; i++)
      CHECK(p[32 * t + i] == float(i % 16 * 2 + 5 + t));
  CHECK(*q == (1 * 3 + 1) * 3 + 2);

  for (int i = 0; i < 1000; i++)
    q[i] = i * 7919 % 1000;
  quick<<<1, 1>>>(q, 0, 999, 0);
  CHECK(cudaDeviceSynchronize() == cudaSuccess);
  for (int i = 0; i < 1000; i++)
    CHECK(q[i] == i);

  keep<<<1, 1>>>();
  useKept<<<1, 1>>>(q);
  CHECK(cudaDeviceSynchronize() == cudaSuccess && *q == 4711);

  q[0] = 2;
#ifdef CUDA_FORCE_CDP1_IF_SUPPORTED
  waits<<<1, 1>>>(q);
  CHECK(cudaDeviceSynchronize() == cudaSuccess && q[1] == 7);
#else
  tail<<<1, 1>>>(q);
  CHECK(cudaDeviceSynchronize() == cudaSuccess && q[0] == (2 * 3 + 1) * 3 + 5);
#endif

  size_t limit = 0;
  CHECK(cudaDeviceSetLimit(cudaLimitDevRuntimePendingLaunchCount, 4096) == cudaSuccess);
  CHECK(cudaDeviceGetLimit(&limit, cudaLimitDevRuntimePendingLaunchCount) == cudaSuccess);
  CHECK(limit == 4096);

  parent_of_fault<<<1, 1>>>();
  CHECK(cudaDeviceSynchronize() == cudaErrorIllegalAddress);
  CHECK(cudaMalloc(&p, 4) == cudaErrorIllegalAddress); // it stays
  printf("ok\n");
}
