// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// softmax(Q K' / sqrt(d)) V for several heads without ever storing the scores: tiles of keys pass
// by, maximum and sum of each row are mended as they grow.
#pragma once
#include "../common/bench.h"

namespace bench::flash_attention {

constexpr int kHeads = 4, kLength = 1024, kDepth = 64; // of each: Q, K, V and the result

struct Problem {
  static constexpr size_t kElements = size_t(kHeads) * kLength * kDepth;
  std::vector<float> q = randoms(kElements, -2, 2, 1), k = randoms(kElements, -2, 2, 2),
                     v = randoms(kElements, -1, 1, 3);

  // Scores of about 10 are rounded to 2^-21, which is a relative error of the weights; the result
  // is a mean of numbers below 1.
  Accuracy check(const float* out) const {
    double worst = 0;
    for (size_t r = 0; r < size_t(kHeads) * kLength; r += stride(size_t(kHeads) * kLength, 60)) {
      size_t head = r / kLength * kLength;
      double sum = 0, result[kDepth] = {};
      for (int j = 0; j < kLength; ++j) {
        double score = 0;
        for (int d = 0; d < kDepth; ++d)
          score += double(q[r * kDepth + d]) * k[(head + j) * kDepth + d];
        double weight = std::exp(score / std::sqrt(double(kDepth)));
        sum += weight;
        for (int d = 0; d < kDepth; ++d)
          result[d] += weight * v[(head + j) * kDepth + d];
      }
      for (int d = 0; d < kDepth; ++d)
        worst = worse(worst, std::fabs(out[r * kDepth + d] - result[d] / sum));
    }
    return {worst, 1e-5};
  }
};

} // namespace bench::flash_attention
