// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX ISA 9.7.6: set, setp, selp, slct.
#include "ptx/lower/types.h"
#include "reference.h"

#include <map>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

// -1, 0, 1; 2: unordered.
int order(uint64_t x, uint64_t y, Type t, bool ftz) {
  if (ptx::isInteger(t) || ptx::isBits(t)) {
    unsigned bits = ptx::bitsOf(t);
    __int128 a = valueOf(x, bits, ptx::isSigned(t)), b = valueOf(y, bits, ptx::isSigned(t));
    return a < b ? -1 : a > b;
  }
  const Format& f = formatOf(t);
  return compare(decode(ftz ? flush(x, f) : x, f), decode(ftz ? flush(y, f) : y, f));
}

// 9.3.1 and 9.3.2: the tables of comparison operators.
bool holds(std::string_view cmp, int c) {
  static const std::map<std::string_view, std::string_view> kTable = {
      // for less, equal, greater, unordered
      {"eq", "0100"},  {"ne", "1010"},  {"lt", "1000"},  {"le", "1100"},  {"gt", "0010"},
      {"ge", "0110"},  {"lo", "1000"},  {"ls", "1100"},  {"hi", "0010"},  {"hs", "0110"},
      {"equ", "0101"}, {"neu", "1011"}, {"ltu", "1001"}, {"leu", "1101"}, {"gtu", "0011"},
      {"geu", "0111"}, {"num", "1110"}, {"nan", "0001"}};
  return kTable.at(cmp)[size_t(c + 1)] == '1';
}

bool combine(std::string_view op, bool a, bool b) {
  return op == "and" ? a && b : op == "or" ? a || b : op == "xor" ? a != b : a;
}

// How the predicate operand is written: not at all, p or !p. There are thousands of these forms, so
// the name decides instead of trying both.
struct Third {
  std::string text;
  bool present, negated;
};
size_t lot(const Form& form) {
  return std::hash<std::string>()(form.name()) >> 7;
}
Third thirdOf(const Form& form) {
  if (!form.has("bool"))
    return {"", false, false};
  bool negated = lot(form) & 1;
  return {negated ? ", !%i2" : ", %i2", true, negated};
}

Reference comparison(const Form& form, const Third& third, Type t, const std::string& outputs) {
  Reference r;
  r.text = form.name() + " " + outputs + ", %i0, %i1" + third.text;
  r.in = {{t}, {t}};
  if (third.present)
    r.in.push_back({Type::Pred});
  return r;
}

std::vector<Reference> setpReferences(const Form& form) {
  Type t = form.type();
  std::string cmp(form.text("cmp")), op(form.text("bool"));
  bool ftz = form.has("ftz"), pair = ptx::isHalfPair(t);
  Third third = thirdOf(form);
  bool two = pair || (lot(form) & 2);
  Reference r = comparison(form, third, t, two ? "%o0|%o1" : "%o0");
  r.out.assign(two ? 2 : 1, {Type::Pred});
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    bool c = third.present && (in[2] != 0) != third.negated;
    uint64_t x = pair ? in[0] & 0xffff : in[0], y = pair ? in[1] & 0xffff : in[1];
    bool low = holds(cmp, order(x, y, t, ftz));
    bool high = pair ? holds(cmp, order(in[0] >> 16, in[1] >> 16, t, ftz)) : !low;
    out[0] = combine(op, low, c);
    out[1] = combine(op, high, c);
  };
  return {r};
}

uint64_t truth(bool p, Type d) {
  if (!p)
    return 0;
  switch (d) {
  case Type::F32:
    return 0x3f800000;
  case Type::F16:
    return 0x3c00;
  case Type::BF16:
    return 0x3f80;
  default:
    return maskOf(ptx::bitsOf(d));
  }
}

std::vector<Reference> setReferences(const Form& form) {
  Type d = form.type(0), t = form.type(1);
  std::string cmp(form.text("cmp")), op(form.text("bool"));
  bool ftz = form.has("ftz"), pair = ptx::isHalfPair(t);
  // Packed comparisons give a packed number or two halves of a 32-bit integer.
  Type part = !pair ? d : ptx::isHalfPair(d) ? ptx::partOf(d) : Type::U16;
  Third third = thirdOf(form);
  Reference r = comparison(form, third, t, "%o0");
  r.out = {{d}};
  r.exactNan = true;
  r.compute = [=](const uint64_t* in, uint64_t* out) {
    bool c = third.present && (in[2] != 0) != third.negated;
    out[0] = eachPart(pair ? t : Type::F32, in, 2, [&](const uint64_t* x) {
      return truth(combine(op, holds(cmp, order(x[0], x[1], t, ftz)), c), part);
    });
  };
  return {r};
}

} // namespace

std::vector<Reference> compareReferences(const Form& form) {
  std::string_view m = form.info->mnemonic;
  if (m == "setp")
    return setpReferences(form);
  if (m == "set")
    return setReferences(form);
  if (m == "selp") {
    Reference r = plainReference(form);
    r.exactNan = true;
    r.compute = [](const uint64_t* in, uint64_t* out) { out[0] = in[2] ? in[0] : in[1]; };
    return {r};
  }
  if (m == "slct") {
    Reference r = plainReference(form);
    Type c = form.type(1);
    bool ftz = form.has("ftz");
    r.exactNan = true;
    // A NaN selects the second operand, -0 the first.
    r.compute = [=](const uint64_t* in, uint64_t* out) {
      int o = order(in[2], 0, c, ftz);
      out[0] = o == 0 || o == 1 ? in[0] : in[1];
    };
    return {r};
  }
  return {};
}

} // namespace anywarp::ptxsweep
