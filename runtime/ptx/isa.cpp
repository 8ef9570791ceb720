// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/isa.h"

#include "ptx/lower/types.h"
#include "ptx/names.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

namespace anywarp::ptx {

#include "ptx/isa_tables.inc"

namespace {

using ByMnemonic = std::unordered_map<std::string_view, std::vector<const InstrInfo*>>;

const ByMnemonic& byMnemonic() {
  static const ByMnemonic map = [] {
    ByMnemonic m;
    for (const InstrInfo& info : kInstructions)
      m[info.mnemonic].push_back(&info);
    return m;
  }();
  return map;
}

bool spelled(std::string_view spelling, std::string_view text) {
  // Most questions end at the first character; the rest is for a few wildcards.
  if (spelling.empty() || text.empty() || (spelling[0] != text[0] && spelling[0] != '*'))
    return false;
  size_t star = spelling.find('*');
  if (star == std::string_view::npos)
    return spelling == text;
  return text.size() + 1 >= spelling.size() && text.starts_with(spelling.substr(0, star)) &&
         text.ends_with(spelling.substr(star + 1));
}

bool accepts(const SlotInfo& slot, std::string_view text) {
  return std::ranges::any_of(slot.spellings, [&](auto s) { return spelled(s, text); });
}

bool contains(std::span<const Type> types, Type type) {
  return std::ranges::find(types, type) != types.end();
}

// How far a record got: the best one tells what is wrong with an instruction that none accepts.
struct Refusal {
  unsigned score = 0;
  std::string reason;

