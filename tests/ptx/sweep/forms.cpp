// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "forms.h"

#include "ptx/names.h"

#include <algorithm>

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
        if (s.find('*') == s.npos)
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
    const auto& spellings = m.info->slots[i].spellings;
    bool listed = std::ranges::find(spellings, m.slots[i]) != spellings.end();
    f.slots.push_back(listed && !m.info->slots[i].repeat ? m.slots[i] : std::string_view());
  }
  f.types.assign(m.types.begin(), m.types.begin() + m.numTypes);
  return f;
}

bool isLegal(const Form& form) {
  const ptx::InstrInfo& info = *form.info;
  if (info.kind == ptx::LoweringKind::Refused)
    return false;
  ptx::Instruction instruction;
  ptx::Matched m;
  m.inst = &instruction;
  m.info = &info;
  std::copy(form.slots.begin(), form.slots.end(), m.slots.begin());
  std::copy(form.types.begin(), form.types.end(), m.types.begin());
  m.numTypes = unsigned(form.types.size());
  // Rules may ask for operands that can be missing: any number of them will do.
  size_t least = size_t(std::ranges::count_if(info.operands, [](auto& o) { return !o.optional; }));
  for (size_t n = least; n <= info.operands.size(); ++n) {
    instruction.operands.resize(n);
    auto holds = [&](const ptx::Term& term) { return m.holds(term); };
    auto broken = [&](const ptx::Rule& rule) {
      return std::ranges::all_of(rule.left, holds) && std::ranges::none_of(rule.right, holds);
    };
    if (std::ranges::none_of(info.rules, broken))
      return true;
  }
  return false;
}

} // namespace anywarp::ptxsweep
