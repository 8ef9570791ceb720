// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.18: scalar and SIMD video instructions, after the manual's pseudocode. Every form is
// written several times, with different selectors.
#include "ptx/lower/types.h"
#include "reference.h"

#include <algorithm>

namespace anywarp::ptxsweep {

using ptx::Type;
using Int = __int128;

namespace {

bool compares(std::string_view cmp, Int a, Int b) {
  return cmp == "eq"   ? a == b
         : cmp == "ne" ? a != b
         : cmp == "lt" ? a < b
         : cmp == "le" ? a <= b
         : cmp == "gt" ? a > b
                       : a >= b;
}

Int clampTo(Int v, unsigned bits, bool isSigned) {
  Int low = isSigned ? -(Int(1) << (bits - 1)) : 0, high = (Int(1) << (bits - isSigned)) - 1;
  return std::min(std::max(v, low), high);
}

Int apply(const Form& form, std::string_view op, Int a, Int b) {
  if (op == "vadd")
    return a + b;
  if (op == "vsub")
    return a - b;
  if (op == "vavrg") // the mean; halves go up for sums from 0 on
    return (a + b + (a + b >= 0 ? 1 : 0)) >> 1;
  if (op == "vmin")
    return std::min(a, b);
  if (op == "vmax")
    return std::max(a, b);
  if (op == "vabsdiff")
    return a < b ? b - a : a - b;
  if (op == "vset")
    return compares(form.text("cmp"), a, b);
  Int by = form.text("mode") == "wrap" ? b & 31 : std::min(b, Int(32));
  return op == "vshl" ? a * (Int(1) << by) : a >> by;
}

struct Selector {
  const char* text;
  unsigned bits, shift;
};
constexpr Selector kSelectors[] = {{"", 32, 0},    {".b0", 8, 0},  {".b1", 8, 8},  {".b2", 8, 16},
                                   {".b3", 8, 24}, {".h0", 16, 0}, {".h1", 16, 16}};

Int selected(uint64_t x, const Selector& s, bool isSigned) {
  return valueOf(x >> s.shift & maskOf(s.bits), s.bits, isSigned);
}

size_t lot(const Form& form, size_t variant) {
  return std::hash<std::string>()(form.name() + char('0' + variant)) >> 5;
}

Reference words(const Form& form, size_t count) {
  Reference r;
  r.text = form.name();
  r.in.assign(count, {Type::B32});
  r.out = {{Type::B32}};
  return r;
}

// Types of the sources: vset has no type for its result.
struct Signs {
  bool d, a, b;
};
Signs signsOf(const Form& form) {
  bool hasResult = form.types.size() == 3;
  return {hasResult && ptx::isSigned(form.type(0)), ptx::isSigned(form.type(hasResult)),
          ptx::isSigned(form.type(hasResult + 1))};
}

Reference scalar(const Form& form, const std::string& op, size_t variant) {
  size_t r3 = lot(form, variant);
  std::string op2(form.text("op2"));
  bool sat = form.has("sat"), third = !op2.empty();
  Selector from[2] = {kSelectors[variant ? r3 % 7 : 0], kSelectors[variant ? r3 / 7 % 7 : 0]};
  Selector to = kSelectors[variant > 1 && !third ? 1 + r3 / 49 % 6 : 0];
  third |= to.bits != 32;
  Signs signs = signsOf(form);
  Reference r = words(form, third ? 3 : 2);
  r.text += std::string(" %o0") + to.text + ", %i0" + from[0].text + ", %i1" + from[1].text +
            (third ? ", %i2" : "");
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    Int v = apply(form, op, selected(in[0], from[0], signs.a), selected(in[1], from[1], signs.b));
    if (sat)
      v = clampTo(v, to.bits, signs.d);
    uint64_t x = uint64_t(v) & 0xffffffff, c = in[2];
    if (op2 == "add")
      x += c;
    if (op2 == "min" || op2 == "max") {
      Int p = valueOf(x, 32, signs.d), q = valueOf(c, 32, signs.d);
      x = uint64_t(op2 == "min" ? std::min(p, q) : std::max(p, q));
    }
    uint64_t mask = maskOf(to.bits) << to.shift;
    out[0] = ((x << to.shift & mask) | (c & ~mask)) & 0xffffffff;
    if (to.bits == 32)
      out[0] = x & 0xffffffff;
  };
  return r;
}

// Negation of at most one operand, or .po.
Reference multiply(const Form& form, size_t variant) {
  size_t r3 = lot(form, variant);
  bool po = form.has("po"), sat = form.has("sat");
  unsigned shift = form.text("scale") == "shr7" ? 7 : form.has("scale") ? 15 : 0;
  Selector from[2] = {kSelectors[variant ? r3 % 7 : 0], kSelectors[variant ? r3 / 7 % 7 : 0]};
  bool negative[3] = {};
  if (!po && variant < 4)
    for (size_t i = 0; i < 3; ++i)
      negative[i] = variant == i + 1;
  Signs signs = signsOf(form);
  Reference r = words(form, 3);
  auto operand = [&](size_t i) {
    return std::string(i ? ", " : " %o0, ") + (negative[i] ? "-" : "") + "%i" + std::to_string(i) +
           (i < 2 ? from[i].text : "");
  };
  r.text += operand(0) + operand(1) + operand(2);
  bool minus = negative[0] != negative[1], minusC = negative[2];
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    bool isSigned = signs.a || signs.b || minus || minusC;
    Int t = selected(in[0], from[0], signs.a) * selected(in[1], from[1], signs.b);
    Int c = valueOf(in[2], 32, isSigned);
    Int v = ((minus ? -t : t) + (minusC ? -c : c) + po) >> shift;
    out[0] = uint64_t(sat ? clampTo(v, 32, isSigned) : v) & 0xffffffff;
  };
  return r;
}

