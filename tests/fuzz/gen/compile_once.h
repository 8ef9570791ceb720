// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One PTX text through everything that a kernel passes on its way to machine code: index, check,
// lowering, vectoriser in both barrier modes, verifier, optimiser, code generation. Stateless; safe
// from any thread; needs a deep stack.
#pragma once

#include <string>

namespace anywarp::fuzz {

struct Outcome {
  enum Verdict {
    Compiled,
    Refused, // an error with a position, as it should be
    Late,    // the same, but only when the kernel was lowered: the check of the module missed it
    Finding, // invalid IR, an error without a position, LLVM gave up
  } verdict = Compiled;
  std::string message;
};

// `effort`: how to compile; any number is good.
Outcome compileText(const std::string& text, unsigned effort);

// "ptx:12:3: error: ..."
bool hasPosition(const std::string& message);

} // namespace anywarp::fuzz
