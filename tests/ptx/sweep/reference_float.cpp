// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.3 and 9.7.4 but for the approximations: exact results, rounded once.
#include "ptx/lower/types.h"
#include "reference.h"

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

Rnd roundingOf(std::string_view rnd) {
  return rnd == "rz" ? Rnd::Zero : rnd == "rm" ? Rnd::Down : rnd == "rp" ? Rnd::Up : Rnd::Nearest;
}

// What .ftz, .sat and .relu do around an operation, for one number of a format.
struct Modes {
  const Format* format;
  bool ftz, sat, relu;
  Rnd rnd;

  explicit Modes(const Form& f)
      : format(&formatOf(f.has("f32x2") ? Type::F32 : f.type())), ftz(f.has("ftz")),
        sat(f.has("sat")), relu(f.has("relu")), rnd(roundingOf(f.text("rnd"))) {}
  uint64_t input(uint64_t x) const { return ftz ? flush(x, *format) : x; }
  Number number(uint64_t x) const { return decode(input(x), *format); }
  // 9.7.3: .sat gives [+0, 1] and +0 for NaN; 9.7.4.4: .relu gives +0 for negative results and the
  // canonical NaN for NaN.
  uint64_t result(const Number& x) const {
    uint64_t code = encode(x, *format, rnd);
    if (ftz)
      code = flush(code, *format);
    Number n = decode(code, *format);
    if ((sat && (n.kind == Number::NaN || n.negative)) ||
        (relu && n.kind != Number::NaN && n.negative))
      return 0;
    Number one = fromInteger(1);
    if (sat && compare(n, one) > 0)
      return encode(one, *format, Rnd::Nearest);
    return code;
  }
};

using Operation = Number (*)(const Number*, Rnd);

Operation operationOf(std::string_view m) {
  if (m == "add")
    return [](const Number* x, Rnd r) { return add(x[0], x[1], r); };
  if (m == "sub")
    return [](const Number* x, Rnd r) { return add(x[0], negate(x[1]), r); };
  if (m == "mul")
    return [](const Number* x, Rnd) { return mul(x[0], x[1]); };
  if (m == "fma" || m == "mad")
    return [](const Number* x, Rnd r) { return fma(x[0], x[1], x[2], r); };
  if (m == "div")
    return [](const Number* x, Rnd) { return div(x[0], x[1]); };
  if (m == "rcp")
    return [](const Number* x, Rnd) { return div(fromInteger(1), x[0]); };
  if (m == "sqrt")
    return [](const Number* x, Rnd) { return sqrt(x[0]); };
  return nullptr;
}

// 9.7.4.4: +0, part by part, "if either of the operands is OOB NaN"; the parts of a packed type on
// their own. Whether that means the addend too is not told: both results will do.
std::vector<Reference> outOfBounds(const Form& form) {
  constexpr uint64_t kOobNan = 0x7fff;
  Reference r = plainReference(form);
  Type t = form.type();
  Modes modes(form);
  unsigned width = modes.format->width, parts = ptx::bitsOf(t) / width;
  r.accept = [=](const uint64_t* in, uint64_t got) {
    for (unsigned p = 0; p < parts; ++p) {
      uint64_t x[3], bits = got >> p * width & maskOf(width);
      Number n[3];
      for (unsigned i = 0; i < 3; ++i) {
        x[i] = in[i] >> p * width & maskOf(width);
        n[i] = modes.number(x[i]);
      }
      bool factor = x[0] == kOobNan || x[1] == kOobNan;
      uint64_t want = factor ? 0 : modes.result(fma(n[0], n[1], n[2], modes.rnd));
      bool good = sameResult(want, bits, {ptx::partOf(t)}, modes.relu);
      if (!good && !(x[2] == kOobNan && bits == 0))
        return false;
    }
    return true;
  };
  return {r};
}

std::vector<Reference> arithmetic(const Form& form, Operation op) {
  Reference r = plainReference(form);
  unsigned count = unsigned(r.in.size());
  Modes modes(form);
  auto part = [=](const uint64_t* in) {
    Number x[3];
    for (unsigned i = 0; i < count; ++i)
      x[i] = modes.number(in[i]);
    return modes.result(op(x, modes.rnd));
  };
  if (form.has("f32x2")) {
    for (Value& v : r.in)
      v.floatPair = true;
    r.out[0].floatPair = true;
    r.compute = [=](const uint64_t* in, uint64_t* out) {
      uint64_t low[3], high[3];
      for (unsigned i = 0; i < count; ++i) {
        low[i] = in[i] & 0xffffffff;
        high[i] = in[i] >> 32;
      }
      out[0] = part(low) | part(high) << 32;
    };
    return {r};
  }
  Type t = form.type();
  r.exactNan = modes.relu;
  r.compute = [=](const uint64_t* in, uint64_t* out) { out[0] = eachPart(t, in, count, part); };
  return {r};
}

