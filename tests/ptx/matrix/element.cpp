// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "element.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace anywarp::ptxmatrix {

using ptxsweep::Format;
using ptxsweep::Number;
using ptxsweep::Rnd;

namespace {

constexpr Element kElements[] = {
    {"f16", 16, &ptxsweep::kF16, true},
    {"bf16", 16, &ptxsweep::kBF16, true},
    {"tf32", 32, &ptxsweep::kTF32, true},
    {"e4m3", 8, &ptxsweep::kE4M3, true},
    {"e5m2", 8, &ptxsweep::kE5M2, true},
    {"f32", 32, &ptxsweep::kF32, true},
    {"f64", 64, &ptxsweep::kF64, true},
    {"s32", 32, nullptr, true},
    {"s8", 8, nullptr, true},
    {"u8", 8, nullptr, false},
    {"s4", 4, nullptr, true},
    {"u4", 4, nullptr, false},
    {"b1", 1, nullptr, false},
};

double decoded(uint64_t code, const Format& f) {
  Number x = ptxsweep::decode(code, f);
  double size = x.kind == Number::NaN        ? std::numeric_limits<double>::quiet_NaN()
                : x.kind == Number::Infinite ? HUGE_VAL
                : x.kind == Number::Zero     ? 0
                                             : std::ldexp(double(uint64_t(x.m)), x.e);
  return x.negative ? -size : size;
}

// Millions of elements are decoded: types of up to 16 bits by table.
const double* tableOf(const Format& f) {
  static const auto make = [](const Format& format) {
    std::array<double, 65536> t{};
    for (unsigned code = 0; code < 1u << format.width; ++code)
      t[code] = decoded(code, format);
    return t;
  };
  static const auto half = make(ptxsweep::kF16), brain = make(ptxsweep::kBF16),
                    e4m3 = make(ptxsweep::kE4M3), e5m2 = make(ptxsweep::kE5M2);
  return (&f == &ptxsweep::kF16    ? half
          : &f == &ptxsweep::kBF16 ? brain
          : &f == &ptxsweep::kE4M3 ? e4m3
                                   : e5m2)
      .data();
}

} // namespace

const Element& elementOf(std::string_view name) {
  for (const Element& e : kElements)
    if (e.name == name)
      return e;
  fprintf(stderr, "no element type %.*s\n", int(name.size()), name.data());
  abort();
}

double Element::value(uint64_t code) const {
  if (format == &ptxsweep::kF64)
    return std::bit_cast<double>(code);
  if (format == &ptxsweep::kF32)
    return std::bit_cast<float>(uint32_t(code));
  if (format)
    return bits <= 16 ? tableOf(*format)[code & mask()] : decoded(code, *format);
  auto shifted = int64_t(code << (64 - bits));
  return isSigned ? double(shifted >> (64 - bits)) : double(code & mask());
}

uint64_t Element::code(double x) const {
  if (format == &ptxsweep::kF64)
    return std::bit_cast<uint64_t>(x);
  if (format == &ptxsweep::kF32)
    return std::bit_cast<uint32_t>(float(x));
  if (format)
    return ptxsweep::encode(ptxsweep::decode(std::bit_cast<uint64_t>(x), ptxsweep::kF64), *format,
                            Rnd::Nearest);
  return uint64_t(int64_t(x)) & mask();
}

double Element::largest() const {
  return format ? value(format->maximum << format->shift) : double(isSigned ? mask() >> 1 : mask());
}

} // namespace anywarp::ptxmatrix
