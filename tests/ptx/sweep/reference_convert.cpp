// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.21 to 9.7.9.23: cvt and cvt.pack.
#include "ptx/lower/types.h"
#include "ptx/names.h"
#include "reference.h"

#include <algorithm>

namespace anywarp::ptxsweep {

using ptx::Type;
using Int = __int128;

namespace {

Rnd roundingOf(std::string_view rnd) {
  std::string_view r = rnd.substr(0, 2);
  if (rnd == "rna")
    return Rnd::NearestAway;
  return r == "rz" ? Rnd::Zero : r == "rm" ? Rnd::Down : r == "rp" ? Rnd::Up : Rnd::Nearest;
}

Int low(Type t) {
  return ptx::isSigned(t) ? -(Int(1) << (ptx::bitsOf(t) - 1)) : 0;
}
Int high(Type t) {
  return (Int(1) << (ptx::bitsOf(t) - ptx::isSigned(t))) - 1;
}
Int clampTo(Int x, Type t) {
  return std::min(std::max(x, low(t)), high(t));
}

uint64_t saturated(uint64_t code, const Format& f) {
  Number n = decode(code, f), one = fromInteger(1);
  if (n.kind == Number::NaN || n.negative)
    return 0;
  return compare(n, one) > 0 ? encode(one, f, Rnd::Nearest) : code;
}

// A register holds the result extended to 32 bits for 8-bit destinations: results are read as 16.
uint64_t extended(uint64_t x, Type d) {
  if (ptx::bitsOf(d) == 8)
    return ptx::isSigned(d) ? uint64_t(signedValue(x, 8)) & 0xffff : x & 0xff;
  return x & maskOf(ptx::bitsOf(d));
}

uint64_t toInteger(uint64_t x, Type d, Type s, std::string_view rnd, bool ftz) {
  const Format& f = formatOf(s);
  Number n = decode(ftz ? flush(x, f) : x, f);
  // 9.7.9.21: NaN becomes 0 if the source is .f32 or .f16 and the destination smaller than 64
  // bits; else the most significant bit.
  if (n.kind == Number::NaN)
    return s == Type::F64 || ptx::bitsOf(d) == 64 ? extended(1ull << (ptx::bitsOf(d) - 1), d) : 0;
  return extended(uint64_t(clampTo(ptxsweep::toInteger(n, roundingOf(rnd)), d)), d);
}

uint64_t toFloat(const Number& n, const Form& form) {
  Type d = form.type(0);
  const Format& f = formatOf(d);
  uint64_t code = encode(n, f, roundingOf(form.text("rnd")), form.has("satfinite"));
  if (form.has("ftz") && d == Type::F32)
    code = flush(code, f);
  if (form.has("sat"))
    code = saturated(code, f);
  if (form.has("relu") && n.kind != Number::NaN && n.negative)
    code = 0;
  return code;
}

std::vector<Reference> plainCvt(const Form& form) {
  Reference r = plainReference(form);
  Type d = form.type(0), s = form.type(1);
  std::string rnd(form.text("rnd"));
  bool ftz = form.has("ftz"), sat = form.has("sat");
  if (ptx::isInteger(d) && ptx::isInteger(s)) {
    r.compute = [=](const uint64_t* in, uint64_t* out) {
      Int v = valueOf(in[0], ptx::bitsOf(s), ptx::isSigned(s));
      out[0] = extended(uint64_t(sat ? clampTo(v, d) : v), d);
    };
  } else if (ptx::isInteger(s)) {
    r.compute = [=](const uint64_t* in, uint64_t* out) {
      out[0] = toFloat(fromInteger(valueOf(in[0], ptx::bitsOf(s), ptx::isSigned(s))), form);
    };
  } else if (ptx::isInteger(d)) {
    r.compute = [=](const uint64_t* in, uint64_t* out) {
      out[0] = toInteger(in[0], d, s, rnd, ftz);
    };
  } else {
    r.compute = [=](const uint64_t* in, uint64_t* out) {
      const Format& f = formatOf(s);
      // GPUs do not flush on the way to f16, which shows with .rm and .rp only.
      uint64_t x = ftz && s == Type::F32 && d != Type::F16 ? flush(in[0], f) : in[0];
      Number n = decode(x, f);
      if (rnd.size() == 3)
        n = roundToIntegral(n, roundingOf(rnd));
      out[0] = toFloat(n, form);
    };
  }
  return {r};
}

// Two f32 to a packed pair of 16-bit or 8-bit numbers; the first operand becomes the upper one.
// Formats without NaN have their largest number for it.
uint64_t narrow(uint64_t x, const Format& from, const Format& to, Rnd rnd, bool relu, bool finite) {
  Number n = decode(x, from);
  if (n.kind == Number::NaN && !to.nan)
    return to.maximum;
  if (relu && n.kind != Number::NaN && n.negative)
    return 0;
  return encode(n, to, rnd, finite);
}

// ue8m0 has only exponents: the power of two below (rz) or above (rp) the size of a number.
uint64_t scale(uint64_t x, const Format& f, bool up, bool finite) {
  Number n = decode(x, f);
  if (n.kind == Number::NaN)
    return 0xff;
  if (n.kind == Number::Infinite)
    return finite ? 0xfe : 0xff;
  if (n.kind == Number::Zero)
    return 0;
  int top = 127;
  while (!(n.m >> top & 1))
    --top;
  bool power = (n.m & (n.m - 1)) == 0;
  int code = std::max(top + n.e + (up && !power) + 127, 0);
  return code > 0xfe ? (finite ? 0xfe : 0xff) : uint64_t(code);
}

std::vector<Reference> pack(const Form& form) {
  Reference r = plainReference(form);
  std::string_view t = ptx::nameOf(form.type(0));
  unsigned bits = unsigned(std::stoi(std::string(t.substr(1))));
  bool isSigned = t[0] == 's';
  Int least = isSigned ? -(Int(1) << (bits - 1)) : 0;
  Int most = (Int(1) << (bits - isSigned)) - 1;
  auto part = [=](uint64_t x) {
    return uint64_t(std::min(std::max(signedValue(x, 32), least), most)) & maskOf(bits);
  };
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    uint64_t a = part(in[0]), b = part(in[1]);
    out[0] = (a << bits | b | (bits < 16 ? in[2] << (2 * bits) : 0)) & 0xffffffff;
  };
  return {r};
}

} // namespace

