// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The instruction tables as C++ sees them: one InstrInfo for every record of runtime/ptx/isa/*.td,
// and the search for the record that accepts an instruction as written. Constant data; safe from
// any thread.
#pragma once

#include "ptx/ast.h"
#include "support/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace anywarp::ptx {

class FunctionLowering;
struct Matched;

enum class LoweringKind : uint8_t { Op, Intrinsic, DeviceLib, Rounded, Half, Custom };

struct SlotInfo {
  std::string_view name;
  std::span<const std::string_view> spellings; // * stands for any text
  bool required = false, repeat = false;
};

struct OperandInfo {
  enum Kind : uint8_t { Any, OfPosition, WideOfPosition, Fixed };
  Kind kind = Any;
  uint8_t position = 0;
  Type fixed = Type::None;
  bool written = false, optional = false;
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
  uint32_t flags = 0;
  LoweringKind kind = LoweringKind::Op;
  std::string_view name;
  void (*custom)(FunctionLowering&, const Matched&) = nullptr;

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
  size_t size() const { return inst->operands.size(); }
  const Operand& op(size_t i) const { return inst->operands[i]; }
  // The type that the record gives to operand i (None for "any").
  Type operandType(size_t i) const;
};

// Error message without location if no record fits.
Result<Matched> match(const Instruction& inst);
std::span<const InstrInfo> instructions();

} // namespace anywarp::ptx
