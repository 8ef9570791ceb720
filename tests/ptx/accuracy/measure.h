// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs one approximate instruction through the whole compiler over many inputs and finds its
// largest error in each of the manual's ranges. Every range's worst input is measured once more
// with MPFR. Works on several threads by itself; call from one.
#pragma once

#include "approximate.h"

#include <string>
#include <vector>

namespace anywarp::ptxaccuracy {

using ptxsweep::Approximation;
using ptxsweep::Range;

struct Worst {
  const Range* range = nullptr;
  uint64_t input = 0, result = 0;
  double error = 0; // by MPFR, in the unit of the range; negative: no input lay in it
};

struct Measured {
  std::string instruction; // "ex2.approx.ftz.f32"
  std::vector<Worst> ranges;
  uint64_t inputs = 0, wrongSpecials = 0;
  std::string firstWrong; // a special input with the wrong result
  std::string error;      // it did not compile

  bool withinBounds() const;
};

// Every `step`-th of the 2^32 (2^16) inputs, 1 for all; of f64 the upper 32 bits count.
Measured measure(const Approximation& a, bool ftz, uint64_t step);

struct MeasuredQuotient {
  std::string instruction, error, firstWrong;
  uint64_t pairs = 0, wrong = 0;
  double ulps = 0;
  uint32_t a = 0, b = 0;
};
MeasuredQuotient measureQuotient(bool full, bool ftz, uint64_t pairs);

} // namespace anywarp::ptxaccuracy
