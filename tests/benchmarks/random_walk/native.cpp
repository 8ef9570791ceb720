// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// With AVX-512 a vector of walkers; a lane whose walker has ended takes the next one at once.
// Elsewhere, without gathers and masks to speak of, one walker after the other.
#include "../common/native.h"

#include "problem.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

using namespace bench;
using namespace bench::random_walk;

#ifdef __AVX512F__
typedef __m512i V;

static inline V all(int v) {
  return _mm512_set1_epi32(v);
}

static inline void advance(V& state, __mmask16 who) {
  V s = state;
  s = _mm512_xor_si512(s, _mm512_slli_epi32(s, 13));
  s = _mm512_xor_si512(s, _mm512_srli_epi32(s, 17));
  state = _mm512_mask_xor_epi32(state, who, s, _mm512_slli_epi32(s, 5));
}

static void walkAll(const Problem&, const int* map, uint32_t first, uint32_t last, uint32_t* ends) {
  V zero = all(0), state = zero, x = zero, y = zero, energy = zero, steps = zero, id = zero;
  V start = all(kSide / 2),
    lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  uint32_t next = first;
  __mmask16 live = 0, idle = 0xffff;
  while (true) {
    if (idle && next < last) { // new walkers for lanes that have none
      int wanted = __builtin_popcount(idle), given = std::min(wanted, int(last - next));
      __mmask16 who = idle;
      for (; wanted > given; --wanted)
        who &= who - 1;
      id = _mm512_mask_expand_epi32(id, who, _mm512_add_epi32(lanes, all(int(next))));
      state = _mm512_mask_mullo_epi32(state, who, _mm512_add_epi32(id, all(1)), all(int(kSeed)));
      x = _mm512_mask_mov_epi32(x, who, start), y = _mm512_mask_mov_epi32(y, who, start);
      energy = _mm512_mask_mov_epi32(energy, who, all(kEnergy));
      steps = _mm512_mask_mov_epi32(steps, who, zero);
      next += given, live |= who;
    }
    if (!live)
      return;
    advance(state, live);
    V direction = _mm512_srli_epi32(state, 30), length = all(1);
    for (__mmask16 longer = live; longer;) {
      longer = _mm512_mask_cmplt_epi32_mask(longer, length, all(8));
      advance(state, longer);
      longer = _mm512_mask_testn_epi32_mask(longer, state, all(3));
      length = _mm512_mask_add_epi32(length, longer, length, all(1));
    }
    __mmask16 sideways = _mm512_mask_test_epi32_mask(live, direction, all(1));
    length =
        _mm512_mask_sub_epi32(length, _mm512_testn_epi32_mask(direction, all(2)), zero, length);
    x = _mm512_and_si512(_mm512_mask_add_epi32(x, sideways, x, length), all(kSide - 1));
    y = _mm512_and_si512(_mm512_mask_add_epi32(y, live & ~sideways, y, length), all(kSide - 1));
    steps = _mm512_mask_add_epi32(steps, live, steps, all(1));
    V field = _mm512_i32gather_epi32(_mm512_add_epi32(_mm512_slli_epi32(y, 8), x), map, 4);
    energy = _mm512_sub_epi32(energy, field); // the map holds costs; a hole takes all
    idle = _mm512_mask_cmple_epi32_mask(live, energy, zero);
    if (idle) {
      V end = _mm512_or_si512(_mm512_slli_epi32(steps, 16),
                              _mm512_or_si512(_mm512_slli_epi32(y, 8), x));
      _mm512_mask_i32scatter_epi32(ends, idle, id, end, 4);
      live &= ~idle;
    }
    idle = ~live;
  }
}
#else
static void walkAll(const Problem& p, const int*, uint32_t first, uint32_t last, uint32_t* ends) {
  for (uint32_t i = first; i < last; ++i)
    ends[i] = p.walk(i);
}
#endif

static int run(const char* name) {
  Problem p;
  std::vector<uint32_t> ends(kWalkers);
  std::vector<int> costs;
  for (uint8_t field : p.map)
    costs.push_back(field == kHole ? kEnergy : field == kMud ? 3 : 1);
  return measure(
      name,
      [&] {
        constexpr int kPart = kWalkers / 32;
#pragma omp parallel for schedule(dynamic)
        for (int part = 0; part < 32; ++part)
          walkAll(p, costs.data(), part * kPart, (part + 1) * kPart, ends.data());
      },
      [&] { return p.check(ends.data()); });
}
BENCHMARK("random_walk", run);
