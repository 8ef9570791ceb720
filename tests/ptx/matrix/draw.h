// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random codes of elements for problem.h. Stateless.
#pragma once

#include "problem.h"

namespace anywarp::ptxmatrix {

// Which operand a code is for, and how large it may be.
enum class Role { A, B, C };

// A power of two for a row of A or column of B such that sums stay exact and within D.
int drawScale(const Spec& spec, Role role, Random& random);
// `scale`: for C the sum of those of its row and column.
uint64_t draw(const Spec& spec, Role role, Kind kind, int scale, Random& random);

} // namespace anywarp::ptxmatrix
