// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Recursive device functions, which cannot be inlined, in which threads end or meet at barriers.
#include <cstdio>
#include <cuda_runtime.h>

// Ends the thread where n reaches 0 and `ends` is set.
__device__ __noinline__ int descend(int n, bool ends, int* trace) {
  if (n == 0) {
    if (ends) {
      *trace = -1;
      asm volatile("exit;");
    }
    return 1;
  }
  int below = descend(n - 1, ends, trace);
  return n % 2 ? below + n : below * 2;
}

static int expected(int n) {
  return n == 0 ? 1 : n % 2 ? expected(n - 1) + n : expected(n - 1) * 2;
}

__global__ void someEnd(int* trace, int* out, int every) {
  int t = int(blockIdx.x * blockDim.x + threadIdx.x);
  int v = descend(t % 7, t % every == 0, trace + t);
  out[t] = v;
  if (t % 5 == 1)
    out[t] += descend(3, t % every == 1, trace + t);
}

// Who is left meets at a barrier; the others are not waited for.
__global__ void endThenMeet(int* trace, int* out) {
  __shared__ int sum;
  int t = int(threadIdx.x);
  if (t == 0)
    sum = 0;
  __syncthreads();
  int v = descend(t % 4, t % 3 == 2, trace + t);
  atomicAdd(&sum, 1);
  __syncthreads();
  out[t] = sum * 100 + v;
}

__device__ __noinline__ void rounds(int* value, int n) {
  if (n == 0)
    return;
  int t = int(threadIdx.x), size = int(blockDim.x);
  int other = value[(t + n) % size];
  __syncthreads();
  value[t] += other;
  __syncthreads();
  rounds(value, n - 1);
  if (n == 2)
    __syncthreads();
}

__global__ void barrierBelow(int* out) {
  __shared__ int value[128];
  int t = int(threadIdx.x);
  value[t] = t;
  __syncthreads();
  rounds(value, 5);
  out[t] = value[t];
}

int main() {
  constexpr int kThreads = 160;
  int *trace, *out, failures = 0;
  cudaMallocManaged(&trace, 4096);
  cudaMallocManaged(&out, 4096);
  auto report = [&](const char* name, bool right) {
    failures += !right;
    printf("%s: %s\n", name, right ? "right" : "WRONG");
    for (int i = 0; i < 1024; i++)
      trace[i] = out[i] = 0;
  };
  for (int every : {1, 2, 3, 1000}) {
    for (int i = 0; i < 1024; i++)
      trace[i] = out[i] = 0;
    someEnd<<<2, kThreads / 2>>>(trace, out, every);
    bool right = cudaDeviceSynchronize() == cudaSuccess;
    for (int t = 0; t < kThreads; t++) {
      bool ends = t % every == 0, endsLater = !ends && t % 5 == 1 && t % every == 1;
      int want = ends ? 0 : expected(t % 7) + (t % 5 == 1 && !endsLater ? expected(3) : 0);
      right &= out[t] == want && trace[t] == (ends || endsLater ? -1 : 0);
    }
    report("someEnd", right);
  }
  endThenMeet<<<1, 100>>>(trace, out);
  bool right = cudaDeviceSynchronize() == cudaSuccess;
  for (int t = 0; t < 100; t++)
    right &= out[t] == (t % 3 == 2 ? 0 : 6700 + expected(t % 4));
  report("endThenMeet", right);
  for (int size : {128, 77}) {
    barrierBelow<<<1, size>>>(out);
    right = cudaDeviceSynchronize() == cudaSuccess;
    int value[128], before[128];
    for (int t = 0; t < size; t++)
      value[t] = t;
    for (int n = 5; n; n--) {
      for (int t = 0; t < size; t++)
        before[t] = value[t];
      for (int t = 0; t < size; t++)
        value[t] = before[t] + before[(t + n) % size];
    }
    for (int t = 0; t < size; t++)
      right &= out[t] == value[t];
    report("barrierBelow", right);
  }
  return failures != 0;
}
