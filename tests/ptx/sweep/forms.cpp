// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "forms.h"

#include "ptx/lower/types.h"
#include "ptx/names.h"

namespace anywarp::ptxsweep {

using ptx::Type;

std::string_view Form::text(std::string_view slot) const {
  for (size_t i = 0; i < info->slots.size(); ++i)
    if (info->slots[i].name == slot)
      return slots[i];
  return {};
}

std::string Form::name() const {
  std::string s(info->mnemonic);
  for (std::string_view x : slots)
    if (!x.empty())
      s.append(".").append(x);
  for (Type t : types)
    s.append(".").append(ptx::nameOf(t));
  return s;
}

std::vector<Form> formsOf(const ptx::InstrInfo& info) {
  std::vector<Form> forms{{&info, {}, {}}};
  auto extend = [&](auto&& choices, auto member) {
    std::vector<Form> next;
    for (const Form& f : forms)
      for (const auto& c : choices) {
        next.push_back(f);
        (next.back().*member).push_back(c);
      }
    forms = std::move(next);
  };
  for (const ptx::SlotInfo& slot : info.slots) {
    std::vector<std::string_view> choices;
    if (!slot.required)
      choices.push_back({});
    if (!slot.repeat)
      for (std::string_view s : slot.spellings)
        if (!s.ends_with('*'))
          choices.push_back(s);
    if (choices.empty())
      choices.push_back({});
    extend(choices, &Form::slots);
  }
  for (auto types : info.types)
    extend(types, &Form::types);
  return forms;
}

Form formOf(const ptx::Matched& m) {
  Form f{m.info, {}, {}};
  for (size_t i = 0; i < m.info->slots.size(); ++i) {
    bool open = m.info->slots[i].repeat;
    for (std::string_view s : m.info->slots[i].spellings)
      open |= s.ends_with('*') && !s.empty();
    f.slots.push_back(open ? std::string_view() : m.slots[i]);
  }
  f.types.assign(m.types.begin(), m.types.begin() + m.numTypes);
  return f;
}

namespace {

bool directed(std::string_view rnd) {
  return rnd == "rn" || rnd == "rz" || rnd == "rm" || rnd == "rp";
}

bool wide(Type t) {
  return ptx::isWideFloat(t);
}
bool isBF(Type t) {
  return t == Type::BF16 || t == Type::BF16x2;
}

// PTX ISA 9.7.6: which operators compare which types.
bool comparable(std::string_view cmp, Type t) {
  auto in = [&](std::string_view list) {
    return (" " + std::string(list) + " ").find(" " + std::string(cmp) + " ") != std::string::npos;
  };
  if (in("eq ne"))
    return true;
  if (ptx::isBits(t))
    return false;
  if (in("lt le gt ge"))
    return true;
  return in("lo ls hi hs") ? ptx::isUnsigned(t) : !ptx::isInteger(t);
}

bool flushesCompare(Type t) {
  return t == Type::F32 || t == Type::F16 || t == Type::F16x2;
}

bool legalSet(const Form& f) {
  Type d = f.type(0), s = f.type(1);
  if (!comparable(f.text("cmp"), s))
    return false;
  if (f.has("ftz") && (!flushesCompare(s) || isBF(d)))
    return false;
  bool number = d == Type::U32 || d == Type::S32;
  if (ptx::isHalfPair(s))
    return number || d == s;
  if (ptx::isHalfPair(d))
    return false;
  bool small = d == Type::U16 || d == Type::S16;
  if (ptx::isHalf(s))
    return number || small || d == s || (d == Type::BF16 && s == Type::F16);
  return !small;
}

bool legalIntegerCvt(const Form& f) {
  if (f.has("rnd") || f.has("ftz"))
    return false;
  if (!f.has("sat"))
    return true;
  // Only where the source has values that the destination has not.
  Type d = f.type(0), s = f.type(1);
  unsigned to = ptx::bitsOf(d), from = ptx::bitsOf(s);
  if (ptx::isSigned(s))
    return ptx::isUnsigned(d) || from > to;
  return from > to || (ptx::isSigned(d) && from == to);
}

bool legalFloatCvt(const Form& f) {
  Type d = f.type(0), s = f.type(1);
  std::string_view rnd = f.text("rnd");
  bool ftz = f.has("ftz"), sat = f.has("sat");
  if (ftz && d != Type::F32 && s != Type::F32)
    return false;
  if (sat && (isBF(d) || isBF(s)))
    return false;
  if (d == s)
    return rnd.empty() ? !sat || !isBF(d) : !directed(rnd) && rnd != "rna";
  if (!rnd.empty() && !directed(rnd))
    return false;
  bool exact = ptx::bitsOf(d) > ptx::bitsOf(s);
  if (exact)
    return rnd.empty() || s == Type::BF16;
  return !rnd.empty() || ptx::bitsOf(d) == ptx::bitsOf(s);
}

bool legalCvt(const Form& f) {
  Type d = f.type(0), s = f.type(1);
  std::string_view rnd = f.text("rnd");
  bool ftz = f.has("ftz"), sat = f.has("sat");
  if (f.has("relu") || f.has("satfinite"))
    return s == Type::F32 && ptx::isHalf(d) && (rnd == "rn" || rnd == "rz") && !ftz && !sat;
  if (ptx::isInteger(d) && ptx::isInteger(s))
    return legalIntegerCvt(f);
  bool bytes = ptx::bitsOf(d) == 8 || ptx::bitsOf(s) == 8;
  if (ptx::isInteger(s))
    return directed(rnd) && (!ftz || d == Type::F32) && !(isBF(d) && (sat || bytes));
  if (ptx::isInteger(d))
    return rnd.size() == 3 && rnd != "rna" && (!ftz || s == Type::F32) &&
           !(isBF(s) && (sat || bytes));
  return legalFloatCvt(f);
}

bool legalFma(const Form& f) {
  Type t = f.type();
  bool ftz = f.has("ftz"), sat = f.has("sat"), relu = f.has("relu");
  if (!f.has("rnd") || (sat && relu) || (ftz && f.has("oob")))
    return false;
  return !isBF(t) || !(ftz || sat);
}

} // namespace

bool isLegal(const Form& f) {
  std::string_view m = f.info->mnemonic;
  Type t = f.type();
  if (m == "cvt" && f.info->record == "Cvt")
    return legalCvt(f);
  if (m == "cvt")
    return f.text("rnd") != "rna" || !f.has("relu");
  if (m == "set")
    return legalSet(f);
  if (m == "setp")
    return comparable(f.text("cmp"), t) && (!f.has("ftz") || flushesCompare(t));
  if (m == "slct")
    return !f.has("ftz") || f.type(1) == Type::F32;
  if (f.info->record == "FmaHalf")
    return legalFma(f);
  if (m[0] == 'v' && f.types.size() == 3)
    return !(f.has("sat") && f.has("add"));
  bool noMode = t == Type::F64 || isBF(t);
  if ((m == "min" || m == "max") && (wide(t) || ptx::isHalf(t) || ptx::isHalfPair(t))) {
    bool plain = !f.has("NaN") && !f.has("xorsign") && !f.has("ftz");
    return f.has("xorsign") == f.has("abs") && (t != Type::F64 || plain) &&
           !(isBF(t) && f.has("ftz"));
  }
  if (m == "min" || m == "max")
    return !f.has("relu") || t == Type::S16x2 || t == Type::S32;
  if (m == "ex2" && f.info->record == "Ex2Half")
    return f.has("ftz") == isBF(t);
  if (f.has("approx"))
    return true;
  if (noMode && (f.has("ftz") || f.has("sat")))
    return false;
  bool needsRounding = m == "fma" || m == "div" || (m == "mad" && f.info->record == "MadF");
  if (needsRounding && (wide(t) || f.has("f32x2")) && !f.has("rnd"))
    return f.has("full");
  return true;
}

} // namespace anywarp::ptxsweep
