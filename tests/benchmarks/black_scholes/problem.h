// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// European call and put options by the formula of Black and Scholes: exponentials, logarithms and
// divisions, no communication.
#pragma once
#include "../common/bench.h"

namespace bench::black_scholes {

constexpr int kOptions = 1 << 21;
constexpr float kRate = 0.02f, kVolatility = 0.30f;

struct Problem {
  std::vector<float> price = randoms(kOptions, 5, 30, 1), strike = randoms(kOptions, 1, 100, 2),
                     years = randoms(kOptions, 0.25f, 10, 3);

  // The polynomial for the normal distribution is good to 7.5e-8 absolutely, times prices up to
  // 100, and exponentials and logarithms of single precision come on top.
  Accuracy check(const float* call, const float* put) const {
    auto normal = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
    double worst = 0;
    for (size_t i = 0; i < kOptions; i += stride(kOptions, 5000)) {
      double root = kVolatility * std::sqrt(double(years[i]));
      double d1 = (std::log(double(price[i]) / strike[i]) +
                   (kRate + 0.5 * kVolatility * kVolatility) * years[i]) /
                  root;
      double d2 = d1 - root, discounted = strike[i] * std::exp(-double(kRate) * years[i]);
      double expectedCall = price[i] * normal(d1) - discounted * normal(d2);
      double expectedPut = discounted * normal(-d2) - price[i] * normal(-d1);
      worst = worse(worst, relative(call[i], expectedCall, 1));
      worst = worse(worst, relative(put[i], expectedPut, 1));
    }
    return {worst, 1e-4};
  }
};

} // namespace bench::black_scholes
