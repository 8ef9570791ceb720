// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::bitonic_sort;

__device__ inline void order(uint32_t& a, uint32_t& b, bool ascending) {
  if ((a > b) == ascending) {
    uint32_t t = a;
    a = b;
    b = t;
  }
}

// All steps within 1024 keys, from runs of `first` to runs of `last`; each thread orders one pair.
__global__ void bitonicShared(const uint32_t* in, uint32_t* out, int first, int last) {
  __shared__ uint32_t keys[kPerBlock];
  int t = threadIdx.x, base = blockIdx.x * kPerBlock;
  keys[t] = in[base + t];
  keys[t + kPerBlock / 2] = in[base + t + kPerBlock / 2];
  for (int run = first; run <= last; run *= 2) {
    for (int distance = min(run, kPerBlock) / 2; distance > 0; distance /= 2) {
      __syncthreads();
      int i = 2 * t - (t & (distance - 1));
      order(keys[i], keys[i + distance], ((base + i) & run) == 0);
    }
  }
  __syncthreads();
  out[base + t] = keys[t];
  out[base + t + kPerBlock / 2] = keys[t + kPerBlock / 2];
}

__global__ void bitonicGlobal(uint32_t* __restrict__ keys, int run, int distance) {
  int t = blockIdx.x * blockDim.x + threadIdx.x;
  int i = 2 * t - (t & (distance - 1));
  uint32_t a = keys[i], b = keys[i + distance];
  order(a, b, (i & run) == 0);
  keys[i] = a;
  keys[i + distance] = b;
}

static int run(const char* name) {
  Problem p;
  DeviceArray<uint32_t> in(p.keys), out(kN);
  return measureLaunch(
      name,
      [&] {
        bitonicShared<<<kN / kPerBlock, kPerBlock / 2>>>(in, out, 2, kPerBlock);
        for (int run = 2 * kPerBlock; run <= kN; run *= 2) {
          for (int distance = run / 2; distance >= kPerBlock; distance /= 2)
            bitonicGlobal<<<kN / 512, 256>>>(out, run, distance);
          bitonicShared<<<kN / kPerBlock, kPerBlock / 2>>>(out, out, run, run);
        }
      },
      [&] { return p.check(out.host().data()); });
}
BENCHMARK("bitonic_sort", run);
