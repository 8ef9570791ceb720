// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs one-thread IR as a gang kernel inside the test: vectorises, compiles in memory for the host
// and runs a grid block after block with a small barrier scheduler. One call, one thread.
#pragma once

#include "spmd/vectorize.h"
#include "support/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace anywarp::spmd::test {

struct Dim {
  uint32_t x = 1, y = 1, z = 1;
};

struct Program {
  std::string ir; // text of the module; the aw.* functions it uses are declared by the harness
  std::string kernel = "k";
  Dim grid, block;
  std::vector<uint64_t> params; // parameter block, 8 bytes each
  uint32_t dynamicShared = 0;
  BarrierMode barriers = BarrierMode::Resume; // the harness has no fibers: Resume only
  std::string features;                       // "": the host's; else replaces them ("+avx2,+fma")
  bool exactIndex = false;
  uint64_t allThreads = 0; // that the launch claims to have; 0: what it has
  int forceShape = -1;     // a BlockShape, or -1 for the block's own
};

struct Outcome {
  bool trapped = false;
  bool wrapped = false; // index_wrap was called
  uint64_t stops = 0;
};

Result<Outcome> run(const Program& r);

// Gang IR as text, after SROA: for tests of code shape.
Result<std::string> vectorizedText(const Program& r);

} // namespace anywarp::spmd::test
