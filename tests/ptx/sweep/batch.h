// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Many instructions of one signature in one kernel, run over one set of inputs and compared with
// their references. Lanes take part by a mask, results are guarded by another: whoever is out must
// leave no trace. One batch, one thread.
#pragma once

#include "gang_runner.h"
#include "inputs.h"

#include <string>
#include <vector>

namespace anywarp::ptxsweep {

// One way to compile and run.
struct Config {
  const char* name;
  spmd::BarrierMode barriers;
  bool barrier; // values live across a barrier
  bool guarded; // every instruction under @p
  bool avx2;    // code for processors without AVX-512
};

struct Case {
  std::string form;
  Reference reference;
};

struct Failure {
  std::string form, text, details;
  uint64_t count = 0;
};

struct Batch {
  std::vector<Case> cases; // all with the same inputs
  Config config;
  size_t rows = 0;
  uint64_t seed = 0;

  std::vector<Failure> failures;
  uint64_t compared = 0;

  void run();

private:
  std::string kernelText() const;
  std::string caseText(const Case& c, size_t firstOutput) const;
  void compileAndRun(const Inputs& inputs);
  void check(const Inputs& inputs, size_t first, size_t count, const std::vector<char>& results,
             const std::vector<uint32_t>& masks, const std::vector<uint32_t>& guards);
  size_t outputs() const;
};

} // namespace anywarp::ptxsweep
