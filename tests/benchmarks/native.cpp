// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The benchmarks as a CPU programmer writes them: OpenMP threads, `omp simd` loops, -O3
// -march=native -ffast-math; blocked for caches and registers where it pays. What the CUDA programs
// are measured against.
#include "problems.h"

#include <memory>

using namespace bench;

static int saxpy() {
  auto x = randoms(kSaxpyN, -1, 1);
  std::vector<float> y(kSaxpyN, 1.0f);
  const float* px = x.data();
  float* py = y.data();
  int runs = 0;
  double seconds = fastest([&] {
#pragma omp parallel for simd schedule(static)
    for (int i = 0; i < kSaxpyN; ++i)
      py[i] = kSaxpyA * px[i] + py[i];
    ++runs;
  });
  double worst = 0;
  for (size_t i = 0; i < kSaxpyN; i += stride(kSaxpyN))
    worst = std::fmax(worst, std::fabs(y[i] - (1 + double(kSaxpyA) * x[i] * runs)));
  return report("saxpy", "native", seconds, worst, 1e-4);
}

#pragma omp declare simd
static inline float normal(float d) {
  float k = 1.0f / (1.0f + 0.2316419f * std::fabs(d));
  float tail =
      0.39894228f * std::exp(-0.5f * d * d) *
      (k * (0.31938153f +
            k * (-0.356563782f + k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f)))));
  return d > 0 ? 1.0f - tail : tail;
}

static int blackScholes() {
  auto price = randoms(kOptions, 5, 30, 1), strike = randoms(kOptions, 1, 100, 2),
       years = randoms(kOptions, 0.25f, 10, 3);
  std::vector<float> call(kOptions), put(kOptions);
  const float *ps = price.data(), *px = strike.data(), *pt = years.data();
  float *pc = call.data(), *pp = put.data();
  // libmvec's vector exp and log come in through -fveclib=libmvec.
  double seconds = fastest([&] {
#pragma omp parallel for simd schedule(static)
    for (int i = 0; i < kOptions; ++i) {
      float s = ps[i], x = px[i], t = pt[i];
      float root = kVolatility * std::sqrt(t);
      float d1 = (std::log(s / x) + (kRate + 0.5f * kVolatility * kVolatility) * t) / root,
            d2 = d1 - root;
      float n1 = normal(d1), n2 = normal(d2), discounted = x * std::exp(-kRate * t);
      pc[i] = s * n1 - discounted * n2;
      pp[i] = discounted * (1.0f - n2) - s * (1.0f - n1);
    }
  });
  double error = checkOptions(ps, px, pt, pc, pp);
  return report("black_scholes", "native", seconds, error, 1e-4);
}

static int nbody() {
  auto p = bodies();
  std::vector<float> a(4 * kBodies);
  // Structure of arrays, so that the inner loop loads whole vectors.
  std::vector<float> soa(4 * kBodies);
  const float *x = soa.data(), *y = x + kBodies, *z = y + kBodies, *m = z + kBodies;
  double seconds = fastest([&] {
    for (int i = 0; i < kBodies; ++i)
      for (int k = 0; k < 4; ++k)
        soa[k * kBodies + i] = p[4 * i + k];
#pragma omp parallel for schedule(static)
    for (int i = 0; i < kBodies; ++i) {
      float ax = 0, ay = 0, az = 0, xi = x[i], yi = y[i], zi = z[i];
#pragma omp simd reduction(+ : ax, ay, az)
      for (int j = 0; j < kBodies; ++j) {
        float dx = x[j] - xi, dy = y[j] - yi, dz = z[j] - zi;
        float inverse = 1.0f / std::sqrt(dx * dx + dy * dy + dz * dz + kSoftening);
        float pull = m[j] * inverse * inverse * inverse;
        ax += dx * pull, ay += dy * pull, az += dz * pull;
      }
      a[4 * i] = ax, a[4 * i + 1] = ay, a[4 * i + 2] = az;
    }
  });
  return report("nbody", "native", seconds, checkBodies(p.data(), a.data()), 1e-3);
}

