// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rules of single instructions that a record cannot say: how many elements a vector needs for a
// geometry, which constants a shape allows, what excludes what. Asked when a module is checked and
// again when a kernel is lowered, for large modules are not checked. Knows no LLVM and no names.
// Stateless; safe from any thread.
#pragma once

#include "ptx/isa.h"

#include <optional>
#include <string>
#include <string_view>

namespace anywarp::ptx {

struct Problem {
  SourceLoc loc;
  std::string text;
};

std::optional<Problem> formProblem(const Matched& m);

struct MatrixShape {
  unsigned m = 0, n = 0, k = 0;
};
MatrixShape parseShape(std::string_view text); // m16n8k16
unsigned elementBits(std::string_view type);

} // namespace anywarp::ptx
