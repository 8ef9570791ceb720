// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads that wait for memory which other threads of their block, or of their grid, write.
#include <cstdint>
#include <cstdio>
#include <cuda_runtime.h>

// The first warp waits for the last one: neither may have to end first.
__global__ void warpWaits(int* out) {
  __shared__ volatile int flag, answer;
  if (threadIdx.x == 0)
    flag = answer = 0;
  __syncthreads();
  if (threadIdx.x < 32) {
    while (flag == 0)
      ;
    out[threadIdx.x] = answer;
    flag = 2;
  } else if (threadIdx.x == blockDim.x - 1) {
    answer = 7;
    __threadfence_block();
    flag = 1;
    while (flag != 2)
      ;
  }
}

// One thread of each warp takes its turn.
__global__ void turns(int* order) {
  __shared__ int turn;
  if (threadIdx.x == 0)
    turn = int(blockDim.x / 32) - 1;
  __syncthreads();
  if (threadIdx.x % 32 == 0) {
    int mine = int(threadIdx.x / 32);
    while (atomicCAS(&turn, mine, mine) != mine)
      ;
    order[mine] = int(blockDim.x / 32) - 1 - turn;
    atomicSub(&turn, 1);
  }
}

__global__ void sleeps(int* out) {
  __shared__ volatile int flag;
  if (threadIdx.x == 0)
    flag = 0;
  __syncthreads();
  int rounds = 0;
  if (threadIdx.x < 32) {
    while (flag == 0) {
      asm volatile("nanosleep.u32 100;");
      rounds++;
    }
    out[threadIdx.x] = rounds > 0;
  } else
    flag = 1;
}

__device__ uint64_t gridWorkspace() {
  uint32_t low, high;
  asm("mov.u32 %0, %%envreg2;" : "=r"(low));
  asm("mov.u32 %0, %%envreg1;" : "=r"(high));
  return uint64_t(high) << 32 | low;
}

// Every block adds to `sum`, all see the whole sum.
__global__ void gridMeets(unsigned* sum, unsigned* seen) {
  uint64_t address = gridWorkspace();
  if (!address) {
    seen[blockIdx.x] = 0xffff;
    return;
  }
  auto* count = reinterpret_cast<unsigned*>(address) + 1;
  atomicAdd(sum, threadIdx.x);
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    atomicAdd(count, 1);
    while (*static_cast<volatile unsigned*>(count) != gridDim.x)
      ;
    __threadfence();
  }
  __syncthreads();
  if (threadIdx.x == 1)
    seen[blockIdx.x] = *static_cast<volatile unsigned*>(sum);
}

// Apart from printf: the results are read afterwards.
static const char* outcome() {
  return cudaGetErrorString(cudaDeviceSynchronize());
}

int main() {
  const char* status;
  int* out;
  unsigned* sums;
  cudaMallocManaged(&out, 64 * sizeof(int));
  cudaMallocManaged(&sums, 8 * sizeof(unsigned));
  for (int i = 0; i < 8; i++)
    sums[i] = 0;

  warpWaits<<<1, 128>>>(out);
  status = outcome();
  printf("warpWaits %s: %d %d\n", status, out[0], out[31]);
  turns<<<1, 128>>>(out);
  status = outcome();
  printf("turns %s: %d %d %d %d\n", status, out[0], out[1], out[2], out[3]);
  sleeps<<<1, 64>>>(out);
  status = outcome();
  printf("sleeps %s: %d\n", status, out[5]);

  unsigned *sum = sums, *seen = sums + 1;
  void* args[] = {&sum, &seen};
  cudaLaunchCooperativeKernel(reinterpret_cast<void*>(gridMeets), dim3(3), dim3(64), args, 0,
                              nullptr);
  status = outcome();
  printf("gridMeets %s: %u %u %u\n", status, seen[0], seen[1], seen[2]);
  gridMeets<<<1, 64>>>(sum, seen);
  status = outcome();
  printf("not cooperative %s: %x\n", status, seen[0]);
  return 0;
}
