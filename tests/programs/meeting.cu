// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lanes of one warp that meet at .sync instructions on different ways through the program (PTX ISA:
// the executing thread waits until all non-exited threads of membermask have executed it).
#include <cstdio>
#include <cuda_runtime.h>

constexpr unsigned kAll = 0xffffffff;

__global__ void shufflesInTwoArms(int* out) {
  int lane = int(threadIdx.x), v;
  if (lane % 2) {
    v = __shfl_sync(kAll, lane * 3, lane - 1) + 1000;
    v += lane;
  } else {
    int x = lane * lane;
    v = __shfl_sync(kAll, x, lane + 1) + 2000;
  }
  out[lane] = v;
}

__global__ void syncwarpInTwoArms(volatile int* shared, int* out) {
  int lane = int(threadIdx.x);
  if (lane < 11) {
    shared[lane] = lane + 100;
    __syncwarp();
    out[lane] = shared[lane + 11];
  } else {
    shared[lane] = lane + 200;
    __syncwarp();
    out[lane] = shared[lane % 11];
  }
}

__global__ void votesInThreeArms(unsigned* out) {
  int lane = int(threadIdx.x);
  unsigned v;
  if (lane % 3 == 0)
    v = __ballot_sync(kAll, lane > 10);
  else if (lane % 3 == 1)
    v = __ballot_sync(kAll, lane < 5) + 0;
  else {
    unsigned w = unsigned(__any_sync(0x24924924, lane == 5)); // of this arm only
    v = __ballot_sync(kAll, w && lane == 8);
  }
  out[lane] = v;
}

// clang 19's __reduce_*_sync pass mask and value the wrong way round.
__device__ unsigned reduceAdd(unsigned value, unsigned members) {
  unsigned r;
  asm volatile("redux.sync.add.u32 %0, %1, %2;" : "=r"(r) : "r"(value), "r"(members));
  return r;
}
__device__ unsigned reduceMax(unsigned value, unsigned members) {
  unsigned r;
  asm volatile("redux.sync.max.u32 %0, %1, %2;" : "=r"(r) : "r"(value), "r"(members));
  return r;
}

// Four lanes on each side; the rest of the warp has ended or does something else.
__global__ void namedLanes(unsigned* out) {
  unsigned lane = threadIdx.x;
  if (lane >= 24)
    return;
  unsigned v = 7;
  if (lane < 4)
    v = __match_any_sync(0xff, lane / 2);
  else if (lane < 8)
    v = __match_any_sync(0xff, lane - 4) | 0x100;
  else if (lane < 16)
    v = reduceAdd(lane, 0xff00);
  else if (lane % 2)
    v = reduceMax(lane, 0xffff0000); // 24 to 31 have exited
  else
    v = reduceMax(lane + 100, 0xffff0000);
  out[lane] = v;
}

// A lane feeds the others round by round from a loop of its own.
__global__ void loopsOfTheirOwn(int* out) {
  int lane = int(threadIdx.x), sum = 0;
  if (lane == 0) {
    for (int i = 0; i < 10; i++)
      sum += __shfl_sync(kAll, i * i, 1) * 2;
  } else {
    for (int i = 0; i < 10; i++)
      sum += __shfl_sync(kAll, i + lane, 0);
  }
  out[lane] = sum;
}

// Lanes come out of a lock one by one, then work together again.
__global__ void afterLock(int* lock, volatile int* ticket, int* out) {
  int lane = int(threadIdx.x % 32);
  while (atomicCAS(lock, 0, 1) != 0)
    ;
  __threadfence();
  int mine = *ticket;
  *ticket = mine + 1;
  __threadfence();
  atomicExch(lock, 0);
  __syncwarp();
  int sum = mine;
  for (int d = 16; d; d /= 2)
    sum += __shfl_xor_sync(kAll, sum, d);
  out[threadIdx.x] = sum;
  unsigned later = __ballot_sync(kAll, mine > __shfl_sync(kAll, mine, (lane + 1) % 32));
  out[64 + threadIdx.x] = int(later != 0 && later != kAll);
}

// The same in a loop, with lanes that leave it early.
__global__ void locksAndVotes(int* lock, volatile int* sum, int* out) {
  int lane = int(threadIdx.x), rounds = 0;
  while (__any_sync(kAll, rounds < lane % 4)) {
    if (rounds < lane % 4) {
      while (atomicCAS(lock, 0, 1) != 0)
        ;
      __threadfence();
      *sum = *sum + 1;
      __threadfence();
      atomicExch(lock, 0);
      rounds++;
    }
  }
  out[lane] = rounds;
}

static int* m;
static int failures = 0;
template <typename Check> static void report(const char* name, Check right) {
  const char* status = cudaGetErrorString(cudaDeviceSynchronize());
  bool all = true;
  for (int lane = 0; lane < 32; lane++)
    all &= right(lane);
  failures += !all;
  printf("%s: %s, %s\n", name, status, all ? "right" : "WRONG");
  for (int i = 0; i < 1024; i++)
    m[i] = 0;
}

int main() {
  cudaMallocManaged(&m, 4096);
  auto* u = reinterpret_cast<unsigned*>(m);
  for (int i = 0; i < 1024; i++)
    m[i] = 0;
  shufflesInTwoArms<<<1, 32>>>(m);
  report("shufflesInTwoArms",
         [](int l) { return m[l] == (l % 2 ? (l - 1) * (l - 1) + 1000 + l : (l + 1) * 3 + 2000); });
  syncwarpInTwoArms<<<1, 32>>>(m + 32, m);
  report("syncwarpInTwoArms", [](int l) { return m[l] == (l < 11 ? l + 11 + 200 : l % 11 + 100); });
  votesInThreeArms<<<1, 32>>>(u);
  report("votesInThreeArms", [&](int) {
    unsigned want = 0;
    for (int l = 0; l < 32; l++)
      want |= unsigned(l % 3 == 0 ? l > 10 : l % 3 == 1 ? l < 5 : l == 8) << l;
    bool all = true;
    for (int l = 0; l < 32; l++)
      all &= u[l] == want;
    return all;
  });
  namedLanes<<<1, 32>>>(u);
  report("namedLanes", [&](int l) {
    const unsigned low[] = {0x13, 0x13, 0x2c, 0x2c, 0x113, 0x12c, 0x140, 0x180};
    return u[l] == (l < 8 ? low[l] : l < 16 ? 92u : l < 24 ? 122u : 0u);
  });
  loopsOfTheirOwn<<<1, 32>>>(m);
  report("loopsOfTheirOwn", [](int l) { return m[l] == (l ? 285 : 2 * (45 + 10)); });
  afterLock<<<1, 64>>>(m + 900, m + 901, m);
  report("afterLock", [](int l) {
    return m[l] + m[32 + l] == 63 * 32 && m[l] == m[0] && m[64 + l] == 1 && m[96 + l] == 1;
  });
  locksAndVotes<<<1, 32>>>(m + 900, m + 901, m);
  report("locksAndVotes", [](int l) { return m[l] == l % 4 && m[901] == 48; });
  return failures != 0;
}
