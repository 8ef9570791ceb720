// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SHA-256 (FIPS 180-4) of many messages of 64 bytes: integer additions, rotations and logic. One
// thread a message; a message is two blocks, the second of them padding.
#pragma once
#include "../common/bench.h"

namespace bench::sha256 {

constexpr int kMessages = 1 << 18, kWords = 16, kHash = 8;

// The first 32 bits of the fractions of cube roots (rounds) and square roots (start) of the first
// primes.
#define BENCH_SHA256_ROUNDS                                                                        \
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,  \
      0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,          \
      0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,          \
      0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3,          \
      0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,          \
      0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70,          \
      0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,          \
      0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,          \
      0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
#define BENCH_SHA256_START                                                                         \
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19

// The reference: as the standard writes it, one word after the other.
inline void compress(uint32_t* hash, const uint32_t* block) {
  static const uint32_t rounds[64] = {BENCH_SHA256_ROUNDS};
  auto rotated = [](uint32_t x, int n) { return x >> n | x << (32 - n); };
  uint32_t w[64], s[8];
  for (int t = 0; t < 64; ++t)
    w[t] = t < 16 ? block[t]
                  : w[t - 16] + w[t - 7] +
                        (rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ w[t - 15] >> 3) +
                        (rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ w[t - 2] >> 10);
  std::copy(hash, hash + 8, s);
  for (int t = 0; t < 64; ++t) {
    uint32_t t1 = s[7] + (rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)) +
                  ((s[4] & s[5]) ^ (~s[4] & s[6])) + rounds[t] + w[t];
    uint32_t t2 = (rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)) +
                  ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    std::copy_backward(s, s + 7, s + 8);
    s[4] += t1, s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; ++i)
    hash[i] += s[i];
}

struct Problem {
  std::vector<uint32_t> messages; // little endian, as they are in memory
  Problem() : messages(size_t(kMessages) * kWords) {
    Random random(1);
    for (uint32_t& w : messages)
      w = random.bits() << 16 ^ random.bits();
  }

  // Exact; and the reference itself must know the standard's example, "abc".
  Accuracy check(const uint32_t* hashes) const {
    uint32_t abc[8] = {BENCH_SHA256_START}, example[16] = {0x61626380}, padding[16] = {0x80000000};
    const uint32_t known[8] = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                               0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
    example[15] = 24, padding[15] = 512;
    compress(abc, example);
    double wrong = !std::equal(abc, abc + 8, known);
    for (size_t m = 0; m < kMessages; m += stride(kMessages, 3000)) {
      uint32_t hash[8] = {BENCH_SHA256_START}, block[16];
      for (int i = 0; i < 16; ++i)
        block[i] = __builtin_bswap32(messages[m * 16 + i]);
      compress(hash, block);
      compress(hash, padding);
      wrong += !std::equal(hash, hash + 8, hashes + m * 8);
    }
    return {wrong, 0};
  }
};

} // namespace bench::sha256
