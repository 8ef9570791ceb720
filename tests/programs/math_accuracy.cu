// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Device mathematics against the host's long double functions: the largest error in ULP of each
// function over its range, and the special values that C's <math.h> prescribes. With the argument
// "-v" the measured errors are printed.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#define CHECK(call)                                                                                \
  do {                                                                                             \
    cudaError_t error_ = (call);                                                                   \
    if (error_ != cudaSuccess) {                                                                   \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error_));                  \
      std::exit(1);                                                                                \
    }                                                                                              \
  } while (0)

// Name, device expression of x, host expression of x (long double), range, allowed error in ULP.
// For float; the bounds are those that headers/libdevice states, libclc's where it does not.
#define FLOAT_FUNCTIONS(F)                                                                         \
  F(expf, expf(x), expl(x), -87, 88, 2)                                                            \
  F(exp2f, exp2f(x), exp2l(x), -126, 127.9, 2)                                                     \
  F(exp10f, exp10f(x), powl(10, x), -37.5, 38.5, 2)                                                \
  F(expm1f, expm1f(x), expm1l(x), -10, 80, 4)                                                      \
  F(logf, logf(x), logl(x), 1e-30, 1e30, 2)                                                        \
  F(logf_near_1, logf(x), logl(x), 0.5, 2, 2)                                                      \
  F(log2f, log2f(x), log2l(x), 0.01, 100, 3)                                                       \
  F(log10f, log10f(x), log10l(x), 0.01, 100, 3)                                                    \
  F(log1pf, log1pf(x), log1pl(x), -0.9, 1e6, 4)                                                    \
  F(sinf, sinf(x), sinl(x), -100, 100, 2)                                                          \
  F(cosf, cosf(x), cosl(x), -100, 100, 2)                                                          \
  F(sinf_large, sinf(x), sinl(x), 1e5, 1e30, 4)                                                    \
  F(tanf, tanf(x), tanl(x), -100, 100, 5)                                                          \
  F(asinf, asinf(x), asinl(x), -1, 1, 4)                                                           \
  F(acosf, acosf(x), acosl(x), -1, 1, 4)                                                           \
  F(atanf, atanf(x), atanl(x), -1e3, 1e3, 5)                                                       \
  F(sinhf, sinhf(x), sinhl(x), -80, 80, 4)                                                         \
  F(coshf, coshf(x), coshl(x), -80, 80, 4)                                                         \
  F(tanhf, tanhf(x), tanhl(x), -10, 10, 5)                                                         \
  F(asinhf, asinhf(x), asinhl(x), -1e6, 1e6, 4)                                                    \
  F(acoshf, acoshf(x), acoshl(x), 1, 1e6, 4)                                                       \
  F(atanhf, atanhf(x), atanhl(x), -0.99, 0.99, 5)                                                  \
  F(erff, erff(x), erfl(x), -4, 4, 16)                                                             \
  F(erfcf, erfcf(x), erfcl(x), -4, 9, 16)                                                          \
  F(normcdff, normcdff(x), 0.5L * erfcl(-x * 0.7071067811865475244L), -5, 5, 16)                   \
  F(cbrtf, cbrtf(x), cbrtl(x), -1e20, 1e20, 2)                                                     \
  F(sqrtf, sqrtf(x), sqrtl(x), 1e-37, 1e37, 0.5)                                                   \
  F(rsqrtf, rsqrtf(x), 1 / sqrtl(x), 1e-37, 1e37, 2)                                               \
  F(tgammaf, tgammaf(x), tgammal(x), 0.1, 30, 16)                                                  \
  F(powf_1_5, powf(x, 1.5f), powl(x, 1.5L), 1e-20, 1e20, 16)                                       \
  F(sinpif, sinpif(x), sinl(3.14159265358979323846264338328L * x), -0.5, 0.5, 4)                   \
  F(__frcp_rn, __frcp_rn(x), 1 / x, 1e-30, 1e30, 0.5)                                              \
  F(div, 3.0f / x, 3 / x, 1e-30, 1e30, 0.5)
