// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ptx_instruction.h"

#include "ptx/lower/types.h"
#include "ptx/names.h"

#include <algorithm>
#include <map>

namespace anywarp::fuzz {

using ptx::InstrInfo;
using ptx::OperandInfo;
using ptx::Type;

namespace {

constexpr RegisterPool kPools[] = {
    {Type::Pred, "p", 1},  {Type::B8, "c", 8},      {Type::B16, "h", 16},  {Type::B32, "r", 32},
    {Type::B64, "d", 64},  {Type::B128, "q", 128},  {Type::U16, "hu", 16}, {Type::S16, "hs", 16},
    {Type::F16, "hf", 16}, {Type::BF16, "hb", 16},  {Type::U32, "ru", 32}, {Type::S32, "rs", 32},
    {Type::F32, "f", 32},  {Type::F16x2, "hx", 32}, {Type::U64, "du", 64}, {Type::S64, "ds", 64},
    {Type::F64, "e", 64},  {Type::BF16x2, "bx", 32}};

enum class Kind { Bits, Integer, Float, Predicate };
Kind kindOf(Type t) {
  if (t == Type::Pred)
    return Kind::Predicate;
  if (ptx::isInteger(t) || t == Type::U16x2 || t == Type::S16x2)
    return Kind::Integer;
  return ptx::isFloat(t) || ptx::isHalfPair(t) ? Kind::Float : Kind::Bits;
}

// In runnable programs floating-point registers hold nothing but their own type: the bits of a NaN
// are nobody's promise.
bool fits(const RegisterPool& pool, Type type, bool runnable) {
  if (ptx::bitsOf(pool.type) != ptx::bitsOf(type))
    return false;
  Kind have = kindOf(pool.type), want = kindOf(type);
  if ((have == Kind::Predicate) != (want == Kind::Predicate))
    return false;
  if (runnable && (have == Kind::Float || want == Kind::Float))
    return pool.type == type;
  return have == want || have == Kind::Bits || want == Kind::Bits;
}

using Records = std::vector<const InstrInfo*>;
bool isRunnable(const InstrInfo& info) {
  static const std::vector<std::string_view> never = {
      "mov",  "createpolicy", "isspacep", "istypep",  "cvta",
      "mapa", "getctarank",   "copysign", "mbarrier", "testp"};
  if (!info.isPure() || info.kind == ptx::LoweringKind::Refused ||
      std::ranges::find(never, info.mnemonic) != never.end())
    return false;
  for (const auto& slot : info.slots)
    if (slot.required && (slot.spellings[0] == "approx" || slot.spellings[0] == "f32x2"))
      return false; // f32x2: NaNs in a register of bits
  for (const OperandInfo& operand : info.operands)
    if (operand.kind == OperandInfo::Address)
      return false;
  return true;
}

// By mnemonic, so that the hundreds of forms of a few do not hide the rest.
const std::vector<Records>& recordsByMnemonic(bool runnable) {
  static const auto make = [](bool runnable) {
    std::map<std::string_view, Records> map;
    for (const InstrInfo& info : ptx::instructions())
      if (info.mnemonic != "bra" && info.mnemonic != "brx" && info.mnemonic != "call" &&
          info.mnemonic != "ret" && info.mnemonic != "exit" && (!runnable || isRunnable(info)))
        map[info.mnemonic].push_back(&info);
    std::vector<Records> all;
    for (auto& [name, records] : map)
      all.push_back(records);
    return all;
  };
  static const std::vector<Records> all = make(false), some = make(true);
  return runnable ? some : all;
}

// A type of more bits and the same kind.
Type widen(Type type, unsigned bits) {
  if (ptx::isSigned(type))
    return bits == 64 ? Type::S64 : bits == 32 ? Type::S32 : Type::S16;
  if (ptx::isUnsigned(type))
    return bits == 64 ? Type::U64 : bits == 32 ? Type::U32 : Type::U16;
  return bits == 64 ? Type::B64 : bits == 32 ? Type::B32 : Type::B16;
}

bool isMatrix(std::string_view mnemonic) {
  return mnemonic == "wmma" || mnemonic == "mma" || mnemonic == "wgmma" ||
         mnemonic.ends_with("matrix");
}

} // namespace

std::span<const RegisterPool> registerPools() {
  return kPools;
}

std::string InstructionWriter::declarations() {
  std::string text;
  for (const RegisterPool& pool : kPools)
    text += "  .reg ." + std::string(ptx::nameOf(pool.type)) + " %" + pool.name + "<" +
            std::to_string(kRegistersOfPool) + ">;\n";
  return text + "  .reg .v4 .f32 %v;\n  .reg .v2 .u32 %w;\n";
}

std::string InstructionWriter::reg(Type type) {
  std::vector<const RegisterPool*> pools;
  for (const RegisterPool& pool : kPools)
    if (fits(pool, type, runnable_))
      pools.push_back(&pool);
  if (pools.empty())
    return "%r0";
  return std::string("%") + c_.pick(pools)->name + std::to_string(c_.below(kRegistersOfPool));
}

std::string InstructionWriter::guard() {
  if (!c_.chance(30))
    return {};
  return (c_.chance(50) ? "@!" : "@") + predicate() + " ";
}

std::string InstructionWriter::constant(Type type) {
  char text[40];
  if (type == Type::F32) {
    snprintf(text, sizeof text, "0f%08x", unsigned(c_.bits64()));
    return text;
  }
  if (type == Type::F64) {
    snprintf(text, sizeof text, "0d%016llx", static_cast<unsigned long long>(c_.bits64()));
    return text;
  }
  uint64_t x =
      c_.pick({0ull, 1ull, 2ull, 5ull, 7ull, 31ull, 32ull, 33ull, 63ull, 64ull, 127ull, 128ull,
               255ull, 0x8000ull, 0xffffull, 0x7fffffffull, 0x80000000ull, 0xffffffffull});
  return (c_.chance(20) ? "-" : "") + std::to_string(x);
}

std::string InstructionWriter::value(Type type) {
  Kind kind = kindOf(type);
  bool number = kind == Kind::Integer || ptx::isWideFloat(type) ||
                (kind == Kind::Bits && ptx::bitsOf(type) >= 16 && ptx::bitsOf(type) <= 64);
  if (number && c_.chance(25))
    return constant(type);
  if (!runnable_ && ptx::bitsOf(type) == 32 && kind != Kind::Float && c_.chance(10))
    return special();
  return reg(type);
}

std::string InstructionWriter::special() {
  return c_.pick({"%tid.x",
                  "%tid.y",
                  "%ntid.x",
                  "%ctaid.x",
                  "%nctaid.z",
                  "%laneid",
                  "%warpid",
                  "%nwarpid",
                  "%smid",
                  "%lanemask_lt",
                  "%lanemask_ge",
                  "%clock",
                  "%cluster_ctarank",
                  "%dynamic_smem_size",
                  "%total_smem_size",
                  "%clusterid.x",
                  "%nclusterid.y",
                  "%cluster_nctaid.x",
                  "%envreg3",
                  "%globaltimer_lo",
                  "WARP_SZ"});
}

std::string InstructionWriter::address(std::string_view space) {
  std::string offset = c_.chance(40) ? "+" + std::to_string(c_.below(16) * 16) : "";
  std::string_view name;
  bool shared = space.starts_with("shared");
  if (shared)
    name = c_.pick({"sdata", "dynamic", "inner"});
  else if (space == "local")
    name = "stack";
  else if (space == "const")
    name = "cdata";
  else if (space == "global")
    name = c_.pick({"gdata", "counter"});
  else if (space == "param" || space == "param::entry" || space == "param::func")
    return "[" + c_.pick({std::string("block"), std::string("out"), std::string("pass")}) + offset +
           "]";
  if (!name.empty() && c_.chance(50))
    return "[" + std::string(name) + offset + "]";
  if (shared && c_.chance(60))
    return "[%r" + std::to_string(c_.below(kRegistersOfPool)) + offset + "]";
  if (c_.chance(4))
    return "[" + std::to_string(c_.below(3) * 64) + "]";
  return "[%d" + std::to_string(c_.below(kRegistersOfPool)) + offset + "]";
}

const InstrInfo& InstructionWriter::record() {
  const auto& all = recordsByMnemonic(runnable_);
  const Records* records = &c_.pick(all);
  // They take a hundred times as long to compile.
  if (isMatrix(records->front()->mnemonic) && c_.chance(85))
    records = &c_.pick(all);
  return *c_.pick(*records);
}

bool InstructionWriter::chooseForm(const InstrInfo& info) {
  instruction_ = {};
  instruction_.mnemonic = info.mnemonic;
  words_.clear();
  words_.reserve(32);
  m_ = {};
  m_.inst = &instruction_;
  m_.info = &info;
  auto add = [&](std::string_view spelling) {
    std::string word(spelling);
    if (size_t star = word.find('*'); star != word.npos)
      word.replace(star, 1,
                   word.starts_with("m64n")
                       ? std::to_string(8 + 8 * c_.below(c_.chance(10) ? 32 : 3))
                   : word.starts_with("sync") ? "shared::cta::cluster"
                   : word == "*"              ? "b32"
                   : word.starts_with("tens") ? "generic"
                                              : "cta");
    words_.push_back(std::move(word));
    return std::string_view(words_.back());
  };
  for (size_t i = 0; i < info.slots.size(); ++i) {
    const ptx::SlotInfo& slot = info.slots[i];
    if (!slot.required && !c_.chance(slot.repeat ? 15 : 30))
      continue;
    m_.slots[i] = add(c_.pick(slot.spellings));
    instruction_.modifiers.push_back(m_.slots[i]);
  }
  for (auto types : info.types) {
    Type t = c_.pick(types);
    m_.types[m_.numTypes++] = t;
    instruction_.modifiers.push_back(ptx::nameOf(t));
  }
  size_t least = size_t(std::ranges::count_if(info.operands, [](auto& o) { return !o.optional; }));
  for (size_t n : {least + c_.below(uint32_t(info.operands.size() - least + 1)), least,
                   info.operands.size()}) {
    instruction_.operands.assign(n, {});
    if (ptx::allowed(m_))
      return true;
  }
  return false;
}

std::string InstructionWriter::write() {
  bool found = false;
  for (int i = 0; i < 40 && !found; ++i)
    found = chooseForm(record());
  if (!found)
    return "add.s32 %r0, %r0, 1;";
  std::string text(instruction_.mnemonic);
  for (std::string_view x : instruction_.modifiers)
    text.append(".").append(x);
  for (size_t i = 0; i < m_.size(); ++i)
    text += (i ? ", " : " ") + operand(i);
  return text + ";";
}

std::string InstructionWriter::immediate(int64_t low, int64_t high) {
  if (low > high) {
    low = 0;
    high = 15;
  }
  bool power = m_.info->mnemonic == "alloca" || m_.info->mnemonic == "cp";
  if (power) // of cp.async and alloca
    return m_.text("cop") == "cg" ? "16" : std::to_string(4 << c_.below(3));
  return std::to_string(low + c_.below(uint32_t(high - low + 1)));
}

std::string InstructionWriter::operand(size_t i) {
  const OperandInfo& info = m_.info->operands[i];
  switch (info.kind) {
  case OperandInfo::Immediate:
    return immediate(info.low, info.high);
  case OperandInfo::Address:
    return addressOperand(i);
  case OperandInfo::Any:
    return anyOperand(i);
  default:
    break;
  }
  Type type = m_.operandType(i);
  unsigned bits = ptx::bitsOf(type);
  // Few programs have registers of 8 bits.
  if (info.wider && !runnable_ && kindOf(type) != Kind::Float && c_.chance(bits == 8 ? 80 : 15))
    type = widen(type, c_.chance(30) && bits < 64 ? 64 : std::max(bits, 32u));
  else if (info.wider && runnable_ && bits == 8)
    type = widen(type, 32);
  if (info.written)
    return reg(type);
  bool divisor = i == 2 && (m_.info->mnemonic == "div" || m_.info->mnemonic == "rem");
  if (runnable_ && divisor && ptx::isInteger(type))
    return std::to_string(c_.pick({3, 1, 7, 10, 64, 1000}));
  if (type == Type::Pred)
    return (c_.chance(20) ? "!" : "") + predicate();
  return value(type);
}

} // namespace anywarp::fuzz
