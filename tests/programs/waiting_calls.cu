// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lanes inside recursive functions that wait for lanes of their warp outside, and the other way
// round: spin loops, locks, exchanges between lanes, barriers. CUDA C++ Programming Guide,
// "Independent thread scheduling": every thread of a warp gets on.
#include <cstdio>
#include <cuda_runtime.h>

// Waits at depth n for *flag, then counts in *arrived; adds up what it saw on the way back.
__device__ __noinline__ int waitBelow(int n, volatile int* flag, int* arrived, int salt) {
  int local[3] = {n, n * salt, n + salt};
  if (n == 0) {
    while (*flag == 0) {
    }
    atomicAdd(arrived, 1);
    return salt;
  }
  int below = waitBelow(n - 1, flag, arrived, salt + 1);
  return below + local[(n + salt) % 3];
}

static int waitBelowValue(int n, int salt) {
  int local[3] = {n, n * salt, n + salt};
  return n == 0 ? salt : waitBelowValue(n - 1, salt + 1) + local[(n + salt) % 3];
}

// The last lane sets the flag, outside of the call, and waits until all others came back.
__global__ void flagOutside(int* flags, int* out) {
  int lane = int(threadIdx.x % 32), warp = int(threadIdx.x / 32);
  int *flag = flags + 2 * warp, *arrived = flag + 1;
  if (lane == 31) {
    atomicExch(flag, 1);
    while (atomicAdd(arrived, 0) != 31) {
    }
    out[threadIdx.x] = -1;
  } else {
    out[threadIdx.x] = waitBelow(lane % 6, flag, arrived, lane);
  }
}

// The lanes outside wait first; who is deepest lets them go.
__device__ __noinline__ int release(int n, int* flag, int* seen) {
  if (n == 0)
    return atomicExch(flag, 1);
  int v = release(n - 1, flag, seen);
  while (atomicAdd(seen, 0) < 20) { // all outside have seen the flag
  }
  return v + n;
}

__global__ void flagInside(int* flags, int* out) {
  int t = int(threadIdx.x);
  if (t < 20) {
    while (atomicAdd(flags, 0) == 0) {
    }
    atomicAdd(flags + 1, 1);
    out[t] = t;
  } else {
    out[t] = release(t - 17, flags, flags + 1) >= 0 ? 100 + t : -1;
  }
}

// Two functions that call each other and take a lock at every depth.
struct Counter {
  int lock, value;
};
__device__ int odd(int n, Counter* c);
__device__ __noinline__ int even(int n, Counter* c) {
  while (atomicCAS(&c->lock, 0, 1) != 0) {
  }
  __threadfence();
  int old = *(volatile int*)&c->value;
  *(volatile int*)&c->value = old + 1;
  __threadfence();
  atomicExch(&c->lock, 0);
  return n == 0 ? 1 : odd(n - 1, c);
}
__device__ __noinline__ int odd(int n, Counter* c) {
  return n == 0 ? 0 : even(n - 1, c);
}

__global__ void locksBelow(Counter* c, int* out) {
  int t = int(threadIdx.x);
  out[t] = t % 3 == 1 ? odd(t % 9, c) : even(t % 9, c);
}

// Both sides of the branch meet: some in a call, others outside.
__device__ __noinline__ int exchange(int n, int v) {
  if (n == 0)
    return __shfl_xor_sync(0xffffffffu, v, 16);
  return exchange(n - 1, v + 1) + n;
}

__global__ void exchangeAcross(int* out) {
  int lane = int(threadIdx.x);
  if (lane < 16)
    out[lane] = exchange(lane % 5, 1000 + lane);
  else
    out[lane] = __shfl_xor_sync(0xffffffffu, 2000 + lane, 16);
}

__device__ __noinline__ int meet(int n, int* sum) {
  if (n == 0) {
    atomicAdd(sum, 1);
    asm volatile("barrier.sync 0;" ::: "memory");
    return *(volatile int*)sum;
  }
  return meet(n - 1, sum) + n;
}

__global__ void barrierAcross(int* out) {
  __shared__ int sum;
  int t = int(threadIdx.x);
  if (t == 0)
    sum = 0;
  __syncthreads();
  if (t % 3 == 0) {
    out[t] = meet(t % 7, &sum);
  } else {
    atomicAdd(&sum, 1);
    asm volatile("barrier.sync 0;" ::: "memory");
    out[t] = *(volatile int*)&sum;
  }
}

__device__ __noinline__ int endless(int n, volatile int* flag) {
  while (*flag == 0) {
  }
  return endless(n + 1, flag) + *flag * n;
}

__global__ void tooDeep(int* flag, int* out) {
  out[threadIdx.x] = endless(0, flag);
}

static int failures = 0;

static void report(const char* name, bool right) {
  cudaError_t error = cudaDeviceSynchronize();
  failures += !right || error != cudaSuccess;
  printf("%s: %s\n", name,
         error != cudaSuccess ? cudaGetErrorName(error)
         : right              ? "right"
                              : "WRONG");
}

int main() {
  int *flags, *out;
  cudaMallocManaged(&flags, 4096);
  cudaMallocManaged(&out, 4096);
  auto clear = [&] {
    for (int i = 0; i < 1024; i++)
      flags[i] = out[i] = 0;
  };
  clear();
  flagOutside<<<1, 96>>>(flags, out);
  bool right = cudaDeviceSynchronize() == cudaSuccess;
  for (int t = 0; t < 96; t++)
    right &= out[t] == (t % 32 == 31 ? -1 : waitBelowValue(t % 32 % 6, t % 32));
  report("flagOutside", right);

  clear();
  flagInside<<<1, 32>>>(flags, out);
  right = cudaDeviceSynchronize() == cudaSuccess && flags[1] == 20;
  for (int t = 0; t < 32; t++)
    right &= out[t] == (t < 20 ? t : 100 + t);
  report("flagInside", right);

  clear();
  auto* counter = (Counter*)flags;
  locksBelow<<<1, 128>>>(counter, out);
  right = cudaDeviceSynchronize() == cudaSuccess;
  int taken = 0;
  for (int t = 0; t < 128; t++) {
    int n = t % 9, isEven = n % 2 == 0;
    bool startsOdd = t % 3 == 1;
    taken += startsOdd ? (n + 1) / 2 : n / 2 + 1;
    right &= out[t] == (startsOdd ? !isEven : isEven);
  }
  report("locksBelow", right && counter->value == taken && counter->lock == 0);

  clear();
  exchangeAcross<<<1, 32>>>(out);
  right = cudaDeviceSynchronize() == cudaSuccess;
  for (int lane = 0; lane < 16; lane++) {
    int n = lane % 5;
    right &= out[lane] == 2000 + lane + 16 + n * (n + 1) / 2;
    right &= out[lane + 16] == 1000 + lane + n;
  }
  report("exchangeAcross", right);

  clear();
  for (int size : {32, 96, 77}) {
    barrierAcross<<<1, size>>>(out);
    right = cudaDeviceSynchronize() == cudaSuccess;
    for (int t = 0; t < size; t++) {
      int n = t % 7;
      right &= out[t] == size + (t % 3 == 0 ? n * (n + 1) / 2 : 0);
    }
    report("barrierAcross", right);
  }

  clear();
  flags[0] = 1;
  tooDeep<<<1, 32>>>(flags, out);
  printf("tooDeep: %s\n", cudaGetErrorName(cudaDeviceSynchronize()));
  return failures != 0;
}
