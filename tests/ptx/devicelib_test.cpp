// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The device library as host code: directed rounding against the FPU's own modes, approximations
// against libm over the whole range. ANYWARP_LONG_TESTS=1 visits all 2^32 floats instead of a
// sample.
#include <cfenv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

extern "C" {
#define DIRECTED(R)                                                                                \
  float ptx_fadd_##R##_f32(float, float);                                                          \
  float ptx_fsub_##R##_f32(float, float);                                                          \
  float ptx_fmul_##R##_f32(float, float);                                                          \
  float ptx_fdiv_##R##_f32(float, float);                                                          \
  float ptx_fma_##R##_f32(float, float, float);                                                    \
  float ptx_sqrt_##R##_f32(float);                                                                 \
  float ptx_rcp_##R##_f32(float);                                                                  \
  double ptx_fadd_##R##_f64(double, double);                                                       \
  double ptx_fmul_##R##_f64(double, double);                                                       \
  double ptx_fdiv_##R##_f64(double, double);                                                       \
  double ptx_fma_##R##_f64(double, double, double);                                                \
  double ptx_sqrt_##R##_f64(double);                                                               \
  float ptx_cvt_##R##_f32_f64(double);                                                             \
  float ptx_cvt_##R##_f32_s64(int64_t);                                                            \
  float ptx_cvt_##R##_f32_u64(uint64_t);                                                           \
  double ptx_cvt_##R##_f64_s64(int64_t);                                                           \
  double ptx_cvt_##R##_f64_u64(uint64_t);                                                          \
  uint16_t ptx_cvt_##R##_f16_f32(float);
DIRECTED(rz)
DIRECTED(rm)
DIRECTED(rp)
uint16_t ptx_cvt_rn_f16_f64(double);
uint16_t ptx_cvt_rn_bf16_f32(float);
uint16_t ptx_cvt_rn_bf16_f64(double);
uint16_t ptx_fma_f16(float, float, float);
float ptx_ex2_approx_f32(float);
float ptx_lg2_approx_f32(float);
float ptx_sin_approx_f32(float);
float ptx_cos_approx_f32(float);
float ptx_tanh_approx_f32(float);
uint16_t ptx_cvt_e4m3x2_f32(float, float);
uint32_t ptx_cvt_f16x2_e4m3x2(uint16_t);
uint16_t ptx_cvt_e5m2x2_f32(float, float);
uint32_t ptx_cvt_f16x2_e5m2x2(uint16_t);
uint64_t ptx_mulhi_u64(uint64_t, uint64_t);
uint64_t ptx_mulhi_s64(uint64_t, uint64_t);
}

