// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::sha256;

__constant__ uint32_t roundConstants[64] = {BENCH_SHA256_ROUNDS};

__device__ inline uint32_t rotate(uint32_t x, int n) {
  return __funnelshift_r(x, x, n);
}

// w: the last 16 words of the schedule, a ring.
__device__ inline void compressBlock(uint32_t (&hash)[8], uint32_t (&w)[16]) {
  uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3];
  uint32_t e = hash[4], f = hash[5], g = hash[6], h = hash[7];
#pragma unroll
  for (int t = 0; t < 64; ++t) {
    if (t >= 16) {
      uint32_t w2 = w[(t - 2) & 15], w15 = w[(t - 15) & 15];
      w[t & 15] += w[(t - 7) & 15] + (rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >> 3) +
                   (rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >> 10);
    }
    uint32_t t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) +
                  roundConstants[t] + w[t & 15];
    uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d;
  hash[4] += e, hash[5] += f, hash[6] += g, hash[7] += h;
}

__global__ void sha256Kernel(int n, const uint4* __restrict__ messages,
                             uint4* __restrict__ hashes) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  uint32_t w[16], hash[8] = {BENCH_SHA256_START};
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    uint4 v = messages[4 * i + j];
    w[4 * j] = __byte_perm(v.x, 0, 0x0123), w[4 * j + 1] = __byte_perm(v.y, 0, 0x0123);
    w[4 * j + 2] = __byte_perm(v.z, 0, 0x0123), w[4 * j + 3] = __byte_perm(v.w, 0, 0x0123);
  }
  compressBlock(hash, w);
#pragma unroll
  for (int j = 0; j < 16; ++j)
    w[j] = 0;
  w[0] = 0x80000000, w[15] = 512;
  compressBlock(hash, w);
  hashes[2 * i] = make_uint4(hash[0], hash[1], hash[2], hash[3]);
  hashes[2 * i + 1] = make_uint4(hash[4], hash[5], hash[6], hash[7]);
}

static int run(const char* name) {
  Problem p;
  DeviceArray<uint32_t> messages(p.messages), hashes(size_t(kMessages) * kHash);
  return measureLaunch(
      name,
      [&] {
        sha256Kernel<<<(kMessages + 255) / 256, 256>>>(kMessages, (const uint4*)messages.data,
                                                       (uint4*)hashes.data);
      },
      [&] { return p.check(hashes.host().data()); });
}
BENCHMARK("sha256", run);
