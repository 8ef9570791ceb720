// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walkers on a torus until they fall into a hole or are tired: loops of very different length, a
// loop inside, random reads of a small map. All in integers, so every variant must agree exactly.
#pragma once
#include "../common/bench.h"

namespace bench::random_walk {

constexpr int kWalkers = 1 << 17, kSide = 256, kEnergy = 400;
enum : uint8_t { kGrass, kMud, kHole }; // what a field of the map is; mud costs 3, all others 1
constexpr uint32_t kSeed = 2654435761u;

// The rules, for all variants: the generator is Marsaglia's xorshift with 13, 17, 5; a walker
// starts in the middle. A step takes one number for its direction (the top two bits) and more for
// its length: 1, and one more while the low two bits of the next number are 0, up to 8. It ends on
// a hole, or when the energy is used up. The result is the number of steps, and where it ended.
inline uint32_t packed(uint32_t steps, uint32_t x, uint32_t y) {
  return steps << 16 | y << 8 | x;
}

struct Problem {
  std::vector<uint8_t> map;
  Problem() : map(kSide * kSide) {
    Random random(1);
    for (uint8_t& field : map) {
      uint32_t r = random.bits() >> 8 & 127;
      field = r == 0 ? kHole : r < 40 ? kMud : kGrass;
    }
    map[kSide * kSide / 2 + kSide / 2] = kGrass;
  }

  Accuracy check(const uint32_t* ends) const { // exact
    double wrong = 0;
    for (uint32_t i = 0; i < kWalkers; i += uint32_t(stride(kWalkers, 10000)))
      wrong += ends[i] != walk(i);
    return {wrong, 0};
  }

  uint32_t walk(uint32_t walker) const {
    uint32_t state = (walker + 1) * kSeed, x = kSide / 2, y = kSide / 2, steps = 0;
    auto next = [&] {
      state ^= state << 13, state ^= state >> 17, state ^= state << 5;
      return state;
    };
    for (int energy = kEnergy; energy > 0;) {
      uint32_t direction = next() >> 30, length = 1;
      while (length < 8 && (next() & 3) == 0)
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
    return packed(steps, x, y);
  }
};

} // namespace bench::random_walk
