// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Asynchronous copies and memory barriers: the primitives of the CUDA C++ Programming Guide and the
// classes on top of them.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda_awbarrier.h>
#include <cuda_pipeline.h>
#include <vector>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));                  \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

using namespace nvcuda::experimental;

enum { kThreads = 64, kSlot = 16, kTiles = 9, kPhases = 5 };
static int failures = 0;
static void expect(bool right, const char* what, int i) {
  if (!right && ++failures < 20)
    std::printf("%s: %d is wrong\n", what, i);
}

// Managed memory, so that both sides can look.
template <class T> static T* managed(size_t n) {
  T* p;
  CHECK(cudaMallocManaged(&p, n * sizeof(T)));
  std::memset(p, 0xee, n * sizeof(T));
  return p;
}

// Each thread copies its slot with another size; the last bytes become zero.
__global__ void copySizes(const char* in, char* out, int zfill) {
  __shared__ __align__(16) char slots[kThreads * kSlot];
  char* slot = slots + threadIdx.x * kSlot;
  for (int i = 0; i < kSlot; ++i)
    slot[i] = 0x55;
  const size_t sizes[] = {4, 8, 16};
  const size_t size = sizes[threadIdx.x % 3];
  __pipeline_memcpy_async(slot, in + threadIdx.x * kSlot, size,
                          zfill < (int)size ? (size_t)zfill : size);
  __pipeline_commit();
  __pipeline_wait_prior(0);
  for (int i = 0; i < kSlot; ++i)
    out[threadIdx.x * kSlot + i] = slot[i];
}
static void testSizes() {
  char* in = managed<char>(kThreads * kSlot);
  char* out = managed<char>(kThreads * kSlot);
  for (int i = 0; i < kThreads * kSlot; ++i)
    in[i] = (char)(i * 7 + 1);
  for (int zfill : {0, 3, 4, 9, 16}) {
    copySizes<<<1, kThreads>>>(in, out, zfill);
    CHECK(cudaDeviceSynchronize());
    for (int t = 0; t < kThreads; ++t)
      for (int i = 0; i < kSlot; ++i) {
        int size = 4 << t % 3, kept = zfill < size ? size - zfill : 0, at = t * kSlot + i;
        expect(out[at] == (i < kept ? in[at] : i < size ? 0 : 0x55), "copy", at);
      }
  }
}

// Two stages in flight: the next tile is fetched while this one is used, by another thread.
__global__ void stages(const int* in, int* out) {
  __shared__ int tiles[2][kThreads];
  __pipeline_memcpy_async(&tiles[0][threadIdx.x], in + threadIdx.x, 4);
  __pipeline_commit();
  int sum = 0;
  for (int tile = 0; tile < kTiles; ++tile) {
    if (tile + 1 < kTiles)
      __pipeline_memcpy_async(&tiles[(tile + 1) % 2][threadIdx.x],
                              in + (tile + 1) * kThreads + threadIdx.x, 4);
    __pipeline_commit();
    __pipeline_wait_prior(1);
    __syncthreads();
    sum = sum * 3 + tiles[tile % 2][kThreads - 1 - threadIdx.x];
    __syncthreads();
  }
  out[threadIdx.x] = sum;
}
// The same by the classes; copies announce themselves to a barrier.
struct alignas(8) Pair {
  int a, b;
};
__global__ void classes(const Pair* in, int* out) {
  __shared__ Pair tiles[kThreads];
  __shared__ awbarrier barrier;
  if (threadIdx.x == 0)
    init(&barrier, blockDim.x);
  __syncthreads();
  pipeline pipe;
  int sum = 0;
  for (int tile = 0; tile < kTiles; ++tile) {
    memcpy_async(tiles[threadIdx.x], in[tile * kThreads + threadIdx.x], pipe);
    if (tile % 2) {
      pipe.arrive_on(barrier);
    } else {
      size_t stage = pipe.commit();
      pipe.wait(stage);
    }
    barrier.wait(barrier.arrive());
    Pair pair = tiles[kThreads - 1 - threadIdx.x];
    sum = sum * 3 + pair.a - pair.b;
    barrier.arrive_and_wait();
  }
  out[threadIdx.x] = sum;
}
static void testStages() {
  int* in = managed<int>(2 * kTiles * kThreads);
  int* out = managed<int>(kThreads);
  for (int i = 0; i < 2 * kTiles * kThreads; ++i)
    in[i] = i * i % 101;
  stages<<<1, kThreads>>>(in, out);
  CHECK(cudaDeviceSynchronize());
  for (int t = 0; t < kThreads; ++t) {
    int sum = 0;
    for (int tile = 0; tile < kTiles; ++tile)
      sum = sum * 3 + in[tile * kThreads + kThreads - 1 - t];
    expect(out[t] == sum, "stages", t);
  }
  classes<<<1, kThreads>>>((const Pair*)in, out);
  CHECK(cudaDeviceSynchronize());
  for (int t = 0; t < kThreads; ++t) {
    int sum = 0;
    for (int tile = 0; tile < kTiles; ++tile) {
      const int* pair = in + 2 * (tile * kThreads + kThreads - 1 - t);
      sum = sum * 3 + pair[0] - pair[1];
    }
    expect(out[t] == sum, "classes", t);
  }
}

