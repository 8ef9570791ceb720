// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads that wait for each other: lanes of one warp, warps of a block, blocks of a grid. Every
// thread gets on as long as the others do (CUDA's independent thread scheduling).
#include <cstdio>
#include <cuda_runtime.h>

__device__ void lock(int* l) {
  while (atomicCAS(l, 0, 1) != 0)
    ;
  __threadfence();
}

__device__ void unlock(int* l) {
  __threadfence();
  atomicExch(l, 0);
}

// All threads of the grid take one lock; the sum is no atomic one.
__global__ void oneLock(int* l, volatile int* sum) {
  lock(l);
  *sum = *sum + 1;
  unlock(l);
}

// The lock is taken again in every round of a loop.
__global__ void lockInLoop(int* l, volatile int* sum, int rounds) {
  for (int i = 0; i < rounds; i++) {
    lock(l);
    *sum = *sum + i;
    unlock(l);
  }
}

// Two locks in a fixed order; money moves between accounts, none is lost.
__global__ void nestedLocks(int* locks, volatile int* accounts, int n) {
  int t = int(blockIdx.x * blockDim.x + threadIdx.x);
  int a = t % n, b = (t * 7 + 1) % n;
  if (a == b)
    b = (b + 1) % n;
  lock(&locks[a < b ? a : b]);
  lock(&locks[a < b ? b : a]);
  accounts[a] = accounts[a] - t;
  accounts[b] = accounts[b] + t;
  unlock(&locks[a < b ? b : a]);
  unlock(&locks[a < b ? a : b]);
}

__global__ void ticketLock(unsigned* next, volatile unsigned* serving, volatile int* sum) {
  unsigned mine = atomicAdd(next, 1u);
  while (*serving != mine)
    ;
  __threadfence();
  *sum = *sum + 1;
  __threadfence();
  *serving = mine + 1;
}

__global__ void backoff(int* l, volatile int* sum) {
  unsigned pause = 8;
  while (atomicCAS(l, 0, 1) != 0) {
    asm volatile("nanosleep.u32 %0;" ::"r"(pause));
    if (pause < 256)
      pause *= 2;
  }
  __threadfence();
  *sum = *sum + 1;
  unlock(l);
}

// Useful work between tries, and a store in the loop.
__global__ void tryLock(int* l, volatile int* sum, int* tries) {
  int t = int(blockIdx.x * blockDim.x + threadIdx.x);
  bool done = false;
  int n = 0;
  while (!done) {
    tries[t] = ++n;
    if (atomicCAS(l, 0, 1) == 0) {
      __threadfence();
      *sum = *sum + 1;
      unlock(l);
      done = true;
    }
  }
}

// Gives up after many tries and starts again; exits through several doors.
__global__ void countedTries(int* l, volatile int* sum) {
  for (;;) {
    int tries = 0;
    while (tries < 50 && atomicCAS(l, 0, 1) != 0)
      tries++;
    if (tries == 50)
      continue;
    __threadfence();
    *sum = *sum + 1;
    unlock(l);
    return;
  }
}

struct Node {
  int lock, value;
  Node* next;
};

// Hand over hand along a list: up to 32 lanes hold locks in it at the same time.
__global__ void listLocks(Node* head, int* seen) {
  int t = int(threadIdx.x);
  Node* at = head;
  lock(&at->lock);
  int sum = 0;
  while (at) {
    sum += *static_cast<volatile int*>(&at->value);
    *static_cast<volatile int*>(&at->value) = at->value + 1;
    Node* next = at->next;
    if (next)
      lock(&next->lock);
    unlock(&at->lock);
    at = next;
  }
  seen[t] = sum;
}

// Thread i waits for thread i + step: through lanes, warps and blocks, up or down.
__global__ void chain(volatile int* flags, int n, int step) {
  int t = int(blockIdx.x * blockDim.x + threadIdx.x);
  int from = t + step;
  int value = 0;
  if (from >= 0 && from < n)
    while ((value = flags[from]) == 0)
      ;
  __threadfence();
  flags[t] = value + 1;
}

// Two lanes of one warp play; each is a round ahead of the other in turn.
__global__ void pingPong(volatile int* ball, int* last, int rounds) {
  int lane = int(threadIdx.x);
  if (lane > 1)
    return;
  int i = 0;
  for (; i < rounds; i++) {
    while (*ball != 2 * i + lane)
      ;
    __threadfence();
    last[lane] = i * 10 + lane;
    __threadfence();
    *ball = *ball + 1;
  }
  last[2 + lane] = i;
}

// Lane 0 fills a queue that the other lanes of its warp empty.
__global__ void produce(volatile int* full, volatile int* item, int* sum, int rounds) {
  int lane = int(threadIdx.x);
  if (lane == 0) {
    for (int i = 0; i < rounds; i++)
      for (int c = 1; c < 32; c++) {
        while (full[c])
          ;
        item[c] = i * c;
        __threadfence();
        full[c] = 1;
      }
  } else {
    int mine = 0;
    for (int i = 0; i < rounds; i++) {
      while (!full[lane])
        ;
      __threadfence();
      mine += item[lane];
      __threadfence();
      full[lane] = 0;
    }
    sum[lane] = mine;
  }
}

