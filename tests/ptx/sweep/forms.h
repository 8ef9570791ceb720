// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The forms of the instruction set: every combination of modifiers and types that a record of
// runtime/ptx/isa accepts, and which of them its rules allow. Constant data; safe from any thread.
#pragma once

#include "ptx/isa.h"

#include <string>
#include <string_view>
#include <vector>

namespace anywarp::ptxsweep {

struct Form {
  const ptx::InstrInfo* info = nullptr;
  std::vector<std::string_view> slots; // the modifier in each slot of the record, empty: none
  std::vector<ptx::Type> types;

  std::string_view text(std::string_view slot) const;
  bool has(std::string_view slot) const { return !text(slot).empty(); }
  // Whether the modifier stands somewhere; slots that repeat hold several, joined by dots.
  bool says(std::string_view modifier) const;
  ptx::Type type(unsigned i = 0) const { return i < types.size() ? types[i] : ptx::Type::None; }
  // "setp.lt.and.ftz.f32": modifiers in the record's order, then the types.
  std::string name() const;
};

// Every form of a record, except that hints about caches do not multiply: slots that are not
// required and named "cop" or "hint" say nothing of the result. Each of their values, and each two
// values that may stand together, comes once with every other modifier and type that it goes with
// (a pairwise cover); all other slots and types are exhaustive. Illegal forms are among them only
// where a record has no hints.
std::vector<Form> formsOf(const ptx::InstrInfo& info);
Form formOf(const ptx::Matched& m);
// Whether the rules of its record allow it, with some number of operands.
bool isLegal(const Form& form);

} // namespace anywarp::ptxsweep
