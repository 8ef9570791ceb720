// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuda::barrier and cuda::pipeline: phases in shared and global memory, with and without a function
// at their end, and copies in stages by threads that produce, consume or do both.
#include <cooperative_groups.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda/barrier>
#include <cuda/pipeline>
#include <cuda/std/type_traits>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));                  \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

namespace cg = cooperative_groups;
static_assert(
    cuda::std::is_same<cuda::barrier<cuda::thread_scope_block>::arrival_token, uint64_t>::value,
    "tokens are words");

enum { kThreads = 96, kBlocks = 4, kPhases = 6, kTiles = 11, kStages = 3 };
static int failures = 0;
static void expect(bool right, const char* what, int i) {
  if (!right && ++failures < 20)
    std::printf("%s: %d is wrong\n", what, i);
}
template <class T> static T* managed(size_t n) {
  T* p;
  CHECK(cudaMallocManaged(&p, n * sizeof(T)));
  std::memset((void*)p, 0, n * sizeof(T));
  return p;
}

// Everybody writes, arrives, and reads a neighbour's value; one thread arrives for two.
template <class Barrier> __device__ void phasesOn(Barrier& barrier, int* values, int* out) {
  int t = threadIdx.x;
  for (int phase = 0; phase < kPhases; ++phase) {
    values[t] = phase * 1000 + t;
    if (t == 0)
      barrier.wait(barrier.arrive(2)); // one more is expected than there are threads
    else
      barrier.wait(barrier.arrive());
    out[phase * kThreads + t] = values[(t + 1) % kThreads];
    barrier.wait_parity(phase & 1); // over, or it would hang
    __syncthreads();
  }
}
__global__ void sharedPhases(int* out) {
  __shared__ cuda::barrier<cuda::thread_scope_block> barrier;
  __shared__ int values[kThreads];
  if (threadIdx.x == 0)
    init(&barrier, kThreads + 1);
  __syncthreads();
  phasesOn(barrier, values, out);
}
__global__ void globalPhases(cuda::barrier<cuda::thread_scope_device>* barrier, int* out) {
  __shared__ int values[kThreads];
  if (threadIdx.x == 0)
    init(barrier, kThreads + 1);
  __syncthreads();
  phasesOn(*barrier, values, out);
}
// The last thread of a phase runs the function before anybody goes on.
struct Count {
  int* phases;
  __device__ void operator()() const { ++*phases; }
};
__global__ void countedPhases(int* phases, int* out) {
  __shared__ cuda::barrier<cuda::thread_scope_block, Count> barrier;
  if (threadIdx.x == 0)
    init(&barrier, (ptrdiff_t)blockDim.x, Count{phases});
  __syncthreads();
  for (int phase = 0; phase < kPhases; ++phase) {
    barrier.arrive_and_wait();
    if (*(volatile int*)phases < phase + 1)
      out[threadIdx.x] = 1;
    if (phase == 2 && threadIdx.x % 3 == 0) {
      barrier.arrive_and_drop();
      return;
    }
  }
}
// Threads of several blocks meet.
__global__ void acrossBlocks(cuda::barrier<cuda::thread_scope_device>* barrier, int* sums,
                             int* out) {
  for (int phase = 0; phase < kPhases; ++phase) {
    atomicAdd(sums + phase, 1);
    barrier->arrive_and_wait();
    out[(phase * kBlocks + blockIdx.x) * kThreads + threadIdx.x] =
        *(volatile int*)(sums + phase) == kBlocks * kThreads;
  }
}
__global__ void start(cuda::barrier<cuda::thread_scope_device>* barrier, ptrdiff_t expected) {
  init(barrier, expected);
}

static void testPhases() {
  int* out = managed<int>(kPhases * kBlocks * kThreads);
  auto* barrier = managed<cuda::barrier<cuda::thread_scope_device>>(1);
  for (bool inShared : {true, false}) {
    std::memset(out, 0, kPhases * kThreads * sizeof(int));
    if (inShared)
      sharedPhases<<<1, kThreads>>>(out);
    else
      globalPhases<<<1, kThreads>>>(barrier, out);
    CHECK(cudaDeviceSynchronize());
    for (int phase = 0; phase < kPhases; ++phase)
      for (int t = 0; t < kThreads; ++t)
        expect(out[phase * kThreads + t] == phase * 1000 + (t + 1) % kThreads, "phase", t);
  }
  int* phases = managed<int>(kPhases);
  std::memset(out, 0, kThreads * sizeof(int));
  countedPhases<<<1, kThreads>>>(phases, out);
  CHECK(cudaDeviceSynchronize());
  // Those that dropped out ended the fourth phase with the others.
  expect(*phases == kPhases, "count of phases", *phases);
  for (int t = 0; t < kThreads; ++t)
    expect(out[t] == 0, "function of the phase", t);
  std::memset(phases, 0, kPhases * sizeof(int));
  start<<<1, 1>>>(barrier, kBlocks * kThreads);
  acrossBlocks<<<kBlocks, kThreads>>>(barrier, phases, out);
  CHECK(cudaDeviceSynchronize());
  for (int i = 0; i < kPhases * kBlocks * kThreads; ++i)
    expect(out[i] == 1, "meeting of blocks", i);
}