// Scan by decoupled look-back, one thread of each block looks.
__global__ void lookBack(const int* in, int* out, volatile int* state, volatile int* total,
                         volatile int* prefix) {
  __shared__ int part[128], before;
  int t = int(threadIdx.x), b = int(blockIdx.x);
  part[t] = in[b * 128 + t];
  __syncthreads();
  for (int d = 1; d < 128; d *= 2) {
    int v = t >= d ? part[t - d] : 0;
    __syncthreads();
    part[t] += v;
    __syncthreads();
  }
  if (t == 0) {
    total[b] = part[127];
    __threadfence();
    state[b] = 1;
    int sum = 0;
    for (int at = b - 1; at >= 0; at--) {
      int s;
      while ((s = state[at]) == 0)
        ;
      __threadfence();
      if (s == 2) {
        sum += prefix[at];
        break;
      }
      sum += total[at];
    }
    prefix[b] = sum + part[127];
    __threadfence();
    state[b] = 2;
    before = sum;
  }
  __syncthreads();
  out[b * 128 + t] = part[t] + before;
}

__device__ __noinline__ int waitFor(volatile int* flag, int want) {
  int v;
  while ((v = *flag) < want)
    ;
  return v;
}

__global__ void waitInFunction(volatile int* flag, int* out) {
  int lane = int(threadIdx.x);
  out[lane] = waitFor(flag, 31 - lane);
  __threadfence();
  *flag = 32 - lane;
}

static int failures = 0;
static void report(const char* name, bool right) {
  const char* status = cudaGetErrorString(cudaDeviceSynchronize());
  failures += !right;
  printf("%s: %s, %s\n", name, status, right ? "right" : "WRONG");
}
static void finish() {
  cudaDeviceSynchronize();
}

int main() {
  constexpr int kThreads = 4 * 96;
  int* m;
  cudaMallocManaged(&m, 1 << 20);
  auto clear = [&] {
    for (int i = 0; i < (1 << 18); i++)
      m[i] = 0;
  };
  clear();
  oneLock<<<4, 96>>>(m, m + 1);
  finish();
  report("oneLock", m[1] == kThreads);
  clear();
  lockInLoop<<<2, 40>>>(m, m + 1, 5);
  finish();
  report("lockInLoop", m[1] == 2 * 40 * 10);
  clear();
  nestedLocks<<<4, 96>>>(m, m + 100, 13);
  finish();
  int sum = 0;
  for (int i = 0; i < 13; i++)
    sum += m[100 + i];
  report("nestedLocks", sum == 0 && m[100] != 0);
  clear();
  ticketLock<<<3, 64>>>(reinterpret_cast<unsigned*>(m), reinterpret_cast<unsigned*>(m + 1), m + 2);
  finish();
  report("ticketLock", m[2] == 3 * 64);
  clear();
  backoff<<<2, 64>>>(m, m + 1);
  finish();
  report("backoff", m[1] == 128);
  clear();
  tryLock<<<4, 96>>>(m, m + 1, m + 2);
  finish();
  bool tried = true;
  for (int i = 0; i < kThreads; i++)
    tried &= m[2 + i] > 0;
  report("tryLock", m[1] == kThreads && tried);
  clear();
  countedTries<<<2, 64>>>(m, m + 1);
  finish();
  report("countedTries", m[1] == 128);
  clear();
  auto* nodes = reinterpret_cast<Node*>(m + 1000);
  for (int i = 0; i < 10; i++) {
    nodes[i].value = i;
    nodes[i].next = i < 9 ? &nodes[i + 1] : nullptr;
  }
  listLocks<<<1, 64>>>(nodes, m);
  finish();
  bool list = true;
  long all = 0;
  for (int i = 0; i < 64; i++)
    all += m[i];
  for (int i = 0; i < 10; i++)
    list &= nodes[i].value == i + 64;
  // Every node counts up by one for each of the 64 that pass.
  report("listLocks", list && all == 64L * 45 + 10L * (63 * 64 / 2));
  for (int step : {-1, 1}) {
    clear();
    chain<<<4, 96>>>(m, kThreads, step);
    finish();
    bool right = true;
    for (int i = 0; i < kThreads; i++)
      right &= m[i] == (step < 0 ? i + 1 : kThreads - i);
    report(step < 0 ? "chain up" : "chain down", right);
  }
  clear();
  pingPong<<<1, 32>>>(m, m + 1, 100);
  finish();
  report("pingPong", m[0] == 200 && m[1] == 990 && m[2] == 991 && m[3] == 100 && m[4] == 100);
  clear();
  produce<<<1, 32>>>(m, m + 32, m + 64, 20);
  finish();
  bool produced = true;
  for (int c = 1; c < 32; c++)
    produced &= m[64 + c] == c * 190;
  report("produce", produced);
  clear();
  constexpr int kBlocks = 200, kItems = kBlocks * 128;
  int *in = m, *out = m + kItems, *state = m + 2 * kItems;
  for (int i = 0; i < kItems; i++)
    in[i] = i % 17;
  lookBack<<<kBlocks, 128>>>(in, out, state, state + kBlocks, state + 2 * kBlocks);
  finish();
  bool scanned = true;
  for (int i = 0, s = 0; i < kItems; i++)
    scanned &= out[i] == (s += i % 17);
  report("lookBack", scanned);
  clear();
  waitInFunction<<<1, 32>>>(m, m + 1);
  finish();
  bool waited = m[0] == 32;
  for (int i = 0; i < 32; i++)
    waited &= m[1 + i] == 31 - i;
  report("waitInFunction", waited);
  return failures != 0;
}
