// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The references are right: softfloat.h against the processor in all of its rounding modes, and
// against MPFR for the formats that no processor has.
#include "softfloat.h"

#include <bit>
#include <cfenv>
#include <cmath>
#include <gtest/gtest.h>
#include <mpfr.h>
#include <random>

namespace anywarp::ptxsweep {
namespace {

constexpr int kRounds = 100000;

struct Mode {
  Rnd rnd;
  int host;
  mpfr_rnd_t mpfr;
};
constexpr Mode kModes[] = {{Rnd::Nearest, FE_TONEAREST, MPFR_RNDN},
                           {Rnd::Zero, FE_TOWARDZERO, MPFR_RNDZ},
                           {Rnd::Down, FE_DOWNWARD, MPFR_RNDD},
                           {Rnd::Up, FE_UPWARD, MPFR_RNDU}};

template <typename T> struct Traits;
template <> struct Traits<float> {
  using Bits = uint32_t;
  static constexpr const Format& kFormat = kF32;
};
template <> struct Traits<double> {
  using Bits = uint64_t;
  static constexpr const Format& kFormat = kF64;
};

// Bits near every edge: any exponent, close exponents, few mantissa bits, the top and the bottom.
template <typename T> class Numbers {
public:
  T next() {
    using Bits = typename Traits<T>::Bits;
    const Format& f = Traits<T>::kFormat;
    uint64_t sign = random_() << (f.width - 1), fraction = random_() & ((1ull << f.mantissa) - 1);
    uint64_t all = uint64_t(f.most - f.least + 3), exponent = random_() % all;
    switch (random_() % 6) {
    case 0:
      exponent = random_() % 3;
      break;
    case 1:
      exponent = all - 1 - random_() % 3;
      break;
    case 2:
      exponent = uint64_t(-f.least) + random_() % 4;
      break;
    case 3:
      exponent = uint64_t(-f.least) + random_() % 60;
      fraction &= ~((1ull << (f.mantissa - 3)) - 1);
      break;
    }
    return std::bit_cast<T>(Bits(sign | exponent << f.mantissa | fraction));
  }

private:
  std::mt19937_64 random_{2024};
};

template <typename T> uint64_t codeOf(T x) {
  return std::bit_cast<typename Traits<T>::Bits>(x);
}
template <typename T> Number numberOf(T x) {
  return decode(codeOf(x), Traits<T>::kFormat);
}

template <typename T> void same(const Number& got, T want, Rnd rnd, const char* what, T a, T b, T c) {
  uint64_t code = encode(got, Traits<T>::kFormat, rnd);
  if (std::isnan(want))
    ASSERT_EQ(got.kind, Number::NaN) << what << " " << a << " " << b << " " << c;
  else
    ASSERT_EQ(code, codeOf(want)) << what << std::hexfloat << " " << a << " " << b << " " << c << ": "
                                  << want << " in mode " << int(rnd);
}

template <typename T> void againstProcessor() {
  Numbers<T> numbers;
  for (int i = 0; i < kRounds; ++i) {
    volatile T a = numbers.next(), b = numbers.next(), c = i % 3 ? numbers.next() : T(-(a * b));
    for (const Mode& m : kModes) {
      fesetround(m.host);
      volatile T sum = a + b, difference = a - b, product = a * b, quotient = a / b, root = std::sqrt(a),
                 fused = std::fma(a, b, c), whole = std::nearbyint(a);
      fesetround(FE_TONEAREST);
      Number x = numberOf<T>(a), y = numberOf<T>(b), z = numberOf<T>(c);
      same<T>(add(x, y, m.rnd), sum, m.rnd, "add", a, b, c);
      same<T>(add(x, negate(y), m.rnd), difference, m.rnd, "sub", a, b, c);
      same<T>(mul(x, y), product, m.rnd, "mul", a, b, c);
      same<T>(div(x, y), quotient, m.rnd, "div", a, b, c);
      same<T>(sqrt(x), root, m.rnd, "sqrt", a, b, c);
      same<T>(fma(x, y, z, m.rnd), fused, m.rnd, "fma", a, b, c);
      same<T>(roundToIntegral(x, m.rnd), whole, m.rnd, "rint", a, b, c);
      if (testing::Test::HasFatalFailure())
        return;
    }
    ASSERT_EQ(compare(numberOf<T>(a), numberOf<T>(b)),
              std::isnan(a) || std::isnan(b) ? 2 : a < b ? -1 : int(a > b));
  }
}

TEST(softfloat, f32_like_the_processor) {
  againstProcessor<float>();
}
TEST(softfloat, f64_like_the_processor) {
  againstProcessor<double>();
}

// x in a small format, by MPFR with the format's precision and exponents.
double narrowed(double x, const Format& f, mpfr_rnd_t rnd) {
  mpfr_t v;
  mpfr_init2(v, f.mantissa + 1);
  mpfr_exp_t least = mpfr_get_emin(), most = mpfr_get_emax();
  mpfr_set_emin(f.least - int(f.mantissa) + 1);
  mpfr_set_emax(f.most + 1);
  int ternary = mpfr_set_d(v, x, rnd);
  ternary = mpfr_check_range(v, ternary, rnd);
  mpfr_subnormalize(v, ternary, rnd);
  double r = mpfr_get_d(v, MPFR_RNDN);
  mpfr_clear(v);
  mpfr_set_emin(least);
  mpfr_set_emax(most);
  return r;
}

double valueOf(uint64_t code, const Format& f) {
  Number n = decode(code, f);
  double size = n.kind == Number::Zero       ? 0
                : n.kind == Number::Finite   ? std::ldexp(double(n.m), n.e)
                : n.kind == Number::Infinite ? INFINITY
                                             : NAN;
  return n.negative ? -size : size;
}

TEST(softfloat, small_formats_like_mpfr) {
  std::mt19937_64 random(5);
  for (const Format* f : {&kF16, &kBF16, &kTF32, &kE4M3, &kE5M2, &kE2M3, &kE3M2, &kE2M1, &kF32}) {
    double maximum = valueOf(f->maximum << f->shift, *f);
    for (int i = 0; i < kRounds; ++i) {
      int exponent = f->least - int(f->mantissa) - 3 + int(random() % uint64_t(f->most - f->least + int(f->mantissa) + 6));
      // Few bits beyond the format, so that ties happen.
      double fraction = 1 + std::ldexp(double(random() % (1ull << (f->mantissa + 3))), -int(f->mantissa) - 3);
      double x = std::ldexp(fraction, exponent) * (random() & 1 ? -1 : 1);
      if (i % 5 == 0)
        x = std::nextafter(x, i % 2 ? INFINITY : 0);
      for (const Mode& m : kModes) {
        double got = valueOf(encode(decode(std::bit_cast<uint64_t>(x), kF64), *f, m.rnd), *f);
        double want = narrowed(x, *f, m.mpfr);
        if (std::fabs(want) > maximum) // this format has no infinity, or fewer numbers on top
          want = std::copysign(f->infinity && std::isinf(want) ? INFINITY : maximum, x);
        ASSERT_EQ(got, want) << std::hexfloat << x << " mantissa " << f->mantissa << " mode " << int(m.rnd);
        ASSERT_EQ(std::signbit(got), std::signbit(want));
      }
    }
  }
}

TEST(softfloat, ties_away_from_zero) {
  for (uint32_t i = 0; i < 4000; ++i) {
    double x = (1000 + i) * 0.25; // quarters
    for (double s : {1.0, -1.0})
      ASSERT_EQ(toInteger(decode(std::bit_cast<uint64_t>(x * s), kF64), Rnd::NearestAway), __int128(std::round(x * s)));
  }
}

TEST(softfloat, integers) {
  Numbers<double> numbers;
  for (int i = 0; i < kRounds; ++i) {
    double x = numbers.next();
    if (!(std::fabs(x) < 0x1p62))
      continue;
    ASSERT_EQ(toInteger(numberOf(x), Rnd::Zero), __int128(int64_t(x)));
    ASSERT_EQ(toInteger(numberOf(x), Rnd::Down), __int128(int64_t(std::floor(x))));
    ASSERT_EQ(toInteger(numberOf(x), Rnd::Up), __int128(int64_t(std::ceil(x))));
    ASSERT_EQ(toInteger(numberOf(x), Rnd::Nearest), __int128(int64_t(std::rint(x))));
    ASSERT_EQ(encode(fromInteger(int64_t(x)), kF64, Rnd::Nearest), codeOf(double(int64_t(x))));
  }
}

} // namespace
} // namespace anywarp::ptxsweep
