// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The benchmark problems: sizes, inputs and what a right result is. Every variant (CUDA, native,
// OpenCL) solves exactly these, so that times compare. Results are checked against double precision
// on a sample of elements.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

namespace bench {

constexpr int kSaxpyN = 1 << 24;
constexpr int kOptions = 1 << 21;
constexpr float kRate = 0.02f, kVolatility = 0.30f;
constexpr int kBodies = 8192;
constexpr float kSoftening = 0.01f;
constexpr int kMatrix = 1024; // square
constexpr int kReduceN = 1 << 24;
constexpr int kImage = 1024, kIterations = 256; // square

// Seconds of the fastest run: one to warm up (compilers compile, pages get touched), then for half
// a second at least.
template <class F> double fastest(F run) {
  using Clock = std::chrono::steady_clock;
  run();
  double best = 1e30, total = 0;
  for (int i = 0; i < 5 || (total < 0.5 && i < 100000); ++i) {
    auto start = Clock::now();
    run();
    double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::min(best, seconds);
    total += seconds;
  }
  return best;
}

// The line that run.py reads.
inline int report(const char* benchmark, const char* variant, double seconds, double error,
                  double allowed) {
  std::printf("{\"benchmark\": \"%s\", \"variant\": \"%s\", \"seconds\": %.9g, \"error\": %.3g, "
              "\"right\": %s}\n",
              benchmark, variant, seconds, error < 1e30 ? error : 1e30,
              error <= allowed ? "true" : "false");
  return error <= allowed ? 0 : 1;
}

// The same numbers everywhere: a linear congruential generator mapped to [low, high).
inline std::vector<float> randoms(size_t n, float low, float high, unsigned seed = 1) {
  std::vector<float> values(n);
  for (float& v : values) {
    seed = seed * 1664525u + 1013904223u;
    v = low + (high - low) * (float(seed >> 8) / float(1 << 24));
  }
  return values;
}

// Steps through `n` elements visiting about `count` of them.
inline size_t stride(size_t n, size_t count = 2000) {
  return std::max<size_t>(1, n / count) | 1;
}

inline double relative(double actual, double expected, double scale) {
  return std::fabs(actual - expected) / std::max(std::fabs(expected), scale);
}

// y after `runs` times y = a * x + y with y starting at 1 and a so small that y stays in range.
constexpr float kSaxpyA = 0.001f;

struct Option {
  double call, put;
};
inline Option blackScholes(double price, double strike, double years) {
  auto normal = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  double root = kVolatility * std::sqrt(years);
  double d1 = (std::log(price / strike) + (kRate + 0.5 * kVolatility * kVolatility) * years) / root,
         d2 = d1 - root;
  double discounted = strike * std::exp(-kRate * years);
  return {price * normal(d1) - discounted * normal(d2),
          discounted * normal(-d2) - price * normal(-d1)};
}
inline double checkOptions(const float* price, const float* strike, const float* years,
                           const float* call, const float* put) {
  double worst = 0;
  for (size_t i = 0; i < kOptions; i += stride(kOptions)) {
    Option o = blackScholes(price[i], strike[i], years[i]);
    worst = std::fmax(worst, std::fmax(relative(call[i], o.call, 1), relative(put[i], o.put, 1)));
  }
  return worst;
}

// Positions x, y, z and mass of each body, accelerations x, y, z, unused.
inline std::vector<float> bodies() {
  return randoms(4 * kBodies, 0.1f, 1.0f);
}
inline double checkBodies(const float* p, const float* a) {
  double worst = 0;
  for (size_t i = 0; i < kBodies; i += stride(kBodies, 50)) {
    double sum[3] = {};
    for (size_t j = 0; j < kBodies; ++j) {
      double d[3], r2 = kSoftening;
      for (int k = 0; k < 3; ++k)
        d[k] = double(p[4 * j + k]) - p[4 * i + k], r2 += d[k] * d[k];
      for (int k = 0; k < 3; ++k)
        sum[k] += p[4 * j + 3] * d[k] / (r2 * std::sqrt(r2));
    }
    for (int k = 0; k < 3; ++k)
      worst = std::fmax(worst, relative(a[4 * i + k], sum[k], 100));
  }
  return worst;
}

inline double checkMatrix(const float* a, const float* b, const float* c) {
  double worst = 0;
  for (size_t i = 0; i < size_t(kMatrix) * kMatrix; i += stride(size_t(kMatrix) * kMatrix, 500)) {
    size_t row = i / kMatrix, column = i % kMatrix;
    double sum = 0;
    for (int k = 0; k < kMatrix; ++k)
      sum += double(a[row * kMatrix + k]) * b[k * kMatrix + column];
    worst = std::fmax(worst, relative(c[i], sum, 1));
  }
  return worst;
}

inline double checkSum(const std::vector<float>& values, double sum) {
  double expected = 0;
  for (float v : values)
    expected += v;
  return relative(sum, expected, 1);
}

// Fraction of pixels whose count differs from double precision by more than rounding explains.
inline double checkImage(const int* counts) {
  size_t wrong = 0, looked = 0;
  for (size_t i = 0; i < size_t(kImage) * kImage; i += stride(size_t(kImage) * kImage, 20000)) {
    double cx = -2.0 + 3.0 * double(i % kImage) / kImage,
           cy = -1.5 + 3.0 * double(i / kImage) / kImage, x = 0, y = 0;
    int n = 0;
    for (; n < kIterations && x * x + y * y <= 4; ++n) {
      double t = x * x - y * y + cx;
      y = 2 * x * y + cy;
      x = t;
    }
    wrong += std::abs(n - counts[i]) > 1;
    ++looked;
  }
  return double(wrong) / double(looked);
}
constexpr double kImageAllowed = 0.005; // points on the border of the set

} // namespace bench