#define DOUBLE_FUNCTIONS(F)                                                                        \
  F(exp, exp(x), expl(x), -700, 700, 2)                                                            \
  F(exp2, exp2(x), exp2l(x), -1000, 1000, 2)                                                       \
  F(log, log(x), logl(x), 1e-300, 1e300, 3)                                                        \
  F(log2, log2(x), log2l(x), 0.01, 100, 3)                                                         \
  F(log10, log10(x), log10l(x), 0.01, 100, 3)                                                      \
  F(sin, sin(x), sinl(x), -1000, 1000, 4)                                                          \
  F(cos, cos(x), cosl(x), -1000, 1000, 4)                                                          \
  F(tan, tan(x), tanl(x), -100, 100, 5)                                                            \
  F(atan, atan(x), atanl(x), -1e3, 1e3, 5)                                                         \
  F(tanh, tanh(x), tanhl(x), -10, 10, 5)                                                           \
  F(erf, erf(x), erfl(x), -4, 4, 16)                                                               \
  F(cbrt, cbrt(x), cbrtl(x), -1e20, 1e20, 2)                                                       \
  F(sqrt, sqrt(x), sqrtl(x), 1e-300, 1e300, 0.5)                                                   \
  F(pow_1_5, pow(x, 1.5), powl(x, 1.5L), 1e-100, 1e100, 16)                                        \
  F(erfinv, erfinv(x), NAN, -0.999, 0.999, 0)

static bool verbose = false;
static int failures = 0;

#define KERNEL(NAME, T, DEVICE)                                                                    \
  __global__ void NAME(const T* in, T* out, int n) {                                               \
    int i = blockIdx.x * blockDim.x + threadIdx.x;                                                 \
    if (i < n) {                                                                                   \
      T x = in[i];                                                                                 \
      out[i] = DEVICE;                                                                             \
    }                                                                                              \
  }
#define KERNEL_F(NAME, DEVICE, HOST, LOW, HIGH, ULP) KERNEL(float_##NAME, float, DEVICE)
#define KERNEL_D(NAME, DEVICE, HOST, LOW, HIGH, ULP) KERNEL(double_##NAME, double, DEVICE)
FLOAT_FUNCTIONS(KERNEL_F)
DOUBLE_FUNCTIONS(KERNEL_D)

template <class T> static double ulps(T actual, long double expected) {
  if (std::isnan(expected))
    return std::isnan(actual) ? 0 : INFINITY;
  T nearest = T(expected);
  if (actual == nearest)
    return std::isinf(nearest)
               ? 0
               : std::fabs(double(actual - expected)) /
                     double(std::nextafter(std::fabs(nearest), T(INFINITY)) - std::fabs(nearest));
  if (std::isinf(actual) || std::isinf(nearest) || std::isnan(actual))
    return INFINITY;
  T spacing = std::nextafter(std::fabs(nearest), T(INFINITY)) - std::fabs(nearest);
  return double(std::fabs(actual - expected) / spacing);
}

// Evenly spread, or by magnitude where the range spans many powers of two.
template <class T> static std::vector<T> inputs(double low, double high) {
  std::vector<T> values;
  const int n = 20011;
  for (int i = 0; i < n; ++i) {
    double t = double(i) / (n - 1);
    if (low > 0 && high / low > 1e4)
      values.push_back(T(low * std::pow(high / low, t)));
    else
      values.push_back(T(low + (high - low) * t));
  }
  return values;
}

template <class T>
static std::vector<T> evaluate(void (*kernel)(const T*, T*, int), const std::vector<T>& in) {
  T *deviceIn, *deviceOut;
  std::vector<T> out(in.size());
  size_t bytes = in.size() * sizeof(T);
  CHECK(cudaMalloc(&deviceIn, bytes));
  CHECK(cudaMalloc(&deviceOut, bytes));
  CHECK(cudaMemcpy(deviceIn, in.data(), bytes, cudaMemcpyHostToDevice));
  kernel<<<(int(in.size()) + 127) / 128, 128>>>(deviceIn, deviceOut, int(in.size()));
  CHECK(cudaMemcpy(out.data(), deviceOut, bytes, cudaMemcpyDeviceToHost));
  CHECK(cudaFree(deviceIn));
  CHECK(cudaFree(deviceOut));
  return out;
}

template <class T, class Host>
static void measure(const char* name, void (*kernel)(const T*, T*, int), Host host, double low,
                    double high, double allowed) {
  std::vector<T> in = inputs<T>(low, high), out = evaluate(kernel, in);
  double worst = 0;
  T where = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    double error = ulps(out[i], host((long double)in[i]));
    if (error > worst)
      worst = error, where = in[i];
  }
  if (verbose)
    std::printf("%-14s %-6s %8.3f ULP at %g\n", name, sizeof(T) == 4 ? "float" : "double", worst,
                double(where));
  if (!(worst <= allowed)) {
    std::printf("FAIL: %s (%s): %g ULP at %.9g, allowed %g\n", name,
                sizeof(T) == 4 ? "float" : "double", worst, double(where), allowed);
    ++failures;
  }
}

