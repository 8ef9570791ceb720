// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.1 (arithmetic) and 9.7.2, in 128-bit arithmetic.
#include "ptx/lower/types.h"
#include "reference.h"

#include <algorithm>

namespace anywarp::ptxsweep {

using ptx::Type;
using Int = __int128;

namespace {

Int clampTo(Int x, Int low, Int high) {
  return std::min(std::max(x, low), high);
}
Int lowest(unsigned bits) {
  return -(Int(1) << (bits - 1));
}
Int highest(unsigned bits) {
  return (Int(1) << (bits - 1)) - 1;
}

struct Wide { // a product of two 64-bit numbers, modulo 2^128
  u128 value;
  uint64_t low(unsigned bits) const { return uint64_t(value) & maskOf(bits); }
  uint64_t high(unsigned bits) const { return uint64_t(value >> bits) & maskOf(bits); }
};

Wide multiply(uint64_t x, uint64_t y, unsigned bits, bool isSigned) {
  return {u128(valueOf(x, bits, isSigned)) * u128(valueOf(y, bits, isSigned))};
}

// x / 0 and x % 0 are undefined in the manual; ours are all ones and x. MIN / -1 wraps.
uint64_t divide(uint64_t x, uint64_t y, unsigned bits, bool isSigned, bool remainder) {
  Int a = valueOf(x, bits, isSigned), b = valueOf(y, bits, isSigned);
  if (b == 0)
    return remainder ? x : maskOf(bits);
  return uint64_t(remainder ? a % b : a / b) & maskOf(bits);
}

using Compute = std::function<uint64_t(const uint64_t*)>;

std::vector<Reference> one(const Form& form, Compute fn) {
  Reference r = plainReference(form);
  unsigned bits = ptx::bitsOf(r.out[0].type);
  r.compute = [fn, bits](const uint64_t* in, uint64_t* out) { out[0] = fn(in) & maskOf(bits); };
  return {r};
}

// Two instructions around the condition code: one that writes it, one that reads it.
// 9.7.2: CC.CF is carry-out of additions and borrow-out of subtractions.
struct Carry {
  std::string mnemonic;
  bool subtract, product, high, in, out;
  unsigned bits;
  bool isSigned;

