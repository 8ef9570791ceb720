// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loads and stores with cache hints, shuffles and atomic addition of half, bfloat16 and their
// pairs.
#include "narrow_reference.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

static __device__ u32 bitsOf(__half v) {
  return __half_as_ushort(v);
}
static __device__ u32 bitsOf(__nv_bfloat16 v) {
  return __bfloat16_as_ushort(v);
}
template <class P> static __device__ u32 bitsOfPair(P v) {
  return bitsOf(v.y) << 16 | bitsOf(v.x);
}
static __device__ u32 bitsOf(__half2 v) {
  return bitsOfPair(v);
}
static __device__ u32 bitsOf(__nv_bfloat162 v) {
  return bitsOfPair(v);
}

enum { kShuffles = 6, kThreads = 32 };
template <class T> __global__ void shuffles(const T* in, u32* out) {
  u32 lane = threadIdx.x, all = 0xffffffffu;
  T v = __ldg(in + lane);
  out += lane * kShuffles;
  out[0] = bitsOf(__shfl_sync(all, v, (int)(lane * 7)));
  out[1] = bitsOf(__shfl_up_sync(all, v, 3));
  out[2] = bitsOf(__shfl_down_sync(all, v, 5));
  out[3] = bitsOf(__shfl_xor_sync(all, v, 9));
  out[4] = bitsOf(__shfl_sync(all, v, 2, 8));
  out[5] = bitsOf(__shfl_down_sync(all, v, 1, 4));
}
static u32 sourceLane(u32 lane, int which) {
  switch (which) {
  case 0:
    return lane * 7 % 32;
  case 1:
    return lane >= 3 ? lane - 3 : lane;
  case 2:
    return lane + 5 < 32 ? lane + 5 : lane;
  case 3:
    return lane ^ 9;
  case 4:
    return (lane & ~7u) + 2;
  default:
    return (lane & 3) < 3 ? lane + 1 : lane;
  }
}

// Each element goes through one load and one store.
template <class T> __global__ void copies(const T* in, T* out) {
  u32 i = threadIdx.x;
  switch (i % 6) {
  case 0:
    return __stwb(out + i, __ldca(in + i));
  case 1:
    return __stcg(out + i, __ldcg(in + i));
  case 2:
    return __stcs(out + i, __ldcs(in + i));
  case 3:
    return __stwt(out + i, __ldcv(in + i));
  case 4:
    return __stwb(out + i, __ldlu(in + i));
  default:
    out[i] = __ldg(in + i);
  }
}

// Sums stay whole numbers that every format holds; each value between is given back once.
template <class T> __global__ void additions(T* sums, u32* seen) {
  T before = atomicAdd(sums + 1, T(1.0f));
  atomicAdd(seen + (int)(float)before, 1u);
  atomicAdd(sums + threadIdx.x % 2 * 2, T(0.5f));
}
template <class P, class T> __global__ void additionsOfPairs(P* sums, T half, T one) {
  atomicAdd(sums + threadIdx.x % 2, P(half, one));
}

static void expect(bool right, const char* what) {
  if (!right) {
    ++failures;
    std::printf("%s differs\n", what);
  }
}

template <class T, class Word> static void testMovement(const char* name) {
  std::vector<Word> words(kThreads);
  for (Word& word : words)
    word = (Word)randomWord();
  DeviceArray<Word> in(words), copied(kThreads);
  DeviceArray<u32> out(kThreads * kShuffles);
  shuffles<T><<<1, kThreads>>>((const T*)in.data, out.data);
  copies<T><<<1, kThreads>>>((const T*)in.data, (T*)copied.data);
  CHECK(cudaDeviceSynchronize());
  std::vector<u32> shuffled = out.copy();
  for (u32 lane = 0; lane < kThreads; ++lane)
    for (int which = 0; which < kShuffles; ++which)
      expect(shuffled[lane * kShuffles + which] == words[sourceLane(lane, which)], name);
  expect(copied.copy() == words, name);
}

template <class T, class P> static void testAdditions(const char* name) {
  const u32 threads = 128;
  DeviceArray<T> sums(std::vector<T>(4, T(0.0f)));
  DeviceArray<u32> seen(std::vector<u32>(threads, 0));
  additions<T><<<2, threads / 2>>>(sums.data, seen.data);
  CHECK(cudaDeviceSynchronize());
  std::vector<T> sum = sums.copy();
  const float wantSums[] = {32, 128, 32, 0};
  for (int i = 0; i < 4; ++i)
    expect((float)sum[i] == wantSums[i], name);
  expect(seen.copy() == std::vector<u32>(threads, 1), name);
  DeviceArray<P> pairs(std::vector<P>(2, P(T(0.0f), T(1.0f))));
  additionsOfPairs<<<2, threads / 2>>>(pairs.data, T(0.5f), T(1.0f));
  CHECK(cudaDeviceSynchronize());
  for (P pair : pairs.copy())
    expect((float)pair.x == 32 && (float)pair.y == 65, name);
}

int main() {
  testMovement<__half, u16>("movement of half");
  testMovement<__half2, u32>("movement of half2");
  testMovement<__nv_bfloat16, u16>("movement of bfloat16");
  testMovement<__nv_bfloat162, u32>("movement of bfloat162");
  testAdditions<__half, __half2>("atomicAdd of half");
  testAdditions<__nv_bfloat16, __nv_bfloat162>("atomicAdd of bfloat16");
  std::printf(failures ? "%d failures\n" : "movement of half and bfloat16: passed\n", failures);
  return failures != 0;
}