// C17 F.10: what the functions give at the ends.
static void special() {
  const float inf = INFINITY, nan = NAN;
  struct {
    const char* name;
    void (*kernel)(const float*, float*, int);
    float in, out;
  } const cases[] = {{"exp(-inf)", float_expf, -inf, 0},
                     {"exp(inf)", float_expf, inf, inf},
                     {"exp(nan)", float_expf, nan, nan},
                     {"exp(100)", float_expf, 100, inf},
                     {"exp(-110)", float_expf, -110, 0},
                     {"exp(0)", float_expf, 0, 1},
                     {"exp2(-inf)", float_exp2f, -inf, 0},
                     {"exp2(3)", float_exp2f, 3, 8},
                     {"exp2(-149)", float_exp2f, -149, 1.40129846e-45f},
                     {"log(0)", float_logf, 0, -inf},
                     {"log(-1)", float_logf, -1, nan},
                     {"log(inf)", float_logf, inf, inf},
                     {"log(1)", float_logf, 1, 0},
                     {"log(nan)", float_logf, nan, nan},
                     {"log2(8)", float_log2f, 8, 3},
                     {"sin(inf)", float_sinf, inf, nan},
                     {"sin(-0)", float_sinf, -0.0f, -0.0f},
                     {"cos(0)", float_cosf, 0, 1},
                     {"cos(inf)", float_cosf, inf, nan},
                     {"sqrt(-1)", float_sqrtf, -1, nan},
                     {"rsqrt(0)", float_rsqrtf, 0, inf},
                     {"erf(inf)", float_erff, inf, 1},
                     {"tanh(inf)", float_tanhf, inf, 1},
                     {"cbrt(27)", float_cbrtf, 27, 3},
                     {"log(denormal)", float_logf, 1e-40f, std::log(1e-40f)}};
  for (auto& c : cases) {
    float got = evaluate(c.kernel, std::vector<float>{c.in})[0];
    bool same = std::isnan(c.out) ? std::isnan(got)
                                  : got == c.out && std::signbit(got) == std::signbit(c.out);
    if (!same) {
      std::printf("FAIL: %s gives %.9g, expected %.9g\n", c.name, got, c.out);
      ++failures;
    }
  }
  // erf(erfinv(y)) is y.
  std::vector<double> y = inputs<double>(-0.999, 0.999), x = evaluate(double_erfinv, y);
  double worst = 0;
  for (size_t i = 0; i < y.size(); ++i)
    worst = std::fmax(worst, std::fabs(std::erf(x[i]) - y[i]));
  if (!(worst < 1e-14)) {
    std::printf("FAIL: erf(erfinv(y)) is off by %g\n", worst);
    ++failures;
  }
}

// NaNs with a payload, and the float form of remquo.
__global__ void taggedNans(unsigned long long* out) {
  const char* tags[] = {"", "123", "0x7ab", "017", "what"};
  for (int i = 0; i < 5; ++i) {
    out[2 * i] = __double_as_longlong(nan(tags[i]));
    out[2 * i + 1] = (unsigned)__float_as_int(nanf(tags[i]));
  }
  int quotient;
  out[10] = (unsigned)__float_as_int(remquo(29.0f, 3.0f, &quotient));
  out[11] = quotient & 7;
}
static void tags() {
  const unsigned payloads[] = {0, 123, 0x7ab, 017, 0};
  unsigned long long* out;
  CHECK(cudaMallocManaged(&out, 12 * sizeof *out));
  taggedNans<<<1, 1>>>(out);
  CHECK(cudaDeviceSynchronize());
  bool right = out[10] == 0xbf800000u && out[11] == 2; // 29 = 10 * 3 - 1
  for (int i = 0; i < 5; ++i)
    right = right && out[2 * i] == (0x7ff8000000000000ull | payloads[i]) &&
            out[2 * i + 1] == (0x7fc00000u | payloads[i]);
  if (!right) {
    std::printf("FAIL: nan() or remquo()\n");
    ++failures;
  }
}

int main(int argc, char** argv) {
  verbose = argc > 1 && std::strcmp(argv[1], "-v") == 0;
  int functions = 0;
#define MEASURE_F(NAME, DEVICE, HOST, LOW, HIGH, ULP)                                              \
  measure<float>(                                                                                  \
      #NAME, float_##NAME, [](long double x) -> long double { return HOST; }, LOW, HIGH, ULP),     \
      ++functions;
#define MEASURE_D(NAME, DEVICE, HOST, LOW, HIGH, ULP)                                              \
  if (ULP > 0)                                                                                     \
    measure<double>(                                                                               \
        #NAME, double_##NAME, [](long double x) -> long double { return HOST; }, LOW, HIGH, ULP),  \
        ++functions;
  FLOAT_FUNCTIONS(MEASURE_F)
  DOUBLE_FUNCTIONS(MEASURE_D)
  special();
  tags();
  std::printf("math_accuracy: %d functions\n", functions);
  if (!failures)
    std::printf("PASS\n");
  return failures != 0;
}
