// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Element types of matrices: their codes and what numbers they mean. A double holds every one
// exactly. Constant data; safe from any thread.
#pragma once

#include "softfloat.h"

#include <string_view>

namespace anywarp::ptxmatrix {

struct Element {
  std::string_view name;
  unsigned bits;
  const ptxsweep::Format* format; // null: integer
  bool isSigned;

  bool isFloat() const { return format != nullptr; }
  uint64_t mask() const { return bits == 64 ? ~0ull : (1ull << bits) - 1; }
  double value(uint64_t code) const;
  uint64_t code(double x) const; // the nearest; ties to even
  double largest() const;        // finite
};

const Element& elementOf(std::string_view name);

} // namespace anywarp::ptxmatrix
