// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tiles whose rows, filtered once, stay in the second level cache while the columns are filtered;
// several vectors at once share the taps.
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::convolution;

constexpr int kTileX = 512, kTileY = 128, kVectors = 4;

// to[i] = the sum of taps[k] * from[i + k * step].
static inline void filter(const float* taps, const float* from, int step, float* to) {
  for (int x = 0; x < kTileX; x += kVectors * kLanes) {
    Floats sum[kVectors] = {};
#pragma unroll
    for (int k = 0; k < kTaps; ++k)
#pragma unroll
      for (int v = 0; v < kVectors; ++v)
        sum[v] += taps[k] * load<Floats>(from + x + v * kLanes + k * step);
#pragma unroll
    for (int v = 0; v < kVectors; ++v)
      store(to + x + v * kLanes, sum[v]);
  }
}

static void tile(const float* taps, const float* image, int x0, int y0, float* out, float* rows) {
  float padded[kTileX + 2 * kRadius] = {};
  for (int y = 0; y < kTileY + 2 * kRadius; ++y) {
    int from = y0 + y - kRadius;
    float* row = rows + size_t(y) * kTileX;
    if (from < 0 || from >= kSize) {
      std::fill_n(row, kTileX, 0.0f);
      continue;
    }
    const float* source = image + size_t(from) * kSize + x0 - kRadius;
    if (x0 == 0 || x0 + kTileX == kSize) {
      int skipLeft = x0 == 0 ? kRadius : 0, skipRight = x0 + kTileX == kSize ? kRadius : 0;
      std::memcpy(padded + skipLeft, source + skipLeft,
                  (kTileX + 2 * kRadius - skipLeft - skipRight) * sizeof(float));
      source = padded;
    }
    filter(taps, source, 1, row);
  }
  for (int y = 0; y < kTileY; ++y)
    filter(taps, rows + size_t(y) * kTileX, kTileX, out + size_t(y0 + y) * kSize + x0);
}

static int run(const char* name) {
  Problem p;
  Aligned<float> out(p.image.size());
  return measure(
      name,
      [&] {
#pragma omp parallel
        {
          Aligned<float> rows(size_t(kTileY + 2 * kRadius) * kTileX);
#pragma omp for collapse(2) schedule(dynamic)
          for (int y = 0; y < kSize; y += kTileY)
            for (int x = 0; x < kSize; x += kTileX)
              tile(p.taps.data(), p.image.data(), x, y, out, rows);
        }
      },
      [&] { return p.check(out); });
}
BENCHMARK("convolution", run);
