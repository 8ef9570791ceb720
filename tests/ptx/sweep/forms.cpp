// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "forms.h"

#include "ptx/names.h"

#include <algorithm>
#include <mutex>
#include <set>

namespace anywarp::ptxsweep {

using ptx::Type;

namespace {

// Lives for ever: forms keep views.
std::string_view intern(const std::string& text) {
  static std::mutex mutex;
  static std::set<std::string> all;
  std::lock_guard lock(mutex);
  return *all.insert(text).first;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> list;
  while (!text.empty()) {
    size_t dot = std::min(text.find('.'), text.size());
    list.push_back(text.substr(0, dot));
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return list;
}

constexpr std::string_view kWgmmaShape = "m64n*";

// PTX ISA 9.7.15.5: all multiples of 8 up to 256, of integers those of 16 beyond 32.
std::vector<std::string_view> wgmmaShapes(const ptx::InstrInfo& info, std::string_view spelling) {
  bool integer = info.record.ends_with("S8") || info.record.ends_with("B1");
  std::vector<std::string_view> all;
  for (unsigned n = 8; n <= 256; n += integer && n >= 32 ? 16 : 8)
    all.push_back(
        intern("m64n" + std::to_string(n) + std::string(spelling.substr(kWgmmaShape.size()))));
  return all;
}

bool isHint(const ptx::SlotInfo& slot) {
  return !slot.required && (slot.name == "cop" || slot.name == "hint");
}

// Hints that exclude each other: L1::evict_*, L2::evict_*, sizes, the cache policy.
std::string_view kindOf(std::string_view hint) {
  size_t colon = hint.find("::");
  if (colon == hint.npos)
    return "cop";
  if (hint.ends_with("B"))
    return "size";
  if (hint.ends_with("cache_hint"))
    return "policy";
  return hint.substr(0, colon);
}

// One or two hints with their slots.
using Hints = std::vector<std::pair<size_t, std::string_view>>;

std::vector<Hints> hintsOf(const ptx::InstrInfo& info) {
  Hints single;
  for (size_t i = 0; i < info.slots.size(); ++i)
    if (isHint(info.slots[i]))
      for (std::string_view s : info.slots[i].spellings)
        single.push_back({i, s});
  std::vector<Hints> all;
  for (size_t i = 0; i < single.size(); ++i) {
    all.push_back({single[i]});
    for (size_t k = i + 1; k < single.size(); ++k)
      if (kindOf(single[i].second) != kindOf(single[k].second))
        all.push_back({single[i], single[k]});
  }
  return all;
}

std::vector<Form> hintedForms(const ptx::InstrInfo& info, const std::vector<Form>& bases) {
  std::vector<Form> forms;
  for (const Hints& hints : hintsOf(info)) {
    // What stood beside these hints: (place, text). Two hints need only stand together once.
    std::set<std::pair<size_t, std::string_view>> seen;
    for (const Form& base : bases) {
      std::set<std::pair<size_t, std::string_view>> beside;
      if (hints.size() == 1) {
        for (size_t i = 0; i < base.slots.size(); ++i)
          beside.insert({i, base.slots[i]});
        for (size_t i = 0; i < base.types.size(); ++i)
          beside.insert({100 + i, ptx::nameOf(base.types[i])});
      } else {
        beside.insert({0, ""});
      }
      if (std::ranges::includes(seen, beside))
        continue;
      Form form = base;
      for (auto& [slot, text] : hints) {
        std::string joined(form.slots[slot]);
        form.slots[slot] = intern(joined.append(joined.empty() ? "" : ".").append(text));
      }
      if (!isLegal(form))
        continue;
      seen.insert(beside.begin(), beside.end());
      forms.push_back(form);
    }
  }
  return forms;
}

} // namespace

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

bool Form::says(std::string_view modifier) const {
  for (std::string_view s : slots)
    for (std::string_view word : words(s))
      if (word == modifier)
        return true;
  return false;
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
  bool hints = false;
  for (const ptx::SlotInfo& slot : info.slots) {
    std::vector<std::string_view> choices;
    if (!slot.required || slot.repeat)
      choices.push_back({});
    if (isHint(slot))
      hints = true;
    else if (!slot.repeat)
      for (std::string_view s : slot.spellings)
        if (s.find('*') == s.npos)
          choices.push_back(s);
        else if (s.starts_with(kWgmmaShape))
          for (std::string_view shape : wgmmaShapes(info, s))
            choices.push_back(shape);
    if (choices.empty())
      choices.push_back({});
    extend(choices, &Form::slots);
  }
  for (auto types : info.types)
    extend(types, &Form::types);
  if (hints) {
    std::erase_if(forms, [](const Form& f) { return !isLegal(f); });
    std::vector<Form> hinted = hintedForms(info, forms);
    forms.insert(forms.end(), hinted.begin(), hinted.end());
  }
  return forms;
}

Form formOf(const ptx::Matched& m) {
  Form f{m.info, {}, {}};
  for (size_t i = 0; i < m.info->slots.size(); ++i) {
    const ptx::SlotInfo& slot = m.info->slots[i];
    std::string text;
    if (slot.repeat) {
      for (std::string_view s : slot.spellings)
        if (std::ranges::find(m.inst->modifiers, s) != m.inst->modifiers.end())
          text.append(text.empty() ? "" : ".").append(s);
    } else if (std::ranges::find(slot.spellings, m.slots[i]) != slot.spellings.end() ||
               m.slots[i].starts_with("m64n")) {
      text = m.slots[i];
    }
    f.slots.push_back(intern(text));
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
  for (size_t i = 0; i < form.slots.size(); ++i) {
    std::vector<std::string_view> list = words(form.slots[i]);
    m.slots[i] = list.empty() ? std::string_view() : list.back();
    instruction.modifiers.insert(instruction.modifiers.end(), list.begin(), list.end());
  }
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
