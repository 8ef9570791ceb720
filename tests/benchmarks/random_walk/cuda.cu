// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::random_walk;

__device__ inline uint32_t next(uint32_t& state) {
  state ^= state << 13, state ^= state >> 17, state ^= state << 5;
  return state;
}

__global__ void randomWalkKernel(int walkers, const uint8_t* __restrict__ map,
                                 uint32_t* __restrict__ ends) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= walkers)
    return;
  uint32_t state = (i + 1) * kSeed, x = kSide / 2, y = kSide / 2, steps = 0;
  for (int energy = kEnergy; energy > 0;) {
    uint32_t direction = next(state) >> 30, length = 1;
    while (length < 8 && (next(state) & 3) == 0)
      ++length;
    if (direction & 1)
      x = (x + (direction & 2 ? length : 0u - length)) % kSide;
    else
      y = (y + (direction & 2 ? length : 0u - length)) % kSide;
    ++steps;
    uint8_t field = map[y * kSide + x];
    if (field == kHole)
      break;
    energy -= field == kMud ? 3 : 1;
  }
  ends[i] = steps << 16 | y << 8 | x;
}

static int run(const char* name) {
  Problem p;
  DeviceArray<uint8_t> map(p.map);
  DeviceArray<uint32_t> ends(kWalkers);
  return measureLaunch(
      name, [&] { randomWalkKernel<<<(kWalkers + 127) / 128, 128>>>(kWalkers, map, ends); },
      [&] { return p.check(ends.host().data()); });
}
BENCHMARK("random_walk", run);
