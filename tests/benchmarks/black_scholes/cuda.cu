// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../common/cuda.h"
#include "problem.h"

using namespace bench;
using namespace bench::black_scholes;

// Abramowitz and Stegun 26.2.17
__device__ inline float normal(float d) {
  float k = 1.0f / (1.0f + 0.2316419f * fabsf(d));
  float tail =
      0.39894228f * __expf(-0.5f * d * d) *
      (k * (0.31938153f +
            k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
  return d > 0 ? 1.0f - tail : tail;
}

__global__ void blackScholesKernel(int n, const float* __restrict__ price,
                                   const float* __restrict__ strike,
                                   const float* __restrict__ years, float* __restrict__ call,
                                   float* __restrict__ put) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float s = price[i], x = strike[i], t = years[i];
  float root = kVolatility * sqrtf(t);
  float d1 = (logf(s / x) + (kRate + 0.5f * kVolatility * kVolatility) * t) / root, d2 = d1 - root;
  float n1 = normal(d1), n2 = normal(d2), discounted = x * expf(-kRate * t);
  call[i] = s * n1 - discounted * n2;
  put[i] = discounted * (1.0f - n2) - s * (1.0f - n1);
}

static int run(const char* name) {
  Problem p;
  DeviceArray<float> price(p.price), strike(p.strike), years(p.years), call(kOptions),
      put(kOptions);
  return measureLaunch(
      name,
      [&] {
        blackScholesKernel<<<(kOptions + 127) / 128, 128>>>(kOptions, price, strike, years, call,
                                                            put);
      },
      [&] { return p.check(call.host().data(), put.host().data()); });
}
BENCHMARK("black_scholes", run);
