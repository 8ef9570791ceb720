// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The forms of the instruction set: every combination of modifiers and types that a record of
// runtime/ptx/isa accepts, and which of them PTX allows. Constant data; safe from any thread.
#pragma once

#include "ptx/lower/isa.h"

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
  ptx::Type type(unsigned i = 0) const { return i < types.size() ? types[i] : ptx::Type::None; }
  // "setp.lt.and.ftz.f32": modifiers in the record's order, then the types.
  std::string name() const;
};

// Every form of a record; slots that take open-ended text (hints) count as not written.
std::vector<Form> formsOf(const ptx::InstrInfo& info);
Form formOf(const ptx::Matched& m);
// Whether the PTX manual allows it: records are wider than the manual where one table row would
// need several records.
bool isLegal(const Form& form);

} // namespace anywarp::ptxsweep