std::vector<Reference> convertReferences(const Form& form) {
  if (form.info->mnemonic != "cvt")
    return {};
  std::string_view record = form.info->record;
  Type d = form.type(0), s = form.type(1);
  Rnd rnd = roundingOf(form.text("rnd"));
  bool relu = form.has("relu"), finite = form.has("satfinite");
  auto plain = [](Type t) { return ptx::isInteger(t) || ptx::isFloat(t); };
  if (plain(d) && plain(s) && form.types.size() == 2 && !form.has("pack") && !form.has("rs"))
    return plainCvt(form);
  if (record == "CvtPack" || record == "CvtPackMore")
    return pack(form);
  Reference r = plainReference(form);
  if (record == "CvtPair") {
    const Format& f = formatOf(d);
    r.out[0].type = d;
    r.compute = [=, &f](const uint64_t* in, uint64_t* out) {
      out[0] = narrow(in[0], kF32, f, rnd, relu, finite) << 16 |
               narrow(in[1], kF32, f, rnd, relu, finite);
    };
    return {r};
  }
  if (record == "CvtTf32") {
    r.out[0].type = Type::TF32;
    r.compute = [=](const uint64_t* in, uint64_t* out) {
      out[0] = narrow(in[0], kF32, kTF32, rnd, relu, finite);
    };
    return {r};
  }
  if (record == "CvtToFp8" || record == "CvtToFp6" || record == "CvtToFp4") {
    const Format& f = formatOf(d);
    unsigned shift = record == "CvtToFp4" ? 4 : 8;
    r.compute = [=, &f](const uint64_t* in, uint64_t* out) {
      out[0] = narrow(in[0], kF32, f, Rnd::Nearest, relu, true) << shift |
               narrow(in[1], kF32, f, Rnd::Nearest, relu, true);
    };
    return {r};
  }
  if (record == "CvtToScale" || record == "CvtToScaleBf16") {
    bool up = rnd == Rnd::Up, half = record == "CvtToScaleBf16";
    const Format& f = half ? kBF16 : kF32;
    if (half)
      r.in[0].type = Type::BF16x2;
    r.compute = [=, &f](const uint64_t* in, uint64_t* out) {
      out[0] = scale(half ? in[0] >> 16 : in[0], f, up, finite) << 8 |
               scale(half ? in[0] & 0xffff : in[1], f, up, finite);
    };
    return {r};
  }
  if (record == "CvtFromScale") {
    r.out[0].type = Type::BF16x2;
    r.compute = [](const uint64_t* in, uint64_t* out) {
      auto one = [](uint64_t code) { // 2^(code - 127), below the normal range for 0
        return code == 255 ? kBF16.nan : code == 0 ? 0x40 : code << 7;
      };
      out[0] = one(in[0] >> 8) << 16 | one(in[0] & 0xff);
    };
    return {r};
  }
  if (record == "CvtToFp8Half") {
    const Format& f = formatOf(d);
    r.in[0].type = Type::F16x2;
    r.compute = [=, &f](const uint64_t* in, uint64_t* out) {
      out[0] = narrow(in[0] >> 16, kF16, f, Rnd::Nearest, relu, true) << 8 |
               narrow(in[0] & 0xffff, kF16, f, Rnd::Nearest, relu, true);
    };
    return {r};
  }
  if (record == "CvtFromFp8" || record == "CvtFromFp6" || record == "CvtFromFp4") {
    const Format& f = formatOf(s);
    unsigned shift = record == "CvtFromFp4" ? 4 : 8;
    r.out[0].type = Type::F16x2;
    r.compute = [=, &f](const uint64_t* in, uint64_t* out) {
      uint64_t a = in[0] >> shift & maskOf(f.width), b = in[0] & maskOf(f.width);
      out[0] = narrow(a, f, kF16, Rnd::Nearest, relu, false) << 16 |
               narrow(b, f, kF16, Rnd::Nearest, relu, false);
    };
    return {r};
  }
  return {};
}

} // namespace anywarp::ptxsweep
