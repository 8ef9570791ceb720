// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

#include <memory>

using namespace bench;
using namespace bench::scan;

__device__ inline uint32_t warpScan(uint32_t value) {
  int lane = threadIdx.x % 32;
  for (int offset = 1; offset < 32; offset *= 2) {
    uint32_t other = __shfl_up_sync(0xffffffffu, value, offset);
    if (lane >= offset)
      value += other;
  }
  return value;
}

// 256 threads with four numbers each.
__global__ void scanBlocks(const uint32_t* __restrict__ in, uint32_t* __restrict__ out,
                           uint32_t* __restrict__ sums, int n) {
  __shared__ uint32_t warps[8];
  int i = blockIdx.x * kPerBlock + 4 * threadIdx.x, lane = threadIdx.x % 32,
      warp = threadIdx.x / 32;
  uint4 v = i < n ? *(const uint4*)(in + i) : make_uint4(0, 0, 0, 0);
  v.y += v.x, v.z += v.y, v.w += v.z;
  uint32_t sum = warpScan(v.w);
  if (lane == 31)
    warps[warp] = sum;
  __syncthreads();
  if (warp == 0) {
    uint32_t w = warpScan(lane < 8 ? warps[lane] : 0);
    if (lane < 8)
      warps[lane] = w;
  }
  __syncthreads();
  uint32_t before = sum - v.w + (warp ? warps[warp - 1] : 0);
  if (i < n)
    *(uint4*)(out + i) = make_uint4(v.x + before, v.y + before, v.z + before, v.w + before);
  if (threadIdx.x == 255 && sums)
    sums[blockIdx.x] = before + v.w;
}

__global__ void addOffsets(uint32_t* __restrict__ out, const uint32_t* __restrict__ sums, int n) {
  int i = (blockIdx.x + 1) * kPerBlock + 4 * threadIdx.x;
  if (i >= n)
    return;
  uint32_t before = sums[blockIdx.x];
  uint4 v = *(const uint4*)(out + i);
  *(uint4*)(out + i) = make_uint4(v.x + before, v.y + before, v.z + before, v.w + before);
}

static int run(const char* name) {
  constexpr int kBlocks = kN / kPerBlock, kBlocks2 = kBlocks / kPerBlock;
  Problem p;
  DeviceArray<uint32_t> in(p.values), out(kN), sums(kBlocks), scanned(kBlocks), sums2(kBlocks2),
      scanned2(kBlocks2);
  return measureLaunch(
      name,
      [&] {
        scanBlocks<<<kBlocks, 256>>>(in, out, sums, kN);
        scanBlocks<<<kBlocks2, 256>>>(sums, scanned, sums2, kBlocks);
        scanBlocks<<<1, 256>>>(sums2, scanned2, nullptr, kBlocks2);
        addOffsets<<<kBlocks2 - 1, 256>>>(scanned, scanned2, kBlocks);
        addOffsets<<<kBlocks - 1, 256>>>(out, scanned, kN);
      },
      [&] { return p.check(out.host().data()); });
}
BENCHMARK("scan", run);
