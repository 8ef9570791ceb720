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

// For Program::features: what results are compared on, and for what the text of AVX-512's code is
// looked at. CPUs need not have the latter.
inline constexpr const char* kFeatureSets[] = {"", "+avx2,+fma,+bmi,+lzcnt,+popcnt"};
inline constexpr const char* kAvx512 = "+avx512f,+avx512vl,+avx512bw,+avx512dq,+avx2,+fma,+bmi";

struct Outcome {
  bool trapped = false;
  bool wrapped = false; // index_wrap was called
  uint64_t stops = 0;
  uint64_t fused = 0; // how often several gangs ran side by side, in kernels with barriers
};

Result<Outcome> run(const Program& r);

// Gang IR as text, after SROA: for tests of code shape.
Result<std::string> vectorizedText(const Program& r);
// The same for AVX-512 and one block of 64 threads; "" after a failure, which it reports to gtest.
std::string avx512Text(const std::string& ir);
// How often `what` stands in `text`.
size_t count(const std::string& text, const std::string& what);

} // namespace anywarp::spmd::test
