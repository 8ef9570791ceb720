// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "problem.h"

#include "../matrix/fragment.h"
#include "draw.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace anywarp::ptxmatrix {

using ptxsweep::Rnd;

struct Problem::Sum {
  double value = 0, size = 0; // of all terms; of their magnitudes
  bool open = false;          // the manual does not say
};

// What a result may be.
struct Problem::Range {
  double low = 0, high = 0;
  bool any = false;
  bool holds(double x) const {
    return any || (std::isnan(low) ? std::isnan(x) : low <= x && x <= high);
  }
};

// A by rows, B by columns.
struct Problem::Values {
  std::vector<double> a, b;
};

namespace {

void fill(Codes& codes, const Spec& s, Role role, Kind kind, const std::vector<int>& rows,
          const std::vector<int>& columns, Random& random) {
  for (unsigned r = 0; r < codes.rows; ++r)
    for (unsigned c = 0; c < codes.columns; ++c) {
      int scale = role == Role::A ? rows[r] : role == Role::B ? columns[c] : rows[r] + columns[c];
      codes.at(r, c) = draw(s, role, kind, scale, random);
    }
}

Rnd roundingOf(const std::string& rnd) {
  return rnd == "rz" ? Rnd::Zero : rnd == "rm" ? Rnd::Down : rnd == "rp" ? Rnd::Up : Rnd::Nearest;
}

std::string shown(double x) {
  char text[64];
  snprintf(text, sizeof text, "%.17g", x);
  return text;
}

} // namespace

Problem::Problem(const Spec& s, Kind which, Random& random)
    : spec(s), kind(which), a(s.m, s.k), b(s.k, s.n), c(s.m, s.n) {
  std::vector<int> rows(s.m), columns(s.n);
  for (int& scale : rows)
    scale = drawScale(s, Role::A, random);
  for (int& scale : columns)
    scale = drawScale(s, Role::B, random);
  fill(b, s, Role::B, kind, rows, columns, random);
  fill(c, s, Role::C, kind, rows, columns, random);
  if (s.sparse)
    makeSparse(random, rows);
  else
    fill(a, s, Role::A, kind, rows, columns, random);
  bool isDouble = s.a->name == "f64";
  if (isDouble && kind != Kind::Exact) // one product in each sum: nothing depends on the order
    for (unsigned r = 0; r < s.m; ++r)
      for (unsigned k = 0, only = unsigned(random() % s.k); k < s.k; ++k)
        if (k != only)
          a.at(r, k) = 0;
  if (kind == Kind::Extreme && s.a->isFloat() && !isDouble)
    makeLargeRows();
}

// Sums of large numbers of one sign: column 0 of rows 0 and 1, whose C has that sign, too.
void Problem::makeLargeRows() {
  const Spec& s = spec;
  for (unsigned r = 0; r < 2; ++r) {
    uint64_t code = s.a->code(r ? -s.a->largest() : s.a->largest());
    for (unsigned k = 0; k < s.k; ++k)
      if (!s.sparse || isKept[size_t(r) * s.k + k])
        a.at(r, k) = code;
    for (unsigned k = 0; k < kept.columns; ++k)
      kept.at(r, k) = code;
    c.at(r, 0) = s.c->code((r ? -1 : 1) * s.sign);
  }
  for (unsigned k = 0; k < s.k; ++k)
    b.at(k, 0) = s.b->code(s.b->largest());
}

// Of every chunk of a row half of the elements, in places drawn at random (PTX ISA 9.7.14.6.1).
void Problem::makeSparse(Random& random, const std::vector<int>& scales) {
  const Spec& s = spec;
  unsigned size = ptxtest::chunkOf(s.a->bits), part = size == 8 ? 2 : 1; // 4-bit types go in pairs
  kept = Codes(s.m, s.k / 2);
  isKept.assign(size_t(s.m) * s.k, false);
  for (unsigned row = 0; row < s.m; ++row)
    for (unsigned chunk = 0; chunk < s.k / size; ++chunk) {
      unsigned places[2] = {unsigned(random() % (size / part)), 0};
      do
        places[1] = unsigned(random() % (size / part));
      while (size > 2 && places[1] == places[0]);
      if (s.ordered && places[0] > places[1])
        std::swap(places[0], places[1]);
      // tf32: 0b0100 keeps the first of two, 0b1110 the second.
      metadata.push_back(size == 2 ? (places[0] ? 0b1110 : 0b0100)
                                   : uint8_t(places[0] | places[1] << 2));
      for (unsigned i = 0; i < size / 2; ++i) {
        unsigned place = chunk * size + places[i / part] * part + i % part;
        uint64_t code = draw(s, Role::A, kind, scales[row], random);
        kept.at(row, chunk * size / 2 + i) = code;
        a.at(row, place) = code;
        isKept[size_t(row) * s.k + place] = true;
      }
    }
}

