// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an input of the fuzz target or a seed of the runner stands for. Safe from any thread.
#pragma once

#include "compile_once.h"

#include <cstdint>
#include <span>
#include <string>

namespace anywarp::fuzz {

struct Case {
  std::string text;
  std::string broken;     // the rule that was broken on purpose
  bool generated = false; // else a damaged file of tests/ptx
  unsigned effort = 0;
};
Case makeCase(std::span<const uint8_t> bytes);

} // namespace anywarp::fuzz
