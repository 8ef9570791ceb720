// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "schedule.h"

#include <algorithm>

namespace anywarp::cpu {
namespace {

// A processor gets the counter's cache line in about 0.1 us from another socket, and only one has
// it at a time: chunks must last as long as all threads need to take one each.
constexpr uint64_t kTakeNanos = 100;
constexpr uint64_t kLeastNanos = 5'000;
// Workers look for tasks, and for the end of a grid that has failed, between two chunks.
constexpr uint64_t kMostNanos = 200'000;
constexpr uint64_t kMostUnknown = 64; // units, where it is not known how long they take

} // namespace

Schedule::Schedule(uint64_t first, uint64_t units, uint64_t nanosPerUnit, unsigned threads,
                   bool oneByOne)
    : end_(first + units) {
  uint64_t least = 1, most = 1;
  if (!oneByOne && nanosPerUnit) {
    least = std::max<uint64_t>(1, std::max(kLeastNanos, threads * kTakeNanos) / nanosPerUnit);
    most = std::max(least, kMostNanos / nanosPerUnit);
  } else if (!oneByOne) {
    most = kMostUnknown;
  }
  for (uint64_t left = units; left; roundCount_++) {
    // Never so large that a thread finds nothing.
    uint64_t size = std::clamp<uint64_t>(left / (2 * uint64_t(threads)), least, most);
    size = std::min(size, std::max<uint64_t>(1, left / threads));
    uint64_t count = std::min<uint64_t>(threads, (left + size - 1) / size);
    if (size == most) // as many as stay that large
      count = std::max(count, (left - std::min(left, 2 * threads * size)) / size);
    if (size <= least || roundCount_ + 1 == kMostRounds)
      count = (left + size - 1) / size;
    rounds_[roundCount_] = {chunks_, end_ - left, size};
    chunks_ += count;
    left -= std::min(left, count * size);
  }
}

Schedule::Range Schedule::chunk(uint64_t ticket) const {
  if (ticket >= chunks_)
    return {end_, 0};
  unsigned round = roundCount_ - 1;
  while (rounds_[round].ticket > ticket)
    round--;
  const Round& r = rounds_[round];
  uint64_t first = r.unit + (ticket - r.ticket) * r.size;
  return {first, std::min(r.size, end_ - first)};
}

uint64_t Schedule::unitsFrom(uint64_t ticket) const {
  return end_ - chunk(ticket).first;
}

} // namespace anywarp::cpu