  void offer(unsigned points, std::string text) {
    if (points >= score || reason.empty()) {
      score = points;
      reason = std::move(text);
    }
  }
};

std::string describe(const InstrInfo& info, const Term& term) {
  if (term.where >= Term::kOperand && term.where != Term::kAnyType)
    return "operand " + std::to_string(term.where - Term::kOperand + 1);
  if (term.text.empty())
    return "one of '." + std::string(info.slots[term.where].spellings[0]) + "', ...";
  auto has = [&](const SlotInfo& slot) {
    return std::ranges::find(slot.spellings, term.text) != slot.spellings.end();
  };
  std::string word = "'." + std::string(term.text) + "'"; // of matrices: of which one?
  return term.where < Term::kType && std::ranges::count_if(info.slots, has) > 1
             ? std::string(info.slots[term.where].name) + " " + word
             : word;
}

std::string describe(const InstrInfo& info, const Rule& rule) {
  std::string text;
  for (const Term& term : rule.left)
    text += (text.empty() ? "" : " with ") + describe(info, term);
  if (rule.right.empty())
    return text + (rule.left.size() > 1 ? " do not go together" : " is not allowed here");
  text += text.empty() ? "it needs " : " needs ";
  for (size_t i = 0; i < rule.right.size(); ++i)
    text += (i ? " or " : "") + describe(info, rule.right[i]);
  return text;
}

// The first rule that does not hold. Without an instruction nothing is said about operands.
const Rule* broken(const Matched& m) {
  auto holds = [&](const Term& term) { return m.holds(term); };
  auto ofOperands = [](const Term& term) {
    return term.where >= Term::kOperand && term.where != Term::kAnyType;
  };
  for (const Rule& rule : m.info->rules) {
    if (!m.inst &&
        (std::ranges::any_of(rule.left, ofOperands) || std::ranges::any_of(rule.right, ofOperands)))
      continue;
    if (std::ranges::all_of(rule.left, holds) && std::ranges::none_of(rule.right, holds))
      return &rule;
  }
  return nullptr;
}

constexpr unsigned kAllModifiers = 100;

// Fills `m`; false if the record does not take these modifiers or that many operands.
bool tryMatch(const InstrInfo& info, Matched& m, Refusal& refusal) {
  m.info = &info;
  m.slots = {};
  m.numTypes = 0;
  unsigned taken = 0;
  for (std::string_view text : m.inst->modifiers) {
    bool fits = false;
    if (m.numTypes < info.types.size())
      if (auto type = typeFromName(text); type && contains(info.types[m.numTypes], *type)) {
        m.types[m.numTypes++] = *type;
        fits = true;
      }
    bool again = false;
    for (size_t i = 0; i < info.slots.size() && !fits; ++i)
      if (accepts(info.slots[i], text)) {
        again = !m.slots[i].empty() && !info.slots[i].repeat;
        if (again)
          continue;
        m.slots[i] = text;
        fits = true;
      }
    if (!fits) {
      refusal.offer(taken,
                    again ? "'." + std::string(text) + "' does not go with what stands before it"
                          : "modifier '." + std::string(text) + "'");
      return false;
    }
    ++taken;
  }
  if (m.numTypes != info.types.size()) {
    refusal.offer(taken, "missing type");
    return false;
  }
  for (size_t i = 0; i < info.slots.size(); ++i)
    if (info.slots[i].required && m.slots[i].empty()) {
      refusal.offer(taken, "missing modifier '." + std::string(info.slots[i].spellings[0]) + "'");
      return false;
    }
  size_t least = std::ranges::count_if(info.operands, [](auto& o) { return !o.optional; });
  size_t most = info.operands.size(), have = m.inst->operands.size();
  if (have < least || have > most) {
    std::string wanted = std::to_string(least);
    if (most > least)
      wanted += " to " + std::to_string(most);
    refusal.offer(2 * kAllModifiers,
                  "number of operands: " + std::to_string(have) + " instead of " + wanted);
    return false;
  }
  if (const Rule* rule = broken(m)) {
    refusal.offer(3 * kAllModifiers, describe(info, *rule));
    return false;
  }
  return true;
}

} // namespace

bool Matched::holds(const Term& term) const {
  if (term.where == Term::kAnyType)
    return std::find(types.begin(), types.begin() + numTypes, term.type) !=
           types.begin() + numTypes;
  if (term.where >= Term::kOperand)
    return inst && size() > size_t(term.where - Term::kOperand);
  if (term.where >= Term::kType)
    return types[term.where - Term::kType] == term.type;
  if (term.text.empty())
    return !slots[term.where].empty();
  // A slot that repeats keeps only its last modifier, so ask the text.
  return spelled(term.text, slots[term.where]) ||
         (info->slots[term.where].repeat && inst &&
          std::ranges::any_of(inst->modifiers, [&](auto x) { return spelled(term.text, x); }));
}

Need Matched::needs() const {
  Need result = info->since;
  for (const Need& need : info->needs)
    if (std::ranges::any_of(inst->modifiers, [&](auto x) { return spelled(need.word, x); })) {
      result.isa = std::max(result.isa, need.isa);
      if (need.target > result.target || (need.target == result.target && need.letter)) {
        result.target = need.target;
        result.letter = need.letter;
      }
    }
  return result;
}

std::string_view Matched::text(std::string_view slot) const {
  for (size_t i = 0; i < info->slots.size(); ++i)
    if (info->slots[i].name == slot)
      return slots[i];
  return {};
}

Type Matched::operandType(size_t i) const {
  const OperandInfo& o = info->operands[i];
  switch (o.kind) {
  case OperandInfo::Any:
  case OperandInfo::Address:
  case OperandInfo::Immediate:
    return Type::None;
  case OperandInfo::OfPosition:
    return types[o.position];
  case OperandInfo::WideOfPosition:
    return widened(types[o.position]);
  case OperandInfo::Fixed:
    return o.fixed;
  }
  return Type::None;
}

std::span<const InstrInfo> instructions() {
  return kInstructions;
}

Result<Matched> match(const Instruction& inst) {
  Matched m;
  m.inst = &inst;
  auto found = byMnemonic().find(inst.mnemonic);
  std::string full(inst.mnemonic);
  for (auto x : inst.modifiers)
    full.append(".").append(x);
  if (found == byMnemonic().end())
    return makeError(Status::InvalidPtx, "unknown instruction '" + full + "'");
  Refusal refusal;
  for (const InstrInfo* info : found->second)
    if (tryMatch(*info, m, refusal))
      return m;
  return makeError(Status::InvalidPtx, "'" + full + "' is no form of '" +
                                           std::string(inst.mnemonic) + "': " + refusal.reason);
}

bool allowed(const Matched& m) {
  return !broken(m);
}

bool isMnemonic(std::string_view name) {
  return byMnemonic().contains(name);
}

} // namespace anywarp::ptx
