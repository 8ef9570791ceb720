// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packed panels as in common/gemm.h. With AVX-512 VNNI four products at a time: it takes unsigned
// times signed bytes, so A is moved up by 128 and 128 times the column's sum taken off at the end.
// Elsewhere 16-bit pairs (pmaddwd).
#include "../common/native.h"

#include "problem.h"

#include <immintrin.h>

using namespace bench;
using namespace bench::gemm_int8;

#if defined(__AVX512VNNI__)
typedef uint8_t Left;
typedef int8_t Right;
constexpr int kGroup = 4, kOffset = 128, kRows = 12;
static inline Ints multiplyAdd(Ints sum, Ints left, Ints right) {
  return (Ints)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)left, (__m512i)right);
}
#else
typedef int16_t Left;
typedef int16_t Right;
constexpr int kGroup = 2, kOffset = 0, kRows = kLanes == 8 ? 6 : 4;
static inline Ints multiplyAdd(Ints sum, Ints left, Ints right) {
#if defined(__AVX2__)
  return sum + (Ints)_mm256_madd_epi16((__m256i)left, (__m256i)right);
#else
  return sum + (Ints)_mm_madd_epi16((__m128i)left, (__m128i)right);
#endif
}
#endif

constexpr int kColumns = 2 * kLanes, kGroups = kSize / kGroup, kBlock = 8 * kRows;

// All of the inner dimension at once: panels of B are 32 or 64 KiB.
static void gemm(const int8_t* a, const int8_t* b, int32_t* c, Right* right) {
#pragma omp parallel
  {
    Aligned<Left> left(size_t(kBlock) * kSize);
    Aligned<int32_t> columnSums(kColumns);
#pragma omp for schedule(static)
    for (int j0 = 0; j0 < kSize; j0 += kColumns) {
      Right* to = right + size_t(j0) * kSize;
      for (int j = 0; j < kColumns; ++j)
        for (int k = 0; k < kSize; ++k)
          to[(k / kGroup * kColumns + j) * kGroup + k % kGroup] = b[size_t(j0 + j) * kSize + k];
    }
#pragma omp for schedule(dynamic)
    for (int i0 = 0; i0 < kSize; i0 += kBlock) {
      for (int i = 0; i < kBlock && i0 + i < kSize; ++i)
        for (int k = 0; k < kSize; ++k)
          left[(i / kRows * kGroups + k / kGroup) * kRows * kGroup + i % kRows * kGroup +
               k % kGroup] = Left(a[size_t(i0 + i) * kSize + k] + kOffset);
      for (int j0 = 0; j0 < kSize; j0 += kColumns) {
        const Right* y = right + size_t(j0) * kSize;
        Ints correction[2] = {};
        if (kOffset)
          for (int g = 0; g < kGroups; ++g)
            for (int v = 0; v < 2; ++v)
              correction[v] = multiplyAdd(correction[v], Ints{} + int32_t(kOffset * 0x01010101u),
                                          load<Ints>(y + (g * kColumns + v * kLanes) * kGroup));
        for (int i = i0; i < std::min(i0 + kBlock, kSize); i += kRows) {
          const Left* x = left + size_t(i - i0) * kSize;
          Ints sum[kRows][2] = {};
          for (int g = 0; g < kGroups; ++g) {
            Ints y0 = load<Ints>(y + g * kColumns * kGroup),
                 y1 = load<Ints>(y + (g * kColumns + kLanes) * kGroup);
#pragma unroll
            for (int r = 0; r < kRows; ++r) {
              Ints x0 = Ints{} + load<int32_t>(x + (g * kRows + r) * kGroup);
              sum[r][0] = multiplyAdd(sum[r][0], x0, y0),
              sum[r][1] = multiplyAdd(sum[r][1], x0, y1);
            }
          }
#pragma unroll
          for (int r = 0; r < kRows; ++r)
            if (i + r < kSize) {
              int32_t* out = c + size_t(i + r) * kSize + j0;
              store(out, sum[r][0] - correction[0]), store(out + kLanes, sum[r][1] - correction[1]);
            }
        }
      }
    }
  }
}

static int run(const char* name) {
  Problem p;
  std::vector<int32_t> c(p.a.size());
  Aligned<Right> right(p.b.size());
  return measure(
      name, [&] { gemm(p.a.data(), p.b.data(), c.data(), right); },
      [&] { return p.check(c.data()); });
}
BENCHMARK("gemm_int8", run);
