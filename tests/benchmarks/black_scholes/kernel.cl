// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Abramowitz and Stegun 26.2.17
inline float normal_(float d) {
  float k = 1.0f / (1.0f + 0.2316419f * fabs(d));
  float tail =
      0.39894228f * exp(-0.5f * d * d) *
      (k * (0.31938153f +
            k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
  return d > 0 ? 1.0f - tail : tail;
}

__kernel void blackScholes(int n, __global const float* restrict price,
                           __global const float* restrict strike,
                           __global const float* restrict years, __global float* restrict call,
                           __global float* restrict put) {
  int i = get_global_id(0);
  if (i >= n)
    return;
  float s = price[i], x = strike[i], t = years[i];
  float root = VOLATILITY * sqrt(t);
  float d1 = (log(s / x) + (RATE + 0.5f * VOLATILITY * VOLATILITY) * t) / root, d2 = d1 - root;
  float n1 = normal_(d1), n2 = normal_(d2), discounted = x * exp(-RATE * t);
  call[i] = s * n1 - discounted * n2;
  put[i] = discounted * (1.0f - n2) - s * (1.0f - n1);
}
