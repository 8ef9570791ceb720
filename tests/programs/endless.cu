// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels that never end, with ANYWARP_WATCHDOG: each gives cudaErrorLaunchTimeout, and the process
// goes on with a new context. With the argument "wait" one of them runs until a signal comes.
#include <cstdio>
#include <cstring>
#include <cuda_runtime.h>

__global__ void stores(volatile int* p) {
  for (;;)
    *p = *p + 1;
}

__global__ void waits(volatile int* p) {
  while (*p == 0)
    ;
}

__global__ void meets(volatile int* p) {
  do
    __syncthreads();
  while (*p == 0);
}

// Some lanes of a warp; the others have ended.
__global__ void someLanes(volatile int* p) {
  if (threadIdx.x % 3 == 1)
    while (atomicCAS(const_cast<int*>(p), 1, 0) != 1)
      ;
}

__device__ __noinline__ int depth(volatile int* p, int n) {
  return n == 0 ? *p : depth(p, n - 1) + depth(p, n - 1) + 1;
}

// 2^60 calls
__global__ void recursion(volatile int* p) {
  p[1] = depth(p, 60);
}

__global__ void works(int* p) {
  atomicAdd(p, 2);
}

static int* fresh() {
  int* p;
  if (cudaMalloc(&p, 64) != cudaSuccess || cudaMemset(p, 0, 64) != cudaSuccess)
    return nullptr;
  return p;
}

static void outcome(const char* name) {
  cudaError_t status = cudaDeviceSynchronize();
  printf("%s: %s, then %s\n", name, cudaGetErrorName(status),
         cudaGetErrorName(cudaDeviceSynchronize()));
  cudaDeviceReset();
  int value = 0, *p = fresh();
  works<<<2, 32>>>(p);
  cudaMemcpy(&value, p, sizeof value, cudaMemcpyDeviceToHost);
  printf("  a new context: %d\n", value);
}

int main(int argc, char** argv) {
  int* p = fresh();
  if (argc > 1 && !strcmp(argv[1], "wait")) {
    stores<<<8, 64>>>(p);
    waits<<<8, 64>>>(p);
    puts("started");
    fflush(stdout);
    return cudaDeviceSynchronize() != cudaSuccess;
  }
  stores<<<3, 64>>>(p);
  outcome("stores");
  p = fresh();
  waits<<<100, 64>>>(p);
  outcome("waits");
  p = fresh();
  meets<<<3, 96>>>(p);
  outcome("meets");
  p = fresh();
  someLanes<<<2, 50>>>(p);
  outcome("someLanes");
  p = fresh();
  recursion<<<1, 32>>>(p);
  outcome("recursion");
  return 0;
}
