// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/native.h"

#include "problem.h"

using namespace bench;
using namespace bench::black_scholes;

static inline float normal(float d) {
  float k = 1.0f / (1.0f + 0.2316419f * std::fabs(d));
  float tail =
      0.39894228f * std::exp(-0.5f * d * d) *
      (k * (0.31938153f +
            k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
  return d > 0 ? 1.0f - tail : tail;
}

static int run(const char* name) {
  Problem p;
  Aligned<float> call(kOptions), put(kOptions);
  const float *price = p.price.data(), *strike = p.strike.data(), *years = p.years.data();
  float *calls = call, *puts = put;
  // libmvec's vector exp and log come in through -fveclib=libmvec.
  return measure(
      name,
      [&] {
#pragma omp parallel for simd schedule(static)
        for (int i = 0; i < kOptions; ++i) {
          float s = price[i], x = strike[i], t = years[i];
          float root = kVolatility * std::sqrt(t);
          float d1 = (std::log(s / x) + (kRate + 0.5f * kVolatility * kVolatility) * t) / root,
                d2 = d1 - root;
          float n1 = normal(d1), n2 = normal(d2), discounted = x * std::exp(-kRate * t);
          calls[i] = s * n1 - discounted * n2;
          puts[i] = discounted * (1.0f - n2) - s * (1.0f - n1);
        }
      },
      [&] { return p.check(call, put); });
}
BENCHMARK("black_scholes", run);
