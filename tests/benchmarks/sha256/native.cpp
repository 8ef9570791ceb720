// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// As many messages at once as a vector has lanes. (The SHA instructions of newer CPUs do one
// message at a time, at about the speed that AVX2 has this way.)
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::sha256;

template <int N> static inline Words rotate(Words x) {
  return x >> N | x << (32 - N);
}

static inline void compressBlocks(Words (&hash)[8], Words (&w)[16]) {
  static constexpr uint32_t rounds[64] = {BENCH_SHA256_ROUNDS};
  Words a = hash[0], b = hash[1], c = hash[2], d = hash[3];
  Words e = hash[4], f = hash[5], g = hash[6], h = hash[7];
#pragma unroll
  for (int t = 0; t < 64; ++t) {
    if (t >= 16) {
      Words w2 = w[(t - 2) & 15], w15 = w[(t - 15) & 15];
      w[t & 15] += w[(t - 7) & 15] + (rotate<7>(w15) ^ rotate<18>(w15) ^ w15 >> 3) +
                   (rotate<17>(w2) ^ rotate<19>(w2) ^ w2 >> 10);
    }
    Words t1 = h + (rotate<6>(e) ^ rotate<11>(e) ^ rotate<25>(e)) + ((e & f) ^ (~e & g)) +
               (rounds[t] + w[t & 15]);
    Words t2 = (rotate<2>(a) ^ rotate<13>(a) ^ rotate<22>(a)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d;
  hash[4] += e, hash[5] += f, hash[6] += g, hash[7] += h;
}

static int run(const char* name) {
  static constexpr uint32_t start[8] = {BENCH_SHA256_START};
  Problem p;
  std::vector<uint32_t> result(size_t(kMessages) * kHash);
  const uint32_t* messages = p.messages.data();
  uint32_t* hashes = result.data();
  return measure(
      name,
      [&] {
#pragma omp parallel for schedule(static)
        for (int m = 0; m < kMessages; m += kLanes) {
          Words w[16], hash[8];
          alignas(64) uint32_t turned[16][kLanes];
          for (int l = 0; l < kLanes; ++l)
            for (int i = 0; i < 16; ++i)
              turned[i][l] = __builtin_bswap32(messages[size_t(m + l) * 16 + i]);
          for (int i = 0; i < 16; ++i)
            w[i] = load<Words>(turned[i]);
          for (int i = 0; i < 8; ++i)
            hash[i] = start[i] + Words{};
          compressBlocks(hash, w);
          for (int i = 0; i < 16; ++i)
            w[i] = 0;
          w[0] = 0x80000000u + Words{}, w[15] = 512u + Words{};
          compressBlocks(hash, w);
          for (int i = 0; i < 8; ++i)
            store(turned[i], hash[i]);
          for (int l = 0; l < kLanes; ++l)
            for (int i = 0; i < 8; ++i)
              hashes[size_t(m + l) * 8 + i] = turned[i][l];
        }
      },
      [&] { return p.check(hashes); });
}
BENCHMARK("sha256", run);