Reference simd(const Form& form, const std::string& op, unsigned lanes, size_t variant) {
  unsigned bits = 32 / lanes;
  size_t r3 = lot(form, variant);
  char letter = lanes == 2 ? 'h' : 'b';
  unsigned pick[2][4], mask = (1u << lanes) - 1;
  std::string text[3];
  for (unsigned s = 0; s < 2; ++s)
    for (unsigned i = 0; i < lanes; ++i) {
      pick[s][i] = variant == 0 ? s * lanes + i : unsigned(r3 % (2 * lanes));
      r3 /= 2 * lanes;
    }
  if (variant) {
    for (unsigned s = 0; s < 2; ++s) {
      text[s] = std::string(".") + letter;
      for (unsigned i = lanes; i-- > 0;) // the highest lane comes first
        text[s] += char('0' + pick[s][i]);
    }
    mask = 1 + unsigned(r3 % mask);
    text[2] = std::string(".") + letter;
    for (unsigned i = lanes; i-- > 0;)
      if (mask >> i & 1)
        text[2] += char('0' + i);
  }
  bool sat = form.has("sat"), sum = form.has("add");
  Signs signs = signsOf(form);
  Reference r = words(form, 3);
  r.text += " %o0" + text[2] + ", %i0" + text[0] + ", %i1" + text[1] + ", %i2";
  std::vector<unsigned> first(pick[0], pick[0] + 4), second(pick[1], pick[1] + 4);
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    uint64_t both = in[1] << 32 | in[0], packed = 0, total = in[2];
    for (unsigned i = 0; i < lanes; ++i) {
      uint64_t field = maskOf(bits) << (bits * i);
      if (!(mask >> i & 1)) {
        packed |= in[2] & field;
        continue;
      }
      Int v = apply(form, op, valueOf(both >> (bits * first[i]) & maskOf(bits), bits, signs.a),
                    valueOf(both >> (bits * second[i]) & maskOf(bits), bits, signs.b));
      if (sat)
        v = clampTo(v, bits, signs.d);
      total += uint64_t(v);
      packed |= uint64_t(v) << (bits * i) & field;
    }
    out[0] = (sum ? total : packed) & 0xffffffff;
  };
  return r;
}

} // namespace

std::vector<Reference> videoReferences(const Form& form) {
  std::string m(form.info->mnemonic);
  std::vector<Reference> all;
  if (m == "vmad")
    for (size_t variant = 0; variant < 5; ++variant)
      all.push_back(multiply(form, variant));
  for (const char* op : {"vadd", "vsub", "vabsdiff", "vmin", "vmax", "vshl", "vshr", "vset"})
    if (m == op)
      for (size_t variant = 0; variant < 3; ++variant)
        all.push_back(scalar(form, op, variant));
  for (const char* op : {"vadd", "vsub", "vavrg", "vmin", "vmax", "vabsdiff", "vset"})
    for (unsigned lanes : {2u, 4u})
      if (m == op + std::to_string(lanes))
        for (size_t variant = 0; variant < 2; ++variant)
          all.push_back(simd(form, op, lanes, variant));
  return all;
}

} // namespace anywarp::ptxsweep