// Threads above the half leave after the second phase; what they count for goes with them.
__global__ void phases(int* out) {
  __shared__ int values[kThreads];
  __shared__ awbarrier barrier;
  int t = threadIdx.x;
  if (t == 0)
    init(&barrier, blockDim.x);
  __syncthreads();
  for (int phase = 0; phase < kPhases; ++phase) {
    int threads = phase < 2 ? kThreads : kThreads / 2;
    values[t] = phase * 1000 + t;
    barrier.arrive_and_wait();
    out[phase * kThreads + t] = values[(t + 1) % threads];
    if (phase == 1 && t >= kThreads / 2) {
      barrier.arrive_and_drop();
      return;
    }
    awbarrier::arrival_token token = barrier.arrive();
    while (!barrier.timed_wait(token, 1000)) {
    }
  }
}
// What one thread sees: tokens, counts, parity.
__global__ void states(unsigned* out) {
  __shared__ __mbarrier_t barrier;
  __mbarrier_init(&barrier, 2);
  __mbarrier_token_t first = __mbarrier_arrive(&barrier);
  out[0] = __mbarrier_test_wait(&barrier, first);
  out[1] = __mbarrier_token_pending_count(first);
  out[2] = __mbarrier_test_wait_parity(&barrier, false);
  out[3] = __mbarrier_try_wait(&barrier, first, 100);
  __mbarrier_token_t second = __mbarrier_arrive(&barrier);
  out[4] = __mbarrier_token_pending_count(second);
  out[5] = __mbarrier_test_wait(&barrier, first);
  out[6] = __mbarrier_test_wait_parity(&barrier, false);
  out[7] = __mbarrier_test_wait_parity(&barrier, true);
  out[8] = __mbarrier_try_wait_parity(&barrier, false, 100);
  __mbarrier_arrive_and_drop(&barrier);
  __mbarrier_token_t third = __mbarrier_arrive(&barrier);
  out[9] = __mbarrier_test_wait(&barrier, third);
  // One is expected from now on.
  __mbarrier_token_t fourth = __mbarrier_arrive(&barrier);
  out[10] = __mbarrier_token_pending_count(fourth);
  out[11] = __mbarrier_test_wait(&barrier, fourth);
  out[12] = __mbarrier_maximum_count();
  __mbarrier_inval(&barrier);
}
static void testBarriers() {
  int* out = managed<int>(kPhases * kThreads);
  phases<<<1, kThreads>>>(out);
  CHECK(cudaDeviceSynchronize());
  for (int phase = 0; phase < kPhases; ++phase) {
    int threads = phase < 2 ? kThreads : kThreads / 2;
    for (int t = 0; t < threads; ++t)
      expect(out[phase * kThreads + t] == phase * 1000 + (t + 1) % threads, "phases", t);
  }
  unsigned* seen = managed<unsigned>(13);
  states<<<1, 1>>>(seen);
  CHECK(cudaDeviceSynchronize());
  const unsigned want[] = {0, 2, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, (1u << 20) - 1};
  for (int i = 0; i < 13; ++i)
    expect(seen[i] == want[i], "states", i);
}

int main() {
  testSizes();
  testStages();
  testBarriers();
  std::printf(failures ? "%d failures\n" : "copies and barriers: passed\n", failures);
  return failures != 0;
}
