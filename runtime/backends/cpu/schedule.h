// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a run of units is cut into chunks for several threads. Only arithmetic: the pool hands out
// numbers of chunks ("tickets") in ascending order, tests/benchmarks/scale_sim.cpp simulates it.
//
// Chunks begin large and get smaller, each round (a chunk for every thread) half of what is left:
// few are taken from the counter that all threads share, and the last ones are small, so that all
// threads end together though units differ. Immutable after construction.
#pragma once

#include <array>
#include <cstdint>

namespace anywarp::cpu {

class Schedule {
public:
  struct Range {
    uint64_t first = 0, count = 0; // count 0: nothing left
  };

  Schedule() = default;
  // Units first .. first+units-1. `nanosPerUnit` is what one takes, 0: not known. `oneByOne`: units
  // that wait for each other.
  Schedule(uint64_t first, uint64_t units, uint64_t nanosPerUnit, unsigned threads,
           bool oneByOne = false);

  uint64_t chunks() const { return chunks_; }
  Range chunk(uint64_t ticket) const;
  // How many units the chunks from this one on have.
  uint64_t unitsFrom(uint64_t ticket) const;

private:
  struct Round {
    uint64_t ticket = 0, unit = 0, size = 1;
  };
  static constexpr unsigned kMostRounds = 16;
  std::array<Round, kMostRounds> rounds_{};
  unsigned roundCount_ = 0;
  uint64_t end_ = 0, chunks_ = 0;
};

} // namespace anywarp::cpu
