// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decisions of a generator, taken from bytes: a fuzzer's input or the numbers of a seed. When the
// bytes have run out every answer is the first alternative, so generators put the dull one first.
// One object, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace anywarp::fuzz {

class Choices {
public:
  explicit Choices(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool done() const { return at_ >= bytes_.size(); }
  // 0 ... n-1
  uint32_t below(uint32_t n) {
    if (n <= 1)
      return 0;
    uint32_t x = byte();
    if (n > 256)
      x = x << 16 | uint32_t(byte()) << 8 | byte();
    return x % n;
  }
  bool chance(unsigned percent) { return below(100) >= 100 - percent; }
  uint64_t bits64() {
    uint64_t x = 0;
    for (int i = 0; i < 8; ++i)
      x = x << 8 | byte();
    return x;
  }
  template <typename Container> const auto& pick(const Container& c) {
    return *(std::begin(c) + below(uint32_t(std::size(c))));
  }
  template <typename T> T pick(std::initializer_list<T> c) { return c.begin()[below(c.size())]; }

private:
  uint8_t byte() { return done() ? 0 : bytes_[at_++]; }

  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

// The bytes that stand for a seed: the same on every machine.
inline std::vector<uint8_t> bytesOfSeed(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint8_t> bytes(100 + random() % 1200);
  for (uint8_t& b : bytes)
    b = uint8_t(random() >> 24);
  return bytes;
}

} // namespace anywarp::fuzz
