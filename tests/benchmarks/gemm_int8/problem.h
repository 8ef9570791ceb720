// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C = A * B' of bytes with sums of 32 bits, by mma.sync; B is given by columns.
#pragma once
#include "../common/bench.h"

namespace bench::gemm_int8 {

constexpr int kSize = 1024;

struct Problem {
  std::vector<int8_t> a, b;
  Problem() : a(bytes(1)), b(bytes(2)) {}

  Accuracy check(const int32_t* c) const { // exact
    double wrong = 0;
    for (size_t i = 0; i < a.size(); i += stride(a.size(), 3000)) {
      const int8_t *row = &a[i / kSize * kSize], *column = &b[i % kSize * kSize];
      int32_t sum = 0;
      for (int k = 0; k < kSize; ++k)
        sum += int32_t(row[k]) * column[k];
      wrong += c[i] != sum;
    }
    return {wrong, 0};
  }

private:
  static std::vector<int8_t> bytes(uint32_t seed) {
    Random random(seed);
    std::vector<int8_t> result(size_t(kSize) * kSize);
    for (int8_t& v : result)
      v = int8_t(random.bits() >> 16);
    return result;
  }
};

} // namespace bench::gemm_int8
