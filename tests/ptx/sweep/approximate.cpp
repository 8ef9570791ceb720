// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "approximate.h"

#include "reference.h"

#include <bit>
#include <cmath>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

constexpr double kPi = 3.14159265358979323846;

bool always(double) {
  return true;
}
bool positive(double x) {
  return x > 0;
}

constexpr Range kRcp[] = {{"all", always, Measure::Ulp, 1, "1 ulp"}};
constexpr Range kSqrt[] = {{"x > 0", positive, Measure::Relative, 0x1p-23, "relative 2^-23"}};
constexpr Range kRsqrt[] = {
    {"x > 0", positive, Measure::Relative, 1.27765e-7 /* 2^-22.9 */, "relative 2^-22.9"}};
constexpr Range kCircular[] = {
    {"[-2 pi, 2 pi]", [](double x) { return std::fabs(x) <= 2 * kPi; }, Measure::Absolute,
     6.7434957617e-7 /* 2^-20.5 */, "absolute 2^-20.5"},
    {"[-100 pi, 100 pi]", [](double x) { return std::fabs(x) <= 100 * kPi; }, Measure::Absolute,
     3.7571e-5 /* 2^-14.7 */, "absolute 2^-14.7"}};
constexpr Range kLg2[] = {{"0.5 < x < 2", [](double x) { return x > 0.5 && x < 2; },
                           Measure::Absolute, 0x1p-22, "absolute 2^-22"},
                          {"other x > 0", [](double x) { return x > 0 && !(x > 0.5 && x < 2); },
                           Measure::Relative, 0x1p-22, "relative 2^-22"}};
constexpr Range kEx2[] = {{"all", always, Measure::Ulp, 2, "2 ulp"}};
constexpr Range kEx2F16[] = {
    {"all", always, Measure::Relative, 1.04666e-3 /* 2^-9.9 */, "relative 2^-9.9"}};
constexpr Range kEx2BF16[] = {{"all", always, Measure::Relative, 0x1p-7, "relative 2^-7"}};
constexpr Range kTanh[] = {{"all", always, Measure::Relative, 0x1p-11, "relative 2^-11"}};
constexpr Range kTanhF16[] = {
    {"all", always, Measure::Absolute, 4.9269e-4 /* 2^-10.987 */, "absolute 2^-10.987"}};
constexpr Range kTanhBF16[] = {{"all", always, Measure::Absolute, 0x1p-8, "absolute 2^-8"}};
constexpr Range kUnbounded[] = {{"all", always, Measure::Relative, 0, "none"}};

double rcp(double x) {
  return 1 / x;
}
double rsqrt(double x) {
  return 1 / std::sqrt(x);
}
double root(double x) {
  return std::sqrt(x);
}
double sine(double x) {
  return std::sin(x);
}
double cosine(double x) {
  return std::cos(x);
}
double log2Of(double x) {
  return std::log2(x);
}
double exp2Of(double x) {
  return std::exp2(x);
}
double tanhOf(double x) {
  return std::tanh(x);
}

constexpr Approximation kAll[] = {
    {"rcp", Type::F32, rcp, nullptr, kRcp},
    {"sqrt", Type::F32, root, nullptr, kSqrt},
    {"rsqrt", Type::F32, rsqrt, nullptr, kRsqrt},
    {"sin", Type::F32, sine, "sin", kCircular, 100 * kPi},
    {"cos", Type::F32, cosine, "cos", kCircular, 100 * kPi},
    {"lg2", Type::F32, log2Of, "log2", kLg2},
    {"ex2", Type::F32, exp2Of, "exp2", kEx2},
    {"tanh", Type::F32, tanhOf, "tanh", kTanh},
    {"ex2", Type::F16, exp2Of, nullptr, kEx2F16},
    {"ex2", Type::BF16, exp2Of, nullptr, kEx2BF16},
    {"tanh", Type::F16, tanhOf, nullptr, kTanhF16},
    {"tanh", Type::BF16, tanhOf, nullptr, kTanhBF16},
    {"rcp", Type::F64, rcp, nullptr, kUnbounded},
    {"rsqrt", Type::F64, rsqrt, nullptr, kUnbounded},
};

struct Layout {
  int least; // exponent of the smallest normal number
  int most, mantissa;
};
Layout layoutOf(Type t) {
  const Format& f = formatOf(t);
  return {f.least, f.most, int(f.mantissa)};
}

} // namespace

std::span<const Approximation> approximations() {
  return kAll;
}

const Approximation* approximationOf(std::string_view mnemonic, Type type) {
  Type part = type == Type::F16x2 ? Type::F16 : type == Type::BF16x2 ? Type::BF16 : type;
  for (const Approximation& a : kAll)
    if (a.mnemonic == mnemonic && a.type == part)
      return &a;
  return nullptr;
}

