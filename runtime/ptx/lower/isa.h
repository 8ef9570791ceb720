// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The instruction tables as C++ sees them: one InstrInfo for every record of runtime/ptx/isa/*.td,
// and the search for the record that accepts an instruction as written. Constant data; safe from
// any thread. Knows no LLVM: part of the library that reads PTX, used by check.h and by lower/.
#pragma once

#include "ptx/ast.h"
#include "support/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace anywarp::ptx {

enum class LoweringKind : uint8_t { Op, Intrinsic, DeviceLib, Rounded, Half, Custom, Refused };

struct SlotInfo {
  std::string_view name;
  std::span<const std::string_view> spellings; // * stands for any text
  bool required = false, repeat = false;
};

struct OperandInfo {
  enum Kind : uint8_t { Any, OfPosition, WideOfPosition, Fixed, Address, Immediate };
  Kind kind = Any;
  uint8_t position = 0;
  Type fixed = Type::None;
  bool written = false, optional = false;
  bool wider = false;         // registers wider than the type will do (PTX ISA 9.4.1)
  int32_t low = 0, high = -1; // bounds of an immediate, if low <= high
};

// A word of a rule: a modifier, any modifier of a slot (text empty), or a type.
struct Term {
  static constexpr uint8_t kType = 0x80, kOperand = 0x90, kAnyType = 0xff; // + position
  uint8_t where = 0;                                      // slot, or one of these
  std::string_view text;
  Type type = Type::None;
};
// Where all of `left` hold, one of `right` must; with an empty `right` they never hold together.
struct Rule {
  std::span<const Term> left, right;
};
// Since when a form, or the modifier or type `word` of it, exists.
struct Need {
  std::string_view word;
  int isa = 0;         // PTX ISA version, 10 * major + minor
  int target = 0;      // least .target sm_NN
  bool letter = false; // only targets with a letter: sm_90a, sm_100f
};

struct InstrInfo {
  enum Flags : uint32_t {
    kReads = 1,
    kWrites = 2,
    kConvergent = 4,
    kTerminator = 8,
    kGuard = 16,  // the lowering handles the guard itself
    kImpure = 32, // must not run when the guard is false
  };
  std::string_view mnemonic, record;
  std::span<const SlotInfo> slots;
  std::span<const std::span<const Type>> types;
  std::span<const OperandInfo> operands;
  std::span<const Rule> rules;
  std::span<const Need> needs; // of single words
  Need since;
  uint32_t flags = 0;
  LoweringKind kind = LoweringKind::Op;
  std::string_view name; // of what lowers it; the reason of a refused form
  uint16_t custom = 0;   // index in lower/'s table of functions

  // True if it may run speculatively: only its written registers tell that it ran.
  bool isPure() const { return (flags & ~uint32_t(kGuard)) == 0; }
};

// An instruction and the record that describes it.
struct Matched {
  static constexpr unsigned kMaxSlots = 12, kMaxTypes = 4;
  const Instruction* inst = nullptr;
  const InstrInfo* info = nullptr;
  std::array<std::string_view, kMaxSlots> slots; // modifier in each slot of the record, empty: none
  std::array<Type, kMaxTypes> types{};
  unsigned numTypes = 0;

  std::string_view text(std::string_view slot) const;
  bool has(std::string_view slot) const { return !text(slot).empty(); }
  Type type(unsigned i = 0) const { return types[i]; }
  bool holds(const Term& term) const;
  // The latest ISA version and target that the form as written needs.
  Need needs() const;
  size_t size() const { return inst->operands.size(); }
  const Operand& op(size_t i) const { return inst->operands[i]; }
  // The type that the record gives to operand i (None for "any").
  Type operandType(size_t i) const;
};

// Error message without location if no record fits.
Result<Matched> match(const Instruction& inst);
bool isMnemonic(std::string_view name);
std::span<const InstrInfo> instructions();

} // namespace anywarp::ptx
