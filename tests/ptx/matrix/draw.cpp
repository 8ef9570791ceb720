// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "draw.h"

#include <cmath>
#include <limits>

namespace anywarp::ptxmatrix {
namespace {

const Element& typeOf(const Spec& s, Role role) {
  return role == Role::A ? *s.a : role == Role::B ? *s.b : *s.c;
}

// f16 sums overflow soon: keep what goes into them small.
bool isTight(const Spec& s) {
  return s.c->name == "f16" || s.d->name == "f16";
}

uint64_t drawInteger(const Element& e, Role role, Kind kind, Random& random) {
  bool edges = kind == Kind::Extreme || (kind == Kind::Special && random() % 2);
  if (!edges)
    return random() & e.mask();
  uint64_t top = e.isSigned && e.bits > 1 ? 1ull << (e.bits - 1) : 0;
  uint64_t choices[] = {top, (top - 1) & e.mask(), kind == Kind::Extreme ? top : 0, e.mask(), 1};
  uint64_t x = choices[random() % (kind == Kind::Extreme ? 3 : 5)];
  if (role == Role::C) // near the ends, where sums wrap or saturate
    x += x == top ? random() % 1000 : -(random() % 1000);
  return x & e.mask();
}

bool isFinite(const Element& e, uint64_t code) {
  return std::isfinite(e.value(code));
}

// Sign, any fraction and an exponent within `spread` of that of 1, sometimes any smaller one.
uint64_t drawAround(const ptxsweep::Format& f, unsigned spread, Random& random) {
  unsigned bits = f.width - 1 - f.mantissa, one = (1u << (bits - 1)) - 1;
  uint64_t exponent = one - spread + random() % (2 * spread + 1);
  if (random() % 8 == 0)
    exponent = random() % one;
  uint64_t fraction = random() & ((1ull << f.mantissa) - 1);
  uint64_t junk = f.shift ? random() & ((1ull << f.shift) - 1) : 0; // does not take part
  return ((random() & 1) << (f.width - 1) | exponent << f.mantissa | fraction) << f.shift | junk;
}

uint64_t drawWide(const Spec& s, const Element& e, Kind kind, Random& random) {
  if (e.name == "f64") // where products over- and underflow, or round with C
    return drawAround(*e.format, kind == Kind::Extreme ? 1000 : 30, random);
  if (e.bits >= 32 || e.name == "bf16")
    return drawAround(*e.format, 40, random);
  for (;;) {
    uint64_t code = random() & e.mask();
    if (isTight(s)) // below 2
      code &= ~(1ull << (e.bits - 2));
    if (isFinite(e, code))
      return code;
  }
}

uint64_t drawSpecial(const Element& e, Random& random) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  double choices[] = {nan, HUGE_VAL, -HUGE_VAL};
  double x = choices[random() % 3];
  return e.code(e.format->infinity ? x : nan);
}

uint64_t drawExact(const Element& e, Role role, int scale, Random& random) {
  int largest = role == Role::C ? 8 : 2;
  return e.code(std::ldexp(int(random() % unsigned(2 * largest + 1)) - largest, scale));
}

} // namespace

int drawScale(const Spec& s, Role role, Random& random) {
  const Element& e = typeOf(s, role);
  if (!e.isFloat())
    return 0;
  auto between = [&](int low, int high) { return low + int(random() % unsigned(high - low + 1)); };
  const ptxsweep::Format& f = *e.format;
  int denormal = f.least - int(f.mantissa);
  if (e.bits >= 32 || e.name == "bf16") { // products of a denormal stay in range
    if (role == Role::B)
      return between(0, 60);
    return random() % 3 ? between(-60, 60) : between(denormal, denormal + 10);
  }
  if (isTight(s))
    return role == Role::A ? between(denormal, 2) : between(-3, 2);
  return between(denormal, f.most - 1);
}

uint64_t draw(const Spec& s, Role role, Kind kind, int scale, Random& random) {
  const Element& e = typeOf(s, role);
  if (!e.isFloat())
    return drawInteger(e, role, kind, random);
  if (kind == Kind::Wide || kind == Kind::Extreme)
    return drawWide(s, e, kind, random);
  unsigned rare = role == Role::C ? 16 : 4 * s.k;
  if (kind == Kind::Special && random() % rare == 0)
    return drawSpecial(e, random);
  if (kind == Kind::Special && random() % 8 == 0)
    return e.code(-0.0);
  uint64_t code = drawExact(e, role, scale, random);
  return e.name == "tf32" ? code | (random() & 0x1fff) : code;
}

} // namespace anywarp::ptxmatrix