// 9.7.3.11: -0 < +0; NaN loses against a number, two NaNs or .NaN give the canonical NaN.
std::vector<Reference> minMax(const Form& form) {
  Type t = form.type();
  Modes modes(form);
  const Format& f = *modes.format;
  uint64_t top = 1ull << (f.width - 1);
  bool max = form.info->mnemonic == "max", nan = form.has("NaN"), sign = form.has("xorsign");
  bool abs = form.has("abs");
  auto pick = [=, &f](uint64_t a, uint64_t b) -> uint64_t {
    uint64_t signs = (a ^ b) & top;
    if (abs) {
      a &= ~top;
      b &= ~top;
    }
    Number x = decode(a, f), y = decode(b, f);
    uint64_t r;
    if (x.kind == Number::NaN || y.kind == Number::NaN) {
      bool both = x.kind == y.kind;
      if (both || nan)
        return f.nan;
      r = x.kind == Number::NaN ? b : a;
    } else {
      int c = compare(x, y);
      bool less = c < 0 || (c == 0 && x.negative && !y.negative);
      r = less == max ? b : a;
    }
    return sign ? (r & ~top) | signs : r;
  };
  Reference r = plainReference(form);
  r.exactNan = nan && !sign;
  bool three = r.in.size() == 3;
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    out[0] = eachPart(t, in, three ? 3 : 2, [&](const uint64_t* x) {
      uint64_t two = pick(modes.input(x[0]), modes.input(x[1]));
      return three ? pick(two, modes.input(x[2])) : two;
    });
  };
  return {r};
}

std::vector<Reference> signs(const Form& form) {
  Type t = form.type();
  Modes modes(form);
  uint64_t top = 1ull << (modes.format->width - 1);
  bool negates = form.info->mnemonic == "neg";
  Reference r = plainReference(form);
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    out[0] = eachPart(t, in, 1, [&](const uint64_t* x) {
      uint64_t v = modes.input(x[0]);
      return negates ? v ^ top : v & ~top;
    });
  };
  return {r};
}

bool property(uint64_t code, const Format& f, std::string_view test) {
  Number n = decode(code, f);
  bool subnormal = isSubnormal(code, f);
  if (test == "finite")
    return n.kind == Number::Zero || n.kind == Number::Finite;
  if (test == "infinite")
    return n.kind == Number::Infinite;
  if (test == "number")
    return n.kind != Number::NaN;
  if (test == "notanumber")
    return n.kind == Number::NaN;
  if (test == "subnormal")
    return subnormal;
  return n.kind == Number::Zero || (n.kind == Number::Finite && !subnormal); // normal
}

// 9.7.5: 16-bit operands, exact as f32, and an f32.
std::vector<Reference> mixed(const Form& form) {
  Reference r = plainReference(form);
  Operation op = operationOf(form.info->mnemonic);
  const Format& half = formatOf(form.type(1));
  Modes modes(form);
  size_t n = r.in.size();
  r.compute = [=, &half](const uint64_t* in, uint64_t* out) {
    Number x[3];
    for (size_t i = 0; i < n; ++i)
      x[i] = decode(in[i], i + 1 < n ? half : kF32);
    out[0] = modes.result(op(x, modes.rnd));
  };
  return {r};
}

} // namespace

std::vector<Reference> floatReferences(const Form& form) {
  std::string_view m = form.info->mnemonic;
  Type t = form.type();
  bool floats = ptx::isWideFloat(t) || ptx::isHalf(t) || ptx::isHalfPair(t) || form.has("f32x2");
  if (form.info->record.ends_with("Mixed"))
    return mixed(form);
  if (!floats || form.has("approx") || form.has("full") || form.types.size() > 1)
    return {};
  if (form.has("oob"))
    return outOfBounds(form);
  if (m == "testp") {
    Reference r = plainReference(form);
    std::string test(form.text("test"));
    const Format& f = formatOf(t);
    r.compute = [=, &f](const uint64_t* in, uint64_t* out) { out[0] = property(in[0], f, test); };
    return {r};
  }
  if (m == "copysign") {
    Reference r = plainReference(form);
    uint64_t top = 1ull << (formatOf(t).width - 1);
    r.exactNan = true;
    r.compute = [=](const uint64_t* in, uint64_t* out) { out[0] = (in[0] & top) | (in[1] & ~top); };
    return {r};
  }
  if (m == "min" || m == "max")
    return minMax(form);
  if (m == "neg" || m == "abs")
    return signs(form);
  if (Operation op = operationOf(m))
    return arithmetic(form, op);
  return {};
}

} // namespace anywarp::ptxsweep