void Problem::dropC() {
  std::fill(c.list.begin(), c.list.end(), 0);
}

Problem::Sum Problem::sumOf(const Values& v, unsigned row, unsigned column) const {
  Sum sum;
  const double *x = &v.a[size_t(row) * spec.k], *y = &v.b[size_t(column) * spec.k];
  for (unsigned k = 0; k < spec.k; ++k) {
    if (spec.sparse && !isKept[size_t(row) * spec.k + k]) {
      sum.open |= !std::isfinite(y[k]); // zero times infinity, or no product at all
      continue;
    }
    double term = spec.op == "xor" ? double(x[k] != y[k]) : spec.sign * x[k] * y[k];
    sum.value += term;
    sum.size += std::fabs(term);
  }
  return sum;
}

// The one product that is not zero, added to C in one step.
double Problem::fusedDouble(unsigned row, unsigned column) const {
  unsigned only = 0;
  for (unsigned k = 0; k < spec.k; ++k)
    if (a.at(row, k) != 0)
      only = k;
  Rnd rnd = roundingOf(spec.rnd);
  auto number = [](uint64_t code) { return ptxsweep::decode(code, ptxsweep::kF64); };
  auto exact = ptxsweep::fma(number(a.at(row, only)), number(b.at(only, column)),
                             number(c.at(row, column)), rnd);
  return spec.d->value(ptxsweep::encode(exact, ptxsweep::kF64, rnd));
}

Problem::Range Problem::wanted(const Sum& products, unsigned row, unsigned column) const {
  const Element& d = *spec.d;
  double cValue = spec.c->value(c.at(row, column));
  double sum = products.value + cValue, size = products.size + std::fabs(cValue);
  if (!d.isFloat()) {
    double w = spec.satfinite ? std::clamp(sum, -2147483648.0, 2147483647.0)
                              : double(int32_t(uint32_t(uint64_t(int64_t(sum)))));
    return {w, w};
  }
  double limit = d.largest();
  if (std::isnan(sum))
    return spec.satfinite ? Range{0, 0} : Range{sum, sum};
  if (d.name == "f64") {
    double w = kind == Kind::Exact ? sum : fusedDouble(row, column);
    return {w, w};
  }
  if (std::isfinite(sum) && size >= limit && std::fabs(sum) != size)
    return {0, 0, true};
  bool isExact = kind == Kind::Exact || kind == Kind::Special || std::isinf(sum);
  double slack = isExact ? 0 : spec.k * (std::ldexp(size, -23) + std::ldexp(1, -149));
  Range r;
  r.low = d.value(d.code(sum - slack));
  r.high = isExact ? r.low : d.value(d.code(sum + slack));
  if (spec.satfinite) // PTX ISA before 6.5 had it for floats: infinities become the largest number
    r.low = std::clamp(r.low, -limit, limit), r.high = std::clamp(r.high, -limit, limit);
  return r;
}

std::string
Problem::check(const std::function<uint64_t(unsigned row, unsigned column)>& got) const {
  Values v;
  for (uint64_t code : a.list)
    v.a.push_back(spec.a->value(code));
  for (unsigned n = 0; n < spec.n; ++n)
    for (unsigned k = 0; k < spec.k; ++k)
      v.b.push_back(spec.b->value(b.at(k, n)));
  for (unsigned row = 0; row < spec.m; ++row)
    for (unsigned column = 0; column < spec.n; ++column) {
      Sum sum = sumOf(v, row, column);
      if (sum.open)
        continue;
      Range range = wanted(sum, row, column);
      double result = spec.d->value(got(row, column));
      if (!range.holds(result))
        return "D[" + std::to_string(row) + "][" + std::to_string(column) + "] is " +
               shown(result) + ", expected " + shown(range.low) + " ... " + shown(range.high);
    }
  return "";
}

} // namespace anywarp::ptxmatrix
