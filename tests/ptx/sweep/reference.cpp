// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "reference.h"

#include "ptx/lower/types.h"

namespace anywarp::ptxsweep {

using ptx::Type;

std::vector<Reference> references(const Form& form) {
  for (Factory f : {integerReferences, bitReferences, floatReferences, compareReferences,
                    convertReferences, videoReferences, approximateReferences})
    if (auto found = f(form); !found.empty())
      return found;
  return {};
}

Reference plainReference(const Form& form) {
  Reference r;
  r.text = form.name();
  std::string separator = " ";
  for (const ptx::OperandInfo& o : form.info->operands) {
    if (o.optional)
      continue;
    Type t = o.kind == ptx::OperandInfo::Fixed            ? o.fixed
             : o.kind == ptx::OperandInfo::WideOfPosition ? ptx::widened(form.type(o.position))
             : o.kind == ptx::OperandInfo::OfPosition     ? form.type(o.position)
                                                          : Type::None;
    auto& list = o.written ? r.out : r.in;
    r.text += separator + (o.written ? "%o" : "%i") + std::to_string(list.size());
    separator = ", ";
    list.push_back({t});
  }
  return r;
}

const Format& formatOf(Type t) {
  switch (ptx::partOf(t)) {
  case Type::F16:
    return kF16;
  case Type::BF16:
    return kBF16;
  case Type::F64:
    return kF64;
  case Type::TF32:
    return kTF32;
  case Type::E4M3x2:
    return kE4M3;
  case Type::E5M2x2:
    return kE5M2;
  default:
    return kF32;
  }
}

uint64_t eachPart(Type t, const uint64_t* in, unsigned count,
                  const std::function<uint64_t(const uint64_t*)>& fn) {
  if (ptx::partOf(t) == t)
    return fn(in);
  uint64_t low[4], high[4];
  for (unsigned i = 0; i < count; ++i) {
    low[i] = in[i] & 0xffff;
    high[i] = in[i] >> 16 & 0xffff;
  }
  return (fn(low) & 0xffff) | (fn(high) & 0xffff) << 16;
}

bool sameResult(uint64_t want, uint64_t got, const Value& value, bool exactNan) {
  if (want == got)
    return true;
  if (exactNan)
    return false;
  Type t = value.type;
  unsigned bits = ptx::isHalf(t) || ptx::isHalfPair(t) ? 16
                  : t == Type::F32 || value.floatPair || t == Type::TF32 ? 32
                  : t == Type::F64                                        ? 64
                                                                          : 0;
  if (!bits)
    return false;
  const Format& f = value.floatPair ? kF32 : formatOf(t);
  auto isNan = [&](uint64_t x) { return decode(x, f).kind == Number::NaN; };
  for (unsigned at = 0; at < (value.floatPair ? 64u : ptx::isHalfPair(t) ? 32u : bits); at += bits) {
    uint64_t w = want >> at & maskOf(bits), g = got >> at & maskOf(bits);
    if (w != g && !(isNan(w) && isNan(g)))
      return false;
  }
  return true;
}

} // namespace anywarp::ptxsweep