double valueOfCode(uint64_t code, Type type) {
  switch (type) {
  case Type::F64:
    return std::bit_cast<double>(code);
  case Type::F32:
    return double(std::bit_cast<float>(uint32_t(code)));
  case Type::BF16:
    return double(std::bit_cast<float>(uint32_t(code) << 16));
  default:
    return double(std::bit_cast<_Float16>(uint16_t(code)));
  }
}

std::optional<uint64_t> specialResult(const Approximation& a, uint64_t x, bool ftz) {
  const Format& f = formatOf(a.type);
  if (ftz)
    x = flush(x, f);
  uint64_t sign = x & 1ull << (f.width - 1), inf = f.infinity, nan = f.nan;
  uint64_t one = uint64_t(-f.least + 1) << f.mantissa;
  Number n = decode(x, f);
  bool zero = n.kind == Number::Zero, infinite = n.kind == Number::Infinite;
  std::string_view m = a.mnemonic;
  if (n.kind == Number::NaN)
    return nan;
  if (m == "rcp")
    return zero ? std::optional(sign | inf) : infinite ? std::optional(sign) : std::nullopt;
  if (m == "sin" || m == "tanh") {
    if (zero)
      return x;
    if (infinite)
      return m == "sin" ? nan : sign | one;
    return std::nullopt;
  }
  if (m == "cos")
    return zero ? std::optional(one) : infinite ? std::optional(nan) : std::nullopt;
  if (m == "ex2")
    return zero ? std::optional(one) : infinite ? std::optional(sign ? 0 : inf) : std::nullopt;
  // sqrt, rsqrt, lg2
  if (zero)
    return m == "sqrt" ? x : m == "rsqrt" ? sign | inf : (1ull << (f.width - 1)) | inf;
  if (sign)
    return nan;
  if (infinite)
    return m == "rsqrt" ? 0 : inf;
  return std::nullopt;
}

double errorOf(uint64_t got, double exact, Type type, bool ftz, Measure measure) {
  Layout l = layoutOf(type);
  double value = valueOfCode(got, type), size = std::fabs(exact);
  double smallest = std::ldexp(1.0, l.least), beyond = std::ldexp(1.0, l.most + 1);
  if (std::isnan(value))
    return INFINITY;
  if (std::isinf(value)) // as if the exponents went on
    value = std::copysign(type == Type::F64 ? value : beyond, value);
  if (size > beyond)
    exact = std::copysign(beyond, exact);
  if (exact == value)
    return 0;
  int exponent = size < smallest ? l.least : int(std::bit_cast<uint64_t>(size) >> 52) - 1023;
  double ulp = std::ldexp(1.0, exponent - l.mantissa);
  double error = std::fabs(value - exact);
  bool tiny = size < smallest;
  if (ftz && value == 0 && size < smallest + 2 * ulp)
    return 0;
  if (ftz && tiny && std::fabs(value) < smallest)
    return INFINITY; // a subnormal result
  if (measure == Measure::Ulp || (measure == Measure::Relative && tiny && error <= ulp))
    return measure == Measure::Ulp ? error / ulp : 0; // subnormal results have fewer bits
  return measure == Measure::Relative ? error / size : error;
}

bool isAcceptable(const Approximation& a, uint64_t x, uint64_t got, bool ftz) {
  const Format& f = formatOf(a.type);
  if (auto special = specialResult(a, x, ftz)) {
    if (decode(*special, f).kind == Number::NaN)
      return decode(got, f).kind == Number::NaN;
    return got == *special;
  }
  double v = valueOfCode(ftz ? flush(x, f) : x, a.type), exact = a.exact(v);
  if (std::fabs(v) > a.reach)
    return std::fabs(valueOfCode(got, a.type)) <= 1;
  // The coarse f64 instructions have no stated bound; their formats leave 20 bits.
  for (const Range& r : a.ranges)
    if (r.holds(v) &&
        !(errorOf(got, exact, a.type, ftz, r.measure) <= (r.bound != 0 ? r.bound : 0x1p-19)))
      return false;
  return true;
}

bool isAcceptableQuotient(bool full, bool ftz, uint32_t a, uint32_t b, uint32_t got, double* ulps) {
  if (ftz) {
    a = uint32_t(flush(a, kF32));
    b = uint32_t(flush(b, kF32));
  }
  double x = valueOfCode(a, Type::F32), y = valueOfCode(b, Type::F32), exact = x / y;
  double v = valueOfCode(got, Type::F32);
  *ulps = 0;
  // 9.7.3.8: a * (1 / b), where the reciprocal of large numbers vanishes.
  if (!full && std::fabs(y) > 0x1p126 && !std::isinf(y))
    return std::isinf(x) || std::isnan(x) ? std::isnan(v) : v == 0;
  if (std::isnan(exact))
    return std::isnan(v);
  if (exact == 0 || std::isinf(exact))
    return got == std::bit_cast<uint32_t>(float(exact));
  *ulps = errorOf(got, exact, Type::F32, ftz, Measure::Ulp);
  return *ulps <= 2;
}

} // namespace anywarp::ptxsweep
