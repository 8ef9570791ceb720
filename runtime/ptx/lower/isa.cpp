// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx/lower/isa.h"

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

// Fills `m`; false if the record does not take these modifiers or that many operands.
// `reason` names the first thing that it refused.
bool tryMatch(const InstrInfo& info, Matched& m, std::string& reason) {
  m.info = &info;
  m.slots = {};
  m.numTypes = 0;
  for (std::string_view text : m.inst->modifiers) {
    if (m.numTypes < info.types.size())
      if (auto type = typeFromName(text); type && contains(info.types[m.numTypes], *type)) {
        m.types[m.numTypes++] = *type;
        continue;
      }
    bool taken = false;
    for (size_t i = 0; i < info.slots.size() && !taken; ++i)
      if ((m.slots[i].empty() || info.slots[i].repeat) && accepts(info.slots[i], text)) {
        m.slots[i] = text;
        taken = true;
      }
    if (!taken) {
      reason = "modifier '." + std::string(text) + "'";
      return false;
    }
  }
  if (m.numTypes != info.types.size()) {
    reason = "missing type";
    return false;
  }
  for (size_t i = 0; i < info.slots.size(); ++i)
    if (info.slots[i].required && m.slots[i].empty()) {
      reason = "missing modifier '." + std::string(info.slots[i].spellings[0]) + "'";
      return false;
    }
  size_t least = std::ranges::count_if(info.operands, [](auto& o) { return !o.optional; });
  if (m.inst->operands.size() < least || m.inst->operands.size() > info.operands.size()) {
    reason = "number of operands";
    return false;
  }
  return true;
}

} // namespace

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
    return makeError(Status::InvalidPtx, "instruction '" + full + "' is not supported");
  std::string reason;
  for (const InstrInfo* info : found->second)
    if (tryMatch(*info, m, reason))
      return m;
  return makeError(Status::InvalidPtx,
                   "this form of instruction '" + full + "' is not supported (" + reason + ")");
}

} // namespace anywarp::ptx
