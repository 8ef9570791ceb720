// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.9.21 to 9.7.9.23: cvt and cvt.pack.
#include "ptx/lower/types.h"
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
    r.compute = [=](const uint64_t* in, uint64_t* out) { out[0] = toInteger(in[0], d, s, rnd, ftz); };
  } else {
    r.compute = [=](const uint64_t* in, uint64_t* out) {
      const Format& f = formatOf(s);
      uint64_t x = ftz && s == Type::F32 ? flush(in[0], f) : in[0];
      Number n = decode(x, f);
      if (rnd.size() == 3)
        n = roundToIntegral(n, roundingOf(rnd));
      out[0] = toFloat(n, form);
    };
  }
  return {r};
}

// Two f32 to a packed pair of 16-bit or 8-bit numbers; the first operand becomes the upper one.
uint64_t narrow(uint64_t x, const Format& from, const Format& to, Rnd rnd, bool relu, bool finite) {
  Number n = decode(x, from);
  if (relu && n.kind != Number::NaN && n.negative)
    return 0;
  return encode(n, to, rnd, finite);
}

std::vector<Reference> pack(const Form& form) {
  Reference r = plainReference(form);
  Type t = form.type(0);
  unsigned bits = ptx::bitsOf(t);
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    uint64_t a = uint64_t(clampTo(signedValue(in[0], 32), t)) & maskOf(bits);
    uint64_t b = uint64_t(clampTo(signedValue(in[1], 32), t)) & maskOf(bits);
    out[0] = (a << bits | b | (bits == 8 ? in[2] << 16 : 0)) & 0xffffffff;
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
  if (record == "Cvt")
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
  if (record == "CvtToFp8") {
    const Format& f = formatOf(d);
    r.compute = [=, &f](const uint64_t* in, uint64_t* out) {
      out[0] = narrow(in[0], kF32, f, Rnd::Nearest, relu, true) << 8 |
               narrow(in[1], kF32, f, Rnd::Nearest, relu, true);
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
  if (record == "CvtFromFp8") {
    const Format& f = formatOf(s);
    r.out[0].type = Type::F16x2;
    r.compute = [=, &f](const uint64_t* in, uint64_t* out) {
      out[0] = narrow(in[0] >> 8, f, kF16, Rnd::Nearest, relu, false) << 16 |
               narrow(in[0] & 0xff, f, kF16, Rnd::Nearest, relu, false);
    };
    return {r};
  }
  return {};
}

} // namespace anywarp::ptxsweep