// Copies that a barrier waits for: by each thread, by the group, of odd sizes.
__global__ void copiesOnBarrier(const char* in, char* out, size_t size) {
  extern __shared__ __align__(16) char buffer[];
  __shared__ cuda::barrier<cuda::thread_scope_block> barrier;
  cg::thread_block block = cg::this_thread_block();
  if (block.thread_rank() == 0)
    init(&barrier, (ptrdiff_t)block.size());
  block.sync();
  cuda::memcpy_async(block, buffer, in, size, barrier);
  barrier.arrive_and_wait();
  for (size_t i = block.thread_rank(); i < size; i += block.size())
    out[i] = buffer[size - 1 - i];
}
// One thread's pipeline, two stages ahead.
__global__ void ownPipeline(const float4* in, float* out) {
  __shared__ float4 tiles[kStages][kThreads];
  auto pipe = cuda::make_pipeline();
  const auto shape = cuda::aligned_size_t<alignof(float4)>(sizeof(float4));
  int t = threadIdx.x, next = 0;
  float sum = 0;
  for (int tile = 0; tile < kTiles; ++tile) {
    for (; next < kTiles && next < tile + kStages; ++next) {
      pipe.producer_acquire();
      cuda::memcpy_async(&tiles[next % kStages][t], in + next * kThreads + t, shape, pipe);
      pipe.producer_commit();
    }
    pipe.consumer_wait();
    float4 v = tiles[tile % kStages][t];
    sum = sum * 2 + v.x + v.y - v.z * v.w;
    pipe.consumer_release();
  }
  out[t] = sum;
}
// A block's: role 0 both, 1 by role, 2 by number of producers.
__global__ void blockPipeline(const int* in, int* out, int kind) {
  __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, kStages> state;
  __shared__ int tiles[kStages][kThreads];
  cg::thread_block block = cg::this_thread_block();
  const int producers = kind == 0 ? kThreads : kThreads / 3, t = (int)block.thread_rank();
  const bool produces = t < producers, consumes = kind == 0 || !produces;
  auto pipe = kind == 0   ? cuda::make_pipeline(block, &state)
              : kind == 1 ? cuda::make_pipeline(block, &state,
                                                produces ? cuda::pipeline_role::producer
                                                         : cuda::pipeline_role::consumer)
                          : cuda::make_pipeline(block, &state, (size_t)producers);
  int next = 0, sum = 0;
  for (int tile = 0; tile < kTiles; ++tile) {
    if (produces)
      for (; next < kTiles && next < tile + (kind == 0 ? kStages - 1 : 1); ++next) {
        pipe.producer_acquire();
        for (int i = t; i < kThreads; i += producers)
          cuda::memcpy_async(&tiles[next % kStages][i], in + next * kThreads + i, sizeof(int),
                             pipe);
        pipe.producer_commit();
      }
    if (consumes) {
      pipe.consumer_wait();
      sum = sum * 3 + tiles[tile % kStages][kThreads - 1 - t];
      pipe.consumer_release();
    }
  }
  if (consumes)
    out[t] = sum;
}

static void testCopies() {
  const size_t most = 4096;
  char* bytes = managed<char>(most);
  char* copied = managed<char>(most);
  for (size_t i = 0; i < most; ++i)
    bytes[i] = (char)(i * 13 + i / 256);
  for (size_t size : {(size_t)1, (size_t)7, (size_t)64, (size_t)1000, (size_t)1004, most}) {
    copiesOnBarrier<<<1, kThreads, size>>>(bytes, copied, size);
    CHECK(cudaDeviceSynchronize());
    for (size_t i = 0; i < size; ++i)
      expect(copied[i] == bytes[size - 1 - i], "copy", (int)i);
  }
  float4* quads = managed<float4>(kTiles * kThreads);
  float* sums = managed<float>(kThreads);
  for (int i = 0; i < kTiles * kThreads; ++i)
    quads[i] = make_float4((float)(i % 7), (float)(i % 5), (float)(i % 3), 2);
  ownPipeline<<<1, kThreads>>>(quads, sums);
  CHECK(cudaDeviceSynchronize());
  for (int t = 0; t < kThreads; ++t) {
    float sum = 0;
    for (int tile = 0; tile < kTiles; ++tile) {
      float4 v = quads[tile * kThreads + t];
      sum = sum * 2 + v.x + v.y - v.z * v.w;
    }
    expect(sums[t] == sum, "own pipeline", t);
  }
  int* in = managed<int>(kTiles * kThreads);
  int* out = managed<int>(kThreads);
  for (int i = 0; i < kTiles * kThreads; ++i)
    in[i] = i * i % 103;
  for (int kind = 0; kind < 3; ++kind) {
    std::memset(out, 0, kThreads * sizeof(int));
    blockPipeline<<<1, kThreads>>>(in, out, kind);
    CHECK(cudaDeviceSynchronize());
    for (int t = kind == 0 ? 0 : kThreads / 3; t < kThreads; ++t) {
      int sum = 0;
      for (int tile = 0; tile < kTiles; ++tile)
        sum = sum * 3 + in[tile * kThreads + kThreads - 1 - t];
      expect(out[t] == sum, "pipeline of a block", t);
    }
  }
}

int main() {
  testPhases();
  testCopies();
  std::printf(failures ? "%d failures\n" : "barriers and pipelines: passed\n", failures);
  return failures != 0;
}