// Packed panels of B stay in L1/L2; 6 rows by two vectors of C stay in registers.
static void sgemmBlocked(const float* a, const float* b, float* c) {
#ifdef __AVX512F__
  constexpr int kPanel = 32, kRows = 6;
#else
  constexpr int kPanel = 16, kRows = 6;
#endif
  typedef float Row __attribute__((vector_size(kPanel * sizeof(float))));
#pragma omp parallel
  {
    std::unique_ptr<float[]> panel(new float[size_t(kMatrix) * kPanel + 32]);
#pragma omp for schedule(static)
    for (int column = 0; column < kMatrix; column += kPanel) {
      for (int k = 0; k < kMatrix; ++k)
        std::memcpy(panel.get() + k * kPanel, b + size_t(k) * kMatrix + column,
                    kPanel * sizeof(float));
      int row = 0;
      auto block = [&]<int N>(std::integral_constant<int, N>) {
        Row sum[N] = {};
        for (int k = 0; k < kMatrix; ++k) {
          Row right;
          std::memcpy(&right, panel.get() + k * kPanel, sizeof right);
          for (int r = 0; r < N; ++r)
            sum[r] += a[size_t(row + r) * kMatrix + k] * right;
        }
        for (int r = 0; r < N; ++r)
          std::memcpy(c + size_t(row + r) * kMatrix + column, &sum[r], sizeof sum[r]);
        row += N;
      };
      while (row + kRows <= kMatrix)
        block(std::integral_constant<int, kRows>());
      while (row < kMatrix)
        block(std::integral_constant<int, 1>());
    }
  }
}

static int sgemm() {
  auto a = randoms(kMatrix * kMatrix, -1, 1, 1), b = randoms(kMatrix * kMatrix, -1, 1, 2);
  std::vector<float> c(kMatrix * kMatrix);
  double seconds = fastest([&] { sgemmBlocked(a.data(), b.data(), c.data()); });
  return report("sgemm", "native", seconds, checkMatrix(a.data(), b.data(), c.data()), 1e-3);
}

static int reduction() {
  auto values = randoms(kReduceN, 0, 1);
  const float* p = values.data();
  double sum = 0;
  double seconds = fastest([&] {
    // Chunks keep single precision sums small enough to be accurate.
    double total = 0;
#pragma omp parallel for schedule(static) reduction(+ : total)
    for (int chunk = 0; chunk < kReduceN / 65536; ++chunk) {
      float part = 0;
      const float* q = p + size_t(chunk) * 65536;
#pragma omp simd reduction(+ : part)
      for (int i = 0; i < 65536; ++i)
        part += q[i];
      total += part;
    }
    sum = total;
  });
  return report("reduction", "native", seconds, checkSum(values, sum), 1e-4);
}

static int mandelbrot() {
  std::vector<int> counts(kImage * kImage);
  // Vectors of 16 neighbours that stop together, as a CPU programmer would do by hand.
  constexpr int kLanes = 16;
  double seconds = fastest([&] {
#pragma omp parallel for schedule(dynamic, 4)
    for (int row = 0; row < kImage; ++row)
      for (int column = 0; column < kImage; column += kLanes) {
        float cx[kLanes], x[kLanes] = {}, y[kLanes] = {}, cy = -1.5f + 3.0f * row / kImage;
        int n[kLanes] = {};
        for (int l = 0; l < kLanes; ++l)
          cx[l] = -2.0f + 3.0f * (column + l) / kImage;
        for (int i = 0; i < kIterations; ++i) {
          int live = 0;
#pragma omp simd reduction(+ : live)
          for (int l = 0; l < kLanes; ++l) {
            float xx = x[l] * x[l], yy = y[l] * y[l];
            int in = xx + yy <= 4;
            float t = xx - yy + cx[l], u = 2 * x[l] * y[l] + cy;
            x[l] = in ? t : x[l];
            y[l] = in ? u : y[l];
            n[l] += in;
            live += in;
          }
          if (!live)
            break;
        }
        for (int l = 0; l < kLanes; ++l)
          counts[row * kImage + column + l] = n[l];
      }
  });
  return report("mandelbrot", "native", seconds, checkImage(counts.data()), kImageAllowed);
}

static int empty() {
  double seconds = fastest([] {
#pragma omp parallel
    asm volatile("");
  });
  return report("empty_launch", "native", seconds, 0, 0);
}

#include "main.h"
