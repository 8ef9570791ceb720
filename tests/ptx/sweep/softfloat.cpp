// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "softfloat.h"

#include <algorithm>

namespace anywarp::ptxsweep {
namespace {

int topBit(u128 m) { // m is not 0
  auto high = uint64_t(m >> 64);
  return high ? 127 - __builtin_clzll(high) : 63 - __builtin_clzll(uint64_t(m));
}

// m * 2^e with its top bit at `top`; bits that fall off are remembered.
Number normalized(Number x, int top) {
  int by = top - topBit(x.m);
  if (by >= 0) {
    x.m <<= by;
  } else {
    x.more |= (x.m & ((u128(1) << -by) - 1)) != 0;
    x.m >>= -by;
  }
  x.e -= by;
  return x;
}

// The multiples of 2^e nearest to x, as a number of them.
u128 roundTo(const Number& x, int e, Rnd rnd) {
  if (e <= x.e)
    return x.m << (x.e - e);
  int drop = e - x.e;
  u128 kept = drop > 127 ? 0 : x.m >> drop;
  u128 rest = drop > 127 ? x.m : x.m & ((u128(1) << drop) - 1);
  bool inexact = rest != 0 || x.more;
  bool up = false;
  if (rnd == Rnd::Nearest || rnd == Rnd::NearestAway) {
    u128 half = drop > 127 ? ~u128(0) : u128(1) << (drop - 1);
    bool tie = rest == half && !x.more;
    up = (rest >= half && !tie) || (tie && (rnd == Rnd::NearestAway || (kept & 1)));
    if (drop > 127)
      up = false;
  }
  if (rnd == Rnd::Down)
    up = inexact && x.negative;
  if (rnd == Rnd::Up)
    up = inexact && !x.negative;
  return kept + up;
}

} // namespace

Number decode(uint64_t code, const Format& f) {
  code >>= f.shift;
  Number x;
  x.negative = code >> (f.width - 1) & 1;
  uint64_t magnitude = code & ((1ull << (f.width - 1)) - 1);
  if (f.nan && !f.infinity && magnitude == f.nan) {
    x.kind = Number::NaN;
  } else if (f.infinity && magnitude >= f.infinity) {
    x.kind = magnitude == f.infinity ? Number::Infinite : Number::NaN;
  } else if (magnitude != 0) {
    x.kind = Number::Finite;
    uint64_t exponent = magnitude >> f.mantissa;
    uint64_t fraction = magnitude & ((1ull << f.mantissa) - 1);
    x.m = exponent ? fraction | 1ull << f.mantissa : fraction;
    x.e = f.least - int(f.mantissa) + (exponent ? int(exponent) - 1 : 0);
  }
  return x;
}

uint64_t encode(const Number& x, const Format& f, Rnd rnd, bool finite) {
  uint64_t sign = uint64_t(x.negative) << (f.width - 1);
  uint64_t code = 0;
  if (x.kind == Number::NaN)
    return f.nan << f.shift;
  if (x.kind == Number::Infinite)
    return (sign | (finite || !f.infinity ? f.maximum : f.infinity)) << f.shift;
  if (x.kind == Number::Finite) {
    int exponent = topBit(x.m) + x.e;
    Number n = x;
    if (topBit(n.m) < 100) // room for every bit of the format
      n = normalized(n, 120);
    int e = std::max(exponent, f.least) - int(f.mantissa);
    u128 q = roundTo(n, e, rnd);
    // A carry into the next exponent comes out right by itself.
    int biased = std::max(exponent, f.least) - f.least;
    if (biased > f.most - f.least + 1)
      biased = f.most - f.least + 1; // far beyond the format
    code = (uint64_t(biased) << f.mantissa) + uint64_t(q);
    if (code > f.maximum) {
      bool stays = rnd == Rnd::Zero || (rnd == Rnd::Down && !x.negative) ||
                   (rnd == Rnd::Up && x.negative);
      code = finite || stays || !f.infinity ? f.maximum : f.infinity;
    }
  }
  return (sign | code) << f.shift;
}

Number fromInteger(__int128 x) {
  Number n;
  n.negative = x < 0;
  n.m = x < 0 ? u128(0) - u128(x) : u128(x);
  n.kind = x == 0 ? Number::Zero : Number::Finite;
  return n;
}

Number mul(const Number& x, const Number& y) {
  Number r;
  r.negative = x.negative != y.negative;
  if (x.kind == Number::NaN || y.kind == Number::NaN ||
      (x.kind == Number::Infinite && y.kind == Number::Zero) ||
      (x.kind == Number::Zero && y.kind == Number::Infinite)) {
    r.kind = Number::NaN;
  } else if (x.kind == Number::Infinite || y.kind == Number::Infinite) {
    r.kind = Number::Infinite;
  } else if (x.kind == Number::Finite && y.kind == Number::Finite) {
    r.kind = Number::Finite; // both are formats' numbers: at most 53 bits
    r.m = x.m * y.m;
    r.e = x.e + y.e;
  }
  return r;
}

Number add(Number x, Number y, Rnd rnd) {
  if (x.kind == Number::NaN || y.kind == Number::NaN)
    return {Number::NaN};
  if (x.kind == Number::Infinite || y.kind == Number::Infinite) {
    if (x.kind == y.kind && x.negative != y.negative)
      return {Number::NaN};
    return x.kind == Number::Infinite ? x : y;
  }
  if (x.kind == Number::Zero && y.kind == Number::Zero) {
    Number r;
    r.negative = x.negative == y.negative ? x.negative : rnd == Rnd::Down;
    return r;
  }
  if (x.kind == Number::Zero)
    return y;
  if (y.kind == Number::Zero)
    return x;
  // The one with the higher top bit goes to bit 125; the other beside it.
  if (topBit(x.m) + x.e < topBit(y.m) + y.e)
    std::swap(x, y);
  x = normalized(x, 125);
  int by = x.e - y.e;
  if (by <= 0) {
    y.m <<= -by;
  } else {
    // Only what lies below all bits of both can be lost: operands have at most 106 bits.
    bool lost = by > 127 ? y.m != 0 : (y.m & ((u128(1) << by) - 1)) != 0;
    y.m = by > 127 ? 0 : y.m >> by;
    y.more |= lost;
  }
  Number r = x;
  if (x.negative == y.negative) {
    r.m = x.m + y.m;
    r.more = y.more;
  } else if (x.m < y.m) { // same top bit
    r.m = y.m - x.m;
    r.negative = y.negative;
  } else {
    r.m = x.m - y.m - (y.more ? 1 : 0);
    r.more = y.more;
  }
  if (r.m == 0) {
    r = Number();
    r.negative = rnd == Rnd::Down;
  }
  return r;
}

Number div(const Number& x, const Number& y) {
  Number r;
  r.negative = x.negative != y.negative;
  if (x.kind == Number::NaN || y.kind == Number::NaN ||
      (x.kind == y.kind && (x.kind == Number::Zero || x.kind == Number::Infinite))) {
    r.kind = Number::NaN;
  } else if (x.kind == Number::Infinite || y.kind == Number::Zero) {
    r.kind = Number::Infinite;
  } else if (x.kind == Number::Finite && y.kind == Number::Finite) {
    Number n = normalized(x, 125);
    Number d = normalized(y, 55); // exact: at most 53 bits
    r.kind = Number::Finite;
    r.m = n.m / d.m;
    r.more = n.m % d.m != 0;
    r.e = n.e - d.e;
  }
  return r;
}

Number sqrt(const Number& x) {
  if (x.kind != Number::Finite)
    return x.kind == Number::Infinite && x.negative ? Number{Number::NaN} : x;
  if (x.negative)
    return {Number::NaN};
  Number n = normalized(x, 124);
  if (n.e & 1) {
    n.m <<= 1;
    n.e -= 1;
  }
  u128 root = 0;
  for (int bit = 62; bit >= 0; --bit) {
    u128 t = root | u128(1) << bit;
    if (t * t <= n.m)
      root = t;
  }
  Number r;
  r.kind = Number::Finite;
  r.m = root;
  r.more = root * root != n.m;
  r.e = n.e / 2;
  return r;
}

int compare(const Number& x, const Number& y) {
  if (x.kind == Number::NaN || y.kind == Number::NaN)
    return 2;
  auto sign = [](const Number& n) { return n.kind == Number::Zero ? 0 : n.negative ? -1 : 1; };
  if (sign(x) != sign(y))
    return sign(x) < sign(y) ? -1 : 1;
  if (sign(x) == 0)
    return 0;
  if (x.kind == Number::Infinite || y.kind == Number::Infinite)
    return x.kind == y.kind ? 0 : (x.kind == Number::Infinite ? 1 : -1) * sign(x);
  Number d = add(x, negate(y), Rnd::Nearest);
  return d.kind == Number::Zero ? 0 : d.negative ? -1 : 1;
}

__int128 toInteger(const Number& x, Rnd rnd) {
  constexpr __int128 kLimit = __int128(1) << 126;
  if (x.kind == Number::Zero || x.kind == Number::NaN)
    return 0;
  if (x.kind == Number::Infinite || topBit(x.m) + x.e >= 126)
    return x.negative ? -kLimit : kLimit;
  __int128 r = __int128(roundTo(x, 0, rnd));
  return x.negative ? -r : r;
}

Number roundToIntegral(const Number& x, Rnd rnd) {
  if (x.kind != Number::Finite || x.e >= 0)
    return x;
  Number r = x;
  r.m = roundTo(x, 0, rnd);
  r.e = 0;
  r.more = false;
  if (r.m == 0)
    r.kind = Number::Zero; // keeps its sign
  return r;
}

} // namespace anywarp::ptxsweep