  uint64_t operator()(uint64_t a, uint64_t b, uint64_t c, bool carry, bool& carryOut) const {
    u128 x = a, y = b;
    if (product) {
      Wide w = multiply(a, b, bits, isSigned);
      x = high ? w.high(bits) : w.low(bits);
      y = c;
    }
    u128 total = subtract ? x - y - carry : x + y + carry;
    carryOut = total >> bits & 1;
    return uint64_t(total) & maskOf(bits);
  }
};

std::vector<Reference> carry(const Form& form) {
  std::string_view m = form.info->mnemonic;
  Type t = form.type();
  Carry op{std::string(m),
           m.starts_with("sub"),
           m.starts_with("mad"),
           form.text("half") == "hi",
           m.ends_with("c") && m != "sub" && m.size() == 4,
           form.has("cc"),
           ptx::bitsOf(t),
           ptx::isSigned(t)};
  Reference r = plainReference(form);
  std::string type(1, '.');
  type += ptx::bitsOf(t) == 64 ? "u64" : "u32";
  // The carry comes from an unsigned addition in front, and goes to an addc behind.
  size_t n = r.in.size();
  std::string before, after;
  if (op.in) {
    before = "add.cc" + type + " %t0, %i" + std::to_string(n) + ", %i" + std::to_string(n + 1) +
             ";\n  ";
    r.in.push_back({t});
    r.in.push_back({t});
  }
  if (op.out) {
    after = ";\n  addc" + type + " %o1, 0, 0";
    r.out.push_back({t});
  }
  r.text = before + r.text + after;
  r.compute = [op, n](const uint64_t* in, uint64_t* out) {
    bool cf = op.in && (u128(in[n]) + in[n + 1]) >> op.bits & 1, flag = false;
    // Subtraction reads the flag as a borrow.
    out[0] = op(in[0], in[1], n > 2 ? in[2] : 0, cf, flag);
    out[1] = flag;
  };
  return {r};
}

uint64_t pairWise(const uint64_t* in, bool isSigned, Int (*fn)(Int, Int), bool relu) {
  uint64_t r = 0;
  for (unsigned at : {0, 16}) {
    Int v = fn(valueOf(in[0] >> at & 0xffff, 16, isSigned), valueOf(in[1] >> at & 0xffff, 16, isSigned));
    if (relu)
      v = std::max(v, Int(0));
    r |= (uint64_t(v) & 0xffff) << at;
  }
  return r;
}

} // namespace

std::vector<Reference> integerReferences(const Form& form) {
  std::string_view m = form.info->mnemonic;
  Type t = form.type();
  unsigned n = t == Type::None ? 0 : ptx::bitsOf(t);
  bool s = ptx::isSigned(t);
  auto val = [n, s](uint64_t x) { return valueOf(x, n, s); };
  if (m == "addc" || m == "subc" || m == "madc" || form.has("cc"))
    return carry(form);
  if (t == Type::U16x2 || t == Type::S16x2) {
    bool isSigned = t == Type::S16x2, relu = form.has("relu");
    Int (*fn)(Int, Int) = nullptr;
    if (m == "add")
      fn = [](Int a, Int b) { return a + b; };
    if (m == "min")
      fn = [](Int a, Int b) { return std::min(a, b); };
    if (m == "max")
      fn = [](Int a, Int b) { return std::max(a, b); };
    if (!fn)
      return {};
    return one(form, [=](const uint64_t* i) { return pairWise(i, isSigned, fn, relu); });
  }
  if (!ptx::isInteger(t))
    return {};
  if (m == "add" || m == "sub") {
    bool minus = m == "sub", sat = form.has("sat");
    return one(form, [=](const uint64_t* i) {
      Int r = minus ? val(i[0]) - val(i[1]) : val(i[0]) + val(i[1]);
      return uint64_t(sat ? clampTo(r, lowest(n), highest(n)) : r);
    });
  }
  if (m == "mul" || m == "mad") {
    bool hi = form.info->record.ends_with("Hi") || form.info->record == "MadHiSat";
    bool wide = form.info->record.ends_with("Wide"), add = m == "mad", sat = form.has("sat");
    return one(form, [=](const uint64_t* i) {
      Wide w = multiply(i[0], i[1], n, s);
      uint64_t r = hi ? w.high(n) : wide ? w.low(2 * n) : w.low(n);
      if (sat)
        return uint64_t(clampTo(signedValue(r, n) + signedValue(i[2], n), lowest(n), highest(n)));
      return r + (add ? i[2] : 0);
    });
  }
  if (m == "mul24" || m == "mad24") {
    bool hi = form.text("half") == "hi" || form.info->record == "Mad24Sat";
    bool add = m == "mad24", sat = form.has("sat");
    return one(form, [=](const uint64_t* i) {
      Int p = valueOf(i[0] & 0xffffff, 24, s) * valueOf(i[1] & 0xffffff, 24, s);
      Int r = hi ? p >> 16 : p; // bits 47..16 or 31..0 of the 48-bit product
      if (sat)
        return uint64_t(clampTo(signedValue(uint64_t(r) & maskOf(32), 32) + val(i[2]), lowest(n), highest(n)));
      return uint64_t(r) + (add ? i[2] : 0);
    });
  }
  if (m == "sad")
    return one(form, [=](const uint64_t* i) {
      Int a = val(i[0]), b = val(i[1]);
      return i[2] + uint64_t(a < b ? b - a : a - b);
    });
  if (m == "div" || m == "rem") {
    bool rem = m == "rem";
    return one(form, [=](const uint64_t* i) { return divide(i[0], i[1], n, s, rem); });
  }
  if (m == "abs")
    return one(form, [=](const uint64_t* i) { return uint64_t(val(i[0]) < 0 ? -val(i[0]) : val(i[0])); });
  if (m == "neg")
    return one(form, [=](const uint64_t* i) { return uint64_t(-val(i[0])); });
  if (m == "min" || m == "max") {
    bool max = m == "max", relu = form.has("relu");
    return one(form, [=](const uint64_t* i) {
      Int a = val(i[0]), b = val(i[1]), r = max ? std::max(a, b) : std::min(a, b);
      return uint64_t(relu ? std::max(r, Int(0)) : r);
    });
  }
  return {};
}

} // namespace anywarp::ptxsweep
