// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random PTX modules with one kernel "k": valid as far as the generator knows, or with one rule
// broken on purpose. The same bytes give the same text. Functions only; safe from any thread.
#pragma once

#include "choices.h"

#include <string>
#include <string_view>
#include <vector>

namespace anywarp::fuzz {

struct Program {
  std::string text;
  std::string broken; // which rule was broken on purpose; empty: none
};

// Everything PTX has: all control flow, calls, barriers in divergent code, all memory. Not to be
// run: it may wait for itself and writes anywhere.
Program makeProgram(Choices& choices);

// A kernel k(.param .u64 in, .param .u64 out) without races that ends: thread i of the grid reads
// kRunnableInputs words of 8 bytes at in + 8 * kRunnableInputs * i, and has kRunnableOutputs words
// at out + 64 + 8 * kRunnableOutputs * i; the 8 words before them are for atomics of all threads.
// `scalar`: each thread for itself, no barriers and no exchange between lanes.
inline constexpr unsigned kRunnableInputs = 12, kRunnableOutputs = 112;
std::string makeRunnable(Choices& choices, bool scalar);

// Breaks one rule of a text that has none broken; says which.
std::string breakRule(std::string& text, Choices& choices);

// Text made of the lines and words of others.
std::string mutate(const std::vector<std::string>& texts, Choices& choices);

} // namespace anywarp::fuzz
