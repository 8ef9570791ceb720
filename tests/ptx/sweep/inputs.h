// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Input numbers for forms: all of them up to 16 bits, else edges against edges and seeded random
// numbers near every kind of edge. Deterministic: the same signature gives the same numbers.
#pragma once

#include "reference.h"

#include <string>
#include <vector>

namespace anywarp::ptxsweep {

struct Inputs {
  size_t count = 0;                          // a multiple of 64
  std::vector<std::vector<uint64_t>> values; // one array for each operand
};

std::string signatureOf(const std::vector<Value>& in); // forms with the same one share inputs
// About `count` rows; all 65536 if the operands have 16 bits together.
Inputs makeInputs(const std::vector<Value>& in, size_t count, uint64_t seed);
std::vector<uint64_t> edges(const Value& v);
// Bytes of an operand in memory, and the name of its register and memory types.
unsigned bytesOf(const Value& v);
std::string_view registerOf(const Value& v);

} // namespace anywarp::ptxsweep
