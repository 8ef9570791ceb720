// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads every body of a program and says what breaks PTX's rules, as a compiler does when a module
// is loaded: unknown instructions and modifiers, operands of the wrong type or number, undeclared
// names, labels and functions, constants out of range, a .version or .target older than an
// instruction. What is legal and merely not supported here is no error: it fails the kernel that
// uses it, when it is compiled. Knows no LLVM. Stateless; safe from any thread.
#pragma once

#include "ptx/index.h"
#include "support/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace anywarp::ptx {

// InvalidPtx and one line "origin:line:col: error: text" for each problem, at most kMaxProblems.
inline constexpr size_t kMaxProblems = 20;

// A function with an instruction that is legal and refused here (docs/coverage/ptx.md lists them).
struct Unsupported {
  std::string_view function; // mangled; lives as long as the index
  std::string text;          // "origin:line:col: what and why"
};
Result<void> checkBodies(const Index& index, std::vector<Unsupported>* unsupported = nullptr);

} // namespace anywarp::ptx