namespace {

template <typename To, typename From> To bits(From from) {
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}

bool same(float a, float b) {
  return (a != a && b != b) || bits<uint32_t>(a) == bits<uint32_t>(b);
}
bool same(double a, double b) {
  return (a != a && b != b) || bits<uint64_t>(a) == bits<uint64_t>(b);
}

// Numbers near every kind of edge: any bits, and close exponents so that sums cancel.
class Numbers {
public:
  uint64_t any() { return random_(); }
  float f32() {
    switch (random_() % 8) {
    case 0:
      return bits<float>(uint32_t(random_()));
    case 1:
      return bits<float>(uint32_t(random_() & 0x80ffffff));
    case 2:
      return bits<float>(uint32_t((random_() & 0x80ffffff) | 0x7e000000));
    case 3:
      return bits<float>(uint32_t((random_() & 0x80800003) | 0x3f000000));
    case 4:
      return float(int(random_() % 64) - 32);
    default:
      return bits<float>(uint32_t((random_() & 0x87ffffff) | 0x38000000));
    }
  }
  double f64() {
    switch (random_() % 8) {
    case 0:
      return bits<double>(random_());
    case 1:
      return bits<double>(random_() & 0x801fffffffffffff);
    case 2:
      return bits<double>((random_() & 0x801fffffffffffff) | 0x7fc0000000000000);
    case 3:
      return bits<double>((random_() & 0x8010000000000003) | 0x3fe0000000000000);
    case 4:
      return double(int(random_() % 64) - 32);
    default:
      return bits<double>((random_() & 0x807fffffffffffff) | 0x3f80000000000000);
    }
  }

private:
  std::mt19937_64 random_{12345};
};

constexpr int kRounds = 200000;

// The FPU computes while the mode is set; volatile keeps the compiler from doing it earlier.
template <typename Fn> auto inMode(int mode, Fn fn) {
  fesetround(mode);
  auto r = fn();
  fesetround(FE_TONEAREST);
  return r;
}

#define CHECK_ROUNDED(MODE, CALL, EXPR, ...)                                                       \
  {                                                                                                \
    auto want = inMode(MODE, [&] { return EXPR; });                                                \
    auto got = CALL;                                                                               \
    ASSERT_TRUE(same(got, want)) << #CALL << " gives " << std::hexfloat << got << ", expected "    \
                                 << want << " for " << __VA_ARGS__;                                \
  }

#define CHECK_MODE(R, MODE)                                                                        \
  TEST(directed_f32, R) {                                                                          \
    Numbers n;                                                                                     \
    for (int i = 0; i < kRounds; ++i) {                                                            \
      volatile float a = n.f32(), b = n.f32(), c = n.f32();                                        \
      CHECK_ROUNDED(MODE, ptx_fadd_##R##_f32(a, b), float(a + b), a << " " << b)                   \
      CHECK_ROUNDED(MODE, ptx_fsub_##R##_f32(a, b), float(a - b), a << " " << b)                   \
      CHECK_ROUNDED(MODE, ptx_fmul_##R##_f32(a, b), float(a * b), a << " " << b)                   \
      CHECK_ROUNDED(MODE, ptx_fdiv_##R##_f32(a, b), float(a / b), a << " " << b)                   \
      CHECK_ROUNDED(MODE, ptx_fma_##R##_f32(a, b, c), fmaf(a, b, c), a << " " << b << " " << c)    \
      CHECK_ROUNDED(MODE, ptx_sqrt_##R##_f32(a), sqrtf(a), a)                                      \
      CHECK_ROUNDED(MODE, ptx_rcp_##R##_f32(a), float(1.0f / a), a)                                \
    }                                                                                              \
  }                                                                                                \
  TEST(directed_f64, R) {                                                                          \
    Numbers n;                                                                                     \
    for (int i = 0; i < kRounds; ++i) {                                                            \
      volatile double a = n.f64(), b = n.f64(), c = n.f64();                                       \
      CHECK_ROUNDED(MODE, ptx_fadd_##R##_f64(a, b), double(a + b), a << " " << b)                  \
      CHECK_ROUNDED(MODE, ptx_fmul_##R##_f64(a, b), double(a * b), a << " " << b)                  \
      CHECK_ROUNDED(MODE, ptx_fdiv_##R##_f64(a, b), double(a / b), a << " " << b)                  \
      CHECK_ROUNDED(MODE, ptx_sqrt_##R##_f64(a), sqrt(a), a)                                       \
      CHECK_ROUNDED(MODE, ptx_cvt_##R##_f32_f64(a), float(a), a)                                   \
      CHECK_ROUNDED(MODE, ptx_fma_##R##_f64(a, b, c), fma(a, b, c), a << " " << b << " " << c)     \
      volatile int64_t s = int64_t(n.any() >> (i % 64));                                           \
      volatile uint64_t u = n.any() >> (i % 64);                                                   \
      CHECK_ROUNDED(MODE, ptx_cvt_##R##_f32_s64(s), float(s), s)                                   \
      CHECK_ROUNDED(MODE, ptx_cvt_##R##_f64_s64(s), double(s), s)                                  \
      CHECK_ROUNDED(MODE, ptx_cvt_##R##_f32_u64(u), float((long double)u), u)                      \
      CHECK_ROUNDED(MODE, ptx_cvt_##R##_f64_u64(u), double((long double)u), u)                     \
    }                                                                                              \
  }
CHECK_MODE(rz, FE_TOWARDZERO)
CHECK_MODE(rm, FE_DOWNWARD)
CHECK_MODE(rp, FE_UPWARD)

// Visits floats: all with ANYWARP_LONG_TESTS, else every 997th.
template <typename Fn> void sweep(Fn fn) {
  uint64_t step = getenv("ANYWARP_LONG_TESTS") ? 1 : 997;
  for (uint64_t u = 0; u <= 0xffffffff; u += step)
    fn(bits<float>(uint32_t(u)));
}

double relative(double got, double want) {
  return fabs(got - want) / fabs(want);
}

// PTX ISA 9.7.3.21: 2^-22.5 over the full range; results below the normal range have fewer bits.
TEST(approx, ex2) {
  double worst = 0;
  sweep([&](float x) {
    float got = ptx_ex2_approx_f32(x);
    double want = exp2(double(x));
    if (x != x)
      EXPECT_TRUE(got != got);
    else if (want >= 0x1.ffffffp127)
      EXPECT_TRUE(std::isinf(got)) << x;
    else if (want < 0x1p-126)
      EXPECT_LE(fabs(got - want), 0x1p-149) << x;
    else
      worst = fmax(worst, relative(got, want));
  });
  EXPECT_LT(log2(worst), -22.5);
}

// PTX ISA 9.7.3.20: absolute 2^-22 in (0.5, 2), relative 2^-22 outside; we ask for more.
TEST(approx, lg2) {
  double inside = 0, outside = 0;
  sweep([&](float x) {
    float got = ptx_lg2_approx_f32(x);
    double want = log2(double(x));
    if (!(x >= 0))
      EXPECT_TRUE(got != got || x == 0) << x;
    else if (x == 0 || std::isinf(x))
      EXPECT_EQ(got, float(want));
    else if (x > 0.5 && x < 2)
      inside = fmax(inside, fabs(got - want));
    else if (want != 0)
      outside = fmax(outside, relative(got, want));
  });
  EXPECT_LT(log2(inside), -22.6);
  EXPECT_LT(log2(outside), -22.6);
}

// PTX ISA 9.7.3.18, 9.7.3.19: absolute 2^-20.5 in [-2 pi, 2 pi], 2^-14.7 in [-100 pi, 100 pi].
TEST(approx, sin_cos) {
  double near = 0, far = 0;
  sweep([&](float x) {
    if (!(fabsf(x) <= 315)) {
      EXPECT_FALSE(fabsf(ptx_sin_approx_f32(x)) > 1.0001f) << x;
      return;
    }
    double e = fmax(fabs(ptx_sin_approx_f32(x) - sin(double(x))),
                    fabs(ptx_cos_approx_f32(x) - cos(double(x))));
    (fabsf(x) < 6.2832f ? near : far) = fmax(fabsf(x) < 6.2832f ? near : far, e);
  });
  EXPECT_LT(log2(near), -20.5);
  EXPECT_LT(log2(far), -14.7);
}

TEST(approx, tanh) {
  double worst = 0;
  sweep([&](float x) {
    if (x == x && x != 0 && fabsf(x) > 0x1p-120f)
      worst = fmax(worst, relative(ptx_tanh_approx_f32(x), tanh(double(x))));
  });
  EXPECT_LT(log2(worst), -11);
}

TEST(half, conversions) {
  Numbers n;
  for (int i = 0; i < kRounds; ++i) {
    float x = i % 2 ? n.f32() : bits<float>(uint32_t((n.any() & 0x8fffffff) | 0x30000000));
    if (x != x)
      continue;
    uint16_t want = bits<uint16_t>(_Float16(x));
    ASSERT_EQ(ptx_cvt_rn_f16_f64(x), want) << std::hexfloat << x;
    ASSERT_EQ(ptx_cvt_rn_bf16_f64(x), ptx_cvt_rn_bf16_f32(x)) << std::hexfloat << x;
    double back = double(bits<_Float16>(want));
    // The truncated, lower and upper neighbours enclose x.
    double down = double(bits<_Float16>(ptx_cvt_rm_f16_f32(x))),
           up = double(bits<_Float16>(ptx_cvt_rp_f16_f32(x)));
    ASSERT_LE(down, x);
    ASSERT_GE(up, x);
    ASSERT_TRUE(back == down || back == up) << std::hexfloat << x;
    ASSERT_EQ(double(bits<_Float16>(ptx_cvt_rz_f16_f32(x))), x < 0 ? up : down)
        << std::hexfloat << x;
  }
}

TEST(half, fma_rounds_once) {
  Numbers n;
  for (int i = 0; i < kRounds; ++i) {
    _Float16 a = bits<_Float16>(uint16_t(n.any())), b = bits<_Float16>(uint16_t(n.any())),
             c = bits<_Float16>(uint16_t(n.any()));
    // 22 bits of product and 11 of the addend, at most 48 binary places apart: exact in long
    // double's 64.
    long double exact = (long double)a * (long double)b + (long double)c;
    if (exact != exact || std::isinf(exact))
      continue;
    double odd = double(exact);
    if ((long double)odd != exact && !(bits<uint64_t>(odd) & 1))
      odd = fabsl(odd) > fabsl(exact) ? bits<double>(bits<uint64_t>(odd) - 1)
                                      : bits<double>(bits<uint64_t>(odd) + 1);
    ASSERT_EQ(ptx_fma_f16(a, b, c), ptx_cvt_rn_f16_f64(odd))
        << float(a) << " " << float(b) << " " << float(c);
  }
}

// Every code survives the way to f16 and back.
TEST(fp8, round_trip) {
  for (unsigned code = 0; code < 256; ++code) {
    if ((code & 0x7f) != 0x7f) {
      float x = float(bits<_Float16>(uint16_t(ptx_cvt_f16x2_e4m3x2(uint16_t(code)))));
      EXPECT_EQ(ptx_cvt_e4m3x2_f32(0, x), code);
    }
    if ((code & 0x7f) < 0x7c) {
      float x = float(bits<_Float16>(uint16_t(ptx_cvt_f16x2_e5m2x2(uint16_t(code)))));
      EXPECT_EQ(ptx_cvt_e5m2x2_f32(0, x), code);
    }
  }
}

TEST(integer, high_product) {
  Numbers n;
  for (int i = 0; i < kRounds; ++i) {
    uint64_t a = n.any() >> (i % 60), b = n.any() << (i % 50);
    ASSERT_EQ(ptx_mulhi_u64(a, b), uint64_t((unsigned __int128)a * b >> 64));
    ASSERT_EQ(ptx_mulhi_s64(a, b), uint64_t((__int128)int64_t(a) * int64_t(b) >> 64));
  }
}

} // namespace
